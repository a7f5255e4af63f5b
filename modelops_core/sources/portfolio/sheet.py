"""
A sheet of a portfolio's file as written: texts by column and row, and what reading it showed.

Containers (CSV, workbook, Parquet, features, JSON) give sheets; formats say what columns mean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from modelops_core.domain.climate import BoolArray, IntArray
from modelops_core.domain.portfolio.findings import Cited, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """
    Texts of a sheet: columns 0, 1, … of ``cells``, one row for each number in ``rows``.

    ``letters`` are those of a spreadsheet's columns, '' where the file has none. ``as_text`` and
    ``as_day`` say where a spreadsheet holds a text or a day, by column: a number there is no number
    to it.
    """

    file: str
    name: str
    headers: tuple[str, ...]
    letters: tuple[str, ...]
    cells: pd.DataFrame
    rows: IntArray
    problems: tuple[Problem, ...] = ()
    as_text: Mapping[int, BoolArray] = field(default_factory=dict)
    as_day: Mapping[int, BoolArray] = field(default_factory=dict)
    #: what a title above the table says of its units, '' where it says nothing
    unit: str = ""

    def cited(self, column: int) -> Cited:
        """The column as its owner knows it."""
        text = self.cells[column].to_numpy(dtype=object)
        return Cited(header=self.headers[column], letter=self.letters[column], text=text)

    def called(self, name: str) -> Sheet:
        """The same under another name."""
        said = tuple(replace(one, sheet=name) for one in self.problems)
        return replace(self, name=name, problems=said)

    def without(self, rows: Collection[int]) -> Sheet:
        """The rows that are not among *rows*; that the others were left out is said."""
        out = np.isin(self.rows, list(rows))
        if not out.any():
            return self
        said = [_without(one, self.rows[out]) for one in self.problems]
        said.append(Problem(code="row_left_out", sheet=self.name, rows=self.rows[out]))
        return replace(
            self,
            cells=self.cells[~out].reset_index(drop=True),
            rows=self.rows[~out],
            problems=tuple(one for one in said if one is not None),
            as_text={column: where[~out] for column, where in self.as_text.items()},
            as_day={column: where[~out] for column, where in self.as_day.items()},
        )


def _without(problem: Problem, rows: IntArray) -> Problem | None:
    """A problem of the rows that stay; None where none of its rows does."""
    if problem.code == "row_left_out" or not len(problem.rows):
        return problem
    stays = ~np.isin(problem.rows, rows)
    return problem.picked(stays) if stays.any() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What the user says of a file that does not say it itself; None where they say nothing."""

    encoding: str | None = None
    crs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A way to keep tables in a file: ``fits`` by path and first bytes, ``read`` gives sheets."""

    name: str
    fits: Callable[[Path, bytes], bool]
    read: Callable[[Path, Reader], Sequence[Sheet]]
    #: those of a higher one are tried later
    rank: int = 0


def distinct(headers: Sequence[str]) -> tuple[str, ...]:
    """
    The headers, those that stand before already with the letter of their column in brackets.

    Brackets do not count where columns are found: it is a second column of the same field.
    """
    seen: set[str] = set()
    found = []
    for i, header in enumerate(headers):
        found.append(f"{header} ({letter(i)})" if header and header in seen else header)
        seen.add(header)
    return tuple(found)


def letter(column: int) -> str:
    """The letters of a column of a spreadsheet: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
