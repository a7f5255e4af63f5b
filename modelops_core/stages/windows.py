"""Which years belong to which horizon, and how many are enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate, IntArray
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Indices
from modelops_core.domain.variables import VARIABLES

#: the years that fix a protection level are fewer than full confidence asks
BASELINE_SHORT = "baseline_short"


@dataclass(frozen=True, slots=True)
class Window:
    """
    A stretch of a tile's years: positions [start, stop), and what it stands for.

    ``covered`` counts the years in which all of the peril's input has values.
    """

    key: str
    first: int
    last: int
    start: int
    stop: int
    covered: int
    shared: bool
    model_start: bool = False

    def of(self, series: Array) -> Array:
        """The window's part of (scenario, year, …); one scenario where history is shared."""
        return series[: 1 if self.shared else None, self.start : self.stop]


@dataclass(frozen=True, slots=True)
class Reference:
    """The baseline climate: mostly a window of the same tile, else another series."""

    climate: Climate
    indices: Indices
    window: Window


def covered_years(climate: Climate, variables: Iterable[str]) -> BoolArray:
    """Years in which each of the series among *variables* has a value somewhere, (year,)."""
    series = [
        climate[v]
        for v in variables
        if VARIABLES[v].cadence in ("month", "year") and v in climate.values
    ]
    known = [(~np.isnan(a)).any(axis=tuple(i for i in range(a.ndim) if i != 1)) for a in series]
    return np.all(known, axis=0) if known else np.ones(climate.years.size, bool)


def window(climate: Climate, covered: BoolArray, key: str, first: int, last: int) -> Window:
    """The part of the tile between two years, both included."""
    start, stop = (int(i) for i in np.searchsorted(climate.years, [first, last + 1]))
    shared = 0 < stop <= climate.shared_years
    return Window(key, first, last, start, stop, int(covered[start:stop].sum()), shared)


def baseline(
    climate: Climate, covered: BoolArray, p: Params, *, normal_only: bool = False
) -> Window:
    """
    The reference climate: the normal period where loaded, else the series' first years.

    The latter is marked ``model_start``: change against it is then smaller than against
    observed history. *normal_only* keeps the normal period whatever it holds.
    """
    first, last = p["baseline"]
    normal = window(climate, covered, BASELINE, first, last)
    if normal_only or normal.covered >= p["minimum_years"] or not covered.any():
        return normal
    start = int(climate.years[covered.argmax()])
    early = window(climate, covered, BASELINE, start, start + int(p["full_years"]) - 1)
    return replace(early, model_start=True)


def horizons(
    climate: Climate, covered: BoolArray, reference: Window, p: Params
) -> tuple[Window, ...]:
    """The baseline *reference* first, then the future windows."""
    return (
        reference,
        *(window(climate, covered, key, *years) for key, years in p["horizons"].items()),
    )


def custom(climate: Climate) -> Window:
    """All years of the tile as one window, named by its years."""
    first, last = int(climate.years[0]), int(climate.years[-1])
    return window(climate, np.ones(climate.years.size, bool), f"{first}-{last}", first, last)


def as_float(years: IntArray) -> Array:
    """Years as numbers to compute with."""
    return years.astype(np.float64)
