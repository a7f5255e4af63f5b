"""
Excel workbooks: all visible sheets, results of formulas as they were saved.

Values come from calamine; what it does not tell – formulas without a result, error values, hidden
rows – is read of the sheet's XML.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from modelops_core.domain.portfolio.findings import Cited, Problem
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import unpacking
from modelops_core.sources.portfolio import heading, sheet_xml, workbook_extent
from modelops_core.sources.portfolio.sheet import Container, Reader, Sheet, distinct, letter
from modelops_core.sources.portfolio.sheet_xml import Marks

#: end of the name by which a sheet refers to its part, whichever namespace it is of
RELATION = "/relationships}id"
#: what a damaged workbook raises; RuntimeError of zipfile where a part is encrypted
BROKEN = (
    *unpacking.BROKEN,
    CalamineError,
    ElementTree.ParseError,
    KeyError,
    RuntimeError,
    StopIteration,
    UnicodeDecodeError,
)


def fits(path: Path, head: bytes) -> bool:
    """An .xlsx or .xlsm, whatever its name; an .xls too."""
    return (
        head.startswith(unpacking.OLD_EXCEL)
        or unpacking.is_workbook(head)
        or (head.startswith(unpacking.ZIP) and path.suffix.lower() in (".xlsx", ".xlsm"))
    )


def read(path: Path, reader: Reader) -> Sequence[Sheet]:
    """Every visible sheet with a header; raises SourceUnreadable."""
    return sheets_of(path.name, path.read_bytes())


def sheets_of(file: str, content: bytes) -> Sequence[Sheet]:
    """The same of a workbook in memory, which is called *file*."""
    try:
        marks = _marks(file, content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        seen = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        found = [
            _sheet(file, book.get_sheet_by_name(name), marks.get(name, Marks())) for name in seen
        ]
    except PasswordError:
        raise SourceUnreadable("workbook_locked", file=file) from None
    except BROKEN:
        raise SourceUnreadable("workbook_broken", file=file) from None
    sheets = [sheet for sheet in found if sheet is not None]
    if not sheets:
        raise SourceUnreadable("table_empty", file=file)
    hidden = [Problem(code="sheet_hidden", sheet=n) for n in book.sheet_names if n not in seen]
    return [replace(sheets[0], problems=(*sheets[0].problems, *hidden)), *sheets[1:]]


def _sheet(file: str, sheet: CalamineSheet, marks: Marks) -> Sheet | None:
    values = sheet.to_python(skip_empty_area=False)
    head = heading.found(values, sheet.merged_cell_ranges or [], _text)
    if head is None:
        return None
    top, headers = head.last, distinct(head.names)
    width = len(headers)
    kept = [i for i, header in enumerate(headers) if header]
    body = [(*row, *[""] * width)[:width] for row in values[top + 1 :]]
    columns = list(zip(*body, strict=True)) or [()] * width
    texts = [_texts(columns[i], letter(i), top + 2, marks) for i in kept]
    cells = pd.DataFrame(dict(enumerate(texts)), dtype=str)
    filled = (cells != "").any(axis=1).to_numpy()
    rows = np.arange(len(body), dtype=np.int64) + top + 2
    picked = Sheet(
        file=file,
        name=sheet.name,
        headers=tuple(headers[i] for i in kept),
        letters=tuple(letter(i) for i in kept),
        cells=cells[filled].reset_index(drop=True),
        rows=rows[filled],
        as_text=_where([columns[i] for i in kept], filled, str),
        as_day=_where([columns[i] for i in kept], filled, datetime.date),
        unit=head.unit,
    )
    return _with_problems(picked, sheet, marks, top)


def _texts(column: Sequence[Any], letters: str, first: int, marks: Marks) -> list[str]:
    texts = [_text(one) for one in column]
    for (at, row), error in marks.errors.items():
        if at == letters and 0 <= row - first < len(texts):
            texts[row - first] = error
    return texts


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as ISO writes them."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) >= 1e15 or value % 1 else str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def _where(
    columns: Sequence[Sequence[Any]], filled: np.ndarray[Any, Any], kind: type
) -> Mapping[int, np.ndarray[Any, Any]]:
    found = {}
    for i, column in enumerate(columns):
        at = np.array([isinstance(one, kind) and one != "" for one in column], dtype=bool)[filled]
        if at.any():
            found[i] = at
    return found


def _with_problems(made: Sheet, sheet: CalamineSheet, marks: Marks, top: int) -> Sheet:
    problems = [
        Problem(
            code="formula_without_result",
            sheet=made.name,
            column=Cited(header=made.headers[made.letters.index(at)], letter=at),
            rows=np.array(rows, dtype=np.int64),
        )
        for at, rows in marks.unsaved.items()
        if at in made.letters
    ]
    hidden = [row for row in marks.hidden if row in set(made.rows.tolist())]
    if hidden:
        rows = np.array(hidden, dtype=np.int64)
        problems.append(Problem(code="hidden_rows", sheet=made.name, rows=rows))
    for first, last in sheet.merged_cell_ranges or []:
        problems += _merged(made, first, last, top)
    return replace(made, problems=tuple(problems))


def _merged(
    made: Sheet, first: tuple[int, int], last: tuple[int, int], top: int
) -> Iterator[Problem]:
    """
    Cells that are one to the eye: all but the first are empty.

    What stands in the first is proposed for those below it, not for those beside it.
    """
    area = f"{letter(first[1])}{first[0] + 1}:{letter(last[1])}{last[0] + 1}"
    where = (made.rows > max(top + 1, first[0])) & (made.rows <= last[0] + 1)
    if not where.any() or letter(first[1]) not in made.letters:
        return
    held = made.cells[made.letters.index(letter(first[1]))].to_numpy(dtype=object)[where][0]
    for column in range(first[1], last[1] + 1):
        below = column == first[1]
        empty = where & ((made.rows > first[0] + 1) | (not below))
        if not held or not empty.any() or letter(column) not in made.letters:
            continue
        at = made.letters.index(letter(column))
        yield Problem(
            code="merged_cells",
            sheet=made.name,
            column=Cited(header=made.headers[at], letter=made.letters[at]),
            rows=made.rows[empty],
            values=np.full(empty.sum(), "", dtype=object),
            proposals=np.full(empty.sum(), held if below else "", dtype=object),
            facts={"area": area},
        )


def _marks(file: str, content: bytes) -> dict[str, Marks]:
    """Sheet → what its XML says; raises SourceUnreadable where its cells reach too far."""
    if content.startswith(unpacking.OLD_EXCEL):
        return {}
    workbook_extent.refuse_bomb(file, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name.casefold(): name for name in archive.namelist()}
        return {
            name: _read_marks(file, name, archive.read(parts[path]))
            for name, path in _sheet_paths(archive).items()
        }


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet → its part of the archive in small letters; names of tags count in any namespace."""
    targets = {
        one.attrib["Id"]: one.attrib["Target"].replace("\\", "/")
        for one in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = [one.attrib for one in book.iter() if one.tag.endswith("}sheet")]
    return {one["name"]: _part(targets[_relation(one)]) for one in sheets}


def _relation(attributes: Mapping[str, str]) -> str:
    return next(value for name, value in attributes.items() if name.endswith(RELATION))


def _part(target: str) -> str:
    """The path of a part in the archive; a target stands below xl/ unless it says otherwise."""
    inside = target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
    return posixpath.normpath(inside).casefold()


def _read_marks(file: str, sheet: str, xml: bytes) -> Marks:
    if sheet_xml.is_usual(xml) and not workbook_extent.may_reach_far(xml):
        return sheet_xml.quick_marks(xml)
    found = sheet_xml.parsed(xml)
    workbook_extent.refuse_far_cells(file, sheet, found)
    return found.marks


CONTAINER = Container(name="workbook", fits=fits, read=read)
