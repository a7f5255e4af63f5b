"""
The response of an extreme to warming: a regression in each cell, pooled over neighbours.

A point of the regression is the mean of a covered window in one scenario; the baseline counts once.
The slope of one cell is mostly noise, since the twenty values of a window share one weather. So the
response is the Gaussian mean of the slopes around a cell [1]_. Its standard error is that of the
pooled slope when one horizon at a time is left out with all its scenarios [2]_, since the scenarios
of one model share their weather.

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
    The points that a response is fitted to.

    ``kelvin`` [K] and ``horizon``, a running number, are (point,). The ``change`` y and the
    ``years`` behind it are (point, cell); where y is NaN or the years are 0, there is no point.
    """

    kelvin: Array
    horizon: IntArray
    change: Array
    years: Array


@dataclass(frozen=True, slots=True)
class Slopes:
    """
    A cell's own regression, each array (cell,).

    ``slope`` [y/K] and ``intercept`` [y] are NaN where no line can be fitted; ``points`` counts the
    points.
    """

    slope: Array
    intercept: Array
    points: Array


@dataclass(frozen=True, slots=True)
class Pooled:
    """
    The pooled slope [y/K] and intercept [y] with their standard errors, each (cell,).

    ``covariance`` [y²/K] is that of the errors of both.
    """

    slope: Array
    se: Array
    intercept: Array
    intercept_se: Array
    covariance: Array


def slopes(points: Points, p: Params) -> Slopes:
    """
    Fit a line with intercept in each cell by least squares, weighted by years.

    It is NaN with fewer points than ``response_points``, or where they span less warming than
    ``response_span`` [K].
    """
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
    """Return the largest minus the smallest warming among a cell's points [K], (cell,)."""
    high = np.where(known, x, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(known, x, np.inf).min(axis=0, initial=np.inf)
    return np.where(known.any(axis=0), high - low, 0.0)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Gaussian means over the cells around each cell: blocks and weights (block, block)."""

    blocks: kernel.Blocks
    weights: Array

    def mean(self, values: Array) -> Array:
        """Return means of *values* (…, cell) over each neighbourhood; NaN is left out."""
        known = ~np.isnan(values)
        total = self._in_blocks(np.where(known, values, 0.0)) @ self.weights
        count = self._in_blocks(known.astype(float)) @ self.weights
        return (total / np.where(count > 0, count, np.nan))[..., self.blocks.block]

    def size(self, values: Array) -> Array:
        """
        Return how many equally weighted cells a mean is worth, (cell,).

        It is (Σg)²/Σg² of the weights g of the cells with a value.
        """
        known = self._in_blocks((~np.isnan(values)).astype(float))
        squares = known @ self.weights**2
        worth = (known @ self.weights) ** 2 / np.where(squares > 0, squares, np.nan)
        return worth[..., self.blocks.block]

    def _in_blocks(self, values: Array) -> Array:
        """Return the sums of *values* (…, cell) in each block, (…, block)."""
        rows = values.reshape(-1, values.shape[-1])
        size = len(self.blocks.centre)
        summed = [np.bincount(self.blocks.block, weights=row, minlength=size) for row in rows]
        return np.stack(summed).astype(float).reshape(*values.shape[:-1], size)


def neighbourhood(latitude: Array, longitude: Array, p: Params) -> Neighbourhood:
    """Return the Gaussian neighbourhoods of cells at *latitude* and *longitude* [°]."""
    places = np.column_stack([latitude, longitude])
    gathered = kernel.blocks(places, int(p["kernel_cells"]), float(p["kernel_step"]))
    apart = kernel.distances(gathered.centre, gathered.centre)
    return Neighbourhood(gathered, kernel.weights(apart, p["kernel_spread"], p["kernel_reach"]))


def pooled(points: Points, about: Neighbourhood, p: Params) -> tuple[Slopes, Pooled]:
    """Return each cell's own slope, and the pooled one with its standard error."""
    own = slopes(points, p)
    left_out = [slopes(_without(points, h), p) for h in np.unique(points.horizon)]
    without = [one.slope for one in left_out] + [one.intercept for one in left_out]
    means = about.mean(np.stack([own.slope, own.intercept, *without]))
    slope, level = np.split(means[2:], 2)
    return own, Pooled(
        slope=means[0],
        se=jackknife_error(slope),
        intercept=means[1],
        intercept_se=jackknife_error(level),
        covariance=jackknife_covariance(slope, level),
    )


def _without(points: Points, horizon: int) -> Points:
    """Return the points of all other horizons."""
    kept = points.horizon != horizon
    return Points(
        points.kelvin[kept], points.horizon[kept], points.change[kept], points.years[kept]
    )


def jackknife_error(left_out: Array) -> Array:
    """Return √((K−1)/K Σ(b − b̄)²) of K values (K, cell), (cell,); see jackknife_covariance."""
    return np.sqrt(jackknife_covariance(left_out, left_out))


def jackknife_covariance(a: Array, b: Array) -> Array:
    """
    Return (K−1)/K Σ(a − ā)(b − b̄) of K pairs of values (K, cell), (cell,).

    K counts the pairs of which both are known; NaN where fewer than two are.
    """
    known = ~np.isnan(a) & ~np.isnan(b)
    k = known.sum(axis=0)
    off = [
        np.where(known, x - np.where(known, x, 0.0).sum(axis=0) / np.maximum(k, 1), 0.0)
        for x in (a, b)
    ]
    return (k - 1) / np.where(k > 1, k, np.nan) * (off[0] * off[1]).sum(axis=0)


def relative_change(means: Array, baseline: Array) -> Array:
    """
    Return the change y of rain, ln(window mean / baseline mean), as *means*.

    *means* is (window, …, cell) and *baseline* (cell,), both in one unit; y is NaN where either is
    not positive.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = means / baseline
        return np.where(ratio > 0, np.log(ratio), np.nan)


def published_factor(table: Mapping[str, Mapping[str, float]], share: Array, horizon: str) -> Array:
    """
    Return the published factors of *horizon*, (scenario,).

    *table* holds those of the lowest and the highest scenario; *share* (scenario,) says where each
    scenario lies between them, from 0 to 1.
    """
    low, high = (float(table[name][horizon]) for name in table)
    return low + (high - low) * share
