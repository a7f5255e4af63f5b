"""
Finds the places of many sites at once: a ports.PortfolioPlaces.

Districts are read once and searched in memory: 100,000 points take less than a second, one
statement a point some minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.tables import KOREA_METRES
from modelops_core.domain.climate import Array
from modelops_core.errors import NoResults
from modelops_core.ports import Row

Texts = npt.NDArray[np.object_]
Shapes = npt.NDArray[Any]


class _Districts(NamedTuple):
    """Pieces of districts in metres, their codes, and the search among them."""

    codes: Texts
    shapes: Shapes
    tree: shapely.STRtree


class PortfolioPlaces:
    """Reads what it needs when first asked, and keeps it: made anew for each portfolio."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def districts_at(self, latitude: Array, longitude: Array) -> tuple[Texts, Array]:
        """The district at each point or nearest to it, and how far off it lies [m], (site,)."""
        points = _metres(latitude, longitude)
        codes, metres = self._containing(points), np.zeros(len(points))
        outside = np.flatnonzero(codes == "")
        if len(outside):  # a search for the nearest takes ten times as long
            near, apart = self._districts.tree.query_nearest(
                points[outside], return_distance=True, all_matches=False
            )
            codes[outside[near[0]]] = self._districts.codes[near[1]]
            metres[outside[near[0]]] = apart
        return codes, metres

    def _containing(self, points: Shapes) -> Texts:
        """The district around each point, '' where none is."""
        codes = np.full(len(points), "", dtype=object)
        at, piece = self._districts.tree.query(points)
        x, y = shapely.get_x(points[at]), shapely.get_y(points[at])
        inside = shapely.contains_xy(self._districts.shapes[piece], x, y)
        codes[at[inside]] = self._districts.codes[piece[inside]]
        return codes

    def distances(self, codes: Texts, latitude: Array, longitude: Array) -> Array:
        """How far each point lies outside the district of that code [m]; NaN for an unknown one."""
        points, metres = _metres(latitude, longitude), np.full(len(codes), np.nan)
        for code in set(codes):
            own, at = self._districts.codes == code, codes == code
            if own.any():
                whole = shapely.multipolygons(self._districts.shapes[own])
                metres[at] = shapely.distance(points[at], whole)
        return metres

    def district_names(self) -> Mapping[str, str]:
        """Code → name of every district."""
        return self._names

    def addresses(self, keys: Sequence[str]) -> Sequence[Row]:
        """Addresses of these keys; none where no addresses are loaded."""
        return self._rows("portfolio_addresses", keys=list(keys)) if keys else []

    def parcels(self, numbers: Sequence[str]) -> Sequence[Row]:
        """Addresses on these parcels."""
        return self._rows("portfolio_parcels", numbers=list(numbers)) if numbers else []

    def towns(self) -> Sequence[Row]:
        """Every town with a point inside."""
        return self._rows("portfolio_towns")

    @cached_property
    def _names(self) -> dict[str, str]:
        rows = self._rows("portfolio_district_names")
        return {row["admin_code"]: row["admin_name"] for row in rows}

    @cached_property
    def _districts(self) -> _Districts:
        rows = self._rows("portfolio_district_parts")
        if not rows:
            raise NoResults("no_districts")
        shapes = shapely.from_wkb([bytes(row["shape"]) for row in rows])
        shapely.prepare(shapes)
        codes = np.array([row["admin_code"] for row in rows], dtype=object)
        return _Districts(codes, shapes, shapely.STRtree(shapes))

    def _rows(self, name: str, **values: object) -> list[Row]:
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, name, **values)


def _metres(latitude: Array, longitude: Array) -> Shapes:
    """Points in the plane of Korea."""
    to_plane = pyproj.Transformer.from_crs(4326, KOREA_METRES, always_xy=True)
    points: Shapes = shapely.points(*to_plane.transform(longitude, latitude))
    return points
