"""
What a series says: values of years, of months and of windows, and their change.

Unknown stays unknown: a year needs its months, a window its years (method §1.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate, IntArray
from modelops_core.domain.horizons import BASELINE, SCENARIOS
from modelops_core.domain.parameters import ParameterFile, Params
from modelops_core.domain.variables import MONTHLY
from modelops_core.stages import windows
from modelops_core.stages.windows import Window

Statistic = Literal["mean", "sum", "minimum", "value"]
#: how the months of a year become its value; of a yearly table: the value itself
STATISTIC: Mapping[str, Statistic] = {
    "ta": "mean",
    "rn": "sum",
    "ws": "mean",
    "rhm": "mean",
    "si": "mean",
    "spei12": "minimum",
}
#: variables with a true zero, whose change may be expressed in per cent
RATIO = frozenset({"rn", "ws", "si", "wsdi", "csdi", "rx1day", "rx5day", "cdd", "rain80", "sdii"})
SEA_LEVEL = "sea_level"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Series:
    """
    One variable at a place: (scenario, year, month) or (scenario, year), NaN where unknown.

    ``cells`` is of how many cells it is the mean.
    """

    variable: str
    years: IntArray
    values: Array
    cells: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What the parameter file says of windows and of years."""

    minimum_years: int
    full_years: int
    spei_months: int
    first_years: int
    windows: Params

    @classmethod
    def of(cls, file: ParameterFile) -> Rules:
        """From the file: coverage, the months of an SPEI year, the first years of a rise."""
        p, sea = file.params("drought"), file.params("sea_level_rise")
        return cls(
            int(p["minimum_years"]),
            int(p["full_years"]),
            int(p["spei_months"]),
            int(sea["first_years"]),
            p,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """A scenario's mean of a window and its change from the baseline; NaN where unknown."""

    scenario: str
    horizon: str
    first: int
    last: int
    years: int
    mean: float
    #: of single years about the mean
    deviation: float
    change: float
    #: change in per cent; NaN where the variable has no true zero
    relative: float
    #: whether the change is more than what years vary by (two standard errors)
    significant: bool
    #: a code of result statuses: ok, low_confidence, not_assessed
    status: str


def of_area(variable: str, steps: IntArray, mean: Array, count: IntArray) -> Series:
    """
    Put the means of an area on a span of years without gaps.

    A step counts where all cells have a value that ever have one: otherwise the mean would
    move because another part of the area is seen.

    Parameters
    ----------
    steps : (step,) years, or months since January of year 0 for a monthly variable
    mean, count : (scenario, step) mean of the cells that have a value, and their number
    """
    a_year = MONTHS if variable in MONTHLY else 1
    if not steps.size:
        shape = (len(mean), 0, a_year) if a_year > 1 else (len(mean), 0)
        return Series(variable, np.empty(0, np.int64), np.empty(shape), 0)
    most = count.max(axis=1, keepdims=True)
    known = np.where((count == most) & (count > 0), mean, np.nan)
    first, last = int(steps.min() // a_year), int(steps.max() // a_year)
    values = np.full((len(mean), (last - first + 1) * a_year), np.nan)
    values[:, steps - first * a_year] = known
    shaped = values.reshape(len(mean), -1, a_year) if a_year > 1 else values
    return Series(variable, np.arange(first, last + 1), shaped, int(most.max()))


def yearly(series: Series, rules: Rules) -> Array:
    """
    One value a year, (scenario, year).

    Sums and means need twelve months, the lowest SPEI as many as the drought's index.
    """
    if series.values.ndim == 2:
        return series.values
    statistic = STATISTIC[series.variable]
    needed = rules.spei_months if statistic == "minimum" else MONTHS
    known = ~np.isnan(series.values)
    enough = known.sum(axis=2) >= needed
    if statistic == "minimum":
        found = np.where(known, series.values, np.inf).min(axis=2)
    else:
        found = np.where(known, series.values, 0.0).sum(axis=2) / (
            MONTHS if statistic == "mean" else 1
        )
    return np.where(enough, found, np.nan)


def running(values: Array, rules: Rules) -> Array:
    """
    Mean of the 20 years about each year, its 9 before to its 10 after, (scenario, year).

    2050 has the mean of 2041–2060, which is the window. NaN below the windows' coverage, and
    near the ends of the series, where a mean of fewer years would lean to one side.
    """
    means = np.full(values.shape, np.nan)
    if values.shape[1] >= rules.full_years:
        around = np.lib.stride_tricks.sliding_window_view(values, rules.full_years, axis=1)
        first = (rules.full_years - 1) // 2
        means[:, first : first + around.shape[1]] = _mean(around, rules.minimum_years)
    return means


def count_equal_years(values: Array) -> int:
    """Leading years in which all scenarios are equal; unknown in all counts as equal."""
    first = values[:1]
    same = ((values == first) | (np.isnan(values) & np.isnan(first))).all(axis=0)
    return int(same.size if same.all() else same.argmin())


def periods(years: IntArray, values: Array, rules: Rules, variable: str) -> tuple[Window, ...]:
    """
    The baseline, then the horizons, over yearly values (scenario, year).

    The rise of the sea is counted from its series' first years where the normal period is not
    covered (method §7), as in the peril itself.
    """
    climate = Climate(tuple(SCENARIOS), years, np.zeros(1, np.int64))
    covered: BoolArray = np.any(~np.isnan(values), axis=0)
    reference = windows.baseline(climate, covered, rules.windows, normal_only=variable == SEA_LEVEL)
    if variable == SEA_LEVEL and reference.covered < rules.minimum_years and covered.any():
        start = int(years[covered.argmax()])
        reference = windows.window(climate, covered, BASELINE, start, start + rules.first_years - 1)
    return windows.horizons(climate, covered, reference, rules.windows)


def summaries(values: Array, over: Sequence[Window], rules: Rules, variable: str) -> list[Summary]:
    """Mean and change of each window and scenario from yearly values (scenario, year)."""
    return [
        _summary(
            code, variable, window, _of(values[i], window), _of(values[i], over[0]), rules, over[0]
        )
        for window in over
        for i, code in enumerate(SCENARIOS)
    ]


def _summary(
    code: str,
    variable: str,
    window: Window,
    own: Array,
    before: Array,
    rules: Rules,
    reference: Window,
) -> Summary:
    mean = float(_mean(own, _needed(window, rules)))
    normal = float(_mean(before, _needed(reference, rules)))
    change = mean - normal
    (spread, error), (_, error_before) = _spread(own), _spread(before)
    significant = abs(change) > 2 * float(
        np.hypot(error, error_before)
    )  # False where any of them is unknown
    relative = 100 * change / normal if variable in RATIO and normal > 0 else np.nan
    years = int((~np.isnan(own)).sum())
    return Summary(
        code,
        window.key,
        window.first,
        window.last,
        years,
        mean,
        np.nan if np.isnan(mean) else spread,
        change,
        relative,
        significant,
        _status(years, window, rules),
    )


def _of(values: Array, window: Window) -> Array:
    return values[window.start : window.stop]


def _spread(values: Array) -> tuple[float, float]:
    """Standard deviation of the known values, and the standard error of their mean."""
    known = values[~np.isnan(values)]
    if known.size < 2:
        return float("nan"), float("nan")
    deviation = float(known.std(ddof=1))
    return deviation, deviation / float(np.sqrt(known.size))


def cycle(series: Series, window: Window, rules: Rules) -> Array:
    """Mean of each calendar month over a window, (scenario, month); NaN below the coverage."""
    part = series.values[:, window.start : window.stop]
    return _mean(part.transpose(0, 2, 1), _needed(window, rules))


def _needed(window: Window, rules: Rules) -> int:
    """Years that a window needs; all of one that is shorter than the least coverage."""
    return min(rules.minimum_years, window.last - window.first + 1)


def _status(years: int, window: Window, rules: Rules) -> str:
    if years < _needed(window, rules):
        return "not_assessed"
    return (
        "ok" if years >= min(rules.full_years, window.last - window.first + 1) else "low_confidence"
    )


def _mean(values: Array, needed: int) -> Array:
    """Mean over the last axis; NaN where fewer than *needed* values are known."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    enough = count >= needed
    mean: Array = np.divide(
        total, count, out=np.full(total.shape, np.nan), where=enough & (count > 0)
    )
    return mean
