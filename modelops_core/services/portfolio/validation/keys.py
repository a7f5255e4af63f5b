"""Keys: missing ones, repeated rows that count once, and two things under one name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from modelops_core.domain.climate import BoolArray, IntArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table

#: how the template's own examples are called
EXAMPLES = ("예시", "EXAMPLE")
#: what is said of rows that do not count
LEFT_OUT = ("example_row", "total_row")
#: how the rows of a sheet's own sums are called, without blanks
TOTALS = frozenset(
    ("합계", "총합계", "총계", "소계", "누계", "계", "total", "subtotal", "grandtotal", "sum")
)


def checked(table: Table, key: str, apart: Collection[str] = ()) -> tuple[Table, list[Problem]]:
    """
    The rows that count, each key once, and what is wrong with keys.

    A row that repeats another in all columns but those in *apart* counts once with it; one that
    differs is another thing under the same name.
    """
    if key not in table:
        return table, []
    table, problems = without_examples(table, key)
    table, totals = without_totals(table, key)
    problems += totals
    names = table.texts(key)
    empty = names == ""
    problems += table.problem("value_missing", key, empty)
    first = first_of(names)
    later = (first != np.arange(len(table))) & ~empty
    differs = later & _differs(table, first, {key, *apart})
    rows = table.rows[first]
    problems += table.problem("duplicate_key", key, differs, first=rows)
    problems += table.problem("rows_repeated", key, later & ~differs, first=rows)
    return table.picked(~empty & ~later), problems


def first_of(names: TextArray) -> IntArray:
    """The position of the first row with the same text, (row,)."""
    codes, _ = pd.factorize(names)
    first = np.full(codes.max(initial=-1) + 1, len(codes), dtype=np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    found: IntArray = first[codes]
    return found


def _differs(table: Table, first: IntArray, apart: Collection[str]) -> BoolArray:
    """Where a row has another value than the first one of its key."""
    differs = np.zeros(len(table), dtype=bool)
    for name, column in table.values.items():
        if name in apart:
            continue
        other = column[first]
        same = column == other
        if column.dtype.kind == "f":
            same |= np.isnan(column) & np.isnan(other)
        elif column.dtype.kind == "M":
            same |= np.isnat(column) & np.isnat(other)
        differs |= ~same
    return differs


def without_examples(table: Table, key: str) -> tuple[Table, list[Problem]]:
    """The rows of the template's examples are no sites of the analyst's."""
    names = pd.Series(table.texts(key), dtype=str)
    examples = names.str.startswith(EXAMPLES).to_numpy(dtype=bool)
    return table.picked(~examples), table.problem("example_row", key, examples)


def without_totals(table: Table, key: str) -> tuple[Table, list[Problem]]:
    """The rows of a sheet's own sums would count everything twice."""
    named = np.where(table.texts(key) == "", table.texts("name"), table.texts(key)).astype(str)
    plain = pd.Series(named, dtype=str).str.replace(" ", "").str.casefold()
    totals = plain.isin(TOTALS).to_numpy(dtype=bool)
    return table.picked(~totals), table.problem("total_row", key, totals, called=named)


def of_rows_that_count(problems: Sequence[Problem]) -> list[Problem]:
    """The problems without the cells of rows that are no things of the analyst's."""
    out = {(p.sheet, int(row)) for p in problems if p.code in LEFT_OUT for row in p.rows}
    found = []
    for problem in problems:
        counts = np.array(
            [(problem.sheet, int(row)) not in out for row in problem.rows], dtype=bool
        )
        if problem.code in LEFT_OUT or counts.all():
            found.append(problem)
        elif counts.any():
            found.append(problem.picked(counts))
    return found
