"""
Migrates a database to the schema that this program expects.

`sql/schema/NNN_subject.sql` is the whole schema, idempotent. `sql/migrations/
NNNN_what_it_does.sql` changes what an older schema left behind, each once. The table
``schema_ledger`` records which file ran with which content. A file and its row in the
ledger are one transaction, so nothing is ever half applied.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from modelops_core.errors import DatabaseUnavailable, SchemaOutdated

SQL = Path(__file__).parents[2] / "sql"
ADVISORY_LOCK = int.from_bytes(b"modelops", "big")

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
    f" SELECT 'risk_type/' || label, '' FROM ({LABELS}) AS known (label)"
)
ADD_LABEL = "ALTER TYPE modelops.risk_type ADD VALUE IF NOT EXISTS {}"
MAY_MIGRATE = "SELECT current_user, has_database_privilege(current_database(), 'CREATE')"

OWN_TRANSACTION = re.compile(
    r"^\s*(BEGIN|COMMIT|ROLLBACK|START\s+TRANSACTION)(\s+(TRANSACTION|WORK))?\s*;",
    re.IGNORECASE | re.MULTILINE,
)
"""What would cut a file's transaction in two."""


@dataclass(frozen=True)
class Script:
    """One SQL file, named by folder and file, with its text."""

    file: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def recorded_in(self, ledger: Mapping[str, str]) -> bool:
        """Whether the ledger (file → checksum) records this script with this content."""
        return ledger.get(self.file) == self.checksum


@dataclass(frozen=True)
class Scripts:
    """Every SQL file, each kind in the order to run."""

    schema: tuple[Script, ...]
    roles: tuple[Script, ...]  # grants on whatever tables there are: always last
    migrations: tuple[Script, ...]

    def __iter__(self) -> Iterator[Script]:
        return iter((*self.migrations, *self.schema, *self.roles))

    def pending(self, ledger: Mapping[str, str]) -> tuple[Script, ...]:
        """The scripts that an existing database lacks; that of the roles whenever another runs."""
        lacking = [script for script in self if not script.recorded_in(ledger)]
        if not lacking:
            return ()
        return (*(script for script in lacking if script not in self.roles), *self.roles)


@dataclass(frozen=True)
class Report:
    """What :func:`migrate` did."""

    fresh: bool
    ran: tuple[str, ...]
    perils: tuple[str, ...]  # keys added to modelops.risk_type
    seconds: float = field(compare=False)


def migrate(engine: Engine, perils: Sequence[str], directory: Path = SQL) -> Report:
    """
    Run the scripts that the database lacks, as its owner.

    A second caller waits for the lock and then finds nothing to do. Raises SchemaOutdated where
    a script fails, a migration that ran has changed, or the role may not create tables.
    """
    began = time.monotonic()
    scripts = read(directory)
    with _locked_connection(engine) as connection:
        ledger = _ledger(connection)
        if ledger:
            _refuse_rewritten_history(scripts.migrations, ledger)
            ran = scripts.pending(ledger)
            for script in ran:
                _run(connection, [script])
        else:
            ran = (*scripts.schema, *scripts.roles)
            _run(connection, ran, recorded=scripts.migrations)
        added = _add_labels(connection, perils)
    files = tuple(script.file for script in ran)
    return Report(not ledger, files, added, time.monotonic() - began)


def check(engine: Engine, perils: Sequence[str] = (), directory: Path = SQL) -> None:
    """Raise SchemaOutdated where :func:`migrate` would find something to do; one query."""
    scripts = read(directory)
    try:
        with engine.connect() as connection:
            found = {file: checksum for file, checksum in connection.exec_driver_sql(STATE)}
    except OperationalError as error:
        raise DatabaseUnavailable("database_silent", reason=_line(error.orig)) from error
    except ProgrammingError as error:
        raise SchemaOutdated from error
    _refuse_rewritten_history(scripts.migrations, found)
    lacking = [script.file for script in scripts if not script.recorded_in(found)]
    lacking += [name for peril in perils if (name := f"risk_type/{peril}") not in found]
    if lacking:
        raise SchemaOutdated("schema_lacks", lacking=lacking)


def read(directory: Path = SQL) -> Scripts:
    """Read the SQL files of *directory*."""
    schema = _scripts(directory / "schema", r"\d{3}_\w+\.sql")
    roles = tuple(script for script in schema if script.file.endswith("_roles.sql"))
    tables = tuple(script for script in schema if script not in roles)
    return Scripts(tables, roles, _scripts(directory / "migrations", r"\d{4}_\w+\.sql"))


def _scripts(folder: Path, pattern: str) -> tuple[Script, ...]:
    paths = sorted(folder.glob("*.sql"))
    for path in paths:
        if not re.fullmatch(pattern, path.name):
            raise SchemaOutdated("script_name", file=f"{folder.name}/{path.name}", pattern=pattern)
    scripts = tuple(Script(f"{folder.name}/{p.name}", p.read_text(encoding="utf-8")) for p in paths)
    for script in scripts:
        if found := OWN_TRANSACTION.search(script.text):
            raise SchemaOutdated(
                "script_transaction", file=script.file, command=found.group().strip()
            )
    return scripts


@contextmanager
def _locked_connection(engine: Engine) -> Iterator[Any]:
    """A psycopg2 connection of the database's owner that holds the lock of all migrations."""
    try:
        with engine.connect() as pooled:
            connection: Any = pooled.connection.driver_connection
            pooled.detach()  # closed for good afterwards: the lock goes with it
            connection.set_session(isolation_level="READ COMMITTED", autocommit=False)
            user, may_migrate = _execute(connection, MAY_MIGRATE)[0]
            if not may_migrate:
                raise SchemaOutdated("not_the_owner", user=user)
            _execute(connection, f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
            yield connection
    except (OperationalError, psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise DatabaseUnavailable("database_silent", reason=_line(error)) from error


def _ledger(connection: Any) -> dict[str, str]:
    """The recorded scripts, file → checksum; empty in a fresh database."""
    known = "SELECT to_regclass('modelops.schema_ledger') IS NOT NULL"
    return dict(_execute(connection, RECORDED_SCRIPTS)) if _execute(connection, known)[0][0] else {}


def _run(connection: Any, scripts: Sequence[Script], recorded: Sequence[Script] = ()) -> None:
    """Run *scripts* and note them, and *noted* without running, in one transaction."""
    running = "the ledger"
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = 0; {LEDGER}")
            cursor.executemany(
                RECORD_SCRIPT, [(script.file, script.checksum, 0) for script in recorded]
            )
            for script in scripts:
                running, began = script.file, time.monotonic()
                cursor.execute(script.text)
                cursor.execute(
                    RECORD_SCRIPT, (script.file, script.checksum, time.monotonic() - began)
                )
    except psycopg2.Error as error:
        if connection.closed:
            raise
        raise SchemaOutdated("migration_failed", file=running, reason=_line(error)) from error


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
        raise SchemaOutdated("schema_newer", unknown=unknown)


def _line(error: BaseException | None) -> str:
    """The first lines of a driver's message, as one."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" ^")]
    return " ".join(lines[:2])
