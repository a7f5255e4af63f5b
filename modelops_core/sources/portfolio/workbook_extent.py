"""
How large a workbook is, before it is read.

What reads it makes a table of all cells to the last row and column: one stray value in a far corner
is more than any memory holds, and a small archive may unpack to as much.
"""

from __future__ import annotations

import io
import re
import zipfile

from modelops_core.errors import SourceUnreadable

#: bytes that the parts of a workbook may unpack to, and cells of one sheet
UNPACKED = 512 * 1024**2
CELLS = 30_000_000
#: a cell with a value: its column's letters and its row
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>/]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>')
#: an address whose column has two letters or three: quickly found, of cells without a value too
_ADDRESS = re.compile(rb' r="([A-Z]{2,3})\d{1,7}"')
#: columns of one letter
SINGLE = 26


def refuse_bomb(file: str, content: bytes) -> None:
    """Raise SourceUnreadable for an archive that unpacks to more than UNPACKED bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(one.file_size for one in archive.infolist())
    if size > UNPACKED:
        raise SourceUnreadable(
            "unpacked_too_large", file=file, size=size >> 20, limit=UNPACKED >> 20
        )


def refuse_far_cells(file: str, sheet: str, xml: bytes) -> None:
    """Raise SourceUnreadable for a sheet whose table would have more than CELLS cells."""
    row = _last_row(xml)
    if row * _last_column(xml, _ADDRESS) <= CELLS:
        return
    columns = _last_column(xml, _CELL)  # empty cells with a look of their own do not count
    if row * columns > CELLS:
        raise SourceUnreadable(
            "sheet_too_far", file=file, sheet=sheet, row=row, columns=columns, limit=CELLS
        )


def _last_row(xml: bytes) -> int:
    """The row of the last cell with a value; rows stand in their order."""
    start = len(xml)
    while (start := xml.rfind(b"c ", 0, start)) >= 0:  # a name may have a prefix: <x:c r="A1">
        if found := _CELL.match(xml, xml.rfind(b"<", 0, start + 1)):
            return int(found[2])
    return 0


def _last_column(xml: bytes, pattern: re.Pattern[bytes]) -> int:
    """The number of the last column whose cells match; 26 where all have one letter."""
    letters = {found[1] for found in pattern.finditer(xml)}
    return max((_number(one) for one in letters), default=SINGLE)


def _number(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for one in letters:
        number = SINGLE * number + one - ord("A") + 1
    return number
