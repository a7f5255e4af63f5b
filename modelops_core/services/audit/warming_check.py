"""
Checks that results follow the warming, and lie where a reader of Korea expects them.

The scenarios' horizons are compared in the order of their warming: the grid's mean AAL goes one way
only; it is, within bounds, what the baseline with a published change of rain gives; most cells go
one way, too. And places that everybody knows lie in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from modelops_core.domain.climate import Array, Climate, IntArray
from modelops_core.domain.horizons import BASELINE, DEFAULT_SCENARIO
from modelops_core.domain.parameters import ParameterFile, Params
from modelops_core.domain.peril import Fitted, Peril
from modelops_core.domain.result import Estimate
from modelops_core.domain.window_means import Places
from modelops_core.indicators.gev import Gev
from modelops_core.services.audit.finding import Finding
from modelops_core.services.audit.stock import StoredCells
from modelops_core.stages import needs
from modelops_core.stages.inundation import Water, inundated

#: bounds of the stored mean AAL divided by the baseline's with the published change of rain
FACTOR_ONLY = (0.7, 1.5)
#: least share of cells whose AAL only rises or only falls with the warming
MONOTONE = 0.95
#: a place farther from every cell than this is not on the grid [°]
NEAR = 0.3
#: relative step that may be rounding alone
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Along:
    """
    AAL [% a year] of one peril, (point, cell), in the order of the warming [K], (point,).

    ``keys`` are the scenario and horizon of each point.
    """

    kelvin: Array
    aal: Array
    keys: tuple[tuple[str, str], ...]


def check_warming(
    cells: StoredCells, places: Places, perils: Mapping[str, Peril], file: ParameterFile
) -> Iterator[Finding]:
    """Yield the outcome of every check, in a fixed order."""
    for key, peril in perils.items():
        if needs.signal(peril) is not None and cells.combinations(key):
            along = _along(key, cells)
            yield _order(key, along)
            yield _cells(key, along)
            if isinstance(peril.frequency, Fitted):
                yield _factor_only(peril, along, cells, file.params(key))
    yield from _ranks(cells, places)


def _along(key: str, cells: StoredCells) -> Along:
    """Return the AAL of one peril by warming, the baseline once; unknown warming is left out."""
    found = [(stored_kelvin(cells, key, s, h), (s, h)) for s, h in cells.combinations(key)]
    once = [p for p in found if p[1][1] != BASELINE or p[1][0] == DEFAULT_SCENARIO]
    once = sorted((p for p in once if not np.isnan(p[0])), key=lambda p: p[0])
    aal = [cells.columns[key, s, h].aal for _, (s, h) in once]
    kelvin = np.array([k for k, _ in once])
    return Along(kelvin, np.stack(aal) if aal else np.empty((0, 0)), tuple(k for _, k in once))


def stored_kelvin(cells: StoredCells, key: str, scenario: str, horizon: str) -> float:
    """Return the warming [K] that the stored results name; NaN where they name none."""
    if horizon == BASELINE:
        return 0.0
    kelvin = cells.columns[key, scenario, horizon].details.get("kelvin")
    known = np.empty(0) if kelvin is None else kelvin[~np.isnan(kelvin)]
    return float(known[0]) if known.size else float("nan")


def _steps(aal: Array) -> Array:
    """Return relative steps between neighbouring points, (point − 1, …)."""
    size = np.maximum(np.abs(aal[1:]), np.abs(aal[:-1]))
    return np.diff(aal, axis=0) / np.where(size > 0, size, 1.0)


def _order(key: str, along: Along) -> Finding:
    """Check that the grid's mean AAL only rises or only falls with the warming."""
    mean = np.nanmean(along.aal, axis=1) if along.aal.size else np.empty(0)
    steps = _steps(mean) if mean.size > 1 else np.empty(0)
    against = np.minimum((steps > ROUNDING).sum(), (steps < -ROUNDING).sum())
    says = (
        f"mean AAL {mean[0]:.4g} % at 0 K, {mean[-1]:.4g} % at {along.kelvin[-1]:.2g} K;"
        f" {int(against)} of {steps.size} steps turn round"
        if mean.size
        else "no stored warming"
    )
    return Finding(f"warming:{key}", bool(mean.size > 1 and against == 0), says)


def _cells(key: str, along: Along) -> Finding:
    """Check that the AAL of most cells only rises or only falls with the warming."""
    steps = _steps(along.aal) if len(along.aal) > 1 else np.empty((0, 0))
    known = ~np.any(np.isnan(steps), axis=0)
    one_way = np.all(steps >= -ROUNDING, axis=0) | np.all(steps <= ROUNDING, axis=0)
    share = float(one_way[known].mean()) if known.any() else 0.0
    return Finding(
        f"monotone:{key}", share >= MONOTONE, f"{100 * share:.0f} % of the cells never turn round"
    )


def _factor_only(peril: Peril, along: Along, cells: StoredCells, p: Params) -> Finding:
    """
    Check the stored mean AAL against the baseline's with a published change of rain.

    The published change is ``response_assumed`` [1/K], the same in every cell and window.
    """
    low, high = FACTOR_ONLY
    ratios = {
        f"{s} {h}": float(np.nanmean(cells.columns[peril.key, s, h].aal) / expected)
        for (s, h), kelvin in zip(along.keys, along.kelvin, strict=True)
        if (expected := _expected(peril, cells, kelvin, p)) > 0
    }
    off = {name: r for name, r in ratios.items() if not low <= r <= high}
    values = list(ratios.values()) or [float("nan")]
    says = (
        f"stored ÷ baseline at {100 * p['response_assumed']:.3g} %/K between {min(values):.2f} and"
        f" {max(values):.2f} (allowed {low:g}–{high:g})" + _named(off)
    )
    return Finding(f"factor_only:{peril.key}", bool(ratios) and not off, says)


def _named(off: Mapping[str, float]) -> str:
    """Return the first three windows that are out of bounds, for the finding's words."""
    return "".join(f"; {name} {ratio:.2f}" for name, ratio in list(off.items())[:3])


def _expected(peril: Peril, cells: StoredCells, kelvin: float, p: Params) -> float:
    """Return the grid's mean AAL [% a year] where rain grows by the published response."""
    return float(np.nanmean(recalculated(peril, cells, kelvin, p).aal))


def recalculated(peril: Peril, cells: StoredCells, kelvin: float, p: Params) -> Estimate:
    """Calculate the stored baseline anew, its rain grown by the published response."""
    frequency = peril.frequency
    assert isinstance(frequency, Fitted)
    column = cells.columns[peril.key, DEFAULT_SCENARIO, BASELINE]
    d, f = column.details, float(np.exp(p["response_assumed"] * kelvin))
    base = Gev(*(d[name][None] for name in ("baseline_mu", "baseline_alpha", "kappa")))
    place = frequency.inundation.cell_place(Climate((), np.empty(0, np.int64), column.ids), p)
    terms = frequency.inundation.terms(base.level, place, p)
    moved = replace(base, mu=base.mu * f, alpha=base.alpha * f)
    water = Water(peril, frequency.inundation, p, of_bins=False)
    return inundated(water, moved, d["n"][None], terms, estimator="check", details={})


SEOUL, TAEBAEK, JEJU, DAEGU = (37.57, 126.98), (37.17, 128.99), (33.45, 126.55), (35.87, 128.60)
#: peril → places from the highest AAL in the baseline to the lowest: name, and a point of latitude
#: and longitude or a box of south, west, north and east [°]
ORDERS: Mapping[str, Sequence[tuple[str, Sequence[float]]]] = {
    "extreme_cold": (("Taebaek", TAEBAEK), ("Seoul", SEOUL), ("Jeju", JEJU)),
    "extreme_heat": (("Daegu", DAEGU), ("Taebaek", TAEBAEK)),
    "wildfire": (
        ("Gangwon and Gyeongbuk", (36.0, 128.2, 38.3, 129.6)),
        ("the south-west", (34.3, 126.3, 36.0, 127.5)),
    ),
    "typhoon": (
        ("Jeju and the south coast", (33.0, 126.0, 35.2, 129.3)),
        ("the capital", (37.2, 126.6, 37.8, 127.4)),
    ),
    "urban_flood": (
        ("the capital", (37.2, 126.6, 37.8, 127.4)),
        ("the inland south-east", (35.7, 128.2, 36.6, 129.0)),
    ),
}


def _ranks(cells: StoredCells, places: Places) -> Iterator[Finding]:
    """Check that well-known places lie in their order, by AAL in the baseline."""
    for key, order in ORDERS.items():
        column = cells.columns.get((key, DEFAULT_SCENARIO, BASELINE))
        if column is None:
            continue
        values = [(name, value_at(column.ids, column.aal, places, where)) for name, where in order]
        if any(np.isnan(v) for _, v in values):
            continue
        falling = all(a > b for (_, a), (_, b) in pairwise(values))
        says = " > ".join(f"{name} {value:.3g} %" for name, value in values)
        yield Finding(f"rank:{key}", falling, says if falling else f"not {says}")


def value_at(ids: IntArray, values: Array, places: Places, where: Sequence[float]) -> float:
    """
    Return the value of the cell nearest to a point, or the mean over a box.

    NaN where no cell is near, or none of the box is known.
    """
    at = np.searchsorted(places.ids, ids)
    latitude, longitude = places.latitude[at], places.longitude[at]
    if len(where) == 2:
        apart = np.hypot(latitude - where[0], longitude - where[1])
        return float(values[apart.argmin()]) if apart.size and apart.min() <= NEAR else float("nan")
    south, west, north, east = where
    inside = (latitude >= south) & (latitude <= north) & (longitude >= west) & (longitude <= east)
    known = inside & ~np.isnan(values)
    return float(values[known].mean()) if known.any() else float("nan")
