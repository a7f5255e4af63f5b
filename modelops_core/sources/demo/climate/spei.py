"""
SPEI-12 of the generated climate, against 1991–2020.

References
----------
.. [1] R. G. Allen et al., FAO Irrigation and Drainage Paper 56, 1998.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.indicators import spei
from modelops_core.indicators.evapotranspiration import reference_et
from modelops_core.sources.demo.climate.normals import CellNormals
from modelops_core.sources.demo.climate.scenarios import HISTORY, YEARS
from modelops_core.sources.demo.climate.weather import MONTHS, Weather


def spei12(series: Weather, normals: CellNormals) -> Array:
    """(scenario, cell, year, month) [1]; NaN in the first eleven months."""
    return np.stack([_of_scenario(series, normals, s) for s in range(len(series.ta))])


def _of_scenario(series: Weather, normals: CellNormals, s: int) -> Array:
    balance = series.rn[s] - _evapotranspiration(series, normals, s)
    return spei.standardised(spei.running_sums(balance), HISTORY)


def _evapotranspiration(series: Weather, normals: CellNormals, s: int) -> Array:
    """FAO-56 reference evapotranspiration [mm a month], (cell, year, month) [1]_."""
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
