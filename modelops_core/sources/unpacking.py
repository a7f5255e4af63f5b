"""
Opens files whatever their name says: plain, gzip, tar, tar.gz or zip, by their first bytes.

A gzip or tar inside a ``.nc`` or ``.csv`` is unpacked in a stream; one that ends too early raises
SourceUnreadable, and so does one that unpacks to more than a reader wants.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from modelops_core.domain.source import InputFile
from modelops_core.errors import SourceUnreadable

BLOCK = 1 << 20
GZIP, ZIP, TAR, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"ustar", b"\xd0\xcf\x11\xe0"
TAR_AT = 257
#: what a damaged or cut archive raises
BROKEN = (
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
)


def measured(path: Path) -> InputFile:
    """The file with its hash and size; raises SourceUnreadable where it cannot be read."""
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            return InputFile(path, digest, stream.tell())
    except OSError as error:
        raise SourceUnreadable("file_unreadable", file=path, why=error.strerror) from None


@dataclass(frozen=True, slots=True)
class Member:
    """
    A plain file, perhaps inside an archive.

    ``open`` gives its bytes as a stream to use in a ``with``, as often as it is called.
    """

    name: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    def head(self, size: int = 4096) -> bytes:
        """Its first bytes."""
        with self.open() as stream:
            return stream.read(size)


def members(path: Path, most: int | None = None) -> list[Member]:
    """
    The plain files in *path*: itself, or what its archive holds; raises SourceUnreadable.

    So does reading beyond *most* bytes of what is unpacked.
    """
    return _members(Member(path.name, lambda: path.open("rb")), most)


def single(path: Path, most: int | None = None) -> Member:
    """The only plain file in *path*; raises SourceUnreadable where an archive holds several."""
    found = members(path, most)
    if len(found) != 1:
        raise SourceUnreadable(
            "archive_holds", file=path.name, count=len(found), names=[m.name for m in found[:5]]
        )
    return found[0]


def refuse_beyond(path: Path, most: int) -> None:
    """Raise SourceUnreadable where a file in the archive *path* has more than *most* bytes."""
    with complete(path.name), path.open("rb") as stream:
        packed = stream.read(len(ZIP)).startswith((GZIP, ZIP))
    for member in members(path, most) if packed else ():
        with complete(path.name), member.open() as stream:
            while stream.read(BLOCK):
                pass


@contextmanager
def complete(name: str) -> Iterator[None]:
    """Turn what a cut or damaged archive raises in the block into SourceUnreadable."""
    try:
        yield
    except BROKEN:
        raise SourceUnreadable("archive_broken", file=name) from None
    except OSError as error:
        raise SourceUnreadable("file_unreadable", file=name, why=error) from None


def is_workbook(head: bytes) -> bool:
    """Whether these first bytes are those of an Excel file, which is a zip inside."""
    return head.startswith(ZIP) and (b"[Content_Types]" in head or b"xl/" in head)


def _members(member: Member, most: int | None) -> list[Member]:
    """*member* itself, or the plain files inside it, in the archive's order."""
    with complete(member.name):
        head = member.head()
        if head.startswith(GZIP):
            name = member.name.removesuffix(".gz").removesuffix(".tgz")
            return _members(Member(name, lambda: _gunzipped(member, most)), most)
        if head[TAR_AT : TAR_AT + len(TAR)] == TAR:
            return _of_tar(member)
        if head.startswith(ZIP) and not is_workbook(head):
            return _of_zip(member, most)
    return [member]


@contextmanager
def _gunzipped(member: Member, most: int | None) -> Iterator[IO[bytes]]:
    with member.open() as stream, gzip.GzipFile(fileobj=stream, mode="rb") as plain:
        yield _limited(cast("IO[bytes]", plain), member.name, most)


def _of_tar(member: Member) -> list[Member]:
    """Files of a tar; its directory is read to the end, so that half an archive is noticed."""
    with member.open() as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        names = [entry.name for entry in archive if entry.isfile()]
    return [Member(name, partial(_in_tar, member, name)) for name in names]


@contextmanager
def _in_tar(member: Member, name: str) -> Iterator[IO[bytes]]:
    with member.open() as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for entry in archive:
            if entry.name == name and (inside := archive.extractfile(entry)) is not None:
                yield inside
                return
    raise SourceUnreadable("archive_broken", file=member.name)


def _of_zip(member: Member, most: int | None) -> list[Member]:
    with member.open() as stream, zipfile.ZipFile(_seekable(stream)) as archive:
        names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    return [Member(name, partial(_in_zip, member, name, most)) for name in names]


@contextmanager
def _in_zip(member: Member, name: str, most: int | None) -> Iterator[IO[bytes]]:
    with (
        member.open() as stream,
        zipfile.ZipFile(_seekable(stream)) as archive,
        archive.open(name) as inside,
    ):
        yield _limited(inside, member.name, most)


def _limited(stream: IO[bytes], name: str, most: int | None) -> IO[bytes]:
    return stream if most is None else cast("IO[bytes]", _Limited(stream, name, most))


class _Limited(io.RawIOBase):
    """A stream that raises SourceUnreadable where it is read beyond its first *most* bytes."""

    def __init__(self, stream: IO[bytes], name: str, most: int) -> None:
        self._stream, self._name, self._most = stream, name, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place, before which everything is unpacked: step by step to the end."""
        if whence == io.SEEK_END:
            while self.read(BLOCK):
                pass
        else:
            self._check(offset + (self.tell() if whence == io.SEEK_CUR else 0))
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer* with what comes next; return the number of bytes."""
        part = self._stream.read(len(buffer))
        self._check(self.tell())
        buffer[: len(part)] = part
        return len(part)

    def _check(self, position: int) -> None:
        if position > self._most:
            raise SourceUnreadable("unpacked_too_large", file=self._name, limit=self._most >> 20)


def _seekable(stream: IO[bytes]) -> IO[bytes]:
    return stream if stream.seekable() else io.BytesIO(stream.read())
