"""
The file of a backup: a zip of PostgreSQL's own dump and a manifest of what must come back.

``database.dump`` is the custom format of pg_dump, of the schemas ``modelops`` and ``rpt``: by hand,
``unzip -p FILE database.dump | pg_restore …`` reads it. ``manifest.json`` is a :class:`Manifest`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

from modelops_core.db.backup.roles import Role
from modelops_core.errors import BackupFailed

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
CHUNK = 1024 * 1024
#: what a zip that is cut off, overwritten or none at all raises
BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValidationError)


class Manifest(BaseModel):
    """What a backup holds, and what it was made of."""

    format: int = FORMAT
    program: str
    made_at: datetime
    schema_number: int
    schema_readers: int
    #: PostgreSQL's major version of the server, and of the pg_dump that was used
    server: int
    dumped_by: int
    postgis: str
    #: the schema in which PostGIS lies
    postgis_schema: str
    #: of database.dump
    sha256: str
    #: table → 'rows digest'
    tables: dict[str, str]
    roles: list[Role]


@contextmanager
def created(path: Path) -> Iterator[zipfile.ZipFile]:
    """
    A new zip that appears as *path* when the block ends well, and not at all otherwise.

    Only this user may read it. Raises BackupFailed where *path* exists or cannot be written.
    """
    if path.exists():
        raise BackupFailed("file_exists", path=path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        partial = Path(name)
        try:
            with open(handle, "w+b") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                    yield archive
                file.flush()
                os.fsync(file.fileno())
            partial.rename(path)
            _sync(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise BackupFailed("file_refused", path=path, why=error.strerror or error) from error


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The zip and manifest of *path*, whose dump was read whole and is the one that was written."""
    with ExitStack() as stack:
        with _damage_named(path):
            archive = stack.enter_context(zipfile.ZipFile(path))
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            if manifest.format > FORMAT:
                raise BackupFailed("backup_format", path=path, format=manifest.format)
            with archive.open(DUMP) as dump:
                if copied(dump, lambda _: None) != manifest.sha256:
                    raise BackupFailed("backup_damaged", path=path)
        yield archive, manifest


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise BackupFailed("backup_damaged", path=path) from error
    except OSError as error:
        raise BackupFailed("file_refused", path=path, why=error.strerror or error) from error


def copied(source: IO[bytes], write: Callable[[bytes], object]) -> str:
    """Give all of *source* to *write*, and return its SHA-256."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        write(chunk)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    """Make the new name in *folder* outlive a power cut, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
