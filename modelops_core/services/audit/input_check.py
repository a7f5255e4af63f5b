"""
Checks that the stored results are those of the loaded data, and that these vary like a climate.

Warming and responses are found again from the loaded data and compared with what the results
name: data that were loaded anew, of another seed or with years in another order, are noticed.
The spread and the response of rain must lie where stations and physics put them: an average over
models that is called one model has lost its spread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.horizons import BASELINE, DEFAULT_SCENARIO
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Fitted, Peril
from modelops_core.indicators.gev import unit_l1, unit_l2
from modelops_core.ports import SignalStore
from modelops_core.services.audit.finding import Finding
from modelops_core.services.audit.stock import CellColumns, StoredCells
from modelops_core.services.audit.warming_check import stored_kelvin
from modelops_core.services.night import signals
from modelops_core.stages import needs

#: median L-CV of yearly maximum one-day rain; 69 KMA stations have .17 to .31
SPREAD = (0.15, 0.35)
#: median response of yearly maximum rain [1/K]; Clausius–Clapeyron is .065
RESPONSE = (0.02, 0.13)
#: windows named in a finding's sentence
NAMED = 3
#: difference that rounding may make: of warming [K], of a response relative to the largest
SAME_WARMING, SAME_RESPONSE = 1e-6, 1e-6


def check_inputs(
    cells: StoredCells, store: SignalStore, perils: Mapping[str, Peril], file: ParameterFile
) -> Iterator[Finding]:
    """Yield what is found of each peril that follows the warming; nothing where there is none."""
    following = {key: p for key, p in perils.items() if needs.signal(p) and cells.combinations(key)}
    if not following:
        return
    found = signals.find(store, file, following.values())
    at = np.searchsorted(store.places().ids, _first(cells, next(iter(following))).ids)
    for key, peril in following.items():
        yield _same_warming(key, cells, found)
        yield _same_response(key, peril, cells, found, at)
        if isinstance(peril.frequency, Fitted):
            yield _lcv(key, cells)
            yield _response(key, cells)


def _first(cells: StoredCells, key: str) -> CellColumns:
    return cells.columns[key, *cells.combinations(key)[0]]


def _same_warming(key: str, cells: StoredCells, found: signals.Signals) -> Finding:
    """Compare the warming [K] that the results name with that of the loaded data."""
    off = {
        f"{s} {h}": (stored, now)
        for s, h in cells.combinations(key)
        if h != BASELINE
        and not np.isnan(stored := stored_kelvin(cells, key, s, h))
        and not abs(stored - (now := found.warming.kelvin.get((s, h), np.nan))) <= SAME_WARMING
    }
    named = [f"{name} {a:.6g} K stored, {b:.6g} K loaded" for name, (a, b) in off.items()]
    says = f"{len(off)} windows warm otherwise in the data that are loaded now: "
    says = says + "; ".join(named[:NAMED]) if off else "the warming is that of the data"
    return Finding(f"data:warming:{key}", not off, says)


def _same_response(
    key: str, peril: Peril, cells: StoredCells, found: signals.Signals, at: IntArray
) -> Finding:
    """Compare the response of each cell with that of the loaded data."""
    name = needs.signal(peril)
    assert name is not None
    pooled = found.columns[name].columns["pooled"][at]
    stored = np.abs(_first(cells, key).details["response"])
    apart = np.abs(stored - np.abs(pooled))
    off = int((apart > SAME_RESPONSE * np.nanmax(np.abs(pooled), initial=1.0)).sum())
    says = f"{off} of {apart.size} cells respond otherwise in the data that are loaded now"
    return Finding(f"data:response:{key}", off == 0, says)


def _lcv(key: str, cells: StoredCells) -> Finding:
    """Judge the median L-CV of the baseline's yearly maxima."""
    d = cells.columns[key, DEFAULT_SCENARIO, BASELINE].details
    kappa = d["kappa"]
    l1 = d["baseline_mu"] + d["baseline_alpha"] * unit_l1(kappa)
    lcv = _median(d["baseline_alpha"] * unit_l2(kappa) / l1)
    low, high = SPREAD
    says = f"median L-CV of the baseline {lcv:.3g} (allowed {low:g}–{high:g})"
    averaged = "" if lcv >= low else "; the data look like an average over models or areas"
    return Finding(f"lcv:{key}", low <= lcv <= high, says + averaged)


def _response(key: str, cells: StoredCells) -> Finding:
    """Judge the median response of rain to the warming."""
    median = _median(_first(cells, key).details["response"])
    low, high = RESPONSE
    says = f"median response {100 * median:.3g} %/K (allowed {100 * low:g}–{100 * high:g})"
    return Finding(f"response:{key}", low <= median <= high, says)


def _median(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")
