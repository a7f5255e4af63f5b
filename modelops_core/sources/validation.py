"""
Turns frames of text into typed columns, and says of every value that it does not take why.

Vectorised: a column at a time. Numbers may have thousands' commas (``12,000``); a decimal comma is
no number, since ``1,5`` may mean fifteen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.source import Field, Reject
from modelops_core.sources.delimited import Frame

#: cells that stand for unknown in any file, in lower case
BLANK = frozenset({"", "-", "--", "na", "n/a", "nan", "null", "none", "nat", "."})
THOUSANDS = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Checked:
    """Typed rows that can be taken, their numbers in the file, and what was not taken."""

    values: pd.DataFrame
    rows: IntArray
    rejects: list[Reject]


def check(frame: Frame, declared: Sequence[Field], file: str) -> Checked:
    """
    Type and check the columns of *frame* that are *declared*; absent ones are left out.

    A value that is refused is unknown; where its field is needed, its row is left out.
    """
    values, rejects = {}, []
    dropped = np.zeros(len(frame.rows), dtype=bool)
    for one in declared:
        if one.name not in frame.cells:
            continue
        cells = frame.cells[one.name]
        column, wrong = _typed(cells, one)
        for why, where in wrong.items():
            rejects += rejected(frame.rows, cells, where, one, file, why)
            dropped |= where & one.needed
        values[one.name] = column
    table = pd.DataFrame(values, index=frame.cells.index)
    return Checked(table[~dropped], frame.rows[~dropped], rejects)


def rejected(
    rows: IntArray, cells: pd.Series, where: BoolArray, one: Field, file: str, why: str
) -> list[Reject]:
    """One reject for each value of *cells* at *where*."""
    allowed = _allowed(one)
    return [
        Reject(file, int(row), one.name, str(value), why, allowed, one.needed)
        for row, value in zip(rows[where], cells[where], strict=True)
    ]


def _typed(cells: pd.Series, one: Field) -> tuple[pd.Series, dict[str, BoolArray]]:
    """The column in its type, NaN, NaT or None where unknown, and reason → where it is refused."""
    written = [value for value in one.missing if isinstance(value, str)]
    blank = (cells.str.lower().isin(BLANK) | cells.isin(written)).to_numpy()
    if one.kind == "text":
        column = cells.astype(object).where(~blank, None)
        return column, {"empty": blank} if one.needed else {}
    column = _times(cells, one) if one.kind == "time" else _numbers(cells)
    unread = column.isna().to_numpy() & ~blank
    if one.kind != "time":
        coded = np.isin(column.to_numpy(), [v for v in one.missing if not isinstance(v, str)])
        blank = blank | coded
        outside = ~(column.between(one.low, one.high).to_numpy() | blank | unread)
        broken = (column % 1 != 0).to_numpy() & ~blank & ~unread & (one.kind == "whole")
        wrong = {"not_a_number": unread, "out_of_range": outside, "not_whole": broken & ~outside}
    else:
        wrong = {"not_a_time": unread}
    if one.needed:
        wrong["empty"] = blank
    refused = np.logical_or.reduce(list(wrong.values()))
    return column.mask(refused | blank), {why: at for why, at in wrong.items() if at.any()}


def _numbers(cells: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    unread = numbers.isna()
    if unread.any():
        rest = cells[unread]
        grouped = rest.str.fullmatch(THOUSANDS)
        numbers.loc[rest.index[grouped]] = pd.to_numeric(rest[grouped].str.replace(",", ""))
    return numbers.where(np.isfinite(numbers))


def _times(cells: pd.Series, one: Field) -> pd.Series:
    times = pd.Series(pd.NaT, cells.index, dtype="datetime64[s]")
    for form in one.formats:
        unread = times.isna()
        if not unread.any():
            break
        read = pd.to_datetime(cells[unread], format=form, errors="coerce")
        times.loc[read.index] = read.astype("datetime64[s]")
    return times


def _allowed(one: Field) -> str:
    """What the field takes, as a text: its range and unit."""
    if one.kind == "text":
        return "not empty"
    if one.kind == "time":
        return " or ".join(one.formats)
    unit = f" {one.unit}" if one.unit else ""
    if np.isinf(one.low) and np.isinf(one.high):
        return f"a number{unit}"
    return f"{one.low:g} to {one.high:g}{unit}"


def whole(numbers: Array) -> list[int | None]:
    """Whole numbers for a column of integers, None where unknown."""
    return [None if np.isnan(value) else int(value) for value in numbers.tolist()]
