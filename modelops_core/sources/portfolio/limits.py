"""How much of a file is read: a small one may unpack to more than any memory holds."""

from __future__ import annotations

from modelops_core.errors import SourceUnreadable

#: bytes that a file may unpack to
UNPACKED = 512 * 1024**2
#: cells of one table: rows × columns
CELLS = 30_000_000


def refuse_cells(file: str, rows: int, columns: int) -> None:
    """Raise SourceUnreadable for a table of more than CELLS cells."""
    if rows * columns > CELLS:
        raise SourceUnreadable(
            "table_too_large", file=file, rows=rows, columns=columns, limit=CELLS
        )
