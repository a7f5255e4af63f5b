"""Writes the values that a load did not take into a CSV, one row each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modelops_core.domain.source import Reject
from modelops_core.errors import InvalidInput

HEADERS = ("file", "row", "column", "value", "reason", "allowed", "effect")


@contextmanager
def rejects_file(path: Path) -> Iterator[Callable[[Sequence[Reject]], None]]:
    """
    Give a function that writes rejects into *path*; the file appears with the first of them.

    A file of an earlier load under this name is removed. UTF-8 with BOM, so that Excel reads it.
    """
    try:
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput("file_unwritable", file=path, reason=error.strerror) from None

    def write(rejects: Sequence[Reject]) -> None:
        if not rejects:
            return
        new = not path.exists()
        with path.open("a", encoding="utf-8-sig" if new else "utf-8", newline="") as stream:
            writer = csv.writer(stream)
            if new:
                writer.writerow(HEADERS)
            writer.writerows(
                (*r[:-1], "row left out" if r.dropped else "value unknown") for r in rejects
            )

    yield write
