"""
Finds how much each window warms, and how extreme rain and drought respond, before the tiles.

It does so once for the whole grid, from window means that the database sums. Each tile then reads
the pooled values of its cells, which belong to its fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.parameters import ParameterFile, Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.warming import (
    OBSERVED_SPREAD,
    RAIN_SMOOTHED,
    RESPONSE_ASSUMED,
    Warming,
)
from modelops_core.domain.window_means import GridMeans, Places, Span, WindowMeans
from modelops_core.ports import Row, SignalStore
from modelops_core.stages import needs, regional, response
from modelops_core.stages.regional import Spread
from modelops_core.stages.response import Neighbourhood, Points

CODES = tuple(SCENARIOS)
RAIN, DROUGHT = "rx1day", "spei12"


@dataclass(frozen=True, slots=True)
class Found:
    """One variable's columns of ``change_signals`` by name, each (cell,), and its flags."""

    columns: Mapping[str, Array]
    flags: Mapping[str, BoolArray]


@dataclass(frozen=True, slots=True)
class Signals:
    """The warming of the loaded data, and each variable's signal by name."""

    warming: Warming
    columns: Mapping[str, Found]


def prepare(store: SignalStore, file: ParameterFile, perils: Iterable[Peril], run_id: int) -> Row:
    """
    Find and store warming and signals; return a summary for the run's lineage.

    It is empty where no peril declares a signal.
    """
    found = find(store, file, perils)
    if not found.columns:
        return {}
    cells = store.places().ids.size
    columns = {name: one.columns for name, one in found.columns.items()}
    flags = {name: _literals(one.flags, cells) for name, one in found.columns.items()}
    store.write(found.warming, columns, flags, run_id)
    return {
        "warming": {f"{s} {h}": round(k, 4) for (s, h), k in found.warming.kelvin.items()},
        "signals": {name: _summary(one) for name, one in found.columns.items()},
    }


def find(store: SignalStore, file: ParameterFile, perils: Iterable[Peril]) -> Signals:
    """Find the warming of the loaded data and each signal that a peril declares; write nothing."""
    wanted = {name for peril in perils if (name := needs.signal(peril)) is not None}
    if not wanted:
        return Signals(Warming(), {})
    frame, flood = file.params("frame"), file.params("flood")
    p = Params("flood", {**frame, **flood, "spei_months": _months(file)})
    warming = warmed(store.grid_means("ta"), p)
    cells = store.places()
    about = response.neighbourhood(cells.latitude, cells.longitude, p)
    found = {name: FINDERS[name](store, warming, cells, about, p) for name in sorted(wanted)}
    return Signals(warming, found)


def _months(file: ParameterFile) -> int:
    """Return how many months a year's lowest SPEI needs."""
    section = file.sections.get("drought", {})
    return int(section["spei_months"].value) if "spei_months" in section else 10


def warmed(means: GridMeans, p: Params) -> Warming:
    """Return the warming [K] of each scenario's covered windows against its baseline."""
    kelvin: dict[tuple[str, str], float] = {}
    for i, scenario in enumerate(CODES):
        known = ~np.isnan(means.mean[i])
        years, values = means.years[known], means.mean[i][known]
        base = _mean_of(years, values, _baseline(years, p), p)
        for horizon, (first, last) in p["horizons"].items():
            mean = _mean_of(years, values, (first, last), p)
            if mean is not None and base is not None:
                kelvin[scenario, horizon] = mean - base
    return Warming(kelvin)


def _baseline(years: Array, p: Params) -> Span:
    """
    Return the first and last year of the reference period.

    It is the normal period where enough of it is known, else the first years of the series.
    """
    first, last = p["baseline"]
    inside = (years >= first) & (years <= last)
    if inside.sum() >= p["minimum_years"] or not years.size:
        return first, last
    return int(years[0]), int(years[0] + p["full_years"] - 1)


def _mean_of(years: Array, values: Array, span: Span, p: Params) -> float | None:
    """Return the mean over *span*; None where too few of its years are known."""
    inside = (years >= span[0]) & (years <= span[1])
    return float(values[inside].mean()) if inside.sum() >= p["minimum_years"] else None


def rain(
    store: SignalStore, warming: Warming, cells: Places, about: Neighbourhood, p: Params
) -> Found:
    """Find the response of the yearly maximum rain [1/K], and its spread in the baseline."""
    means, history = _windows(store, RAIN, p)
    base = _first_known(means.mean[0])
    points = _points(means, response.relative_change(means.mean, base), warming, p)
    spread, flags = _rain_spread(store, cells, about, history, p)
    return _found(points, about, spread, flags, p, p["response_assumed"])


def _rain_spread(
    store: SignalStore, cells: Places, about: Neighbourhood, history: bool, p: Params
) -> tuple[Spread, dict[str, BoolArray]]:
    """
    Return the spread of the yearly maximum rain, with its flags.

    It is the data set's own where that has a history and states that it is one run or observed,
    else that of stations.
    """
    everywhere = np.ones(cells.ids.size, bool)
    if not history or store.members(RAIN) not in (0, 1):
        return regional.of_stations(store.station_rain(), cells, p), {OBSERVED_SPREAD: everywhere}
    first, last = p["baseline"]
    maxima, least = store.maxima(RAIN, (first, last)), int(p["minimum_years"])
    own = regional.own_spread(maxima, least)
    known = own[~np.isnan(own)]
    smooth = known.size > 0 and float(np.median(known)) < p["smoothed_spread"]
    return regional.of_region(maxima, least, about), {RAIN_SMOOTHED: everywhere & smooth}


def drought(
    store: SignalStore, warming: Warming, cells: Places, about: Neighbourhood, p: Params
) -> Found:
    """
    Find the response of the year's lowest SPEI-12 [1/K].

    OBSERVED_SPREAD is flagged where the residuals cannot be the data set's own.
    """
    means, history = _windows(store, DROUGHT, p)
    base = _first_known(means.mean[0])
    points = _points(means, means.mean - base, warming, p)
    unknown = np.full(cells.ids.size, np.nan)
    own = history and store.members(DROUGHT) in (0, 1)
    flags = {OBSERVED_SPREAD: np.full(cells.ids.size, not own)}
    return _found(points, about, Spread(*[unknown] * 4), flags, p, 0.0)


FINDERS = {RAIN: rain, DROUGHT: drought}


def _windows(store: SignalStore, variable: str, p: Params) -> tuple[WindowMeans, bool]:
    """
    Return the means of the baseline and, after it, of the horizons.

    The second value says whether the baseline is the normal period; otherwise it is the series'
    first years.
    """
    later = [(first, last) for first, last in p["horizons"].values()]
    normal: Span = tuple(p["baseline"])
    months = int(p["spei_months"])
    found = store.window_means(variable, [normal, *later], months)
    if (found.years[0] >= p["minimum_years"]).any():
        return found, True
    start = store.first_year(variable)
    if start is None:
        return found, False
    early = (start, start + int(p["full_years"]) - 1)
    return store.window_means(variable, [early, *later], months), False


def _first_known(by_scenario: Array) -> Array:
    """Return the first scenario's known value, (scenario, cell) → (cell,)."""
    known = ~np.isnan(by_scenario)
    first: Array = np.take_along_axis(by_scenario, known.argmax(axis=0)[None], axis=0)[0]
    return first


def _points(means: WindowMeans, change: Array, warming: Warming, p: Params) -> Points:
    """
    Return the points of the regression: the baseline once, then each scenario's windows.

    A window with too few years has 0 years, which leaves it out.
    """
    enough = means.years >= p["minimum_years"]
    kelvin, horizon = [0.0], [0]
    rows, years = [0 * _first_known(change[0])], [means.years[0].max(axis=0)]
    for h, name in enumerate(p["horizons"], start=1):
        for s, scenario in enumerate(CODES):
            kelvin.append(float(warming.of((scenario,), name)[0]))
            horizon.append(h)
            rows.append(change[h, s])
            years.append(np.where(enough[h, s], means.years[h, s], 0.0))
    return Points(np.array(kelvin), np.array(horizon), np.stack(rows), np.stack(years))


def _found(
    points: Points,
    about: Neighbourhood,
    spread: Spread,
    flags: Mapping[str, BoolArray],
    p: Params,
    assumed: float,
) -> Found:
    """Pool the response, with *assumed* and a flag where none can be estimated."""
    own, pooled = response.pooled(points, about, p)
    unknown = np.isnan(pooled.slope)
    columns = {
        "slope": own.slope,
        "points": own.points,
        "pooled": np.where(unknown, assumed, pooled.slope),
        "se": np.where(unknown, 0.0, pooled.se),
        "intercept": np.where(unknown, 0.0, pooled.intercept),
        "intercept_se": np.where(unknown, 0.0, pooled.intercept_se),
        "covariance": np.where(unknown, 0.0, pooled.covariance),
        "spread": spread.lcv,
        "worth": spread.worth,
        "level": spread.level,
        "years": spread.years,
    }
    return Found(columns, {**flags, RESPONSE_ASSUMED: unknown})


def _literals(flags: Mapping[str, BoolArray], cells: int) -> Sequence[str]:
    """Return the flags of each cell as PostgreSQL's text[] literal."""
    return ["{" + ",".join(name for name, on in flags.items() if on[i]) + "}" for i in range(cells)]


def _summary(found: Found) -> Row:
    """Return the median response of the cells, and how many carry each flag."""
    pooled = found.columns["pooled"]
    known = pooled[~np.isnan(pooled)]
    return {
        "cells": int(pooled.size),
        "median": round(float(np.median(known)), 6) if known.size else None,
        "flags": {name: int(on.sum()) for name, on in found.flags.items() if on.any()},
    }
