"""
Neighbouring polygons made to fit: no overlaps, no slivers between them.

The source's polygons were simplified one by one, so that shared borders differ by
metres. All functions take and give polygons in metres.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.sources.demo.places.geometry import Geometries

#: before overlaps are resolved: points closer to the line than this go [m]
PRE_TOLERANCE = 10.0
SNAPPING = 1.0  # [m]
#: a gap between neighbours narrower than this (2·area/perimeter) is a drawing error [m]
SLIVER_WIDTH = 75.0
TOUCH = 0.01  # [m]
#: square root of the triangle area that may be cut off a border [m]
TOLERANCE = 40.0


def fit(polygons: Geometries) -> Geometries:
    """A coverage of the same areas, simplified to ``TOLERANCE``; neighbours share their borders."""
    rough = shapely.make_valid(shapely.simplify(shapely.make_valid(polygons), PRE_TOLERANCE))
    clean = shapely.coverage_clean(rough, snapping_distance=SNAPPING)
    result: Geometries = shapely.coverage_simplify(_without_slivers(clean), TOLERANCE)
    return result


def dissolve(
    polygons: Geometries, key: npt.NDArray[np.str_]
) -> tuple[npt.NDArray[np.str_], Geometries]:
    """Union of the polygons of each key; keys come out sorted."""
    names, group = np.unique(key, return_inverse=True)
    united = [shapely.coverage_union_all(polygons[group == g]) for g in range(names.size)]
    return names, np.array(united, dtype=object)


def _without_slivers(polygons: Geometries) -> Geometries:
    """Gives each narrow gap to one of its neighbours."""
    outline = shapely.get_parts(shapely.coverage_union_all(polygons))
    rings = _holes(outline)
    gaps = shapely.polygons(rings)
    gap, owner = _owners(rings, polygons)
    narrow = _narrow(gaps, outline)[gap]
    filled = polygons.copy()
    for polygon in np.unique(owner[narrow]):
        members = gap[narrow & (owner == polygon)]
        filled[polygon] = shapely.coverage_union_all([polygons[polygon], *gaps[members]])
    return filled


def _holes(parts: Geometries) -> Geometries:
    counts = shapely.get_num_interior_rings(parts)
    part = np.repeat(np.arange(len(parts)), counts)
    ring = np.arange(len(part)) - np.repeat(np.cumsum(counts) - counts, counts)
    result: Geometries = shapely.get_interior_ring(parts[part], ring)
    return result


def _narrow(gaps: Geometries, outline: Geometries) -> BoolArray:
    """Which gaps are slivers: thin, and not round about another part of the country."""
    width = 2 * shapely.area(gaps) / shapely.length(gaps)
    narrow: BoolArray = width < SLIVER_WIDTH
    inside = shapely.STRtree(gaps).query(shapely.point_on_surface(outline), predicate="within")[1]
    narrow[inside] = False
    return narrow


def _owners(rings: Geometries, polygons: Geometries) -> tuple[IntArray, IntArray]:
    """For each gap the first polygon along the longest side of its ring."""
    gap, owner = shapely.STRtree(polygons).query(
        shapely.points(_middle_of_longest_side(rings)), predicate="dwithin", distance=TOUCH
    )
    first = np.unique(gap, return_index=True)[1]
    return gap[first], owner[first]


def _middle_of_longest_side(rings: Geometries) -> Array:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    side = np.hypot(*np.diff(xy, axis=0).T)
    side[np.diff(ring) > 0] = -1.0  # from one ring to the next: no side
    order = np.lexsort((side, ring[:-1]))
    last = np.flatnonzero(np.diff(ring[:-1][order], append=ring[-1] + 1))
    longest = order[last]
    middle: Array = (xy[longest] + xy[longest + 1]) / 2
    return middle
