"""
Creates a cluster's data directory, whole or not at all.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import IO

from modelops_core.db.cluster.binaries import Binaries, find
from modelops_core.db.cluster.place import Place
from modelops_core.db.cluster.server import CONFIGURATION, ENVIRONMENT, summary
from modelops_core.errors import ClusterUnavailable

ROOM_TO_CREATE = 3000  # MB of free disk
OPTIONS = (
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--auth-local=trust",  # the socket's folder is the door
    "--auth-host=reject",
    "--data-checksums",
)


def create(place: Place, owner_role: str, lock: IO[str], *, durable: bool = True) -> None:
    """
    Run initdb in a folder beside *place* and move the whole result to it.

    It inherits *lock*: if this process is killed, nobody starts over before its
    initdb is gone as well.
    """
    place.require_space(ROOM_TO_CREATE)
    if place.data.exists():
        raise ClusterUnavailable("no_data_directory", path=place.data)
    binaries = find()
    new = place.root / "data.new"
    if new.exists():
        shutil.rmtree(new)
    _initdb(place, binaries, new, owner_role, lock, durable)
    with (new / "postgresql.conf").open("a") as file:
        file.write(f"\ninclude '{CONFIGURATION}'\n")
    new.rename(place.data)


def _initdb(
    place: Place, binaries: Binaries, new: Path, owner_role: str, lock: IO[str], durable: bool
) -> None:
    result = subprocess.run(
        [
            binaries.directory / "initdb",
            *OPTIONS,
            *([] if durable else ["--no-sync"]),
            f"--pgdata={new}",
            f"--username={owner_role}",
        ],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=place.root,
        env=ENVIRONMENT,
        pass_fds=[lock.fileno()],
        **place.owner.process(),
    )
    if result.returncode:
        raise ClusterUnavailable(
            "initdb_failed",
            complaint=summary(result.stderr),
            log=place.log,
            free=place.free_megabytes(),
        )
