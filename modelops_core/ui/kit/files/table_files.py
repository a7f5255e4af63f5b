"""
Writes tables as CSV and XLSX: one head, one header row with units, numbers as numbers; pure.

``pandas.read_csv(file, comment="#")`` reads every CSV as it is. A workbook opens on the table;
the sheet ``about`` has the head, ``columns`` the meaning of each column.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from numbers import Integral, Real
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from modelops_core.ports import Row
from modelops_core.services import safe_text
from modelops_core.ui.kit.files.column_units import number_format, unit_of

Head = Sequence[tuple[str, str]]
Value = str | float | int | bool | None
#: width of a column of a sheet [characters]; Korean ones count double
NARROWEST, WIDEST = 9, 60
ABOUT = ("about", "columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    Rows by column code, in the order of *columns*, with labels for the reader.

    ``units`` are those that a column's code does not tell, such as of a chosen variable.
    """

    columns: Sequence[str]
    rows: Iterable[Row]
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def unit(self, column: str) -> str:
        """The column's unit; empty where it has none."""
        return self.units.get(column) or unit_of(column)

    @property
    def header(self) -> list[str]:
        """Codes with units: ``expected_loss [KRW/yr]``."""
        units = map(self.unit, self.columns)
        return [f"{c} [{u}]" if u else c for c, u in zip(self.columns, units, strict=True)]

    def values(self) -> Iterable[list[Value]]:
        """The rows as files hold them."""
        return ([plain(row.get(column)) for column in self.columns] for row in self.rows)


def plain(value: Any) -> Value:
    """A value as files hold it: lists as text, unknown and infinite numbers as nothing."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(map(str, value))
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def csv_bytes(head: Head, table: Table) -> bytes:
    """UTF-8 with a BOM, so that spreadsheets read Korean; comment lines first."""
    words = [f"{c} {table.labels[c]}" for c in table.columns if table.labels.get(c)]
    said = [*head, *([("columns", "; ".join(words))] if words else [])]
    lines = [f"# {safe_text.one_line(name)}: {safe_text.for_head(value)}" for name, value in said]
    lines.append(",".join(map(_field, table.header)))
    lines += [",".join(map(_field, line)) for line in table.values()]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig", errors="replace")


def _field(value: Value) -> str:
    """Text with a separator, a quote or the sign of a comment in it is quoted."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = safe_text.for_csv(value)
    if text != text.strip() or any(sign in text for sign in ',"#;'):
        return '"' + text.replace('"', '""') + '"'
    return text


def xlsx_bytes(head: Head, tables: Mapping[str, Table]) -> bytes:
    """One sheet a table, then the head and the columns."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in tables.items():
        _table(book.create_sheet(_sheet_name(name)), table)
    meanings = [
        (column, table.unit(column), table.labels.get(column, ""))
        for table in tables.values()
        for column in table.columns
    ]
    _notes(book.create_sheet(ABOUT[0]), ("name", "value"), head)
    _notes(book.create_sheet(ABOUT[1]), ("column", "unit", "label"), meanings)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_name(name: str) -> str:
    """At most 31 characters, none that a workbook refuses."""
    return re.sub(r"[\[\]:*?/\\']", "-", safe_text.for_xlsx(name))[:31]


def _table(sheet: Worksheet, table: Table) -> None:
    """The header stays in sight and filters; each column is as wide as what stands in it."""
    formats = [number_format(column) for column in table.columns]
    widths = [_width(title) + 3 for title in table.header]  # the filter's arrow
    _line(sheet, 1, table.header)
    for at, values in enumerate(table.values(), 2):
        for cell, pattern in zip(_line(sheet, at, values), formats, strict=True):
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                cell.number_format = pattern
        widths = [max(w, _width(v)) for w, v in zip(widths, values, strict=True)]
    _bold(sheet)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _set_widths(sheet, widths)


def _notes(sheet: Worksheet, titles: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    for at, line in enumerate([titles, *lines], 1):
        for cell in _line(sheet, at, line):
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    _bold(sheet)
    sheet.freeze_panes = "A2"
    _set_widths(sheet, [28, *[WIDEST + 30] * (len(titles) - 1)])


def _line(sheet: Worksheet, at: int, values: Sequence[Value]) -> list[Cell]:
    """The cells of a row; a text is a string to the workbook, whatever it begins with."""
    cells = []
    for column, value in enumerate(values, 1):
        cell = sheet.cell(at, column)
        if isinstance(value, str):
            cell.value = safe_text.for_xlsx(value)
            cell.data_type = "s"
        elif value is not None:
            cell.value = value
        cells.append(cell)
    return cells


def _bold(sheet: Worksheet) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _set_widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    for at, width in enumerate(widths, 1):
        bounded = min(max(width, NARROWEST), WIDEST + 30)
        sheet.column_dimensions[get_column_letter(at)].width = bounded


def _width(value: Value) -> int:
    """Characters that a value takes, at most WIDEST; a number is shown rounded."""
    text = value if isinstance(value, str) else "" if value is None else f"{value:,.4g}"
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return min(len(text) + wide + 1, WIDEST)
