"""
Sampling intervals by bootstrap, with common random numbers.

The draws depend on (salt, peril, number of years) only: neighbouring cells, the
scenarios and the horizons are resampled alike, so that their differences are not
noise and a tile is one matrix product (docs/adr/0008-common-random-numbers.md).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from modelops_core.domain.climate import Array, read_only
from modelops_core.domain.parameters import Params
from modelops_core.indicators.gev import Gev, shape_from_t3
from modelops_core.indicators.lmoments import l_moments


def generator(salt: int, peril: str, n: int) -> np.random.Generator:
    """The random stream of one peril's samples of *n* years."""
    return np.random.default_rng([salt, zlib.crc32(peril.encode()), n])


@lru_cache(maxsize=256)
def year_counts(salt: int, peril: str, n: int, draws: int) -> Array:
    """How often each of *n* years is drawn, as a share of n: (draw, year)."""
    drawn = generator(salt, peril, n).integers(0, n, size=(draws, n))
    counts = np.zeros((draws, n))
    np.add.at(counts, (np.arange(draws)[:, None], drawn), 1.0 / n)
    return read_only(counts)


def quantiles(samples: Array, levels: Sequence[float]) -> Array:
    """
    Return the quantiles *levels* of *samples* along the last axis, (level, …); NaN where one is.

    Linear between order statistics, as ``np.quantile``. Sorting some hundred samples takes less
    than half the time of partitioning them about several places.
    """
    ordered = np.sort(samples, axis=-1)  # NaN last
    position = np.asarray(levels) * (ordered.shape[-1] - 1)
    below = np.floor(position).astype(int)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    share = position - below
    found = (1 - share) * ordered[..., below] + share * ordered[..., above]
    found[np.isnan(ordered[..., -1])] = np.nan
    return np.moveaxis(found, -1, 0)


def mean_interval(yearly: Array, peril: str, p: Params) -> tuple[Array, Array]:
    """
    Bootstrap interval of the mean of yearly values.

    Parameters
    ----------
    yearly : (year, column) float
        NaN = not a year of the sample; order within the sample does not matter.

    Returns
    -------
    low, high : (column,) float; NaN where a column has no year.
    """
    low = np.full(yearly.shape[1], np.nan)
    high = low.copy()
    n = (~np.isnan(yearly)).sum(axis=0)
    constant = np.nanmax(yearly, axis=0, initial=0.0) == np.nanmin(yearly, axis=0, initial=0.0)
    low[constant & (n > 0)] = high[constant & (n > 0)] = 0.0  # all years alike: all zero
    for size in np.unique(n[~constant]):
        columns = np.flatnonzero((n == size) & ~constant)
        sample = np.sort(yearly[:, columns], axis=0)[:size]  # sorted: years may be permuted freely
        counts = year_counts(int(p["seed_salt"]), peril, int(size), int(p["bootstrap_empirical"]))
        low[columns], high[columns] = quantiles((counts @ sample).T, p["interval"])
    return low, high


def shifted_interval(table: Array, scores: Array, peril: str, p: Params) -> tuple[Array, Array]:
    """
    Interval [%] of the mean of yearly losses that also depend on the score of the response.

    Parameters
    ----------
    table : (score, scenario, year, cell) yearly loss where the response errs by each of *scores*

    Returns
    -------
    low, high : (scenario, cell); NaN where any year is unknown
    """
    years = table.shape[2]
    counts = year_counts(int(p["seed_salt"]), peril, years, int(p["bootstrap_fitted"]))
    means = np.tensordot(counts, table, axes=([1], [2]))  # (draw, score, scenario, cell)
    drawn = scores_of_response(peril, p)
    position = np.clip(np.interp(drawn, scores, np.arange(scores.size)), 0, scores.size - 1)
    below = np.minimum(position.astype(int), max(scores.size - 2, 0))
    above = np.minimum(below + 1, scores.size - 1)
    share, draw = (position - below)[:, None, None], np.arange(drawn.size)
    found = (1 - share) * means[draw, below] + share * means[draw, above]
    low, high = 100 * quantiles(np.moveaxis(found, 0, -1), p["interval"])
    return low, high


@dataclass(frozen=True, slots=True)
class UnitSamples:
    """L-moments of *n* values drawn from GEV(0, 1, κ), and the κ of the refit; each (draw,)."""

    kappa: Array
    l1: Array
    l2: Array


@lru_cache(maxsize=256)
def unit_samples(
    salt: int, peril: str, n: int, draws: int, shape: tuple[float, float, float, float]
) -> UnitSamples:
    """
    Draw κ from N(mean, sd²) clipped to [low, high], then n values of GEV(0, 1, κ).

    *shape* is (mean, sd, low, high).
    """
    rng = generator(salt, peril, n)
    mean, sd, low, high = shape
    kappa = np.clip(rng.normal(mean, sd, draws), low, high)
    values = Gev(np.zeros(draws), np.ones(draws), kappa).quantile(rng.uniform(size=(n, draws)))
    l1, l2, _ = l_moments(values)
    return UnitSamples(read_only(kappa), read_only(l1), read_only(l2))


@dataclass(frozen=True, slots=True)
class Pairs:
    """L-moments of two independent samples of GEV(0, 1, κ), κ of the refit; each (draw,)."""

    kappa: Array
    own_l1: Array
    own_l2: Array
    other_l1: Array
    other_l2: Array


def pairs(peril: str, n: int, p: Params, kappa: float, free: bool) -> Pairs:
    """
    Draw two independent samples of *n* years in each draw.

    ``own`` stands for a column's own record, ``other`` for records that are independent of it. The
    shape is held at *kappa*, or refitted from the τ₃ of ``own`` where it is *free*.
    """
    return _pairs(int(p["seed_salt"]), peril, n, int(p["bootstrap_fitted"]), kappa, free)


@lru_cache(maxsize=256)
def _pairs(salt: int, peril: str, n: int, draws: int, kappa: float, free: bool) -> Pairs:
    rng = generator(salt, peril, n)
    shape = np.full(draws, kappa)
    unit = Gev(np.zeros(draws), np.ones(draws), shape)
    own, other = (l_moments(unit.quantile(rng.uniform(size=(n, draws)))) for _ in range(2))
    refit = shape_from_t3(own[2]) if free else shape
    return Pairs(*(read_only(a) for a in (refit, *own[:2], *other[:2])))


def scores_of_response(peril: str, p: Params) -> Array:
    """
    Return scores of the error of the response, (draw,), in units of its standard error.

    Its error is estimated from as many blocks as there are horizons with the baseline, so that the
    scores are Student's with one degree of freedom less. They are the same for all cells, windows
    and scenarios.
    """
    draws = int(p["bootstrap_fitted"])
    return _scores(int(p["seed_salt"]), peril, draws, len(p["horizons"]))


@lru_cache(maxsize=256)
def _scores(salt: int, peril: str, draws: int, freedom: int) -> Array:
    return read_only(generator(salt, f"{peril} response", draws).standard_t(freedom, draws))


def free_samples(salt: int, peril: str, n: int, draws: int, kappa: float) -> UnitSamples:
    """*n* values of GEV(0, 1, *kappa*) a draw; the refitted κ follows from their own τ₃."""
    rng = generator(salt, peril, n)
    values = Gev(np.zeros(draws), np.ones(draws), np.full(draws, kappa)).quantile(
        rng.uniform(size=(n, draws))
    )
    l1, l2, t3 = l_moments(values)
    return UnitSamples(shape_from_t3(t3), l1, l2)
