"""What a finished run says of a portfolio at a glance, and the rows of its stored sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.ports import Row
from modelops_core.services.portfolio import concentration
from modelops_core.services.portfolio.allocation import RULE, allocation
from modelops_core.services.portfolio.at_sites import detailed
from modelops_core.services.portfolio.loss_sums import MEASURES, RARE, Sums
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
            "value": float(np.nansum(value[repeated])),
            "value_unknown": int(np.isnan(value[repeated]).sum()),
        },
        "loans": _loans(portfolio, np.where(np.isnan(value), np.nan, grand), combinations),
        "totals": list(_totals(sums, combinations)),
        "concentration": list(_concentration(sums, grand, value, combinations)),
    }


def rows(sums: Sums, perils: Mapping[str, Peril]) -> Iterator[Row]:
    """
    Rows of portfolio_run_sums; of the cells only the subtotals.

    Measures of rare years are None where the quantity has none.
    """
    for dimension, group in sums.groups.items():
        for i, key in enumerate(group.keys):
            for j, quantity in enumerate(sums.quantities):
                if dimension == "cell" and quantity not in SUBTOTALS:
                    continue
                measures = {name: group.values[i, m, j] for m, name in enumerate(MEASURES)}
                if quantity in SUBTOTALS or not detailed(perils[quantity]):
                    measures |= dict.fromkeys((*RARE.values(), "rare_part"))
                yield {"dimension": dimension, "key": key, "quantity": quantity, **measures}


def _totals(sums: Sums, combinations: Sequence[Combination]) -> Iterator[Row]:
    """
    Loss, rate, coverage, interval and the bounds of volatility of every quantity.

    ``partly_assessed`` is the share of the value where a subtotal lacks one of its perils.
    ``without_interval`` and ``without_deviation`` are the shares of the loss of which no interval
    or no spread is known, ``sites_without_interval`` counts the sites that have such a part.
    """
    for quantity in sums.quantities:
        columns = {
            "rate": sums.rate("all", quantity),
            "coverage": sums.coverage("all", quantity),
            "partly_assessed": sums.partial("all", quantity),
            **_pair("loss_p05", "loss_p95", sums.interval("all", quantity)),
            "without_interval": sums.without("all", "interval_loss", quantity),
            **_pair(
                "deviation_independent",
                "deviation_dependent",
                sums.volatility("all", quantity),
            ),
            "without_deviation": sums.without("all", "deviation_loss", quantity),
        }
        loss, sites, whole = (
            sums.of("all", name, quantity)[0] for name in ("loss", "sites", "interval_sites")
        )
        for i, (scenario, horizon) in enumerate(combinations):
            yield {
                "quantity": quantity,
                "ssp_scenario": scenario,
                "horizon": horizon,
                "loss": float(loss[i]) if sites[i] else None,
                "sites": int(sites[i]),
                "sites_without_interval": int(sites[i] - whole[i]),
                **{name: _number(column[0][i]) for name, column in columns.items()},
            }


def _pair(low: str, high: str, ends: tuple[Array, Array]) -> dict[str, Array]:
    return dict(zip((low, high), ends, strict=True))


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
    """
    How many loans share collaterals, and the loss that is shared out; None without loans.

    *grand* (combination, site) is NaN where a site has no number. A loan of which no collateral
    has a share, or one has no number, stands beside the sum with its exposure.
    """
    loans = portfolio.loans
    if loans is None:
        return None
    shared = allocation(loans, len(portfolio))
    several = np.bincount(shared.site, minlength=len(portfolio)) > 1
    loss = shared.of_loans(grand)
    return {
        "rule": RULE,
        "loans": len(loans),
        "exposure_unknown": int(np.isnan(loans.exposure).sum()),
        "collaterals_of_several": int(several.sum()),
        "unshared": int(shared.unshared(len(portfolio)).sum()),
        "loss": [
            {"ssp_scenario": scenario, "horizon": horizon, **_of_loans(loss[i], loans.exposure)}
            for i, (scenario, horizon) in enumerate(combinations)
        ],
    }


def _of_loans(loss: Array, exposure: Array) -> Row:
    """The loss of the loans (loan,) that have one, and the exposure of the others."""
    known = ~np.isnan(loss)
    return {
        "loss": float(loss[known].sum()) if known.any() else None,
        "loans": int(known.sum()),
        "exposure_without_loss": float(np.nansum(exposure[~known])),
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
