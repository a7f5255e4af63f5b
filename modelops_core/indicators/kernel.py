"""
Gaussian weights by distance, for means over a neighbourhood.

References
----------
.. [1] E. A. Nadaraya, Theory Probab. Appl. 9(1), 1964: kernel regression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, IntArray

EARTH_RADIUS_KM = 6371.0088


def weights(distance: Array, spread: float, reach: float) -> Array:
    """exp(−d² / 2·spread²) up to *reach*, 0 beyond [1]_; d, spread and reach in km."""
    near = distance <= reach
    return np.where(near, np.exp(-0.5 * (distance / spread) ** 2), 0.0)


def distances(at: Array, others: Array) -> Array:
    """Great-circle distance [km] between (place, 2) and (other, 2) of latitude and longitude [°]."""
    latitude, longitude = np.radians(at).T[:, :, None]
    other_latitude, other_longitude = np.radians(others).T[:, None, :]
    half = np.sin((latitude - other_latitude) / 2) ** 2
    side = np.sin((longitude - other_longitude) / 2) ** 2
    chord = half + np.cos(latitude) * np.cos(other_latitude) * side
    result: Array = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return result


@dataclass(frozen=True, slots=True)
class Blocks:
    """
    Cells gathered in blocks, which share a mean: so a kernel over a fine grid stays affordable.

    ``block`` (cell,) is each cell's block, ``centre`` (block, 2) the mean of its cells' latitude and
    longitude [°]. On a grid of few cells each is a block of its own, and the kernel is exact.
    """

    block: IntArray
    centre: Array


def blocks(places: Array, most: int, step: float) -> Blocks:
    """Blocks of *step* degrees where there are more than *most* places (place, 2), else each place its own."""
    if len(places) <= most:
        return Blocks(np.arange(len(places), dtype=np.int64), places)
    _, block = np.unique(np.round(places / step).astype(np.int64), axis=0, return_inverse=True)
    block = block.ravel().astype(np.int64)
    cells = np.bincount(block)
    centre = np.stack([np.bincount(block, weights=c) / cells for c in places.T], axis=1)
    return Blocks(block, centre)
