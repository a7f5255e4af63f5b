"""
What the XML of a workbook's sheet says besides values: errors, formulas without a result, rows.

Most programs write it in one way, of which regular expressions find what is needed in a hundredth
of the time; whatever is written otherwise is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from modelops_core.sources.portfolio.sheet import letter

#: a cell or row that does not begin with its address, has a prefix, or holds a single-quoted value
_UNUSUAL = tuple(
    re.compile(pattern)
    for pattern in (
        rb'<c(?:[\t\r\n/>]| (?!r="[A-Z]{1,3}[0-9]{1,7}"))',
        rb'<row(?:[\t\r\n/>]| (?!r="[0-9]{1,7}"))',
        rb":(?:c|row)[\s/>]",
        rb"=\s*'",
    )
)
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>(.*?)</c>', re.DOTALL)
_MARKED = re.compile(rb'<c r="[A-Z]+\d+"[^>]*\bt="e"|<f[ >/]')
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_HIDDEN = re.compile(rb'<row [^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
_ADDRESS = re.compile(r"([A-Za-z]+)([0-9]+)")
TRUE = ("1", "true")
Places = dict[str, list[int]]


@dataclass(slots=True)
class Marks:
    """What the XML of a sheet says besides values: rows by column's letter, and hidden rows."""

    errors: dict[tuple[str, int], str] = field(default_factory=dict)
    unsaved: Places = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Parsed:
    """The marks of a sheet, and the last row and column that hold a value."""

    marks: Marks = field(default_factory=Marks)
    rows: int = 0
    columns: int = 0


def is_usual(xml: bytes) -> bool:
    """Whether regular expressions find all cells; what they find none in may be UTF-16."""
    return b'<c r="' in xml and not any(pattern.search(xml) for pattern in _UNUSUAL)


def parsed(xml: bytes) -> Parsed:
    """What an XML parser finds in a sheet, however it is written; raises ParseError."""
    target = _Target()
    parser = ElementTree.XMLParser(target=target)
    parser.feed(xml)
    parser.close()
    return target.found


def number(letters: str) -> int:
    """The number of a column: A is 1, Z 26, AA 27."""
    found = 0
    for one in letters:
        found = 26 * found + ord(one) - ord("A") + 1
    return found


def quick_marks(xml: bytes) -> Marks:
    """The marks of a sheet that is written as usual."""
    found = Marks(hidden=[int(row) for row in _HIDDEN.findall(xml)])
    if not _MARKED.search(xml):
        return found
    for letters, row, attributes, inside in _CELL.findall(xml):
        at, value = letters.decode(), _VALUE.search(inside)
        if b't="e"' in attributes and value:
            found.errors[at, int(row)] = value[1].decode()
        elif b"<f" in inside and b't="str"' not in attributes and not (value and value[1]):
            found.unsaved.setdefault(at, []).append(int(row))
    return found


class _Target:
    """
    Takes what an XML parser reads of a sheet.

    A row or cell without an address follows the one before it.
    """

    def __init__(self) -> None:
        self.found = Parsed()
        self._row = self._column = 0
        self._kind = self._text = ""
        self._has_formula = self._in_value = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A row, a cell, or what a cell holds, begins."""
        match tag.rpartition("}")[2]:
            case "row":
                self._begin_row(attributes)
            case "c":
                self._begin_cell(attributes)
            case "f":
                self._has_formula = True
            case "v" | "is":
                self._in_value = True
                self.found.rows = max(self.found.rows, self._row)
                self.found.columns = max(self.found.columns, self._column)

    def data(self, text: str) -> None:
        """A part of a text."""
        if self._in_value:
            self._text += text

    def end(self, tag: str) -> None:
        """A value or a cell ends."""
        match tag.rpartition("}")[2]:
            case "v" | "is":
                self._in_value = False
            case "c":
                self._end_cell()

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        given = attributes.get("r", "")
        self._row = int(given) if given.isdecimal() else self._row + 1
        self._column = 0
        if attributes.get("hidden") in TRUE:
            self.found.marks.hidden.append(self._row)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._column += 1
        if at := _ADDRESS.fullmatch(attributes.get("r", "")):
            self._column, self._row = number(at[1].upper()), int(at[2])
        self._kind, self._text, self._has_formula = attributes.get("t", ""), "", False

    def _end_cell(self) -> None:
        at = letter(self._column - 1)
        if self._kind == "e" and self._text:
            self.found.marks.errors[at, self._row] = self._text
        elif self._has_formula and self._kind != "str" and not self._text:
            self.found.marks.unsaved.setdefault(at, []).append(self._row)
