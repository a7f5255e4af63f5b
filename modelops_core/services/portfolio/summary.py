"""What a finished run says of a portfolio at a glance, and the rows of its stored sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.portfolio import Portfolio
from modelops_core.ports import Row
from modelops_core.services.portfolio import concentration
from modelops_core.services.portfolio.allocation import allocation
from modelops_core.services.portfolio.loss_sums import MEASURES, Sums
from modelops_core.stages.totals import SUBTOTALS

#: dimensions whose concentration is kept, and how many of their keys
CONCENTRATED = ("cell", "basin", "sigungu", "sido")
LARGEST = 20
Combination = tuple[str, str]


def of(
    portfolio: Portfolio,
    sums: Sums,
    grand: Array,
    places: Mapping[str, Any],
    combinations: Sequence[Combination],
) -> Row:
    """Counts, values and concentration; *grand* (combination, site) is the loss of each site."""
    repeated, value = portfolio.repeated, places["asset_value"]
    problems = Counter(str(one) for one in places["problem"] if one)
    return {
        "sites": len(portfolio),
        "unplaced": dict(problems),
        "value": sums.value,
        "value_unknown": sums.unknown_value,
        "repeated": {
            "sites": int(repeated.sum()),
            "value": float(np.nansum(np.where(repeated, value, 0.0))),
        },
        "loans": _loans(portfolio, grand, combinations),
        "totals": list(_totals(sums, combinations)),
        "concentration": list(_concentration(sums, grand, value, combinations)),
    }


def rows(sums: Sums) -> Iterator[Row]:
    """Rows of portfolio_run_sums; of the cells only the subtotals."""
    for dimension, group in sums.groups.items():
        for i, key in enumerate(group.keys):
            for j, quantity in enumerate(sums.quantities):
                if dimension == "cell" and quantity not in SUBTOTALS:
                    continue
                measures = {name: group.values[i, m, j] for m, name in enumerate(MEASURES)}
                yield {"dimension": dimension, "key": key, "quantity": quantity, **measures}


def _totals(sums: Sums, combinations: Sequence[Combination]) -> Iterator[Row]:
    """Loss, rate, coverage and the bounds of volatility of every quantity."""
    for quantity in sums.quantities:
        loss, sites = (sums.of("all", name, quantity)[0] for name in ("loss", "sites"))
        rate, covered = (one("all", quantity)[0] for one in (sums.rate, sums.coverage))
        low, high = (bound[0] for bound in sums.volatility("all", quantity))
        for i, (scenario, horizon) in enumerate(combinations):
            yield {
                "quantity": quantity,
                "ssp_scenario": scenario,
                "horizon": horizon,
                "loss": float(loss[i]) if sites[i] else None,
                "rate": _number(rate[i]),
                "coverage": _number(covered[i]),
                "deviation_independent": float(low[i]),
                "deviation_dependent": float(high[i]),
            }


def _concentration(
    sums: Sums, grand: Array, value: Array, combinations: Sequence[Combination]
) -> Iterator[Row]:
    """Of the loss of all perils, in every combination."""
    for i, (scenario, horizon) in enumerate(combinations):
        own = grand[i][~np.isnan(grand[i]) & ~np.isnan(value)]
        about: Row = {"ssp_scenario": scenario, "horizon": horizon}
        about["gini"] = _number(concentration.gini(own))
        about["lorenz"] = [_number(x) for x in concentration.lorenz(own, 21)]
        for dimension in CONCENTRATED:
            keys = sums.groups[dimension].keys
            loss = sums.of(dimension, "loss", "grand")[:, i]
            largest = concentration.shares(keys, loss)[:LARGEST]
            about[dimension] = {
                "hhi": _number(concentration.herfindahl(loss)),
                "largest": [[one.key, one.loss, one.share, one.cumulative] for one in largest],
            }
        yield about


def _loans(portfolio: Portfolio, grand: Array, combinations: Sequence[Combination]) -> Row | None:
    """How many loans share collaterals, and the loss that is shared out; None without loans."""
    loans = portfolio.loans
    if loans is None:
        return None
    shared = allocation(loans, len(portfolio))
    several = np.bincount(shared.site, minlength=len(portfolio)) > 1
    loss = shared.of_loans(grand)
    return {
        "loans": len(loans),
        "collaterals_of_several": int(several.sum()),
        "unshared": int(shared.unshared(len(portfolio)).sum()),
        "loss": [
            {"ssp_scenario": scenario, "horizon": horizon, "loss": float(np.nansum(loss[i]))}
            for i, (scenario, horizon) in enumerate(combinations)
        ],
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
