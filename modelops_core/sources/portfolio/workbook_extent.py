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
from modelops_core.sources.portfolio import limits
from modelops_core.sources.portfolio.sheet_xml import Parsed, number

#: an address whose column has two letters or three: quickly found, of cells without a value too
_ADDRESS = re.compile(rb' r="([A-Z]{2,3})\d{1,7}"')
#: columns of one letter
SINGLE = 26


def refuse_bomb(file: str, content: bytes) -> None:
    """Raise SourceUnreadable for an archive that unpacks to more than UNPACKED bytes, or is cut."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > limits.UNPACKED:
            limit = limits.UNPACKED >> 20
            raise SourceUnreadable("unpacked_too_large", file=file, limit=limit)
        if archive.testzip() is not None:  # a part has another size than its directory says
            raise SourceUnreadable("workbook_broken", file=file)


def refuse_far_cells(file: str, sheet: str, found: Parsed) -> None:
    """Raise SourceUnreadable for a sheet whose table would have more than CELLS cells."""
    if found.rows * found.columns > limits.CELLS:
        raise SourceUnreadable(
            "sheet_too_far",
            file=file,
            sheet=sheet,
            row=found.rows,
            columns=found.columns,
            limit=limits.CELLS,
        )


def may_reach_far(xml: bytes) -> bool:
    """
    Whether a cell stands below the last row that fits with the columns of all cells.

    It may be an empty one with a look of its own, which does not count: parsing says it.
    """
    letters = {found[1] for found in _ADDRESS.finditer(xml)}
    columns = max((number(one.decode()) for one in letters), default=SINGLE)
    last = limits.CELLS // columns
    below = re.compile(rb' r="[A-Z]{1,3}(\d{%d,7})"' % len(str(last)))
    return any(int(row) > last for row in below.findall(xml))
