"""Finds what lies at a point: climate cell, district, building, coast."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, func, select

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.tables import (
    BUILDINGS,
    CELLS,
    COASTLINE,
    DISTRICT_PARTS,
    DISTRICTS,
    KOREA_METRES,
)
from modelops_core.domain.site import Site, check_coordinates
from modelops_core.errors import NoResults, NotCovered, OutsideKorea
from modelops_core.ports import Place, Row

#: a point this far off the districts' polygons still counts as on land [m]: quays, reclaimed land
SHORE_TOLERANCE = 1000.0
#: so far off the districts' polygons there may be reclaimed land that is younger than they [m]
RECLAIMED = 5000.0
#: half the diagonal of a 0.1° cell, and a little [m]
CELL_REACH = 8500.0
#: how far a building may lie from the click [m]
BUILDING_RADIUS = 500.0


class Places:
    """A ports.PlaceReader over PostGIS."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def place(self, latitude: float, longitude: float) -> Place:
        """Everything at a point on land; raises InvalidInput or OutsideKorea."""
        check_coordinates(latitude, longitude)
        with translated_errors(), self._engine.connect() as connection:
            district = district_at(connection, latitude, longitude)
            cell = cell_at(connection, latitude, longitude, district["admin_name"])
            town = _first(connection, in_district(latitude, longitude, "emd"))
            coast = _first(connection, nearest(COASTLINE, latitude, longitude))
            building = building_near(connection, latitude, longitude)
        site = _site(latitude, longitude, building, town or district, coast)
        return Place(
            site=site,
            grid_id=cell["grid_id"],
            cell_latitude=cell["latitude"],
            cell_longitude=cell["longitude"],
            district_code=district["admin_code"],
            district=district["admin_name"],
            district_en=district["admin_name_en"] or district["admin_name"],
            building=building,
        )


def district_at(connection: Connection, latitude: float, longitude: float) -> Row:
    """The district (sigungu) at a point; raises OutsideKorea in the sea and abroad."""
    found = _first(connection, in_district(latitude, longitude))
    if found is None:
        raise NoResults("no_districts")
    apart = found["distance_m"]
    if apart > RECLAIMED:
        raise OutsideKorea(
            "in_the_sea",
            latitude=latitude,
            longitude=longitude,
            district=found["admin_name"],
            distance=apart / 1000,
        )
    if apart > SHORE_TOLERANCE:
        raise OutsideKorea(
            "sea_or_reclaimed",
            latitude=latitude,
            longitude=longitude,
            district=found["admin_name"],
            distance=apart / 1000,
            drawn=_boundaries(connection),
        )
    return found


def _boundaries(connection: Connection) -> str:
    """Of which date the loaded boundaries are, as their data set says it."""
    row = queries.row(connection, "boundaries")
    return "–" if row is None else str(row["version"])


def cell_at(connection: Connection, latitude: float, longitude: float, district: str = "") -> Row:
    """
    The nearest climate cell; raises OutsideKorea where it lies farther than CELL_REACH.

    On land, in *district*, that is an island which no climate data cover: NotCovered.
    """
    found = _first(connection, nearest(CELLS, latitude, longitude))
    if found is None:
        raise NoResults("no_climate_grid")
    apart, reach = found["distance_m"] / 1000, CELL_REACH / 1000
    if apart > reach and district:
        raise NotCovered("island_without_cell", district=district, distance=apart, reach=reach)
    if apart > reach:
        raise OutsideKorea(
            "far_from_cells", latitude=latitude, longitude=longitude, distance=apart, reach=reach
        )
    return found


def building_near(
    connection: Connection, latitude: float, longitude: float, radius: float = BUILDING_RADIUS
) -> Row | None:
    """The nearest building within *radius* m, None where there is none."""
    found = _first(connection, nearest(BUILDINGS, latitude, longitude))
    return None if found is None or found["distance_m"] > radius else found


def population_at(connection: Connection, latitude: float, longitude: float) -> Row | None:
    """Name and population of the nearest sigungu, and its distance [m]; None without districts."""
    return _first(connection, in_district(latitude, longitude))


def nearest(
    table: Table, latitude: float, longitude: float, *where: ColumnElement[bool]
) -> Select[Any]:
    """A query for the nearest row of *table*: its columns but the shape, and ``distance_m`` [m]."""
    here = func.ST_Transform(
        func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), 4326), KOREA_METRES
    )
    distance = table.c.geom_5179.distance_centroid(here)
    columns = [column for column in table.c if column.name != "geom_5179"]
    return select(*columns, distance.label("distance_m")).where(*where).order_by(distance).limit(1)


def in_district(latitude: float, longitude: float, level: str = "sigungu") -> Select[Any]:
    """A query for the district of *level* at the point or nearest to it, and ``distance_m`` [m]."""
    part = nearest(DISTRICT_PARTS, latitude, longitude, DISTRICT_PARTS.c.level == level).subquery()
    return select(*DISTRICTS.c, part.c.distance_m).join(
        part, part.c.admin_code == DISTRICTS.c.admin_code
    )


#: what a register writes as 0 where it does not know
NEVER_ZERO = frozenset({"built_year", "total_area"})


def _first(connection: Connection, statement: Select[Any]) -> Row | None:
    found = connection.execute(statement).mappings().first()
    return None if found is None else dict(found)


def _site(
    latitude: float, longitude: float, building: Row | None, district: Row, coast: Row | None
) -> Site:
    found = building or {}

    def number(name: str) -> float:
        value: Any = found.get(name)
        missing = value is None or (name in NEVER_ZERO and not float(value) > 0)
        return math.nan if missing else float(value)

    return Site(
        latitude=round(latitude, 6),
        longitude=round(longitude, 6),
        structure=found.get("structure") or "",
        purpose=found.get("main_purpose") or "",
        built_year=number("built_year"),
        floors_above=number("floors_above"),
        floors_below=number("floors_below"),
        total_area=number("total_area"),
        coast_distance_m=math.nan if coast is None else min(float(coast["distance_m"]), 200_000.0),
        is_urban=district["is_urban"],
        assumed=frozenset(),
    )
