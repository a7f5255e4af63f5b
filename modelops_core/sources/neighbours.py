"""
Outlines of the land around South Korea for map backgrounds, from a 1 km mask of land and sea.

The mask is the data file of the package ``global_land_mask``, which belongs to the extra
``demo``; without it the map shows the country alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from modelops_core.domain.climate import BoolArray
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo.places.landmask import LandMask, window

#: south, north, west, east of what a map can show [°]
WINDOW = (25.0, 48.0, 110.0, 145.0)
#: cells of the mask (1/120 °) along the edge of a square that is drawn
BLOCK = 6


def outlines(own: Sequence[str]) -> list[str]:
    """GeoJSON of the land beside *own* (GeoJSON of the country's parts); empty without the mask."""
    try:
        mask = window(*WINDOW)
    except SourceUnreadable:
        return []
    country = shapely.union_all([shapely.make_valid(shapely.from_geojson(text)) for text in own])
    found = beside(land(mask), country, BLOCK * mask.step)
    return [shapely.to_geojson(part) for part in shapely.get_parts(found) if not part.is_empty]


def land(mask: LandMask) -> BaseGeometry:
    """All land of *mask*, its coast drawn by squares of BLOCK cells and smoothed by as much."""
    rows, columns = (size // BLOCK for size in mask.ocean.shape)
    ocean = mask.ocean[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    dry: BoolArray = ocean.mean(axis=(1, 3)) < 0.5
    row, first, last = _stretches(dry)
    step = BLOCK * mask.step
    west, north = mask.west - mask.step / 2, mask.north + mask.step / 2
    squares = shapely.box(
        west + first * step, north - (row + 1) * step, west + last * step, north - row * step
    )
    return shapely.union_all(squares).simplify(0.7 * step)


def beside(whole: BaseGeometry, country: BaseGeometry, step: float) -> BaseGeometry:
    """Cut *country* out of *whole*, and slivers narrower than *step* [°] along its coast."""
    rest = whole.difference(country)
    return rest.buffer(-step / 2, join_style="mitre").buffer(step / 2, join_style="mitre")


def _stretches(dry: BoolArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first and one past the last column of every stretch of dry squares."""
    edges = np.diff(np.pad(dry, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(edges == 1)
    return row, first, np.nonzero(edges == -1)[1]
