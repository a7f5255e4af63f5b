"""
All perils together, cell by cell: added once at the end of a nightly run, read by maps and API.

Losses add by the rules of ``stages.totals``; scores and probabilities never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from modelops_core.domain.climate import IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.peril import Peril
from modelops_core.ports import LossReader, StoredTotals, TotalStore
from modelops_core.stages import totals
from modelops_core.stages.totals import CellTotals


def keep(store: TotalStore, perils: Mapping[str, Peril], run_id: int, changed: bool) -> None:
    """Store the totals of a run's results, anew where results *changed* since the last totals."""
    names = tuple(perils)
    if not changed and store.keep(run_id, names):
        return
    cells = store.cells()
    store.store(run_id, names, cells, _parts(store, perils, cells))


def _parts(
    reader: LossReader, perils: Mapping[str, Peril], cells: IntArray
) -> Iterator[tuple[str, str, CellTotals]]:
    for scenario in SCENARIOS:
        for horizon in HORIZONS:
            yield scenario, horizon, added(reader, perils, scenario, horizon, cells)


def added(
    reader: LossReader, perils: Mapping[str, Peril], scenario: str, horizon: str, cells: IntArray
) -> CellTotals:
    """Add the stored losses of all *perils* at *cells*, which are in ascending order."""
    read = reader.losses(tuple(perils), scenario, horizon, cells)
    return totals.of_cells(read.aal, read.status, tuple(perils.values()))


class TotalReader(LossReader, StoredTotals, Protocol):
    """Reads totals, and what they are added from where none are stored."""


def of_cells(
    reader: TotalReader, perils: Mapping[str, Peril], scenario: str, horizon: str, cells: IntArray
) -> CellTotals:
    """Totals as the last nightly run stored them; added now where it stored none."""
    stored = reader.stored(tuple(perils), scenario, horizon, cells)
    return added(reader, perils, scenario, horizon, cells) if stored is None else stored
