"""
The spread of the baseline's yearly maxima: of the region, or of reference stations.

By the index-flood method [1]_ the L-CV of a cell is the mean over its neighbourhood, while its mean
stays its own. A data set that is an average over models has lost the spread of single years, and
with it the mean of their maxima; both are then interpolated between stations by distance.

References
----------
.. [1] J. R. M. Hosking & J. R. Wallis, Regional Frequency Analysis, 1997.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.window_means import PERIODS, Places, StationRain
from modelops_core.indicators import gev, kernel
from modelops_core.indicators.lmoments import l_moments
from modelops_core.stages.response import Neighbourhood

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


def of_region(own: Array, about: Neighbourhood, p: Params) -> Spread:
    """Return the Gaussian mean of the cells' own L-CVs (cell,) over their neighbourhoods."""
    unknown = np.full(own.shape, np.nan)
    worth = np.maximum(about.size(own) * p["region_correlation"], 1.0)
    return Spread(about.mean(own), worth, unknown, unknown)


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
