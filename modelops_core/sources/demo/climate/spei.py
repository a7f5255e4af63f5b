"""
SPEI-12: twelve months' water balance in standard deviations.

References
----------
.. [1] S. M. Vicente-Serrano, S. Beguería & J. I. López-Moreno, J. Climate 23, 2010.
.. [2] J. R. M. Hosking & J. R. Wallis, Regional Frequency Analysis, 1997, appendix A.7:
   generalised logistic distribution (the three-parameter log-logistic) by L-moments.
.. [3] R. G. Allen et al., FAO Irrigation and Drainage Paper 56, 1998.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from modelops_core.domain.climate import Array
from modelops_core.indicators.evapotranspiration import reference_et
from modelops_core.indicators.lmoments import l_moments
from modelops_core.sources.demo.climate.normals import CellNormals
from modelops_core.sources.demo.climate.scenarios import HISTORY, YEARS
from modelops_core.sources.demo.climate.weather import MONTHS, Weather

WINDOW = 12
#: the fitted distribution has ends: beyond them the index stands here
LARGEST = 5.0


def spei12(series: Weather, normals: CellNormals) -> Array:
    """(scenario, cell, year, month) [1]; NaN in the first eleven months."""
    return np.stack([_of_scenario(series, normals, s) for s in range(len(series.ta))])


def _of_scenario(series: Weather, normals: CellNormals, s: int) -> Array:
    balance = series.rn[s] - _evapotranspiration(series, normals, s)
    return _standardised(_running_sums(balance))


def _evapotranspiration(series: Weather, normals: CellNormals, s: int) -> Array:
    """FAO-56 reference evapotranspiration [mm a month], (cell, year, month) [3]_."""
    daily = reference_et(
        series.ta[s],
        series.rhm[s],
        series.ws[s],
        series.si[s],
        normals.extraterrestrial_radiation[:, None, :],
        normals.elevation[:, None, None],
    )
    return daily * month_days()


def month_days() -> Array:
    """Days of each month, (year, month)."""
    starts = np.arange(f"{YEARS[0]}-01", f"{YEARS[-1] + 1}-02", dtype="datetime64[M]")
    days = np.diff(starts.astype("datetime64[D]")).astype(float)
    return days.reshape(YEARS.size, MONTHS)


def _running_sums(balance: Array) -> Array:
    """Sums of the month and the eleven before it; NaN where those are missing."""
    line = balance.reshape(len(balance), -1)
    total = np.cumsum(np.pad(line, ((0, 0), (1, 0))), axis=1)
    sums = np.full_like(line, np.nan)
    sums[:, WINDOW - 1 :] = total[:, WINDOW:] - total[:, :-WINDOW]
    return sums.reshape(balance.shape)


def _standardised(sums: Array) -> Array:
    """Each calendar month against its own generalised logistic fit to 1991–2020 [2]_."""
    by_year = np.moveaxis(sums, 1, 0)
    l1, l2, t3 = l_moments(by_year[HISTORY])
    angle = np.pi * t3
    scale = l2 * np.sin(angle) / angle  # κ = −τ₃
    centre = l1 + scale * (1 / t3 - np.pi / np.sin(angle))
    with np.errstate(invalid="ignore", divide="ignore"):
        inner = 1 + t3 * (by_year - centre) / scale
        reduced = np.log(np.maximum(inner, 0.0)) / t3
        probability = 1 / (1 + np.exp(-reduced))
    limits = ndtr([-LARGEST, LARGEST])
    result: Array = np.moveaxis(ndtri(np.clip(probability, *limits)), 0, 1)
    return result
