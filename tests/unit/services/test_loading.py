"""Filling an empty database: what is there stays, what is missing comes."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.dataset import Dataset, Provenance
from modelops_core.services.loading import fill


def dataset(table, rows):
    provenance = Provenance(
        name=table, provider="KMA", licence="open", version="1", kind="observed"
    )
    return Dataset(table=table, columns={"a": np.arange(rows)}, provenance=provenance)


class Tables:
    """Tables in memory."""

    def __init__(self, *present):
        self.rows = dict.fromkeys(present, 0)

    def present(self, table):
        return table in self.rows

    def write(self, given):
        self.rows[given.table] = len(given)
        return len(given)


def test_only_missing_tables_are_filled():
    """A table that is there is passed over, the ones after it are not; the sum is what was written."""
    tables, told = Tables("b"), []
    sets = [dataset("a", 2), dataset("b", 5), dataset("c", 3)]
    assert fill(sets, tables, lambda *said: told.append(said)) == 5
    assert tables.rows == {"a": 2, "b": 0, "c": 3}
    assert told == [("a", 2), ("c", 3)]


def test_a_second_time_writes_nothing():
    """Every table is there."""
    tables = Tables()
    sets = [dataset("a", 2)]
    assert [fill(sets, tables), fill(sets, tables)] == [2, 0]
