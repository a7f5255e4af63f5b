"""Which years belong to which horizon, and how many are enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, Climate, IntArray
from modelops_core.domain.horizons import BASELINE, HORIZONS
from modelops_core.domain.parameters import Params


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a tile's years: positions [start, stop), and what it stands for."""

    key: str
    first: int
    last: int
    start: int
    stop: int
    shared: bool
    model_start: bool = False

    @property
    def covered(self) -> int:
        """Years of the window that the series holds."""
        return self.stop - self.start

    def of(self, series: Array) -> Array:
        """The window's part of (scenario, year, …); one scenario where history is shared."""
        return series[: 1 if self.shared else None, self.start : self.stop]


def window(climate: Climate, key: str, first: int, last: int) -> Window:
    """The part of the tile between two years, both included."""
    start, stop = (int(i) for i in np.searchsorted(climate.years, [first, last + 1]))
    return Window(key, first, last, start, stop, shared=0 < stop <= climate.shared_years)


def baseline(climate: Climate, p: Params) -> Window:
    """
    The reference climate: the normal period where loaded, else the series' first years.

    The latter is marked ``model_start``: change against it is then smaller than
    against observed history.
    """
    first, last = p["baseline"]
    normal = window(climate, BASELINE, first, last)
    if normal.covered >= p["minimum_years"] or not climate.years.size:
        return normal
    start = int(climate.years[0])
    early = window(climate, BASELINE, start, start + int(p["full_years"]) - 1)
    return Window(BASELINE, early.first, early.last, early.start, early.stop, early.shared, True)


def horizons(climate: Climate, p: Params) -> tuple[Window, ...]:
    """Baseline first, then the future windows."""
    future = (h for h in HORIZONS.values() if h.key != BASELINE)
    return (baseline(climate, p), *(window(climate, h.key, h.first, h.last) for h in future))


def custom(climate: Climate) -> Window:
    """All years of the tile as one window, named by its years."""
    first, last = int(climate.years[0]), int(climate.years[-1])
    return window(climate, f"{first}-{last}", first, last)


def as_float(years: IntArray) -> Array:
    """Years as numbers to compute with."""
    return years.astype(np.float64)
