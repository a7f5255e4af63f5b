"""One cell from the analyst's own series: the same mathematics as the night's."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk
from modelops_core.stages import windows
from modelops_core.stages.evaluate import evaluate
from modelops_core.stages.frequency import Reference

#: what a missing population series counts as: the population of 2020
UNCHANGED_DEMAND = 1.0


def calculate(peril: Peril, series: Climate, p: Params, baseline: Climate | None = None) -> CellRisk:
    """
    H, P(H) and base AAL over all years of *series* as one window.

    *baseline* is the series that fixes the protection level; without it the series
    itself does.
    """
    own = _prepared(peril, series, p)
    indices = peril.indices(own, p)
    span = windows.custom(own)
    reference = Reference(own, indices, span)
    if baseline is not None:
        other = _prepared(peril, baseline, p)
        reference = Reference(other, peril.indices(other, p), windows.custom(other))
    return next(iter(evaluate(peril, own, indices, p, [span], reference)))


def _prepared(peril: Peril, climate: Climate, p: Params) -> Climate:
    """A place of its own is its own basin."""
    if peril.regional is None:
        return climate
    demand = np.full((1, climate.years.size, 1), UNCHANGED_DEMAND)
    return climate.with_values(**{"domestic_demand": demand, **peril.regional(climate, p)})
