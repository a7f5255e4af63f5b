"""
The spread of the baseline's yearly maxima: of the region, or of reference stations.

By the index-flood method [1]_ the L-CV of a cell is the mean over its neighbourhood, while its mean
stays its own. A data set that is an average over models has lost the spread of single years, and
with it the mean of their maxima; both are then interpolated between stations by distance.

References
----------
.. [1] J. R. M. Hosking & J. R. Wallis, Regional Frequency Analysis, 1997.
.. [2] B. Efron & C. Stein, Ann. Stat. 9:586, 1981: jackknife.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.window_means import PERIODS, Places, StationRain
from modelops_core.indicators import gev, kernel
from modelops_core.indicators.lmoments import l_moments
from modelops_core.stages.response import Neighbourhood, jackknife_error

#: cells interpolated at once
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Spread:
    """
    L-CV of the yearly maxima, and the independent records that it is worth, each (cell,).

    ``level`` [unit of the maxima] and ``years`` are the mean and the length of a reference; NaN
    where the history is the cell's own.
    """

    lcv: Array
    worth: Array
    level: Array
    years: Array


def own_spread(maxima: Array, least: int) -> Array:
    """
    Return the L-CV [1] of yearly maxima (year, cell), (cell,).

    NaN where fewer than *least* years are known.
    """
    l1, l2, _ = l_moments(maxima)
    enough = ((~np.isnan(maxima)).sum(axis=0) >= least) & (l1 > 0)
    return np.where(enough, l2 / np.where(enough, l1, 1.0), np.nan)


def of_region(maxima: Array, least: int, about: Neighbourhood) -> Spread:
    """
    Return the Gaussian mean of the L-CVs of *maxima* (year, cell) over each cell's neighbourhood.

    ``worth`` compares two variances: of a single cell's L-CV, averaged over the neighbourhood, and
    of the neighbourhood's mean. Both are found by leaving out one year at a time in all cells
    together [2]_, so that it counts how many records the neighbours bring that are not alike.
    """
    own = own_spread(maxima, least)
    left_out = np.where(np.isnan(own), np.nan, _spread_without_each(maxima))
    found = about.mean(np.concatenate([own[None], jackknife_error(left_out)[None] ** 2, left_out]))
    error = jackknife_error(found[2:]) ** 2
    worth = np.maximum(found[1] / np.where(error > 0, error, np.nan), 1.0)
    unknown = np.full(own.shape, np.nan)
    return Spread(found[0], np.where(np.isnan(worth), 1.0, worth), unknown, unknown)


def _spread_without_each(maxima: Array) -> Array:
    """
    Return the L-CV of each column without each of its years, (year, cell).

    From the sorted sample: without its k-th value the ranks above it fall by one. A year that is
    not known leaves the column's own L-CV.
    """
    order = np.argsort(maxima, axis=0)
    x = np.nan_to_num(np.take_along_axis(maxima, order, axis=0))  # NaN sorts last, weighs nothing
    n = (~np.isnan(maxima)).sum(axis=0).astype(float)
    rank = np.arange(len(x), dtype=float)[:, None]
    above = x[::-1].cumsum(axis=0)[::-1] - x
    known = rank < n
    rest = np.where(known, n - 1, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        b0 = (x.sum(axis=0) - x) / rest
        b1 = ((rank * x).sum(axis=0) - rank * x - np.where(known, above, 0.0)) / (rest * (rest - 1))
        spread = 2 * b1 / b0 - 1
    found = np.empty_like(spread)
    np.put_along_axis(found, order, spread, axis=0)
    return found


def of_stations(stations: StationRain, cells: Places, p: Params) -> Spread:
    """
    Return the spread and mean [mm] of the stations' rain, by inverse distance.

    Mean and second L-moment are interpolated with the weights of the demonstration data; the L-CV
    is their ratio.
    """
    shape = float(p["rain_shape"])
    scale = gev.scale_from_levels(stations.mean, stations.levels, PERIODS, shape)
    l2 = scale * gev.unit_l2(np.asarray(shape))
    at = np.column_stack([cells.latitude, cells.longitude])
    others = np.column_stack([stations.latitude, stations.longitude])
    values = np.column_stack([stations.mean, l2, stations.years])
    found = [_by_distance(at[i : i + CHUNK], others, values, p) for i in range(0, len(at), CHUNK)]
    mean, second, years, size = np.concatenate(found).T
    worth = np.maximum(size * p["region_correlation"], 1.0)
    return Spread(second / mean, worth, mean, np.round(years))


def _by_distance(at: Array, others: Array, values: Array, p: Params) -> Array:
    """
    Return weighted means of *values* (station, column), (place, column + 1).

    The last column says how many equally weighted stations the means are worth.
    """
    distance = np.maximum(kernel.distances(at, others), p["station_nearest"])
    w = distance ** -p["station_power"]
    w /= w.sum(axis=1, keepdims=True)
    return np.column_stack([w @ values, 1 / (w**2).sum(axis=1)])
