"""
Migrates a database to the schema that this program expects.

The table ``schema_ledger`` records which file (``db/scripts.py``) ran with which content,
``schema_number`` whose program migrated last (``db/schema_number.py``). A file and its row in the
ledger are one transaction, so nothing is ever half applied; a file that runs outside a transaction
may be run again. No statement waits for a lock so long that readers notice (``db/lock_waits.py``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from modelops_core.db import schema_number
from modelops_core.db.lock_waits import LIMITS, LOCK_TIMEOUT, PATIENCE, autocommit, patiently
from modelops_core.db.schema_number import SQL, SchemaNumber
from modelops_core.db.scripts import CONCURRENTLY, Script, read
from modelops_core.errors import DatabaseUnavailable, SchemaNewer, SchemaOutdated

ADVISORY_LOCK = int.from_bytes(b"modelops", "big")
POLL_INTERVAL = 0.1  # seconds between two attempts to be the one that migrates

LEDGER = """
CREATE SCHEMA IF NOT EXISTS modelops;
CREATE TABLE IF NOT EXISTS modelops.schema_ledger (
    file        text PRIMARY KEY,                 -- 'schema/010_types.sql'
    checksum    text NOT NULL,                    -- sha256 of its content
    applied_at  timestamptz NOT NULL DEFAULT now(),
    seconds     double precision NOT NULL         -- 0 where it was recorded, not run
)"""
RECORD_SCRIPT = """
INSERT INTO modelops.schema_ledger (file, checksum, seconds) VALUES (%s, %s, %s)
ON CONFLICT (file) DO UPDATE
SET checksum = excluded.checksum, seconds = excluded.seconds, applied_at = now()"""
RECORDED_SCRIPTS = "SELECT file, checksum FROM modelops.schema_ledger"
LABELS = "SELECT unnest(enum_range(NULL::modelops.risk_type))::text"
STATE = (
    f"{RECORDED_SCRIPTS} UNION ALL"
    f" SELECT 'risk_type/' || label, '' FROM ({LABELS}) AS known (label) UNION ALL"
    f" SELECT 'number/' || number, readers::text FROM ({schema_number.RECORDED}) AS recorded"
)
ADD_LABEL = "ALTER TYPE modelops.risk_type ADD VALUE IF NOT EXISTS {}"
MAY_MIGRATE = "SELECT current_user, has_database_privilege(current_database(), 'CREATE')"
#: indexes of which a killed CREATE INDEX CONCURRENTLY left the beginning
UNFINISHED_INDEXES = """
SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'modelops'::regnamespace AND NOT i.indisvalid"""


@dataclass(frozen=True)
class Report:
    """What :func:`migrate` did."""

    fresh: bool
    ran: tuple[str, ...]
    perils: tuple[str, ...]  # keys added to modelops.risk_type
    seconds: float = field(compare=False)


def migrate(
    engine: Engine, perils: Sequence[str], directory: Path = SQL, patience: float = PATIENCE
) -> Report:
    """
    Run the scripts that the database lacks, as its owner.

    A second caller waits for the lock and then finds nothing to do. Raises SchemaNewer for a newer
    database, SchemaOutdated where a script fails or is held up for *patience* seconds, a migration
    that ran has changed, or the role may not create tables.
    """
    began = time.monotonic()
    scripts = read(directory)
    with _locked_connection(engine, patience) as connection:
        scripts.number.require_writing(schema_number.of_database(connection))
        ledger = _ledger(connection)
        if ledger:
            _refuse_rewritten_history(scripts.migrations, ledger)
            ran = scripts.pending(ledger)
            for script in ran:
                if script.outside:
                    _run_outside(connection, script, scripts.number, patience)
                else:
                    _run(connection, [script], scripts.number, patience=patience)
        else:
            ran = (*scripts.schema, *scripts.roles)
            _run(connection, ran, scripts.number, scripts.migrations, patience)
        _record_number(connection, scripts.number)
        added = _add_labels(connection, perils)
    files = tuple(script.file for script in ran)
    return Report(not ledger, files, added, time.monotonic() - began)


def check(engine: Engine, perils: Sequence[str] = (), directory: Path = SQL) -> SchemaNewer | None:
    """
    Return None where this program fits the database, a notice where it may only read it; one query.

    Raises SchemaOutdated where :func:`migrate` would find something to do, SchemaNewer where the
    database is newer and this program may not even read it.
    """
    scripts = read(directory)
    try:
        with engine.connect() as connection:
            found = {file: checksum for file, checksum in connection.exec_driver_sql(STATE)}
    except OperationalError as error:
        raise DatabaseUnavailable("database_silent", reason=_line(error.orig)) from error
    except ProgrammingError as error:
        raise SchemaOutdated from error
    if notice := scripts.number.notice(_number_in(found)):
        return notice
    _refuse_rewritten_history(scripts.migrations, found)
    lacking = [script.file for script in scripts if not script.recorded_in(found)]
    lacking += [name for peril in perils if (name := f"risk_type/{peril}") not in found]
    if lacking:
        raise SchemaOutdated("schema_lacks", lacking=lacking)
    return None


def _number_in(state: Mapping[str, str]) -> SchemaNumber | None:
    """The database's number among the rows of STATE."""
    numbers = [
        SchemaNumber(int(name.removeprefix("number/")), int(readers))
        for name, readers in state.items()
        if name.startswith("number/")
    ]
    return numbers[0] if numbers else None


@contextmanager
def _locked_connection(engine: Engine, patience: float) -> Iterator[Any]:
    """A psycopg2 connection of the database's owner that holds the lock of all migrations."""
    try:
        with engine.connect() as pooled:
            connection: Any = pooled.connection.driver_connection
            pooled.detach()  # closed for good afterwards: the lock goes with it
            connection.set_session(isolation_level="READ COMMITTED", autocommit=False)
            user, may_migrate = _execute(connection, MAY_MIGRATE)[0]
            if not may_migrate:
                raise SchemaOutdated("not_the_owner", user=user)
            _lock(connection, patience)
            yield connection
    except (OperationalError, psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise DatabaseUnavailable("database_silent", reason=_line(error)) from error


def _lock(connection: Any, patience: float) -> None:
    """
    Become the one that migrates.

    Asking again and again, not waiting in the server: there the waiting transaction would hold up
    a CREATE INDEX CONCURRENTLY of the one that migrates, for ever.
    """
    deadline = time.monotonic() + patience
    while not _execute(connection, f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})")[0][0]:
        if time.monotonic() > deadline:
            raise SchemaOutdated("migration_elsewhere", seconds=round(patience))
        time.sleep(POLL_INTERVAL)


def _ledger(connection: Any) -> dict[str, str]:
    """The recorded scripts, file → checksum; empty in a fresh database."""
    known = "SELECT to_regclass('modelops.schema_ledger') IS NOT NULL"
    return dict(_execute(connection, RECORDED_SCRIPTS)) if _execute(connection, known)[0][0] else {}


def _run(
    connection: Any,
    scripts: Sequence[Script],
    number: SchemaNumber,
    recorded: Sequence[Script] = (),
    patience: float = PATIENCE,
) -> None:
    """Run *scripts* and note them, and *recorded* without running, in one transaction."""
    running = "the ledger"

    def attempt() -> None:
        nonlocal running
        with connection, connection.cursor() as cursor:
            cursor.execute(f"{LIMITS} {LEDGER}")
            schema_number.record(cursor, number)
            cursor.executemany(
                RECORD_SCRIPT, [(script.file, script.checksum, 0) for script in recorded]
            )
            for script in scripts:
                running, began = script.file, time.monotonic()
                cursor.execute(script.text)
                cursor.execute(
                    RECORD_SCRIPT, (script.file, script.checksum, time.monotonic() - began)
                )

    with _explained(connection, lambda: running):
        patiently(connection, attempt, lambda: running, patience)


def _run_outside(
    connection: Any, script: Script, number: SchemaNumber, patience: float = PATIENCE
) -> None:
    """Run the statements of *script* one by one, and note it after the last one."""
    began = time.monotonic()
    _record_number(connection, number)  # from its first statement on, the schema is a newer one
    with _explained(connection, lambda: script.file):
        _drop_unfinished_indexes(connection, script)
        for statement in script.statements:
            attempt = partial(_execute_alone, connection, statement)
            patiently(connection, attempt, lambda: script.file, patience)
    with connection, connection.cursor() as cursor:
        cursor.execute(RECORD_SCRIPT, (script.file, script.checksum, time.monotonic() - began))


def _execute_alone(connection: Any, statement: str) -> None:
    """Run *statement* outside a transaction; what blocks nobody may wait for its lock."""
    limit = 0 if CONCURRENTLY.match(statement) else LOCK_TIMEOUT
    with autocommit(connection) as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"SET lock_timeout = {limit}")
        cursor.execute(statement)


def _drop_unfinished_indexes(connection: Any, script: Script) -> None:
    """Drop what a killed run of *script* left, which IF NOT EXISTS would take for the index."""
    for (name,) in _execute(connection, UNFINISHED_INDEXES):
        if name in script.text:
            drop = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS modelops.{}")
            statement = drop.format(sql.Identifier(name)).as_string(connection)
            _execute_alone(connection, statement)


@contextmanager
def _explained(connection: Any, file: Callable[[], str]) -> Iterator[None]:
    """Say of which file the server refused a statement."""
    try:
        yield
    except psycopg2.Error as error:
        if connection.closed:
            raise
        raise SchemaOutdated("migration_failed", file=file(), reason=_line(error)) from error


def _record_number(connection: Any, number: SchemaNumber) -> None:
    with connection, connection.cursor() as cursor:
        schema_number.record(cursor, number)


def _add_labels(connection: Any, perils: Sequence[str]) -> tuple[str, ...]:
    """Make every peril a value of the enumeration; return the new ones."""
    if not perils:
        return ()
    known = {label for (label,) in _execute(connection, LABELS)}
    new = tuple(peril for peril in perils if peril not in known)
    with connection, connection.cursor() as cursor:
        for peril in new:
            cursor.execute(sql.SQL(ADD_LABEL).format(sql.Literal(peril)))
    return new


def _execute(connection: Any, query: str) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = 0; {query}")
        return list(cursor.fetchall())


def _refuse_rewritten_history(migrations: Sequence[Script], ledger: Mapping[str, str]) -> None:
    """A migration that ran can neither change nor disappear."""
    for script in migrations:
        if script.file in ledger and not script.recorded_in(ledger):
            raise SchemaOutdated("migration_changed", file=script.file)
    files = {script.file for script in migrations}
    unknown = sorted(f for f in ledger if f.startswith("migrations/") and f not in files)
    if unknown:
        raise SchemaNewer("schema_newer_files", unknown=unknown)


def _line(error: BaseException | None) -> str:
    """The first lines of a driver's message, as one."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" ^")]
    return " ".join(lines[:2])
