"""
Largest daily and five-day rain of each year: RX1DAY, RX5DAY [mm], (scenario, cell, year).

Quantiles of each cell's GEV; the scores follow the year's wettest month and, for the rest,
the neighbourhood.

References
----------
.. [1] S. M. Papalexiou & D. Koutsoyiannis, Water Resour. Res. 49, 2013: shape ξ = 0.114 of
   daily rain maxima.
.. [2] ``station_rain_normals.csv``: mean and 10-, 50-, 100-year RX1DAY of 69 stations.
.. [3] 69 KMA stations 1996–2015: rank correlation of RX1DAY with the wettest month 0.63,
   what is left correlates by exp(−d/25 km); RX5DAY/RX1DAY − 1 falls as (RX1DAY/mean)^−0.56,
   and RX5DAY/RX1DAY reaches 3.36 at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from modelops_core.domain.climate import Array
from modelops_core.indicators.gev import Gev, scale_from_levels, unit_l1
from modelops_core.sources.demo.climate import stations
from modelops_core.sources.demo.climate.fields import Fields, standardise_by_window, standardised
from modelops_core.sources.demo.climate.interpolation import by_distance
from modelops_core.sources.demo.climate.scenarios import (
    HISTORY,
    YEARS,
    rain_change,
    warming,
)
from modelops_core.sources.demo.randomness import stream

KAPPA = -0.114  # [1]_
PERIODS = (10, 50, 100)  # [years] of the station levels
#: scaling of daily extremes with local warming, Clausius–Clapeyron [1/°C]
SCALING = 0.065
WETTEST_MONTH_SHARE = 0.63**2  # of the scores' variance [3]_
LOCAL_LENGTH = 25_000.0  # [m] [3]_
RATIO_LENGTH, RATIO_COMMON, RATIO_SPREAD = 150_000.0, 0.9, 0.5  # assumptions
RATIO_EXPONENT, LARGEST_RATIO = -0.56, 3.36  # [3]_
#: no year is rarer than this in the demonstration data [years]
RAREST = 1_000.0
#: no year's wettest day brings less: below the lowest of 1,380 station-years, 34.6 mm [3]_
LEAST = 30.0
DECIMALS = 1  # rain is reported in tenths of a millimetre


@dataclass(frozen=True, slots=True)
class RainMaxima:
    """RX1DAY and RX5DAY [mm], (scenario, cell, year); ``gev`` of RX1DAY in 1991–2020, (cell,)."""

    rx1day: Array
    rx5day: Array
    gev: Gev


def rain_maxima(rn: Array, xy: Array, rx5day_mean: Array, pattern: Array, seed: int) -> RainMaxima:
    """From monthly rain ``rn`` (scenario, cell, year, month) and the stations' levels."""
    fields = Fields(xy)
    gev = cell_gev(xy)
    column = Gev(gev.mu[:, None], gev.alpha[:, None], gev.kappa[:, None])
    present = np.maximum(column.quantile(ndtr(_scores(rn, fields, seed))), LEAST)
    local = warming()[:, None, :] * pattern[:, None]
    rx1day = present * (1 + SCALING) ** local
    rx5day = rx1day * _ratio(rx1day[0], rx5day_mean, fields, seed)
    return RainMaxima(np.round(rx1day, DECIMALS), np.round(rx5day, DECIMALS), gev)


def cell_gev(xy: Array) -> Gev:
    """GEV of RX1DAY at each cell, location and scale by distance from the stations'."""
    places, table = stations.rain_stations()
    mean = table["rx1day_mean"].to_numpy(dtype=float)
    levels = table[[f"rx1day_{t}yr" for t in PERIODS]].to_numpy(dtype=float)
    scale = scale_from_levels(mean, levels, PERIODS, KAPPA)
    location = mean - scale * unit_l1(np.full(mean.shape, KAPPA))
    mu, alpha = by_distance(places.xy, np.column_stack([location, scale]), xy).T
    return Gev(mu, alpha, np.full(mu.shape, KAPPA))


def _scores(rn: Array, fields: Fields, seed: int) -> Array:
    """Standard normal scores, (cell, year), the same in all scenarios."""
    wettest = standardised(np.log(rn[0].max(axis=-1) / (1 + rain_change()[0] / 100)))
    local = fields.draw(stream(seed, "rx1day"), YEARS.size, LOCAL_LENGTH)
    mixed = WETTEST_MONTH_SHARE**0.5 * wettest + (1 - WETTEST_MONTH_SHARE) ** 0.5 * local
    scores: Array = np.minimum(standardise_by_window(mixed), float(ndtri(1 - 1 / RAREST)))
    return scores


def _ratio(rx1day: Array, rx5day_mean: Array, fields: Fields, seed: int) -> Array:
    """RX5DAY over RX1DAY, (cell, year) > 1; the mean RX5DAY of 1991–2020 is the stations'."""
    noise = standardise_by_window(
        fields.draw(stream(seed, "rx5day"), YEARS.size, RATIO_LENGTH, RATIO_COMMON)
    )
    past = rx1day[:, HISTORY]
    mean = past.mean(axis=1, keepdims=True)
    surplus = (rx1day / mean) ** RATIO_EXPONENT * np.exp(RATIO_SPREAD * noise)
    factor = (rx5day_mean - mean[:, 0]) / (past * surplus[:, HISTORY]).mean(axis=1)
    ratio: Array = np.minimum(1 + factor[:, None] * surplus, LARGEST_RATIO)
    return ratio


def lifted(rn: Array, rx5day: Array) -> Array:
    """Monthly rain whose wettest month holds the year's five wettest days."""
    result = rn.copy()
    month = result.argmax(axis=-1)[..., None]
    wettest = np.take_along_axis(result, month, axis=-1)
    np.put_along_axis(result, month, np.maximum(wettest, rx5day[..., None]), axis=-1)
    return result
