"""
Checks whether the stored results make sense as a whole.

The stock's value-weighted AAL by peril, its spread over the cells, its order along the
scenarios, and what it is compared with. Each check gives a finding with a name; one that
fails says so in its own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

import numpy as np

from modelops_core.domain.horizons import BASELINE, DEFAULT_SCENARIO, HORIZONS, SCENARIOS
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.errors import NoResults
from modelops_core.ports import Row
from modelops_core.services.audit import (
    counts_check,
    input_check,
    totals_check,
    warming_check,
)
from modelops_core.services.audit.finding import Finding
from modelops_core.services.audit.ordering import Reversal, ScenarioTrend, scenario_trend
from modelops_core.services.audit.stock import (
    Causes,
    PerilLosses,
    Reader,
    Stock,
    StoredCells,
    all_losses,
    subtotal,
    values_by_cell,
)
from modelops_core.services.site.site_rows import number

#: buildings looked at unless more are asked for
SAMPLE = 4000
#: method §0 (재해연보 2023): building damage ₩26.3 bn against a stock of order ₩5,000 tn, % a year
OFFICIAL = 0.0005
#: method §0: total of a typical inland office, % a year
TYPICAL = (0.03, 0.15)
#: method §0: a method that gives sites this much, % a year, is wrong by two to three orders
WRONG = 1.0
#: causes named in a finding's sentence; all of them are in the JSON
NAMED = 3
#: from the coast on a site counts as inland [m]
INLAND = 10_000.0


def run(
    reader: Reader,
    perils: Mapping[str, Peril],
    parameters: ParameterFile,
    as_of: int,
    most: int = SAMPLE,
    inputs: Iterable[Finding] = (),
) -> Row:
    """Read, calculate, judge; the answer of the command. *inputs*: findings of what was loaded."""
    stock, cells = reader.stock(most), reader.cells()
    found = all_losses(stock, cells, perils, parameters, as_of)
    value = next(iter(found.values())).value
    if not np.nansum(value) > 0:
        raise NoResults("no_known_areas")
    causes = reader.mean_drivers(values_by_cell(stock, value))
    orders = {key: dict(_orders(key, one, causes)) for key, one in found.items()}
    totals = _totals(stock, found, perils)
    places = reader.signal_store().places()
    findings = [
        *inputs,
        *_coverage(found, perils),
        *_spreads(cells, found),
        *_magnitudes(totals),
        *totals_check.check_totals(reader.totals(), cells, perils),
        *(f for key, by in orders.items() for f in _order_findings(key, by)),
        *warming_check.check_warming(cells, places, perils, parameters),
        *counts_check.check_counts(cells, places, reader.provinces(), perils, parameters),
        *input_check.check_inputs(cells, reader.signal_store(), perils, parameters),
    ]
    return {
        "buildings": {"looked_at": len(stock.rows), "in_the_register": stock.total},
        "perils": {key: _peril(key, one, cells, orders[key]) for key, one in found.items()},
        "totals": totals,
        "findings": [asdict(finding) for finding in findings],
        "ok": all(finding.ok for finding in findings),
    }


def _peril(
    key: str, one: PerilLosses, cells: StoredCells, orders: Mapping[str, ScenarioTrend]
) -> Row:
    sites, on_map, share = one.weighted(), one.value_weighted_cells(), one.share()
    rows = [
        {
            "ssp_scenario": scenario,
            "horizon": horizon,
            "sites_aal": number(sites[i]),
            "assessed_share": number(share[i]),
            "cells_aal": number(on_map[i]),
            **_spread(cells.columns[key, scenario, horizon].assessed),
        }
        for i, (scenario, horizon) in enumerate(one.combinations)
    ]
    return {"rows": rows, "order": {horizon: _order_row(o) for horizon, o in orders.items()}}


def _spread(aal: np.ndarray) -> Row:
    """Over the cells to which the peril applies."""
    if not aal.size:
        return {"cells": 0, "minimum": None, "median": None, "maximum": None}
    return {
        "cells": int(aal.size),
        "minimum": float(aal.min()),
        "median": float(np.median(aal)),
        "maximum": float(aal.max()),
    }


def _order_row(found: ScenarioTrend) -> Row:
    return {
        "direction": found.direction,
        "monotone": found.monotone,
        "reversals": [
            {
                "lower": r.lower,
                "higher": r.higher,
                "because": {name: list(pair) for name, pair in r.because.items()},
            }
            for r in found.reversals
        ],
    }


def _orders(key: str, one: PerilLosses, causes: Causes) -> Iterator[tuple[str, ScenarioTrend]]:
    """Horizon → order of the stock's AAL along the scenarios; of the cells' without sites."""
    sites, on_map = one.weighted(), one.value_weighted_cells()
    chosen = on_map if np.isnan(sites).all() else sites
    at = {combination: value for combination, value in zip(one.combinations, chosen, strict=True)}
    for horizon in HORIZONS:
        values = {
            s: float(at[s, horizon])
            for s in SCENARIOS
            if not np.isnan(at.get((s, horizon), np.nan))
        }
        if horizon != BASELINE and values:
            by_name: dict[str, dict[str, float]] = {}
            for scenario in values:
                for name, mean in causes.get((key, scenario, horizon), {}).items():
                    by_name.setdefault(name, {})[scenario] = mean
            yield horizon, scenario_trend(values, by_name)


def _totals(stock: Stock, found: Mapping[str, PerilLosses], perils: Mapping[str, Peril]) -> Row:
    """Subtotals of the stock, and the typical inland office in the baseline."""
    one = next(iter(found.values()))
    operating, physical = (subtotal(found, perils, kind) for kind in ("operating", "physical"))
    known = ~np.isnan(one.value)
    value = one.value[known].sum()
    rows = [
        {
            "ssp_scenario": scenario,
            "horizon": horizon,
            "operating": float(100 * operating[i, known].sum() / value),
            "physical": float(100 * physical[i, known].sum() / value),
        }
        for i, (scenario, horizon) in enumerate(one.combinations)
    ]
    baseline = one.combinations.index((DEFAULT_SCENARIO, BASELINE))
    with np.errstate(invalid="ignore"):
        each = 100 * (operating[baseline] + physical[baseline]) / one.value
    inland = known & np.array(
        [s.coast_distance_m > INLAND and "업무" in s.purpose for s in stock.rows]
    )
    return {
        "rows": rows,
        "baseline_share_of_sites_at_1_percent": float((each[known] >= WRONG).mean()),
        "inland_offices": {
            "sites": int(inland.sum()),
            "median": float(np.median(each[inland])) if inland.any() else None,
        },
    }


def _coverage(found: Mapping[str, PerilLosses], perils: Mapping[str, Peril]) -> Iterator[Finding]:
    wanted = len(SCENARIOS) * len(HORIZONS)
    for key in perils:
        have = len(found[key].combinations) if key in found else 0
        yield Finding(
            f"coverage:{key}",
            have == wanted,
            f"{have} of {wanted} scenarios and horizons are stored",
        )


def _spreads(cells: StoredCells, found: Mapping[str, PerilLosses]) -> Iterator[Finding]:
    """No peril gives every cell the same number."""
    for key, one in found.items():
        same = [
            f"{s} {h}" for s, h in one.combinations if _constant(cells.columns[key, s, h].assessed)
        ]
        says = f"every cell has the same AAL in {', '.join(same)}" if same else "cells differ"
        yield Finding(f"spread:{key}", not same, says)


def _constant(aal: np.ndarray) -> bool:
    """All equal and not simply no loss anywhere."""
    return bool(aal.size > 1 and aal.min() == aal.max() and aal.max() > 0)


def _magnitudes(totals: Row) -> Iterator[Finding]:
    baseline = next(
        r
        for r in totals["rows"]
        if (r["ssp_scenario"], r["horizon"]) == (DEFAULT_SCENARIO, BASELINE)
    )
    total = baseline["operating"] + baseline["physical"]
    yield Finding(
        "magnitude:stock",
        total < WRONG,
        f"{total:.3g} % of the value a year in the baseline;"
        f" {WRONG:g} % everywhere would be wrong by orders",
    )
    share = totals["baseline_share_of_sites_at_1_percent"]
    yield Finding(
        "magnitude:sites", share < 0.5, f"{100 * share:.1f} % of the sites reach {WRONG:g} % a year"
    )
    times = baseline["physical"] / OFFICIAL
    says = (
        f"physical damage {baseline['physical']:.3g} % a year is {times:.3g} times the official"
        f" {OFFICIAL:g} % (재해연보 2023, recovery-unit prices, strongly understated)"
    )
    yield Finding("magnitude:official", 1 <= times <= 1000, says)
    office = totals["inland_offices"]
    if office["median"] is not None:
        low, high = TYPICAL
        inside = "inside" if low <= office["median"] <= high else "outside"
        says = (
            f"median of {office['sites']} inland offices {office['median']:.3g} % a year,"
            f" {inside} the expected {low:g}–{high:g} %"
        )
        yield Finding("magnitude:inland_office", low / 3 <= office["median"] <= high * 3, says)


def _order_findings(key: str, orders: Mapping[str, ScenarioTrend]) -> Iterator[Finding]:
    """Monotone along the scenarios at every horizon, or the data say why not."""
    reversals = [f"{horizon}: {_worded(r)}" for horizon, o in orders.items() for r in o.reversals]
    unexplained = any(not r.explained for o in orders.values() for r in o.reversals)
    yield Finding(
        f"order:{key}", not unexplained, "; ".join(reversals) or "monotone at every horizon"
    )


def _worded(r: Reversal) -> str:
    pair = f"{SCENARIOS[r.lower]} → {SCENARIOS[r.higher]}"
    first = sorted(r.because, key=lambda name: not name.startswith("mean"))[:NAMED]
    causes = ", ".join(
        f"{name} {r.because[name][0]:.4g} → {r.because[name][1]:.4g}" for name in first
    )
    return (
        f"{pair} goes against the trend, as {causes}"
        if causes
        else f"{pair} goes against the trend, and nothing it follows from does"
    )
