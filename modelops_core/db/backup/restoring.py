"""
Restores a backup whole, or changes nothing.

Everything happens in one transaction: the old schema is dropped, the dump is run, the rows of each
table are counted and digested (the schema's number among them), and only then it is committed. A
kill at any moment leaves the tables as they were.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psycopg2 import sql

from modelops_core.db import schema_number
from modelops_core.db.backup import archive, fingerprints, roles
from modelops_core.db.backup.archive import Manifest
from modelops_core.db.backup.making import POSTGIS
from modelops_core.db.backup.server import APPLICATION, MAJOR, Server, finish, rows, run, value
from modelops_core.db.cluster.binaries import Binaries, clients
from modelops_core.db.cluster.server import summary
from modelops_core.errors import BackupFailed, SchemaNewer

OTHERS = """
SELECT DISTINCT application_name FROM pg_stat_activity
 WHERE datname = current_database() AND application_name LIKE 'modelops %%'
   AND application_name <> %s AND pid <> pg_backend_pid()"""
#: PostGIS cannot be moved to another schema, only made anew
BEGINNING = """
BEGIN;
SET LOCAL lock_timeout = '10s';
DROP SCHEMA IF EXISTS modelops CASCADE;
DROP SCHEMA IF EXISTS rpt CASCADE;
DROP SCHEMA IF EXISTS modelops_loads CASCADE;  -- of loads that the backup does not know
CREATE SCHEMA modelops_loads;
DO $postgis$
BEGIN
    IF EXISTS (SELECT FROM pg_extension JOIN pg_namespace AS n ON n.oid = extnamespace
                WHERE extname = 'postgis' AND nspname <> {schema}) THEN
        DROP EXTENSION postgis;
    END IF;
    IF {schema} <> 'modelops' THEN  -- else the dump makes it, after its schema
        CREATE EXTENSION IF NOT EXISTS postgis SCHEMA {name};
    END IF;
END
$postgis$;
"""
END = "COMMIT;\n"


@dataclass(frozen=True)
class Restored:
    """What :func:`restore` did."""

    manifest: Manifest
    roles: Sequence[str]  # that the server lacked
    server: int  # PostgreSQL's major version
    postgis: str


def restore(url: str, path: Path, *, replace: bool = False) -> Restored:
    """
    Make the database of the SQLAlchemy *url* hold what the backup *path* holds.

    Raises SchemaNewer for a backup of a newer program, BackupFailed where the database already
    holds tables and *replace* is not given, where it is in use, where the file is damaged and
    where anything differs afterwards; then its tables are as they were.
    """
    server = Server.of(url)
    with archive.opened(path) as (file, manifest), server.session() as connection:
        _refuse_newer(manifest)
        _refuse_to_overwrite(connection, replace)
        tools = _tools(value(connection, MAJOR), manifest)
        made = roles.provide(connection, manifest.roles)
        _run(server, tools, file, manifest)
        return Restored(manifest, made, value(connection, MAJOR), _finish(connection))


def _refuse_newer(manifest: Manifest) -> None:
    program = schema_number.of_program().number
    if manifest.schema_number > program:
        raise SchemaNewer("backup_newer", backup=manifest.schema_number, program=program)


def _refuse_to_overwrite(connection: Any, replace: bool) -> None:
    if not fingerprints.tables(connection):
        return
    if not replace:
        raise BackupFailed("database_not_empty")
    if others := [name for (name,) in rows(connection, OTHERS, APPLICATION)]:
        raise BackupFailed("database_in_use", others=others)


def _tools(server: int, manifest: Manifest) -> Binaries:
    """
    The programs to restore with: the newest that this server understands.

    An older pg_restore reads no newer dump; a newer one writes settings that an older server lacks.
    """
    if manifest.server > server:
        raise BackupFailed("server_older", backup=manifest.server, server=server)
    reading = [one for one in clients() if one.major >= manifest.dumped_by]
    if not reading:
        raise BackupFailed("programs_missing", version=max(server, manifest.dumped_by))
    understood = [one for one in reading if one.major <= server]
    return understood[-1] if understood else reading[0]


def _run(server: Server, tools: Binaries, file: zipfile.ZipFile, manifest: Manifest) -> None:
    """Feed psql with one transaction: the old schema's end, the dump's statements, the check."""
    with (
        server.for_programs() as named,
        tempfile.TemporaryFile() as messages,
        file.open(archive.DUMP) as dump,
    ):
        psql = run(
            tools,
            "psql",
            *("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"),
            f"--dbname={named.address}",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )
        assert psql.stdin is not None
        schema = manifest.postgis_schema
        beginning = BEGINNING.format(
            schema=fingerprints.literal(schema), name=fingerprints.name(schema)
        )
        try:
            with suppress(BrokenPipeError), psql.stdin as script:
                script.write(beginning.encode())
                script.flush()
                _write_statements(tools, dump, script)
                script.write((fingerprints.check(manifest.tables) + END).encode())
        except BackupFailed:
            if psql.wait():  # the cause: psql ended first
                raise _refusal(messages) from None
            raise
        if psql.wait():
            raise _refusal(messages)


def _write_statements(tools: Binaries, dump: IO[bytes], script: IO[bytes]) -> None:
    """Write the statements of *dump* to *script*, which ends without a commit where that fails."""
    with tempfile.TemporaryFile() as messages:
        restoring = run(
            tools,
            "pg_restore",
            *("--no-owner", "--file=-"),
            stdin=subprocess.PIPE,
            stdout=script,
            stderr=messages,
        )
        assert restoring.stdin is not None
        with suppress(BrokenPipeError), restoring.stdin as pipe:
            shutil.copyfileobj(dump, pipe, archive.CHUNK)
        finish(restoring, "pg_restore", messages)


def _refusal(messages: IO[bytes]) -> BackupFailed:
    messages.seek(0)
    text = messages.read().decode(errors="replace")
    if fingerprints.MARKER in text:
        difference = text[text.index(fingerprints.MARKER) :].splitlines()[0]
        return BackupFailed("restored_differs", difference=difference)
    return BackupFailed("program_failed", program="psql", reason=summary(text))


def _finish(connection: Any) -> str:
    """Give the planner its statistics, and return PostGIS's version."""
    for table in fingerprints.tables(connection):
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("ANALYZE modelops.{}").format(sql.Identifier(table)))
    return str(rows(connection, POSTGIS)[0][0])
