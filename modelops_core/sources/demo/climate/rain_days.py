"""
Yearly rain indices that count days: RAIN80, CDD [days] and SDII [mm/day].

All are (scenario, cell, year) and consistent with the monthly rain and RX1DAY.

References
----------
.. [1] ``station_rain_normals.csv``: means of 69 stations.
.. [2] 69 KMA stations 1996–2015: correlation of RAIN80 with the year's rain 0.72; wet days
   grow as rain^0.29, standard deviation about that 0.094 (log); CDD: coefficient of
   variation 0.29, range 11–64 days, correlation 0.7·exp(−d/160 km).
.. [3] KMA/NIMS 2020: days of extreme rain +30 % in SSP5-8.5 2081–2100 (+9 % in SSP1-2.6).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr
from scipy.stats import poisson

from modelops_core.domain.climate import Array
from modelops_core.sources.demo.climate.fields import Fields, standardise_by_window, standardised
from modelops_core.sources.demo.climate.scenarios import (
    HIGH,
    HISTORY,
    WINDOWS,
    YEARS,
    published,
    rain_change,
    warming,
)
from modelops_core.sources.demo.randomness import stream

HEAVY = 80.0  # [mm in a day]
RAIN80_CORRELATION = 0.72  # with the year's rain [2]_
HEAVY_LENGTH, HEAVY_COMMON = 100_000.0, 0.9
#: share of the year's rain that heavy days may bring: the stations' largest is 0.55 [2]_
HEAVY_RAIN_SHARE = 0.6
WET_DAY_EXPONENT, WET_DAY_SPREAD = 0.29, 0.094  # [2]_
WET_DAY_LENGTH, WET_DAY_COMMON = 200_000.0, 0.9
CDD_VARIATION, CDD_LENGTH, CDD_COMMON = 0.29, 160_000.0, 0.9  # [2]_
#: correlation of CDD with the year's driest month, assumption
DRIEST_MONTH_CORRELATION = -0.3
#: a longer spell would empty a calendar month [days]
CDD_RANGE = (8.0, 59.0)


def rain80(rn: Array, rx1day: Array, mean_days: Array, fields: Fields, seed: int) -> Array:
    """
    Days of at least 80 mm: at least one exactly where RX1DAY reaches 80 mm.

    The further days are Poisson, with the mean that gives the stations' ``mean_days`` (cell,)
    in 1991–2020 and grows by the published change of heavy-rain days per degree.
    """
    heavy = rx1day >= HEAVY
    often = np.maximum(heavy[0][:, HISTORY].mean(axis=1), 1 / YEARS.size)
    further = np.maximum(mean_days / often - 1, 0.0)[:, None]
    growth = 1 + _growth_per_degree() * warming()[:, None, :]
    days = 1 + poisson.ppf(ndtr(_rain80_scores(rn, fields, seed)), further * growth)
    most = 1 + np.floor(np.maximum(HEAVY_RAIN_SHARE * rn.sum(axis=-1) - rx1day, 0.0) / HEAVY)
    return np.where(heavy, np.minimum(days, most), 0.0)


def sdii(rn: Array, mean_intensity: Array, fields: Fields, seed: int) -> Array:
    """Mean rain of a wet day [mm/day]; the mean of 1991–2020 is the stations' (cell,)."""
    total = rn.sum(axis=-1)
    normal = total[0][:, HISTORY].mean(axis=1)[:, None]
    noise = standardise_by_window(
        fields.draw(stream(seed, "sdii"), YEARS.size, WET_DAY_LENGTH, WET_DAY_COMMON)
    )
    wet_days = (total / normal) ** WET_DAY_EXPONENT * np.exp(
        WET_DAY_SPREAD * noise
    )  # of the normal number
    relative = total / normal / wet_days
    past = relative[0][:, HISTORY].mean(axis=1)
    intensity: Array = relative * (mean_intensity / past)[:, None]
    return intensity


def cdd(rn: Array, mean_days: Array, fields: Fields, seed: int) -> Array:
    """Longest spell without a wet day [days]: lognormal, longer where the driest month is drier."""
    driest = standardised(np.log(_present(rn).min(axis=-1) + 1.0))
    own = fields.draw(stream(seed, "cdd"), YEARS.size, CDD_LENGTH, CDD_COMMON)
    score = standardise_by_window(
        DRIEST_MONTH_CORRELATION * driest + (1 - DRIEST_MONTH_CORRELATION**2) ** 0.5 * own
    )
    spread = np.sqrt(np.log1p(CDD_VARIATION**2))
    days = mean_days[:, None] * np.exp(spread * score - spread**2 / 2)
    return np.broadcast_to(np.clip(np.rint(days), *CDD_RANGE), (len(rn), *days.shape))


def _growth_per_degree() -> float:
    """Change of heavy-rain days per °C of warming [1/°C] [3]_."""
    change = published("Korean peninsula", HIGH, WINDOWS[2], "extreme_precip_days_pct") / 100
    return change / published("South Korea", HIGH, WINDOWS[2], "temp_c")


def _rain80_scores(rn: Array, fields: Fields, seed: int) -> Array:
    """Standard normal, (cell, year): the year's rain and the neighbourhood."""
    wet = standardised(np.log(_present(rn).sum(axis=-1)))
    own = fields.draw(stream(seed, "rain80"), YEARS.size, HEAVY_LENGTH, HEAVY_COMMON)
    scores: Array = RAIN80_CORRELATION * wet + (1 - RAIN80_CORRELATION**2) ** 0.5 * own
    return scores


def _present(rn: Array) -> Array:
    """Monthly rain without the scenarios' change, (cell, year, month)."""
    present: Array = rn[0] / (1 + rain_change()[0][:, None] / 100)
    return present
