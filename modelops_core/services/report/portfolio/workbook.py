"""
The report as a workbook: a sheet a table, the stamp above it, numbers as numbers.

Nothing in it is a formula: every text is written as a text, whatever it begins with. A sheet opens
on its table with the header in sight; figures are sheets of the PDF and the DOCX only.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from modelops_core.domain.peril import Peril
from modelops_core.services import safe_text
from modelops_core.services.report.portfolio.content import Content, ReportTable
from modelops_core.services.report.portfolio.report import label, shown
from modelops_core.services.report.portfolio.texts import Say

#: of a column [characters]; Korean ones count double
NARROWEST, WIDEST = 9, 48
#: rows of a table by which its widths are measured
MEASURED = 200
PATTERNS: Mapping[str, str] = {
    "whole": "#,##0",
    "number": "#,##0.######",
    "percent": '0.000" %"',
    "day": "yyyy-mm-dd",
}
#: of money, by the size of its unit
MONEY = {1e6: "#,##0.000", 1e8: "#,##0.0000"}
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
Formats = Mapping[str, Format]


def xlsx(content: Content, perils: Mapping[str, Peril]) -> bytes:
    """Return the workbook; equal contents give equal bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    made_of = content.made_of or datetime.fromtimestamp(0, UTC)
    about = {"title": content.title, "subject": content.subtitle, "author": "ModelOps"}
    book.set_properties({**about, "created": made_of.replace(tzinfo=None)})
    styles = _styles(book, content.unit.size)
    say = Say(content.language)
    for table in content.tables:
        name = f"{table.key} {say(f'title.{table.key}')}"
        sheet = book.add_worksheet(_sheet_name(name))
        _write(sheet, table, content, say, perils, styles)
    book.close()
    return buffer.getvalue()


def _styles(book: xlsxwriter.Workbook, unit: float) -> Formats:
    made = {name: book.add_format({"num_format": one}) for name, one in PATTERNS.items()}
    made["money"] = book.add_format({"num_format": MONEY[unit]})
    made["text"] = book.add_format({"num_format": "@"})
    made["title"] = book.add_format({"bold": True, "font_size": 14})
    made["faint"] = book.add_format({"font_color": "#5b6770", "font_size": 9})
    made["code"] = book.add_format({"font_color": "#5b6770", "font_size": 9, "bottom": 1})
    head = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8eef1"}
    made["head"] = book.add_format(head)
    return made


def _sheet_name(name: str) -> str:
    """At most 31 characters, none that a workbook refuses."""
    plain = "".join("-" if sign in "[]:*?/\\'" else sign for sign in safe_text.for_xlsx(name))
    return plain[:31].strip()


def _write(
    sheet: Worksheet,
    table: ReportTable,
    content: Content,
    say: Say,
    perils: Mapping[str, Peril],
    styles: Formats,
) -> None:
    """Title, stamp and notes; then labels, codes and the rows."""
    said = [content.stamp_of(table.key), *([say("draft")] if table.draft else []), *table.notes]
    sheet.write_string(0, 0, f"{table.key} {say(f'title.{table.key}')}", styles["title"])
    for i, note in enumerate(said, 1):
        sheet.write_string(i, 0, safe_text.for_xlsx(note), styles["faint"])
    head = len(said) + 1
    names = [label(column, say, perils) for column in table.columns]
    for at, (column, name) in enumerate(zip(table.columns, names, strict=True)):
        sheet.write_string(head, at, safe_text.for_xlsx(name), styles["head"])
        sheet.write_string(head + 1, at, column.code, styles["code"])
    _rows(sheet, table, content, say, perils, styles, head + 2)
    sheet.freeze_panes(head + 2, min(1, len(table.columns) - 1))
    if table.rows:
        sheet.autofilter(head + 1, 0, head + 1 + len(table.rows), len(table.columns) - 1)
    _widths(sheet, table, names, styles)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head, head + 1)


def _rows(
    sheet: Worksheet,
    table: ReportTable,
    content: Content,
    say: Say,
    perils: Mapping[str, Peril],
    styles: Formats,
    first: int,
) -> None:
    if not table.rows:
        sheet.write_string(first, 0, table.empty or say("no_rows"), styles["text"])
    words = dict[tuple[str, str], str]()
    for at, column in enumerate(table.columns):
        style, size = styles[column.kind], content.unit.size if column.kind == "money" else 1.0
        for i, row in enumerate(table.rows, first):
            value = row[at]
            if isinstance(value, str):
                if value:
                    key = (column.code, value)
                    if key not in words:
                        words[key] = safe_text.for_xlsx(str(shown(value, column, say, perils)))
                    sheet.write_string(i, at, words[key], styles["text"])
            elif value is not None and math.isfinite(value):
                sheet.write_number(i, at, value / size, style)


def _widths(sheet: Worksheet, table: ReportTable, names: Sequence[str], styles: Formats) -> None:
    """As wide as what stands in a column; money and numbers have room for their digits."""
    for at, (column, name) in enumerate(zip(table.columns, names, strict=True)):
        texts = [row[at] for row in table.rows[:MEASURED] if isinstance(row[at], str)]
        least = 14 if column.kind in ("money", "number") else NARROWEST
        widest = max([least, len(column.code) + 3, _wide(name) / 2 + 3, *map(_wide, texts)])
        sheet.set_column(at, at, min(widest, WIDEST))


def _wide(value: Any) -> float:
    text = str(value)
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text) + 1
