"""Reads what a layer of the map shows of each cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.bootstrap import App
from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.result import Status
from modelops_core.services.night import totals
from modelops_core.services.portfolio import rating
from modelops_core.stages import return_periods
from modelops_core.stages.totals import CellTotals

#: stored probabilities are shares of the years; the map shows percent
PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class Layer:
    """One metric over the cells, (cell,)."""

    values: Array
    status: IntArray

    @property
    def concerned(self) -> BoolArray:
        """Cells that the peril concerns."""
        found: BoolArray = self.status != Status.not_applicable
        return found

    @property
    def known(self) -> BoolArray:
        """Cells that have a number."""
        return self.concerned & ~np.isnan(self.values)


def of_class(app: App, peril: str, scenario: str, horizon: str, number: int) -> Layer:
    """Yearly probability [%] of the class *number*, from 1."""
    read = app.layers.classes(peril, scenario, horizon, number - 1)
    return Layer(PER_CENT * read.values["p"], read.status)


def of_level(app: App, peril: str, scenario: str, horizon: str, period: int) -> Layer:
    """The level of *period* years; not assessed where no distribution is stored."""
    declared = app.perils[peril]
    names = return_periods.stored_names(declared, period)
    if not names:
        status = app.layers.values(peril, scenario, horizon).aal_status
        nothing = np.full(status.shape, np.nan)
        return Layer(nothing, return_periods.level_status(nothing, status))
    read = app.layers.details(peril, scenario, horizon, names)
    level = return_periods.stored_level(declared, read.values, period)
    return Layer(level, return_periods.level_status(level, read.status))


def of_total(app: App, cells: IntArray, scenario: str, horizon: str) -> CellTotals:
    """Sum of the base AALs of all perils at *cells*, which are in ascending order."""
    return totals.of_cells(app.layers, app.perils, scenario, horizon, cells)


def ranked(aal: Layer, among: Layer) -> Layer:
    """The national percentile [%] of each cell's AAL, among the cells that have one in *among*."""
    others = np.where(among.known, among.values, np.nan)
    return Layer(rating.percentiles(aal.values, aal.known, others), aal.status)
