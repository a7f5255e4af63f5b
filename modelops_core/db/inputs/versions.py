"""
Stages, publishes and undoes loads of files: a ports.LoadStore.

Chunks go by COPY into tables of their own. Publishing is one transaction: what the tables hold is
kept aside, the staged rows take its place, and the register of data sets says so. Readers see the
old rows until then, the new ones afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import psycopg2
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from modelops_core.db import bulk, queries
from modelops_core.db.engine import first_line, translated_errors
from modelops_core.db.inputs import version_rows
from modelops_core.db.inputs.loading import INSERT_DATA_SOURCE, refresh, source_row
from modelops_core.db.queue.jobs import to_json
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import SOURCE_ROW, InputFile, Load, Publication
from modelops_core.domain.window_means import Places
from modelops_core.errors import InvalidInput, LoadActive, SourceUnreadable

#: loads that can be undone, of each kind
KEPT = 3


class LoadVersions:
    """The table ``loads`` and the rows of each load, as the database's owner."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def lock(self, kind: str) -> Iterator[None]:
        """Hold the lock of loads of *kind*; raises LoadActive where another load holds it."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "load_lock", kind=kind)
            connection.commit()
            if not (found and found["locked"]):
                raise LoadActive("another_load", kind=kind)
            try:
                yield
            finally:
                with suppress(DBAPIError):
                    queries.row(connection, "load_unlock", kind=kind)
                    connection.commit()
                connection.invalidate()

    def places(self) -> Places:
        """The cells of the climate grid, in the order of their ids."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "grid_places")
        ids, latitude, longitude = (
            np.array([row[name] for row in rows]) for name in ("grid_id", "latitude", "longitude")
        )
        return Places(ids.astype(np.int64), latitude.astype(float), longitude.astype(float))

    def in_force(self, kind: str, fingerprint: str) -> Load | None:
        """The load that made what the tables hold now, where it is this one."""
        with translated_errors(), self._engine.connect() as connection:
            row = queries.row(connection, "load_in_force", kind=kind, fingerprint=fingerprint)
        return None if row is None else _load(row)

    def staged(self, kind: str) -> Load | None:
        """The load of *kind* that was cut off, if its rows are all still there."""
        with translated_errors(), self._engine.connect() as connection:
            row = queries.row(connection, "staged_load", kind=kind)
            if row is None or not _complete(connection, load := _load(row)):
                return None
        return load

    def begin(
        self,
        kind: str,
        fingerprint: str,
        files: Sequence[InputFile],
        given: Mapping[str, str],
        tables: Sequence[str],
        by: str | None = None,
    ) -> Load:
        """A new load with empty staging tables; what another of its kind has staged is dropped."""
        described = [{"name": f.name, "sha256": f.sha256, "size": f.size} for f in files]
        with translated_errors(), self._engine.begin() as connection:
            while row := queries.row(connection, "staged_load", kind=kind):
                version_rows.drop(connection, "staged", _load(row))
                queries.run(connection, "load_dropped", load_id=row["load_id"])
            row = queries.row(
                connection,
                "new_load",
                kind=kind,
                tables=list(tables),
                fingerprint=fingerprint,
                files=to_json(described),
                given=to_json(given),
                loaded_by=by,
            )
            assert row is not None
            load = _load(row)
            for table in tables:
                names = ", ".join(version_rows.writable(connection, table))
                connection.exec_driver_sql(
                    f"CREATE UNLOGGED TABLE {version_rows.named('staged', load, table)} AS"
                    f" SELECT {names}, 0 AS {SOURCE_ROW} FROM modelops.{table} WITH NO DATA"
                )
        return load

    def append(self, load: Load, rows: Mapping[str, Mapping[str, Column]]) -> Load:
        """Stage one chunk and count it, in one transaction; return the load with its counts."""
        counts = dict(load.rows)
        with translated_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")  # files give naive UTC times
            for table, columns in rows.items():
                if not columns or not len(next(iter(columns.values()))):
                    continue
                written = bulk.copy_columns(
                    connection, version_rows.named("staged", load, table), columns
                )
                counts[table] = counts.get(table, 0) + written
            queries.run(
                connection,
                "chunk_staged",
                load_id=load.load_id,
                chunks=load.chunks + 1,
                row_counts=to_json(counts),
            )
        return load.after_chunk(counts)

    def publish(
        self,
        load: Load,
        what: Publication,
        sources: Mapping[str, Sequence[Provenance]],
        facts: Mapping[str, str],
        rejects: int,
    ) -> Mapping[str, int]:
        """Put the staged rows into the tables; return table → rows. Raises for a key twice."""
        counts = {}
        with translated_errors(), _refusals(load), self._engine.begin() as connection:
            queries.run(
                connection,
                "load_published",
                load_id=load.load_id,
                tables=list(load.tables),
                facts=to_json(facts),
                rejects=rejects,
            )
            version_rows.lock_writers(connection, load.tables)
            for table in load.tables:
                version_rows.merge_twins(connection, load, table)
                version_rows.keep_aside(connection, load, table)
            partly = {t: version_rows.is_partial(connection, what, t) for t in load.tables}
            for table in reversed(load.tables):
                version_rows.clear(connection, what, table, partly[table])
            for table in load.tables:
                counts[table] = version_rows.insert(connection, load, what, table, partly[table])
                _register(connection, load, what, table, sources.get(table, ()), partly[table])
                refresh(connection, table)
            queries.run(connection, "load_sources", load_id=load.load_id)
            version_rows.drop(connection, "staged", load)
            _drop_older(connection, load)
        return counts

    def undo(self, kind: str, by: str | None = None, expected: int | None = None) -> Load:
        """
        Bring back what the newest load of *kind* replaced; raises where that is not possible, and
        where that load is not the *expected* one.
        """
        with translated_errors(), self._engine.begin() as connection:
            row = queries.row(connection, "last_published", kind=kind)
            if row is None:
                raise InvalidInput("nothing_to_undo", kind=kind)
            load = _load(row)
            if expected not in (None, load.load_id):
                raise InvalidInput("load_covered", load=expected, by=load.load_id)
            if row["covered_by"] is not None:
                raise InvalidInput("load_covered", load=load.load_id, by=row["covered_by"])
            if not _kept(connection, load):
                raise InvalidInput("load_too_old", load=load.load_id, kept=KEPT)
            tables = list(load.tables)
            version_rows.lock_writers(connection, tables)
            for table in reversed(tables):
                connection.exec_driver_sql(f"DELETE FROM modelops.{table}")
            for table in tables:
                version_rows.copy(connection, version_rows.named("before", load, table), table)
            queries.run(connection, "forget_sources", tables=tables)
            queries.run(connection, "restore_sources", load_id=load.load_id)
            queries.run(connection, "sources_loaded_now", tables=tables)
            for table in tables:
                refresh(connection, table)
            version_rows.drop(connection, "before", load)
            queries.run(connection, "load_undone", load_id=load.load_id, undone_by=by)
        return load

    def all(self) -> Sequence[Load]:
        """All loads, the newest first."""
        with translated_errors(), self._engine.connect() as connection:
            return [_load(row) for row in queries.rows(connection, "all_loads")]


def _load(row: Mapping[str, Any]) -> Load:
    return Load(
        load_id=row["load_id"],
        kind=row["kind"],
        tables=tuple(row["tables"]),
        state=row["state"],
        fingerprint=row["fingerprint"],
        files=tuple(row["files"]),
        chunks=row["chunks"],
        rows=row["row_counts"],
        rejects=row["rejects"],
        at=row["undone_at"] or row["published_at"] or row["started_at"],
        by=row["loaded_by"],
        undone_by=row["undone_by"],
        sources=tuple(row["sources"]),
        replaced=tuple(row["replaced"]),
        undoable=row["state"] == "published" and row.get("kept", False) and not row["covered"],
    )


def _kept(connection: Connection, load: Load) -> bool:
    return all(
        version_rows.exists(connection, version_rows.named("before", load, table))
        for table in load.tables
    )


def _complete(connection: Connection, load: Load) -> bool:
    """Whether all staged rows are there: unlogged tables are empty after a crash of the server."""
    for table in load.tables:
        name = version_rows.named("staged", load, table)
        if not version_rows.exists(connection, name):
            return False
        found = connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar()
        if found != load.rows.get(table, 0):
            return False
    return True


def _register(
    connection: Connection,
    load: Load,
    what: Publication,
    table: str,
    sources: Sequence[Provenance],
    partly: bool,
) -> None:
    """Say in ``data_sources`` where the table's rows come from now."""
    scope = _scope(what, table)
    queries.run(connection, "replace_sources", table=table, partly=partly, scope=scope)
    for one in sources:
        row = {**source_row(table, one, load.rows.get(table, 0)), "load_id": load.load_id}
        connection.execute(INSERT_DATA_SOURCE, {**row, "load_scope": scope})


def _scope(what: Publication, table: str) -> str | None:
    if table in what.scope:
        column, values = what.scope[table]
        return f"{column}={','.join(values)}"
    if not what.fills:
        return None
    span = "..".join(what.within[table][1:]) if table in what.within else ""
    return f"columns={','.join(what.fills)} {span}".rstrip()


def _drop_older(connection: Connection, load: Load) -> None:
    """Forget what loads of this kind replaced that came before the last KEPT."""
    rows = queries.rows(connection, "all_loads")
    same = [row for row in rows if row["kind"] == load.kind and row["state"] == "published"]
    for row in same[KEPT:]:
        version_rows.drop(connection, "before", _load(row))


@contextmanager
def _refusals(load: Load) -> Iterator[None]:
    """Turn what the tables' own constraints refuse into SourceUnreadable."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg2.IntegrityError | psycopg2.DataError):
            names = [str(f["name"]) for f in load.files]
            raise SourceUnreadable("refused_by_table", file=names, why=first_line(error)) from error
        raise
