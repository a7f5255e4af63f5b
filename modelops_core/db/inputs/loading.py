"""Loads data sets into empty input tables: a ports.DatasetWriter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from modelops_core.db import bulk
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs import district_means
from modelops_core.domain.dataset import Dataset, Provenance
from modelops_core.errors import SourceUnreadable

CONSTRAINTS = text("""
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop_it,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid)) AS add_it
      FROM pg_constraint AS c
     WHERE conrelid = CAST(:table AS regclass) AND contype IN ('p', 'u', 'f')
       AND NOT EXISTS (SELECT FROM pg_constraint AS other WHERE other.confrelid = c.conrelid)
     ORDER BY contype = 'f' DESC""")
INDEXES = text("""
    SELECT format('DROP INDEX %s', indexrelid::regclass) AS drop_it,
           pg_get_indexdef(indexrelid) AS add_it
      FROM pg_index
     WHERE indrelid = CAST(:table AS regclass)
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""")
INSERT_DATA_SOURCE = text("""
    INSERT INTO modelops.data_sources
           (table_name, name, provider, licence, version, kind, period, method, file_sha256,
            row_count, members, file_name, load_id, load_scope)
    VALUES (:table_name, :name, :provider, :licence, :version,
            CAST(:kind AS modelops.data_kind), :period, :method, :file_sha256, :row_count,
            :members, :file_name, :load_id, :load_scope)
    ON CONFLICT (table_name, name) DO UPDATE
       SET provider = excluded.provider, licence = excluded.licence, version = excluded.version,
           kind = excluded.kind, period = excluded.period, method = excluded.method,
           file_sha256 = excluded.file_sha256, row_count = excluded.row_count,
           members = excluded.members, file_name = excluded.file_name,
           load_id = excluded.load_id, load_scope = excluded.load_scope, loaded_at = now()""")
INSERT_DISTRICT_PARTS = """
    INSERT INTO modelops.location_admin_parts (admin_code, level, geom)
    SELECT admin_code, level, (ST_Dump(ST_Subdivide(ST_MakeValid(geom), 64))).geom
      FROM modelops.location_admin"""
#: point look-ups read only polygons: a repaired geometry may also hold lines and points
INSERT_DISTRICT_POLYGONS = (
    INSERT_DISTRICT_PARTS.replace(
        "FROM modelops",
        "FROM (SELECT admin_code, level, ST_CollectionExtract(ST_MakeValid(geom), 3) AS geom"
        " FROM modelops",
    )
    + ") AS valid"
)


class DatasetTables:
    """Fills empty input tables; a table and its row in data_sources are one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def present(self, table: str) -> bool:
        """Whether *table* (without schema) holds any row."""
        with translated_errors(), self._engine.connect() as connection:
            return _holds_rows(connection, f"modelops.{table}")

    def clear(self, table: str) -> None:
        """Forget the rows and the source of one of the tables that only the search reads."""
        with translated_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM modelops.{table}")
            connection.execute(
                text("DELETE FROM modelops.data_sources WHERE table_name = :table"),
                {"table": table},
            )

    def write(self, dataset: Dataset) -> int:
        """Load *dataset* and return its rows; raises SourceUnreadable where the table is filled."""
        table = f"modelops.{dataset.table}"
        with translated_errors(), self._engine.begin() as connection:
            if _holds_rows(connection, table):
                raise SourceUnreadable("table_filled", table=dataset.table)
            connection.exec_driver_sql(
                "SET LOCAL timezone = 'UTC'"
            )  # datasets give naive UTC times
            with _without_indexes(connection, table):
                rows = bulk.copy_columns(connection, table, dataset.columns)
            connection.execute(
                INSERT_DATA_SOURCE, source_row(dataset.table, dataset.provenance, rows)
            )
            refresh(connection, dataset.table)
        return rows


def refresh(connection: Connection, table: str) -> None:
    """Make anew what follows from the rows of *table* (without schema), and its statistics."""
    if table == "location_admin":
        connection.exec_driver_sql("DELETE FROM modelops.location_admin_parts")
        connection.exec_driver_sql(INSERT_DISTRICT_POLYGONS)
        connection.exec_driver_sql("ANALYZE modelops.location_admin_parts")
    connection.exec_driver_sql(f"ANALYZE modelops.{table}")
    variable = table.removesuffix("_data")
    if variable in district_means.VARIABLES:
        district_means.make(connection, variable)


def _holds_rows(connection: Connection, table: str) -> bool:
    return bool(connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table})").scalar())


def source_row(table: str, p: Provenance, rows: int) -> dict[str, object]:
    """The row of ``data_sources`` for *rows* rows of *table*."""
    return {
        "table_name": table,
        "name": p.name,
        "provider": p.provider,
        "licence": p.licence,
        "version": p.version,
        "kind": p.kind,
        "period": p.period,
        "method": p.method,
        "file_sha256": p.file_sha256,
        "row_count": rows,
        "members": p.members,
        "file_name": p.file_name,
        "load_id": None,
        "load_scope": None,
    }


@contextmanager
def _without_indexes(connection: Connection, table: str) -> Iterator[None]:
    """Drop the table's keys and indexes for the block: building them afterwards is much faster."""
    parts = [
        row
        for query in (CONSTRAINTS, INDEXES)
        for row in connection.execute(query, {"table": table})
    ]
    for part in parts:
        connection.exec_driver_sql(part.drop_it)
    yield
    for part in reversed(parts):
        connection.exec_driver_sql(part.add_it)
