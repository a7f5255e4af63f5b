"""
``coastline``: the outer boundary of the country without its land border.

A stretch of boundary is land border where all points looked at outwards are land, none
of them in South Korea.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.dataset import Dataset
from modelops_core.sources.demo import provenance
from modelops_core.sources.demo.places import landmask
from modelops_core.sources.demo.places.boundaries import Boundaries, south_korea
from modelops_core.sources.demo.places.geometry import Geometries, degrees, ewkb, to_degrees
from modelops_core.sources.demo.places.landmask import land_mask

#: steps along the boundary at which the land border is looked for [m]
STEP = 500.0
#: distances outwards at which the mask is asked [m]
LOOK_OUT = (1_500.0, 2_500.0, 4_000.0)
#: shorter stretches of border or of coast are taken for what surrounds them [m]
SHORTEST_STRETCH = 15_000.0
#: the military demarcation line lies north of this, inlets with land beyond do not [°N]
BORDER_SOUTH_END = 37.6
TOLERANCE = 50.0  # [m]
#: longer lines are cut, so that the spatial index finds short pieces [vertices]
MOST_VERTICES = 200

METHOD = (
    "Outer boundary of the union of the provinces, simplified to 50 m. Left out is the land border:"
    " stretches north of 37.6° N beyond which the 1 km mask of global-land-mask shows land that"
    " is not South Korea at 1.5, 2.5 and 4 km. Estuaries count as coast as far as the district"
    " polygons leave them open."
)


@lru_cache(maxsize=1)
def coastline() -> Geometries:
    """LineStrings in EPSG:5179, each of at most ``MOST_VERTICES`` vertices."""
    country = south_korea()
    parts = shapely.get_parts(shapely.coverage_union_all(country.province_shapes))
    rings = shapely.get_exterior_ring(shapely.orient_polygons(parts))
    mainland = int(np.argmax(shapely.area(parts)))
    islands = np.delete(rings, mainland)
    lines = np.concatenate(
        [_without_border(rings[mainland], country), islands[_by_the_sea(islands)]]
    )
    return _pieces(shapely.simplify(lines, TOLERANCE))


def _by_the_sea(rings: Geometries) -> BoolArray:
    """False for fragments along the land border: no vertex sees the sea within ``LOOK_OUT``."""
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    sees = np.zeros(len(xy), dtype=bool)
    for distance in (0.0, *LOOK_OUT):
        for direction in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            sees |= land_mask().is_sea(*degrees(xy + distance * np.array(direction)).T)
    return np.bincount(ring, weights=sees, minlength=len(rings)) > 0


def _without_border(ring: shapely.LinearRing, country: Boundaries) -> Geometries:
    """The ring's stretches along the sea."""
    xy = shapely.get_coordinates(shapely.segmentize(ring, STEP))
    border = _long_stretches(_is_border(xy, country), np.hypot(*np.diff(xy, axis=0).T))
    turn = int(np.argmax(border))  # begin the round on the border: no stretch is torn
    sides = np.stack([xy[:-1], xy[1:]], axis=1)
    sides, sea = np.roll(sides, -turn, axis=0), ~np.roll(border, -turn)
    return np.array(
        [shapely.linestrings([sides[first, 0], *sides[first:end, 1]]) for first, end in _runs(sea)],
        dtype=object,
    )


def _is_border(xy: Array, country: Boundaries) -> BoolArray:
    """For each side of a ring (counter-clockwise, EPSG:5179): does foreign land lie beyond it?"""
    along = np.diff(xy, axis=0)
    outwards = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.hypot(*along.T)[:, None]
    middle = (xy[1:] + xy[:-1]) / 2
    border: BoolArray = degrees(middle)[:, 1] > BORDER_SOUTH_END
    tree = shapely.STRtree(country.district_shapes)
    for distance in LOOK_OUT:
        seen = middle + distance * outwards
        border &= ~land_mask().is_sea(*degrees(seen).T) & ~_at_home(tree, seen)
    return border


def _at_home(tree: shapely.STRtree, xy: Array) -> BoolArray:
    home = np.zeros(len(xy), dtype=bool)
    home[tree.query(shapely.points(xy), predicate="intersects")[0]] = True
    return home


def _long_stretches(flag: BoolArray, length: Array) -> BoolArray:
    """First short gaps in the border are closed, then short borders dropped."""
    result = flag.copy()
    for value in (False, True):
        for first, end in _runs(result == value):
            if length[first:end].sum() < SHORTEST_STRETCH:
                result[first:end] = not value
    return result


def _runs(flag: BoolArray) -> npt.NDArray[np.int64]:
    """(run, 2): first and end of each stretch of True."""
    edges = np.diff(np.concatenate([[False], flag, [False]]).astype(int))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def _pieces(lines: Geometries) -> Geometries:
    pieces = []
    for line in lines:
        xy = shapely.get_coordinates(line)
        for first in range(0, max(1, len(xy) - 1), MOST_VERTICES - 1):
            pieces.append(shapely.linestrings(xy[first : first + MOST_VERTICES]))
    return np.array(pieces, dtype=object)


def dataset() -> Dataset:
    """One row a piece of coast."""
    return Dataset(
        table="coastline",
        columns={"geom": ewkb(to_degrees(coastline()))},
        provenance=provenance.packaged(
            "Coastline",
            "National Geographic Information Institute; global-land-mask (NOAA GLOBE)",
            "open public data, attribution",
            landmask.PACKAGE.replace("_", "-"),
            "derived",
            METHOD,
            "boundaries 2023-09-15",
        ),
    )
