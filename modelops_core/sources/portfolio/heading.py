"""The heading of a sheet: titles above it, groups of columns, names, and a row of units."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

#: rows in front of the header that may hold a title
TITLES = 20
#: what a row below the names may consist of
UNITS = frozenset(
    (
        *("원", "천원", "만원", "백만원", "억원", "천", "만", "백만", "억", "krw", "₩"),
        *("㎡", "m2", "m²", "평", "m", "미터", "도", "°", "년", "연", "연도", "층", "개층"),
        *("%", "％", "명", "-", "–"),
    )
)
_UNIT = re.compile(r"단위\s*[:：]?\s*([^)\]}]+)")
Cells = Sequence[Sequence[Any]]
Area = tuple[tuple[int, int], tuple[int, int]]


class Heading(NamedTuple):
    """Names of the columns, their last row (0 is the first), and the unit that a title says."""

    last: int
    names: list[str]
    unit: str


def found(values: Cells, merged: Sequence[Area], text: Callable[[Any], str]) -> Heading | None:
    """The heading of a sheet's cells; None where no row has two texts."""
    first = _first(values)
    if first is None:
        return None
    last = first
    while first and _names(values[first - 1]) > 1 and any(_is_group(a, first - 1) for a in merged):
        first -= 1
    while last + 1 < len(values) and any(_is_group(area, last) for area in merged):
        last += 1
    rows = [[text(one) for one in row] for row in values[first : last + 1]]
    width = max(i for row in rows for i, one in enumerate(row) if one) + 1
    names = [next((row[i] for row in reversed(rows) if row[i]), "") for i in range(width)]
    below = [text(one) for one in values[last + 1][:width]] if last + 1 < len(values) else []
    if any(below) and all(one.casefold().strip("()[] ") in UNITS for one in below if one):
        names = [_with_unit(*pair) for pair in zip(names, below, strict=True)]
        last += 1
    above = " ".join(text(one) for row in values[:first] for one in row)
    unit = _UNIT.search(above)
    return Heading(last, names, unit[1].strip() if unit else "")


def _first(values: Cells) -> int | None:
    """The first row of two texts or more, and as many as the fullest of the rows at the top."""
    counts = [_names(row) for row in values[:TITLES]]
    most = max(counts, default=0)
    return counts.index(next(n for n in counts if n > 1 and n * 2 >= most)) if most > 1 else None


def _names(row: Sequence[Any]) -> int:
    """How many cells of a row may be names of columns."""
    texts = [cell for cell in row if isinstance(cell, str) and cell != ""]
    return sum(not text.lstrip("( [").startswith("단위") for text in texts)


def _is_group(area: Area, row: int) -> bool:
    """Whether merged cells of one row name several columns, whose own names stand below."""
    (top, left), (bottom, right) = area
    return top == bottom == row and right > left


def _with_unit(name: str, unit: str) -> str:
    plain = unit.strip("()[] ")
    return f"{name}({plain})" if plain and name and "(" not in name else name
