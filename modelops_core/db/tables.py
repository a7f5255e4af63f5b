"""
SQLAlchemy (GeoAlchemy2) tables for what is searched by place or changed a row at a time.

``sql/schema`` creates the tables; only the columns that statements name are declared here.
Bulk data go by COPY (``db.bulk``), PostgreSQL's own constructs by ``sql/queries``.
"""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    REAL,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData(schema="modelops")
#: Korea 2000 / unified coordinates: plane, metres
KOREA_METRES = 5179
POPULATION = tuple(f"population_{year}" for year in range(2020, 2051, 5))


def _in_metres(shape: str) -> Column[object]:
    """The generated column that nearest-neighbour searches use."""
    return Column("geom_5179", Geometry(shape, srid=KOREA_METRES, spatial_index=False))


CELLS = Table(
    "location_grid",
    METADATA,
    Column("grid_id", Integer, primary_key=True),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("coast_distance_m", REAL),
    Column("basin_code", Text),
    _in_metres("POINT"),
)
DISTRICTS = Table(
    "location_admin",
    METADATA,
    Column("admin_code", Text, primary_key=True),
    Column("admin_name", Text),
    Column("admin_name_en", Text),
    Column("is_urban", Boolean),
    *(Column(name, Integer) for name in POPULATION),
)
DISTRICT_PARTS = Table(
    "location_admin_parts",
    METADATA,
    Column("admin_code", Text, ForeignKey(DISTRICTS.c.admin_code)),
    Column("level", Text),
    _in_metres("POLYGON"),
)
COASTLINE = Table("coastline", METADATA, _in_metres("LINESTRING"))
BUILDINGS = Table(
    "api_buildings",
    METADATA,
    Column("building_id", Integer, primary_key=True),
    Column("register_pk", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("structure", Text),
    Column("main_purpose", Text),
    Column("built_year", Integer),
    Column("floors_above", Integer),
    Column("floors_below", Integer),
    Column("total_area", Double),
    Column("arch_area", Double),
    Column("kind", Text),
    _in_metres("POINT"),
)
PORTFOLIOS = Table(
    "portfolios",
    METADATA,
    Column("portfolio_id", Integer, primary_key=True),
    Column("name", Text),
    Column("note", Text),
    Column("created_at", DateTime(timezone=True)),
)
SITES = Table(
    "portfolio_sites",
    METADATA,
    Column("site_id", Integer, primary_key=True),
    Column("portfolio_id", Integer, ForeignKey(PORTFOLIOS.c.portfolio_id)),
    Column("name", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("attributes", JSONB),
    Column("note", Text),
    Column("batch_id", Uuid(as_uuid=False)),
    Column("owner", Text),
    Column("team", Text),
    Column("audience", Text),
    Column("created_at", DateTime(timezone=True)),
)
JOBS = Table(
    "batch_jobs",
    METADATA,
    Column("batch_id", Uuid(as_uuid=False), primary_key=True),
    Column("status", Text),
    Column("completed_at", DateTime(timezone=True)),
    Column("results", JSONB),
)
