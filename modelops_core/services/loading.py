"""Loads data sets into the empty tables of a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from modelops_core.domain.dataset import Dataset
from modelops_core.ports import DatasetWriter

Listener = Callable[[str, int], None]


def fill(
    datasets: Iterable[Dataset], writer: DatasetWriter, progress: Listener = lambda *_: None
) -> int:
    """
    Load each dataset whose table is still empty; rows of others are never touched.

    *progress* is called with (table, rows written). A process that is killed leaves whole tables
    behind; the next call loads the missing ones.
    """
    total = 0
    for dataset in datasets:
        if writer.present(dataset.table):
            continue
        rows = writer.write(dataset)
        progress(dataset.table, rows)
        total += rows
    return total
