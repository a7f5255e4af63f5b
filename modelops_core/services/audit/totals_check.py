"""Checks that the totals which the maps read are the sums of the stored losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from modelops_core.domain.climate import IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.peril import Peril
from modelops_core.ports import StoredTotals
from modelops_core.services.audit.finding import Finding
from modelops_core.services.audit.stock import StoredCells
from modelops_core.stages import totals
from modelops_core.stages.totals import CellTotals

#: totals are stored as four-byte numbers, added from four-byte numbers
TOLERANCE = 1e-5
#: no nightly run has been there
NO_RESULT = -1


def check_totals(
    reader: StoredTotals, cells: StoredCells, perils: Mapping[str, Peril]
) -> Iterator[Finding]:
    """Yield one finding over all scenarios and horizons."""
    ids = np.unique(np.concatenate([column.ids for column in cells.columns.values()]))
    wrong, compared = list[str](), 0
    for scenario, horizon in ((s, h) for s in SCENARIOS for h in HORIZONS):
        stored = reader.stored(tuple(perils), scenario, horizon, ids)
        if stored is None:
            continue
        compared += 1
        differ = _differ(stored, _added(cells, perils, (scenario, horizon), ids))
        if differ:
            wrong.append(f"{scenario} {horizon} in {differ:,} of {ids.size:,} cells")
    yield Finding("totals", not wrong, _says(wrong, compared))


def _says(wrong: list[str], compared: int) -> str:
    if wrong:
        return f"the stored totals are not the sums of the perils' AALs: {'; '.join(wrong)}"
    if not compared:
        return "the last nightly run stored no totals; maps add the perils' AALs themselves"
    return f"the stored totals of {compared} scenarios and horizons are the sums of the AALs"


def _added(
    cells: StoredCells, perils: Mapping[str, Peril], view: tuple[str, str], ids: IntArray
) -> CellTotals:
    """What the totals of *ids* should be."""
    aal = np.full((len(perils), ids.size), np.nan)
    status = np.full(aal.shape, NO_RESULT, dtype=np.int64)
    for place, key in enumerate(perils):
        column = cells.columns.get((key, *view))
        if column is not None:
            at = np.searchsorted(ids, column.ids)
            aal[place, at], status[place, at] = column.aal, column.aal_status
    return totals.of_cells(aal, status, tuple(perils.values()))


def _differ(stored: CellTotals, added: CellTotals) -> int:
    """Cells whose total, status or number of lacking perils is another."""
    same = np.isclose(stored.aal, added.aal, rtol=TOLERANCE, atol=0, equal_nan=True)
    same &= (stored.status == added.status) & (stored.lacking == added.lacking)
    return int((~same).sum())
