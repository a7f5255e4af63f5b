"""Tables of text: any separator, UTF-8, UTF-16 or CP949, also compressed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from modelops_core.domain.portfolio.findings import Problem
from modelops_core.sources import delimited
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet, letter

LAST = 9


def fits(path: Path, head: bytes) -> bool:
    """Whatever is nothing else."""
    return True


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """The table of *path* as one sheet without a name; raises SourceUnreadable."""
    table = delimited.recognise(path, reader.encoding)
    names = unique(table.headers)
    columns = {str(i): name for i, name in enumerate(table.headers) if names[i]}
    frames = list(table.frames(columns))
    cells = pd.concat([frame.cells for frame in frames], ignore_index=True)
    kept = [int(name) for name in columns]
    return [
        Sheet(
            file=path.name,
            name="",
            headers=tuple(table.headers[i] for i in kept),
            letters=tuple(letter(i) for i in kept),
            cells=cells.set_axis(range(len(kept)), axis=1),
            rows=np.concatenate([frame.rows for frame in frames]),
            problems=_said(table.encoding),
        )
    ]


def unique(headers: Sequence[str]) -> list[bool]:
    """Which columns have a name that none before them has."""
    seen: set[str] = set()
    found = []
    for header in headers:
        found.append(bool(header) and header not in seen)
        seen.add(header)
    return found


def _said(encoding: str) -> tuple[Problem, ...]:
    """That a file was read in another encoding than UTF-8."""
    if encoding.startswith("utf-8") or encoding == "xlsx":
        return ()
    return (Problem(code="encoding", facts={"encoding": encoding.upper()}),)


CONTAINER = Container(name="text", fits=fits, read=read, rank=LAST)
