"""
Decides in which folders a private cluster lies and which system user owns it.

PostgreSQL refuses to run as root. Started by root, the cluster belongs to
`postgres` (or `nobody`), who must be able to reach its folder; where the project
lies in a closed folder such as /root, the cluster moves to /var/lib/modelops.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelops_core.errors import ClusterUnavailable

PORT = 5432  # only part of the socket's file name: nothing listens on TCP
SOCKET_PATH_BYTES = 107  # sun_path is 108 with its final NUL
SYSTEM_ROOT = Path("/var/lib/modelops")
MEGABYTE = 1024**2
ROOM_TO_START = 200  # MB of free disk


@dataclass(frozen=True)
class Owner:
    """The system user a cluster runs as."""

    uid: int
    gid: int
    name: str

    def process(self) -> dict[str, Any]:
        """Arguments that make :mod:`subprocess` run a program as this user."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    """The folders of one cluster."""

    root: Path
    sockets: Path
    owner: Owner

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    def prepare(self) -> None:
        """Make the folders: closed to everyone but their owner."""
        _open_parents(self.root)
        for folder in dict.fromkeys((self.root, self.sockets)):
            folder.mkdir(mode=0o700, exist_ok=True)
            self.claim(folder, 0o700)

    def claim(self, path: Path, mode: int) -> None:
        """Make the owner own *path*; raises ClusterUnavailable for a path of another user."""
        status = path.lstat()
        if path.is_symlink() or status.st_uid not in (self.owner.uid, os.geteuid()):
            raise ClusterUnavailable("path_belongs", path=path, user=_user(status.st_uid).name)
        if status.st_uid != self.owner.uid:
            os.chown(path, self.owner.uid, self.owner.gid)
        if status.st_mode & 0o777 != mode:
            path.chmod(mode)

    def require_space(self, megabytes: int) -> None:
        """Refuse to go on with less than *megabytes* of free disk."""
        if (free := self.free_megabytes()) < megabytes:
            raise ClusterUnavailable("disk_too_small", path=self.root, free=free, needed=megabytes)

    def free_megabytes(self) -> int:
        """Free disk space below the cluster's folder [MB]."""
        return shutil.disk_usage(self.root).free // MEGABYTE


def choose(directory: Path) -> Place:
    """The place of the cluster of *directory*, whether or not it exists already."""
    root = directory.resolve() / "postgres"
    owner = _owner(root)
    if not _reachable(root, owner):
        root = SYSTEM_ROOT / _fingerprint(root)
        owner = _owner(root)
    return Place(root, _socket_folder(root), owner)


def _owner(root: Path) -> Owner:
    """An existing cluster keeps its owner; a new one of root's gets an unprivileged user."""
    if os.geteuid() != 0:
        return _user(os.geteuid())
    if root.exists() and (uid := root.stat().st_uid) != 0:
        return _user(uid)
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return _user(known.get("postgres", known.get("nobody", 65534)))


def _user(uid: int) -> Owner:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # a container's made-up user
        return Owner(uid, uid, str(uid))
    return Owner(uid, entry.pw_gid, entry.pw_name)


def _reachable(root: Path, owner: Owner) -> bool:
    """Whether *owner* may pass through every folder above *root*; missing ones will be open."""
    if owner.uid == os.geteuid():
        return True
    existing = [parent for parent in root.parents if parent.exists()]
    return all(_passable(parent.stat(), owner) for parent in existing)


def _passable(status: os.stat_result, owner: Owner) -> bool:
    if status.st_uid == owner.uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == owner.gid else 0o001))


def _open_parents(root: Path) -> None:
    """Make the missing folders above *root*, passable whatever the umask."""
    for parent in reversed(root.parents):
        if not parent.exists():
            parent.mkdir(exist_ok=True)
            parent.chmod(0o755)


def _socket_folder(root: Path) -> Path:
    """*root* itself, unless its path does not fit into a socket's address."""
    fits = len(os.fsencode(root / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
    if fits and re.fullmatch(r"[\w/.@+~ -]+", str(root)):  # a host list splits at , and :
        return root
    return Path("/tmp") / f"modelops-{_fingerprint(root)}"


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
