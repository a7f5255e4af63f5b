"""
The spread of the baseline's yearly maxima: of the region, or of reference stations.

The index flood [1]_: the L-CV of a cell is the mean over its neighbourhood, its mean stays its
own. Where a data set is an average over models it has lost the spread of single years, and the
mean with it; both are then those of stations, by distance.

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
    """L-CV and how many records it is worth; mean and years of a reference, NaN where the history is the cell's own."""

    lcv: Array
    worth: Array
    level: Array
    years: Array


def own_spread(maxima: Array, least: int) -> Array:
    """L-CV of yearly maxima (year, cell) where at least *least* are known, (cell,)."""
    l1, l2, _ = l_moments(maxima)
    enough = ((~np.isnan(maxima)).sum(axis=0) >= least) & (l1 > 0)
    return np.where(enough, l2 / np.where(enough, l1, 1.0), np.nan)


def of_region(own: Array, about: Neighbourhood, p: Params) -> Spread:
    """The Gaussian mean of the cells' L-CVs."""
    unknown = np.full(own.shape, np.nan)
    worth = np.maximum(about.size(own) * p["region_correlation"], 1.0)
    return Spread(about.mean(own), worth, unknown, unknown)


def of_stations(stations: StationRain, cells: Places, p: Params) -> Spread:
    """Mean and second L-moment of the stations by inverse distance, as the demonstration data are made."""
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
    """Weighted means of *values* (station, column), and how many stations they rest on; (place, column + 1)."""
    distance = np.maximum(kernel.distances(at, others), p["station_nearest"])
    w = distance ** -p["station_power"]
    w /= w.sum(axis=1, keepdims=True)
    return np.column_stack([w @ values, 1 / (w**2).sum(axis=1)])
