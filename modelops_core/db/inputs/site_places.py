"""Finds what lies at many points at once, by one query: a portfolio_ports.SitePlaceReader."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs.places import (
    BUILDING_RADIUS,
    CELL_REACH,
    NEVER_ZERO,
    RECLAIMED,
    SHORE_TOLERANCE,
)
from modelops_core.domain.climate import Array
from modelops_core.domain.portfolio.places import FoundPlaces
from modelops_core.errors import NoResults
from modelops_core.ports import Row

#: farthest that a coast is looked for [m]
FARTHEST = 200_000.0
#: attributes of the register's building, by our names
REGISTER = {
    "built_year": "built_year",
    "floors_above": "floors_above",
    "floors_below": "floors_below",
    "total_area": "total_area",
}


class SitePlaces:
    """Reads places of many sites, by the rules of :class:`db.inputs.places.Places` for one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def places(self, latitude: Array, longitude: Array) -> FoundPlaces:
        """What lies at the points (site,) [°]; raises NoResults where no cells are loaded."""
        points = {"latitude": latitude.tolist(), "longitude": longitude.tolist()}
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "places_of_points", **points)
        if any(row["district_code"] is None for row in rows):
            raise NoResults("no_districts")
        if any(row["grid_id"] is None for row in rows):
            raise NoResults("no_climate_grid")
        return _found([_near(row) for row in rows])


def _near(row: Row) -> Row:
    """The row without a building that lies too far away."""
    apart = row["building_m"]
    if apart is not None and apart <= BUILDING_RADIUS:
        return row
    none = dict.fromkeys(("building_id", "building_m", "structure", "main_purpose", *REGISTER))
    return {**row, **none}


def _found(rows: Sequence[Row]) -> FoundPlaces:
    def texts(name: str) -> Any:
        return np.array([row[name] or "" for row in rows], dtype=object)

    def numbers(name: str) -> Array:
        return np.array([_number(name, row[name]) for row in rows], dtype=float)

    problem = np.array([_problem(row) for row in rows], dtype=object)
    return FoundPlaces(
        grid_id=np.array([row["grid_id"] for row in rows], dtype=np.int64),
        basin_code=texts("basin_code"),
        district_code=texts("district_code"),
        is_urban=numbers("is_urban"),
        coast_distance_m=np.minimum(numbers("coast_m"), FARTHEST),
        building_id=np.array([row["building_id"] or -1 for row in rows], dtype=np.int64),
        building_distance_m=numbers("building_m"),
        register={
            "structure": texts("structure"),
            "purpose": texts("main_purpose"),
            **{own: numbers(name) for own, name in REGISTER.items()},
        },
        problem=problem,
    )


def _number(name: str, value: Any) -> float:
    missing = value is None or (name in NEVER_ZERO and not float(value) > 0)
    return math.nan if missing else float(value)


def _problem(row: Row) -> str:
    """The code of the error that one site there would raise; empty where it has a cell."""
    if row["district_m"] > RECLAIMED:
        return "in_the_sea"
    if row["district_m"] > SHORE_TOLERANCE:
        return "sea_or_reclaimed"
    return "island_without_cell" if row["cell_m"] > CELL_REACH else ""
