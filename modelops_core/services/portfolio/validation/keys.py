"""Keys: missing ones, repeated rows that count once, and two things under one name."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from modelops_core.domain.climate import BoolArray, IntArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table

#: how the template's own examples are called
EXAMPLES = ("예시", "EXAMPLE")


def checked(table: Table, key: str, apart: Collection[str] = ()) -> tuple[Table, list[Problem]]:
    """
    The rows that count, each key once, and what is wrong with keys.

    A row that repeats another in all columns but those in *apart* counts once with it; one that
    differs is another thing under the same name.
    """
    if key not in table:
        return table, []
    table, problems = without_examples(table, key)
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
