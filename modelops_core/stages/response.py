"""
How an extreme answers to warming: a weighted regression a cell, pooled over its neighbourhood.

The mean of every covered window of every scenario is one point; the baseline counts once. A
cell's slope is noise for the most part (its twenty values a window share one weather), so the
response is the Gaussian mean of the slopes about it, and its standard error is that of the
pooled slope when one horizon at a time is left out with all its scenarios [2]_, since the
scenarios of one model share their weather.

References
----------
.. [1] S. Philip et al., Adv. Stat. Clim. Meteorol. Oceanogr. 6:177, 2020 (scale fit to warming);
   C. Tebaldi & J. Arblaster, Climatic Change 122:459, 2014 (pattern scaling).
.. [2] B. Efron & C. Stein, Ann. Stat. 9:586, 1981: jackknife.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.domain.parameters import Params
from modelops_core.indicators import kernel


@dataclass(frozen=True, slots=True)
class Points:
    """
    What a response is fitted to: warming [K] and horizon (a number) of each point (point,);
    the change y and the years n behind it, (point, cell). NaN or n = 0: no point.
    """

    kelvin: Array
    horizon: IntArray
    change: Array
    years: Array


@dataclass(frozen=True, slots=True)
class Slopes:
    """Slope [y/K], intercept [y] and number of points, each (cell,); NaN where none can be fitted."""

    slope: Array
    intercept: Array
    points: Array


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pooled slope with its standard error, and the pooled intercept, each (cell,)."""

    slope: Array
    se: Array
    intercept: Array


def slopes(points: Points, p: Params) -> Slopes:
    """Least squares weighted by years, with intercept, cell by cell."""
    known = ~np.isnan(points.change) & (points.years > 0) & ~np.isnan(points.kelvin)[:, None]
    w = np.where(known, points.years, 0.0)
    x, y = np.nan_to_num(points.kelvin)[:, None], np.where(known, points.change, 0.0)
    total = w.sum(axis=0)
    safe = np.where(total > 0, total, 1.0)
    x_mean, y_mean = (w * x).sum(axis=0) / safe, (w * y).sum(axis=0) / safe
    spread = (w * (x - x_mean) ** 2).sum(axis=0)
    count = known.sum(axis=0)
    span = _span(x, known)
    enough = (count >= p["response_points"]) & (span >= p["response_span"])
    slope = (w * (x - x_mean) * (y - y_mean)).sum(axis=0) / np.where(enough, spread, np.nan)
    return Slopes(slope, y_mean - slope * x_mean, count.astype(float))


def _span(x: Array, known: BoolArray) -> Array:
    """Largest minus smallest warming among a cell's points [K]."""
    high = np.where(known, x, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(known, x, np.inf).min(axis=0, initial=np.inf)
    return np.where(known.any(axis=0), high - low, 0.0)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Gaussian means over the cells about each cell: its blocks, and weights (block, block)."""

    blocks: kernel.Blocks
    weights: Array

    def mean(self, values: Array) -> Array:
        """Means of (…, cell) values over each cell's neighbourhood; NaN is left out."""
        known = ~np.isnan(values)
        total = self._in_blocks(np.where(known, values, 0.0)) @ self.weights
        count = self._in_blocks(known.astype(float)) @ self.weights
        return (total / np.where(count > 0, count, np.nan))[..., self.blocks.block]

    def size(self, values: Array) -> Array:
        """(Σg)²/Σg² over the cells with a value (cell,): how many cells a mean is worth."""
        known = self._in_blocks((~np.isnan(values)).astype(float))
        squares = known @ self.weights**2
        worth = (known @ self.weights) ** 2 / np.where(squares > 0, squares, np.nan)
        return worth[..., self.blocks.block]

    def _in_blocks(self, values: Array) -> Array:
        rows = values.reshape(-1, values.shape[-1])
        size = len(self.blocks.centre)
        summed = [np.bincount(self.blocks.block, weights=row, minlength=size) for row in rows]
        return np.stack(summed).astype(float).reshape(*values.shape[:-1], size)


def neighbourhood(latitude: Array, longitude: Array, p: Params) -> Neighbourhood:
    """The Gaussian neighbourhood of each cell."""
    places = np.column_stack([latitude, longitude])
    gathered = kernel.blocks(places, int(p["kernel_cells"]), float(p["kernel_step"]))
    apart = kernel.distances(gathered.centre, gathered.centre)
    return Neighbourhood(gathered, kernel.weights(apart, p["kernel_spread"], p["kernel_reach"]))


def pooled(points: Points, about: Neighbourhood, p: Params) -> tuple[Slopes, Pooled]:
    """Each cell's own slope, and the pooled one with its standard error."""
    own = slopes(points, p)
    left_out = [slopes(_without(points, h), p).slope for h in np.unique(points.horizon)]
    means = about.mean(np.stack([own.slope, own.intercept, *left_out]))
    return own, Pooled(means[0], jackknife_error(means[2:]), means[1])


def _without(points: Points, horizon: int) -> Points:
    kept = points.horizon != horizon
    return Points(
        points.kelvin[kept], points.horizon[kept], points.change[kept], points.years[kept]
    )


def jackknife_error(left_out: Array) -> Array:
    """√((K−1)/K Σ(b − b̄)²) of the K values (block, cell); NaN where fewer than two are known."""
    known = ~np.isnan(left_out)
    k = known.sum(axis=0)
    mean = np.where(known, left_out, 0.0).sum(axis=0) / np.maximum(k, 1)
    squares = np.where(known, left_out - mean, 0.0) ** 2
    return np.sqrt((k - 1) / np.where(k > 1, k, np.nan) * squares.sum(axis=0))


def relative_change(means: Array, baseline: Array) -> Array:
    """y of rain: ln(window mean / baseline mean), (window, cell); NaN where either brings none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = means / baseline
        return np.where(ratio > 0, np.log(ratio), np.nan)


def published_factor(table: Mapping[str, Mapping[str, float]], share: Array, horizon: str) -> Array:
    """Published factors of the lowest and highest scenario, by where each lies between them; (scenario,)."""
    low, high = (float(table[name][horizon]) for name in table)
    return low + (high - low) * share
