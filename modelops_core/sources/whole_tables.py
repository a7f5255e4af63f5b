"""
Reads tables that cannot be streamed: a sheet of an Excel workbook, records of JSON.

Each reader gives rows of text, the headers first.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modelops_core.sources import json_files
from modelops_core.sources.unpacking import Member, is_workbook

Rows = Iterator[tuple[str, ...]]


def kind(head: bytes) -> str | None:
    """Which of READERS takes a file with these first bytes; None: none of them."""
    if is_workbook(head):
        return "xlsx"
    return "json" if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")) else None


def _sheet(member: Member) -> Rows:
    """Rows of the first sheet; results of formulas as they were saved."""
    from openpyxl import load_workbook  # slow to import, needed here only

    with member.open() as stream:
        book = load_workbook(io.BytesIO(stream.read()), read_only=True, data_only=True)
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield tuple(_text(cell) for cell in row)


def _records(member: Member) -> Rows:
    """The first list of records in the file, such as ``response.body.items.item`` of a service."""
    with member.open() as stream:
        content = stream.read()
    found = _first_list(json_files.parsed(content, member.name))
    names = list(dict.fromkeys(name for record in found for name in record))
    yield tuple(names)
    for record in found:
        yield tuple(_text(record.get(name)) for name in names)


def _first_list(value: Any) -> list[Mapping[str, Any]]:
    """The first list of objects in *value*, or its only object of plain values; empty without."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return value
    inner = value.values() if isinstance(value, dict) else ()
    return next((found for one in inner if (found := _first_list(one))), [])


def _text(cell: object) -> str:
    return "" if cell is None or isinstance(cell, dict | list) else str(cell).strip()


#: what a file is → its reader
READERS: Mapping[str, Callable[[Member], Rows]] = {"xlsx": _sheet, "json": _records}
