"""
Finds PostgreSQL's programs: the newest installation on this machine that has PostGIS.

No Python package brings PostGIS, so it comes from the system's own packages.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelops_core.errors import ClusterUnavailable

PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PGDG on Fedora, RHEL
    "/usr/bin",  # Fedora, Arch
    "/usr/local/pgsql/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
)
"""Where distributions put the server's programs."""

CLIENTS = ("pg_dump", "pg_restore", "psql")

OTHER_SYSTEMS = (
    "`dnf install postgis postgresql-server postgresql-contrib` (Fedora)",
    "`brew install postgis` (Homebrew)",
)


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL with PostGIS."""

    directory: Path
    major: int


def find(major: int | None = None, places: Sequence[str] = PLACES) -> Binaries:
    """Return the newest installation with PostGIS; of version *major*, if given."""
    found = sorted(_installed(places), key=lambda one: one.major, reverse=True)
    fitting = [one for one in found if _carries_postgis(one) and major in (None, one.major)]
    if not fitting:
        raise _missing(major, found)
    return fitting[0]


def clients(places: Sequence[str] = PLACES) -> list[Binaries]:
    """The installations that have pg_dump, pg_restore and psql, one a version, the oldest first."""
    found: dict[int, Binaries] = {}
    for directory in _directories(places):
        programs = [directory / name for name in CLIENTS]
        if all(one.exists() for one in programs) and (version := _major(programs[0])):
            found.setdefault(version, Binaries(directory, version))
    return [found[version] for version in sorted(found)]


def _installed(places: Sequence[str]) -> Iterator[Binaries]:
    for directory in _directories(places):
        if (directory / "initdb").exists() and (version := _major(directory / "postgres")):
            yield Binaries(directory, version)


def _directories(places: Sequence[str]) -> list[Path]:
    globbed = [path for place in places for path in Path("/").glob(place.lstrip("/"))]
    if places is PLACES and (program := shutil.which("pg_config")):
        globbed.append(Path(_output(Path(program), "--bindir")))
    return list(dict.fromkeys(globbed))


def _carries_postgis(binaries: Binaries) -> bool:
    program = binaries.directory / "pg_config"
    shared = Path(_output(program, "--sharedir")) if program.exists() else Path()
    beside = binaries.directory.parent / "share"
    return any((share / "extension/postgis.control").exists() for share in (shared, beside))


def _major(program: Path) -> int | None:
    found = re.search(r"\d+", _output(program, "--version")) if program.exists() else None
    return int(found.group()) if found else None


def _output(program: Path, option: str) -> str:
    result = subprocess.run([program, option], capture_output=True, text=True, check=False)
    return result.stdout.strip()


def _missing(major: int | None, found: Sequence[Binaries]) -> ClusterUnavailable:
    """What is missing, and how to get it."""
    without = [one.major for one in found if not _carries_postgis(one)]
    wanted = major or (without[0] if without else None)
    debian = f"postgresql-{wanted}-postgis-3" if wanted else "postgresql-postgis"
    commands = [f"`apt-get install {debian}` (Debian, Ubuntu)", *OTHER_SYSTEMS]
    if wanted in without:
        return ClusterUnavailable("postgis_missing", version=wanted, commands=commands)
    if wanted:
        installed = [one.major for one in found]
        return ClusterUnavailable(
            "version_missing", version=wanted, installed=installed, commands=commands
        )
    return ClusterUnavailable("postgresql_missing", commands=commands)
