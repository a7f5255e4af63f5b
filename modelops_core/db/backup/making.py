"""Makes a backup of the database while it is in use."""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modelops_core import __version__
from modelops_core.db import schema_number
from modelops_core.db.backup import archive, fingerprints, roles
from modelops_core.db.backup.archive import Manifest
from modelops_core.db.backup.server import MAJOR, Server, finish, rows, run, value
from modelops_core.db.cluster.binaries import Binaries, clients
from modelops_core.db.schema_number import SchemaNumber
from modelops_core.errors import BackupFailed

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
HOLDS_SCHEMA = "SELECT to_regclass('modelops.schema_ledger') IS NOT NULL"
POSTGIS = """
SELECT extversion, nspname FROM pg_extension JOIN pg_namespace AS n ON n.oid = extnamespace
 WHERE extname = 'postgis'"""


def make(url: str, path: Path) -> Manifest:
    """
    Write the database of the SQLAlchemy *url* to the new file *path*, and return what it holds.

    The dump and the digests are of one moment, whoever writes meanwhile. Raises BackupFailed, and
    leaves no file then.
    """
    server = Server.of(url)
    with server.session() as connection, archive.created(path) as file:
        if not value(connection, HOLDS_SCHEMA):
            raise BackupFailed("nothing_to_back_up")
        number = schema_number.of_database(connection) or SchemaNumber(0, 0)
        tools = _tools(value(connection, MAJOR))
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
        arguments = [f"--snapshot={value(connection, 'SELECT pg_export_snapshot()')}"]
        if rows(connection, POSTGIS)[0][1] == "modelops":  # made by a program before 0.3
            arguments.append("--extension=postgis")
        checksum = _dump(server, tools, arguments, file)
        manifest = _manifest(connection, number, tools, checksum)
        file.writestr(archive.MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def _tools(server: int) -> Binaries:
    """The programs to dump a server of major version *server* with: its own, else the next ones."""
    fitting = [one for one in clients() if one.major >= server]
    if not fitting:
        raise BackupFailed("programs_missing", version=server)
    return fitting[0]


def _dump(server: Server, tools: Binaries, arguments: Sequence[str], file: zipfile.ZipFile) -> str:
    """Write the dump into the zip, and return its SHA-256."""
    with (
        server.for_programs() as named,
        tempfile.TemporaryFile() as messages,
        file.open(archive.DUMP, "w", force_zip64=True) as entry,
    ):
        dump = run(
            tools,
            "pg_dump",
            "--format=custom",
            "--schema=modelops",
            "--schema=rpt",
            "--compress=3",  # of 6, in two fifths of its time a file a fifth larger
            "--quote-all-identifiers",
            "--no-password",
            *arguments,
            f"--dbname={named.address}",
            stdout=subprocess.PIPE,
            stderr=messages,
            stdin=subprocess.DEVNULL,
        )
        assert dump.stdout is not None
        try:
            checksum = archive.copied(dump.stdout, entry.write)
        finally:
            dump.stdout.close()  # where the disk is full, pg_dump ends by this
        finish(dump, "pg_dump", messages)
    return checksum


def _manifest(connection: Any, number: SchemaNumber, tools: Binaries, checksum: str) -> Manifest:
    postgis, postgis_schema = rows(connection, POSTGIS)[0]
    return Manifest(
        program=__version__,
        made_at=datetime.now(UTC),
        schema_number=number.number,
        schema_readers=number.readers,
        server=value(connection, MAJOR),
        dumped_by=tools.major,
        postgis=postgis,
        postgis_schema=postgis_schema,
        sha256=checksum,
        tables=fingerprints.of_tables(connection),
        roles=roles.granted(connection),
    )
