"""
The files that pages may load: uploads, and those in the folder that a setting names.

An upload has a folder of its own under ``uploads``, whose name nobody can guess. Any other path of
the machine is refused, also where a link in the shared folder leads to it.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from modelops_core.errors import InvalidInput, SourceUnreadable

#: days that an upload, or a list of rejects, is kept
KEPT_DAYS = 7
#: files of the shared folder that are listed, and how deep it is looked into
MOST_LISTED, DEEPEST = 500, 3
#: bytes that stay free on the disk
SPARE = 1 << 30
#: what stands for a character that a file name may not hold
ODD = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
TOKEN = re.compile(r"[\w-]{20,64}")
LONGEST_NAME = 200


class Listed(NamedTuple):
    """A file of the shared folder: its path below it, and its bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Inbox:
    """Where uploads go, and the shared folder; None where no setting names one."""

    uploads: Path
    shared: Path | None = None

    def listed(self) -> list[Listed]:
        """The files of the shared folder by name, without hidden ones."""
        if self.shared is None or not self.shared.is_dir():
            return []
        found: list[Listed] = []
        for path in _files(self.shared, DEEPEST):
            if len(found) == MOST_LISTED:
                break
            found.append(Listed(path.relative_to(self.shared).as_posix(), path.stat().st_size))
        return found

    def new(self) -> str:
        """Make a folder for one upload and return its name; forget uploads of long ago."""
        self.tidy()
        token = secrets.token_urlsafe(24)
        (self.uploads / token).mkdir(parents=True, mode=0o700)
        return token

    @contextmanager
    def writing(self, token: str, name: str) -> Iterator[Callable[[bytes], None]]:
        """
        Give a function that writes an uploaded file piece by piece.

        The file appears when the block ends. Raises InvalidInput for an unknown upload or a name
        that is none, SourceUnreadable where no room is left; half a file leaves nothing.
        """
        target = self._folder(token) / plain_name(name)
        part = target.with_name(f".{secrets.token_hex(4)}.part")

        def write(block: bytes) -> None:
            self._refuse_full(target.name, len(block))
            stream.write(block)

        try:
            with part.open("wb") as stream:
                yield write
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def known(self, token: str) -> bool:
        """Whether there is such an upload still."""
        return bool(TOKEN.fullmatch(token)) and (self.uploads / token).is_dir()

    def uploaded(self, token: str) -> list[Path]:
        """The files of one upload by name; none where it is unknown or long ago."""
        if not self.known(token):
            return []
        return sorted(p for p in (self.uploads / token).iterdir() if not p.name.startswith("."))

    def chosen(self, name: str) -> Path:
        """The file *name* of the shared folder; raises InvalidInput for one outside it."""
        if self.shared is None:
            raise InvalidInput("outside_load_folder", file=name)
        return self.allowed(self.shared / name)

    def allowed(self, path: Path) -> Path:
        """*path* without links, where it lies in one of both places; raises InvalidInput."""
        found = path.resolve()
        places = [place.resolve() for place in (self.uploads, self.shared) if place is not None]
        if not any(found.is_relative_to(place) for place in places) or not found.is_file():
            raise InvalidInput("outside_load_folder", file=path.name)
        return found

    def forget(self, paths: Iterable[Path]) -> None:
        """Delete those of *paths* that are uploads; files of the shared folder stay."""
        for path in paths:
            if path.resolve().is_relative_to(self.uploads.resolve()):
                path.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Delete uploads that are older than KEPT_DAYS."""
        oldest = time.time() - KEPT_DAYS * 86_400
        for folder in self.uploads.glob("*"):
            if folder.is_dir() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, token: str) -> Path:
        if not self.known(token):
            raise InvalidInput("upload_unknown")
        return self.uploads / token

    def _refuse_full(self, name: str, size: int) -> None:
        free = shutil.disk_usage(self.uploads).free
        if free - size < SPARE:
            raise SourceUnreadable("no_room_for_upload", file=name, free=free >> 20)


def plain_name(name: str) -> str:
    """A file name without folders or characters that some system refuses; raises InvalidInput."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = ODD.sub("_", last).strip().lstrip(".")
    if not plain:
        raise InvalidInput("upload_name", value=name[:LONGEST_NAME])
    return plain[-LONGEST_NAME:]


def _files(folder: Path, depth: int) -> Iterator[Path]:
    """Files below *folder*, by name; links are left alone."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_file():
            yield path
        elif depth > 1 and path.is_dir():
            yield from _files(path, depth - 1)
