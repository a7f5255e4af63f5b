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
    """Return exp(−d² / (2 · spread²)) up to *reach* and 0 beyond [1]_; distances in km."""
    near = distance <= reach
    return np.where(near, np.exp(-0.5 * (distance / spread) ** 2), 0.0)


def distances(at: Array, others: Array) -> Array:
    """
    Return great-circle distances [km], (place, other).

    *at* (place, 2) and *others* (other, 2) hold latitude and longitude [°].
    """
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
    Cells gathered in blocks; the cells of a block share the mean of their neighbourhood.

    The kernel's weights are (block, block), which keeps a fine grid affordable. ``block`` (cell,)
    is the block of each cell, ``centre`` (block, 2) the mean latitude and longitude [°] of its
    cells. On a grid of few cells each cell is a block of its own, and the kernel is exact.
    """

    block: IntArray
    centre: Array


def blocks(places: Array, most: int, step: float) -> Blocks:
    """
    Gather places (place, 2) [°] in blocks of *step* degrees, if there are more than *most*.

    Otherwise each place is a block of its own.
    """
    if len(places) <= most:
        return Blocks(np.arange(len(places), dtype=np.int64), places)
    _, block = np.unique(np.round(places / step).astype(np.int64), axis=0, return_inverse=True)
    block = block.ravel().astype(np.int64)
    cells = np.bincount(block)
    centre = np.stack([np.bincount(block, weights=c) / cells for c in places.T], axis=1)
    return Blocks(block, centre)
