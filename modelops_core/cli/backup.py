"""The commands ``db backup`` and ``db restore``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from modelops_core.bootstrap import App, app
from modelops_core.cli import database
from modelops_core.cli.shared import console
from modelops_core.db.backup import making, restoring
from modelops_core.db.backup.archive import Manifest
from modelops_core.db.backup.fingerprints import count
from modelops_core.errors import BackupFailed

MEGABYTE = 1_000_000
File = Annotated[Path, typer.Argument(help="The file of the backup.", dir_okay=False)]


def register(_program: typer.Typer) -> None:
    """Add the commands to ``db``."""
    database.verbs.command()(backup)
    database.verbs.command()(restore)


def backup(file: File) -> None:
    """Save the database with its roles and grants to a new file, while it is in use."""
    began = time.perf_counter()
    a = app()
    stop = _started_for_this(a)
    try:
        manifest = making.make(a.url(), file.absolute())
    finally:
        if stop and a.cluster is not None:
            a.cluster.stop()
    size = file.stat().st_size / MEGABYTE
    seconds = time.perf_counter() - began
    console.print(f"backup     {_contents(manifest)}, {size:,.1f} MB in {file} ({seconds:.1f} s)")


def restore(
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop what the database holds already.")
    ] = False,
) -> None:
    """Fill an empty database from a backup, check every table, and migrate it."""
    began = time.perf_counter()
    a = app()
    if a.cluster is not None:
        a.cluster.ensure()
    done = restoring.restore(a.url(), file.absolute(), replace=replace)
    seconds = time.perf_counter() - began
    if done.roles:
        console.print(f"roles      {', '.join(done.roles)} made, without passwords")
    console.print(
        f"restored   {_contents(done.manifest)}, of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC,"
        f" each table checked ({seconds:.1f} s)"
    )
    console.print(
        f"server     PostgreSQL {done.server}, PostGIS {done.postgis}"
        f" (the backup's: {done.manifest.server}, {done.manifest.postgis})"
    )
    database.bring_up_to_date(a)


def _started_for_this(a: App) -> bool:
    """Start the private cluster where it stands still; True where it is to be stopped again."""
    if a.cluster is None:
        return False
    if not a.cluster.status().exists:
        raise BackupFailed("nothing_to_back_up")
    return a.cluster.ensure().started


def _contents(manifest: Manifest) -> str:
    rows = sum(count(fingerprint) for fingerprint in manifest.tables.values())
    return f"schema {manifest.schema_number}, {len(manifest.tables)} tables, {rows:,} rows"
