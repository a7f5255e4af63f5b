"""
Rules that values of Korean climate keep: one table, used wherever values are read in.

A range check alone passes a wrong unit, and a code for "missing" looks like a value. Each rule
names a statistic of a variable, the limits that it keeps in any year of any scenario, and whether a
breach is refused or flagged. No value is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from modelops_core.domain.climate import Array, BoolArray

Action = Literal["refuse", "flag"]
MONTHS = 12
#: known years that a statistic over years needs
LEAST_YEARS = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """
    Limits of one statistic of one variable [in the unit of that statistic].

    ``name`` is the flag to raise, or the reason that a refusal gives.
    """

    variable: str
    statistic: str
    low: float
    high: float
    action: Action
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A broken rule with the value that breaks it.

    ``at`` is the position of that value in the array; None where a statistic of many values breaks
    the rule.
    """

    rule: Rule
    value: float
    at: tuple[int, ...] | None = None


INF = float("inf")
#: most rain ever measured in Korea in a day: Gangneung, 31 August 2002 [mm]
RECORD_DAY = 870.5
RULES: tuple[Rule, ...] = (
    Rule("rn", "mean_year_total", 200, 6000, "refuse", "another_unit"),
    Rule("rn", "maximum", 20, INF, "refuse", "another_unit"),
    Rule("rhm", "maximum", 1.5, INF, "refuse", "fraction"),
    Rule("ws", "maximum", 0.05, 30, "refuse", "another_unit"),
    Rule("spei12", "value", -5, 5, "refuse", "code_or_unit"),
    Rule("rx1day", "all_zero", 0, 0, "refuse", "missing_as_zero"),
    Rule("rx1day", "value", 0.1, INF, "refuse", "missing_as_zero"),
    Rule("rx1day", "median", 25, INF, "refuse", "another_unit"),
    Rule("rx1day", "value", 0, RECORD_DAY, "flag", "rain_beyond_record"),
    Rule("rx1day", "spread", 0.02, INF, "flag", "no_spread"),
    Rule("rx5day", "median", 40, INF, "refuse", "another_unit"),
    Rule("sea_level", "rise_per_decade", -40, 40, "refuse", "another_unit"),
    Rule("wind", "value", 0, 65, "refuse", "another_unit"),
    Rule("wind", "spread", 0.02, INF, "flag", "no_spread"),
    Rule("wsdi", "median", 0, 366, "refuse", "another_unit"),
    Rule("pressure_hpa", "value", 860, 1100, "refuse", "code_or_unit"),
    Rule("wind_kt", "value", 1, 190, "refuse", "code_or_unit"),
)
#: what each broken rule may mean
WHY = {
    "another_unit": "another unit?",
    "fraction": "a fraction where per cent is read?",
    "code_or_unit": "a code for missing, or another unit?",
    "missing_as_zero": "missing stored as 0? Leave unknown values empty.",
    "code_for_missing": "a code for missing? Leave unknown values empty.",
    "rain_beyond_record": "more than was ever measured in Korea in a day: another unit, or a code?",
    "no_spread": "the years are alike: no record of weather is.",
    "radiation_unit": "not MJ/m² a day: up to 300 it is read as W/m², above as a monthly total.",
}
#: values that stand for "missing" in files of weather services, as they are written
CODES = (999.0, 999.9, 9999.0, 9999.9, 99999.0, -999.0, -9999.0, -99.9, -9.99, 99.9)
#: variables in which such a number may be a value
MAY_BE = {
    "ta": frozenset({-9.99}),
    "si": frozenset({99.9}),
    "rn": frozenset({99.9}),
    "wsdi": frozenset({99.9}),
    "csdi": frozenset({99.9}),
    "cdd": frozenset({99.9}),
    "rain80": frozenset({99.9}),
    "rx1day": frozenset({99.9}),
    "rx5day": frozenset({99.9, 999.0, 999.9}),
    "sea_level": frozenset({99.9, -9.99}),
    "pressure_hpa": frozenset({999.0, 999.9}),
}


def _mean_year_total(x: Array) -> float:
    """
    Return the mean of whole years' totals of (scenario, year, month, cell).

    NaN where fewer than LEAST_YEARS totals are known.
    """
    totals = x.sum(axis=2)
    return float(np.nanmean(totals)) if (~np.isnan(totals)).sum() >= LEAST_YEARS else float("nan")


def _maximum(x: Array) -> float:
    return float(np.nanmax(x))


def _median(x: Array) -> float:
    """Return the median of all values; NaN with fewer than LEAST_YEARS known years."""
    return float(np.nanmedian(x)) if _known_years(x) >= LEAST_YEARS else float("nan")


def _all_zero(x: Array) -> float:
    """Return 1 where every known value is 0, else 0."""
    return float(not np.nanmax(np.abs(x)) > 0)


def _spread(x: Array) -> float:
    """
    Return the smallest coefficient of variation over years, of series that are long enough.

    NaN where none has LEAST_YEARS known years.
    """
    n = (~np.isnan(x)).sum(axis=1)
    total = np.where(n >= LEAST_YEARS, n, np.nan)
    mean = np.nansum(x, axis=1) / total
    square = np.nansum((x - mean[:, None]) ** 2, axis=1) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt(square) / np.abs(mean)
    return float(np.nanmin(ratio)) if np.isfinite(ratio).any() else float("nan")


def _rise_per_decade(x: Array) -> float:
    """
    Return the steepest trend of any scenario and cell [unit per ten years], with its sign.

    NaN with fewer than LEAST_YEARS known years.
    """
    years = np.arange(x.shape[1], dtype=float)
    known = ~np.isnan(x)
    if _known_years(x) < LEAST_YEARS:
        return float("nan")
    n = np.maximum(known.sum(axis=1), 1)
    t = np.where(known, years[None, :, None], 0.0)
    dt = np.where(known, years[None, :, None] - (t.sum(axis=1) / n)[:, None], 0.0)
    slope = (dt * np.nan_to_num(x)).sum(axis=1) / np.maximum((dt**2).sum(axis=1), 1e-12)
    steepest = slope.ravel()[np.abs(slope).argmax()]
    return float(10 * steepest)


def _known_years(x: Array) -> int:
    """Return the number of years in which any value is known."""
    others = tuple(i for i in range(x.ndim) if i != 1)
    return int((~np.isnan(x)).any(axis=others).sum())


STATISTICS: dict[str, Callable[[Array], float]] = {
    "mean_year_total": _mean_year_total,
    "maximum": _maximum,
    "median": _median,
    "all_zero": _all_zero,
    "spread": _spread,
    "rise_per_decade": _rise_per_decade,
}


def possible(variable: str, values: Array) -> BoolArray:
    """Where *values* are known, keep the variable's rules for single values and are no code."""
    kept: BoolArray = ~np.isnan(values) & ~np.isin(np.round(values, 4), codes_of(variable))
    for rule in RULES:
        if rule.variable == variable and rule.statistic == "value":
            kept &= (values >= rule.low) & (values <= rule.high)
    return kept


def findings(variable: str, values: Array) -> Iterator[Finding]:
    """
    Yield the rules that *values* break, the refusals first.

    *values* is (scenario, year, month, cell) or (scenario, year, cell), NaN where unknown.
    """
    if np.isnan(values).all():
        return
    yield from _codes(variable, values)
    own = [rule for rule in RULES if rule.variable == variable]
    for rule in sorted(own, key=lambda rule: rule.action != "refuse"):
        found = _broken(rule, values)
        if found is not None:
            yield found


def _broken(rule: Rule, values: Array) -> Finding | None:
    """Return how *values* break the rule; None where they keep it or the statistic is unknown."""
    if rule.statistic == "value":
        return _first(rule, values, (values < rule.low) | (values > rule.high))
    value = STATISTICS[rule.statistic](values)
    return None if np.isnan(value) or rule.low <= value <= rule.high else Finding(rule, value)


def _first(rule: Rule, values: Array, off: BoolArray) -> Finding | None:
    """Return a finding at the first value that is *off*; None where none is."""
    if not off.any():
        return None
    at = tuple(int(i) for i in np.argwhere(off)[0])
    return Finding(rule, float(values[at]), at)


def _codes(variable: str, values: Array) -> Iterator[Finding]:
    """Yield a finding at the first value that is written as a code for "missing"."""
    rule = Rule(variable, "value", -INF, INF, "refuse", "code_for_missing")
    written = np.isin(np.round(values, 4), codes_of(variable))
    found = _first(rule, values, written)
    if found is not None:
        yield found


def codes_of(variable: str) -> list[float]:
    """The numbers that stand for "missing" in a series of *variable*."""
    return [c for c in CODES if c not in MAY_BE.get(variable, frozenset())]


def of_column(variable: str, column: Sequence[float] | Array) -> Iterator[Finding]:
    """
    Yield the rules that one column of a table breaks, by its values and as a whole.

    Rules about totals, spread and trend are left out, since the rows of a table are not the years
    of one series.
    """
    values = np.asarray(column, dtype=float).reshape(1, -1, 1)
    if np.isnan(values).all():
        return
    yield from _codes(variable, values)
    for rule in RULES:
        if rule.variable == variable and rule.statistic in (
            "value",
            "maximum",
            "median",
            "all_zero",
        ):
            found = _broken(rule, values)
            if found is not None:
                yield found
