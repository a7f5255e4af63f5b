"""
Best tracks of RSMC Tokyo, ``bst_all.txt``: fixed width, UTC, wind of 10 minutes [kt].

A header line starts with ``66666``; data lines have the time with a year of two digits (51 to 99,
then 00 to 50), latitude and longitude in tenths of a degree, pressure [hPa] and wind, which is 000
below tropical storm and blank before 1977: unknown both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from modelops_core.sources.delimited import Frame

HEADER = "66666"
#: column → where it stands in a data line
PLACES = {
    "time": slice(0, 8),
    "latitude": slice(15, 18),
    "longitude": slice(19, 23),
    "pressure": slice(24, 28),
    "wind": slice(33, 36),
}
CENTURY = 51


def is_rsmc(head: bytes) -> bool:
    """Whether these first bytes are those of such a file."""
    return head.startswith(HEADER.encode())


def frame(lines: Sequence[str]) -> Frame:
    """All data lines as cells of text, with storm (``195101``) and name from their headers."""
    cells: dict[str, list[str]] = {name: [] for name in ("storm_id", "name", *PLACES)}
    rows, storm, name = [], "", ""
    for number, line in enumerate(lines, start=1):
        if line.startswith(HEADER):
            storm, name = _year(line[6:8]) + line[8:10], line[30:50].strip()
        elif line.strip():
            rows.append(number)
            cells["storm_id"].append(storm)
            cells["name"].append(name)
            for column, place in PLACES.items():
                cells[column].append(_text(column, line[place].strip()))
    return Frame(pd.DataFrame(cells, dtype=str), np.array(rows, dtype=np.int64), 1.0)


def _year(two: str) -> str:
    return f"19{two}" if two.isdigit() and int(two) >= CENTURY else f"20{two}"


def _text(column: str, text: str) -> str:
    """The cell as other files have it: a year of four digits, degrees."""
    if column == "time":
        return _year(text[:2]) + text[2:]
    if column in ("latitude", "longitude") and text.isdigit():
        return f"{int(text) / 10:g}"
    return text
