"""Tables of text: any separator, UTF-8, UTF-16 or CP949, also compressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from modelops_core.domain.portfolio.findings import Problem
from modelops_core.services.safe_text import APOSTROPHE, from_csv
from modelops_core.sources import delimited, unpacking, whole_tables
from modelops_core.sources.portfolio import limits
from modelops_core.sources.portfolio.containers import workbook
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet, distinct, letter

LAST = 9


def fits(path: Path, head: bytes) -> bool:
    """Whatever is nothing else."""
    return True


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """The table of *path* as one sheet without a name; raises SourceUnreadable."""
    member = unpacking.single(path, limits.UNPACKED)
    with unpacking.complete(path.name):
        packed_workbook = unpacking.is_workbook(member.head())
    if packed_workbook:
        with member.open() as stream:
            return workbook.sheets_of(path.name, stream.read())
    table = delimited.recognise_member(member, reader.encoding)
    table = replace(table, headers=distinct(table.headers))
    columns = {str(i): header for i, header in enumerate(table.headers) if header}
    frames = list(table.frames(columns))
    cells = pd.concat([frame.cells for frame in frames], ignore_index=True)
    return [
        Sheet(
            file=path.name,
            name="",
            headers=tuple(columns.values()),
            letters=tuple(letter(int(i)) for i in columns),
            cells=_plain(cells.set_axis(range(len(columns)), axis=1)),
            rows=np.concatenate([frame.rows for frame in frames]),
            problems=_encoding_note(table.encoding),
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
    if encoding.startswith("utf-8") or encoding in whole_tables.READERS:
        return ()
    return (Problem(code="encoding", facts={"encoding": encoding.upper()}),)


CONTAINER = Container(name="text", fits=fits, read=read, rank=LAST)
