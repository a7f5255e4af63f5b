"""
Random fields that are alike where places are near: exponential covariance.

Correlation lengths were fitted to KMA stations: rain of single months 1996–2015 (69
stations), temperature, wind, humidity 2011–2019 (31 stations). What neighbours do not have
in common is set smaller than between stations: a cell is an area, not a point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from modelops_core.domain.climate import Array
from modelops_core.sources.demo.climate.scenarios import FUTURE_WINDOWS, HISTORY


@dataclass(frozen=True, slots=True)
class Fields:
    """Draws standard normal fields at the places ``xy`` (cell, 2) [m]."""

    xy: Array

    def draw(
        self, random: np.random.Generator, count: int, length: float, common: float = 1.0
    ) -> Array:
        """
        (cell, count) values, each standard normal.

        Two places at distance d [m] correlate by ``common``·exp(−d/``length``); the rest of
        the variance is each cell's own.
        """
        noise = random.standard_normal((len(self.xy), count))
        field: Array = self._root(length) @ noise
        if common == 1.0:
            return field
        own = random.standard_normal(noise.shape)
        return float(np.sqrt(common)) * field + float(np.sqrt(1 - common)) * own

    def _root(self, length: float) -> Array:
        apart = np.hypot(*(self.xy[:, None] - self.xy[None]).transpose(2, 0, 1))
        root: Array = np.linalg.cholesky(np.exp(-apart / length))
        return root


def persistent(z: Array, memory: float) -> Array:
    """First-order autoregression along the last axis with unit variance."""
    start = memory / np.sqrt(1 - memory**2) * z[..., :1]  # stationary from the first value on
    result: Array = np.sqrt(1 - memory**2) * lfilter([1.0], [1.0, -memory], z, axis=-1, zi=start)[0]
    return result


def standardise_by_window(z: Array, axis: int = -1) -> Array:
    """
    Scores freed of chance in their means and spreads; the first axis is the cell, *axis* the year.

    Mean 0 and standard deviation 1 in every cell, over the history, so that 1991–2020 is what the
    stations say, and over each 20-year window after it, so that windows of a cell differ by the
    scenario and not by luck. (Of the nation's mean alone that holds for no cell.)
    """
    result = z.copy()
    by_year = np.moveaxis(result, axis, 1)  # a view
    for window in (HISTORY, *FUTURE_WINDOWS):
        part = by_year[:, window]
        spread = part.std(axis=1, keepdims=True)
        by_year[:, window] = (part - part.mean(axis=1, keepdims=True)) / spread
    return result


def standardised(values: Array, axis: int = -1) -> Array:
    """All years in units of the history's mean and standard deviation along *axis*."""
    history = values.compress(HISTORY, axis=axis)
    result: Array = (values - history.mean(axis=axis, keepdims=True)) / history.std(
        axis=axis, keepdims=True
    )
    return result
