"""Writes the values that a load did not take into a CSV, one row each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modelops_core.domain.source import Reject
from modelops_core.errors import InvalidInput
from modelops_core.services import safe_text

HEADERS = ("file", "row", "column", "value", "reason", "allowed", "effect")


@contextmanager
def rejects_file(path: Path) -> Iterator[Callable[[Sequence[Reject]], None]]:
    """
    Give a function that writes rejects into *path*; the file appears with the first of them.

    A file of an earlier load under this name is removed when reading begins. UTF-8 with
    BOM, so that Excel reads it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput("file_unwritable", file=path, reason=error.strerror) from None
    begun = False

    def write(rejects: Sequence[Reject]) -> None:
        nonlocal begun
        if not begun:
            path.unlink(missing_ok=True)
            begun = True
        if not rejects:
            return
        new = not path.exists()
        with path.open("a", encoding="utf-8-sig" if new else "utf-8", newline="") as stream:
            writer = csv.writer(stream)
            if new:
                writer.writerow(HEADERS)
            writer.writerows(map(_line, rejects))

    yield write


def _line(reject: Reject) -> list[object]:
    """The columns of HEADERS; what stands in other people's files must not run in a spreadsheet."""
    *said, dropped = reject
    effect = "row left out" if dropped else "value unknown"
    return [safe_text.for_csv(v) if isinstance(v, str) else v for v in (*said, effect)]
