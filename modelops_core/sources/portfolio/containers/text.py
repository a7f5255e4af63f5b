"""Tables of text: any separator, UTF-8, UTF-16 or CP949, also compressed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from modelops_core.domain.portfolio.findings import Problem
from modelops_core.services.safe_text import APOSTROPHE, from_csv
from modelops_core.sources import delimited
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet, letter, twice, unique

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
            cells=_plain(cells.set_axis(range(len(kept)), axis=1)),
            rows=np.concatenate([frame.rows for frame in frames]),
            problems=(*_encoding_note(table.encoding), *twice("", table.headers)),
        )
    ]


def _plain(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells without the apostrophes by which spreadsheets, and our exports, keep a text a text."""
    plain = cells.copy()
    for name in plain.columns:
        if plain[name].str.startswith(APOSTROPHE).any():
            plain[name] = plain[name].map(from_csv)
    return plain


def _encoding_note(encoding: str) -> tuple[Problem, ...]:
    """That a file was read in another encoding than UTF-8."""
    if encoding.startswith("utf-8") or encoding == "xlsx":
        return ()
    return (Problem(code="encoding", facts={"encoding": encoding.upper()}),)


CONTAINER = Container(name="text", fits=fits, read=read, rank=LAST)
