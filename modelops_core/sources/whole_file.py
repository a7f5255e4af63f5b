"""Writes a file whole or not at all: a full disk leaves no half that looks finished."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modelops_core.errors import InvalidInput


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """
    Give a path beside *path* to write to, which takes its name when the block has ended.

    Raises InvalidInput where it cannot be written; a file of before then stays as it is. What is
    no plain file, such as a terminal, is written to directly.
    """
    real = path.resolve()
    direct = real.exists() and not real.is_file()
    part = real if direct else real.with_name(f".part-{secrets.token_hex(4)}{real.suffix}")
    try:
        yield part
        if not direct:
            part.replace(real)
    except OSError as error:
        raise InvalidInput("file_unwritable", file=path, reason=error.strerror or error) from None
    finally:
        if not direct:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write *content*; raises InvalidInput where it cannot be written."""
    with written(path) as part:
        part.write_bytes(content)


def folder(path: Path) -> None:
    """Make a folder where it lacks; raises InvalidInput where it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput("file_unwritable", file=path, reason=error.strerror) from None
