"""Adds rows that services gave to the tables of the providers, beside those that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs import version_rows
from modelops_core.db.inputs.loading import INSERT_DATA_SOURCE, refresh, source_row
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import SOURCE_ROW

#: a table whose numbers are its own → what makes a row of a service the same as before
OWN_NUMBER = {"api_buildings": ("building_id", "register_pk")}

#: tables whose rows know more than a service says: they stay, new ones come
STAYING = frozenset({"api_wamis_stations"})


class LiveTables:
    """The tables ``api_*``, as the database's owner."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        rows: Mapping[str, Sequence[Mapping[str, Column]]],
        sources: Mapping[str, Provenance],
    ) -> Mapping[str, int]:
        """
        Put *rows*, table → chunks of columns, into their tables and register their *sources*.

        A row of the same key takes the place of the former one, except in STAYING tables. All in
        one transaction; returns the rows by which each table has grown.
        """
        with translated_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")  # times are naive UTC
            return {
                table: _added(connection, table, chunks, sources[table])
                for table, chunks in rows.items()
            }

    def last_season(self, other_than: str) -> int | None:
        """The last season of storms whose id does not begin with *other_than*; None without."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "last_season", other_than=other_than)
        return None if found is None else found["season"]


def _added(
    connection: Connection, table: str, chunks: Sequence[Mapping[str, Column]], source: Provenance
) -> int:
    version_rows.lock_writers(connection, [table])
    before, staged = _count(connection, table), f"pg_temp.live_{table}"
    names = version_rows.writable(connection, table)
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE live_{table} ON COMMIT DROP AS"
        f" SELECT {', '.join(names)} FROM modelops.{table} WITH NO DATA"
    )
    for columns in chunks:
        kept = {name: values for name, values in columns.items() if name != SOURCE_ROW}
        bulk.copy_columns(connection, staged, kept)
    if table in OWN_NUMBER:
        _renumber(connection, table, staged)
    keys = version_rows.key(connection, table)
    if table in STAYING:
        same = " AND ".join(f"new.{c} = old.{c}" for c in keys)
        connection.exec_driver_sql(
            f"DELETE FROM {staged} AS new USING modelops.{table} AS old WHERE {same}"
        )
    version_rows.copy(connection, staged, table, [name for name in names if name not in keys])
    grown = _count(connection, table) - before
    _register(connection, table, source, grown)
    refresh(connection, table)
    return grown


def _renumber(connection: Connection, table: str, staged: str) -> None:
    """Rows known already go, new ones get numbers behind the last."""
    number, same = OWN_NUMBER[table]
    connection.exec_driver_sql(
        f"DELETE FROM modelops.{table} WHERE {same} IN (SELECT {same} FROM {staged})"
    )
    connection.exec_driver_sql(
        f"UPDATE {staged} SET {number} = {number}"
        f" + (SELECT coalesce(max({number}), 0) FROM modelops.{table})"
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM modelops.{table}").scalar() or 0)


def _register(connection: Connection, table: str, source: Provenance, grown: int) -> None:
    """Say in ``data_sources`` that the service has brought so many rows more."""
    known = queries.row(connection, "source_rows", table=table, name=source.name)
    rows = grown + (0 if known is None else known["row_count"])
    connection.execute(INSERT_DATA_SOURCE, source_row(table, source, rows))
