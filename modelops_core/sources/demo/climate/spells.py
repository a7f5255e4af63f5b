"""
Warm and cold spells: WSDI and CSDI [days a year], (scenario, cell, year).

No daily series stand behind them: a year's expected days follow its mean temperature's
anomaly from 1991–2020, and spells of at least six days are drawn about that.

References
----------
.. [1] X. Zhang et al., WIREs Climate Change 2, 2011 (ETCCDI): days in spells of ≥ 6 days
   beyond the calendar day's 90th (10th) percentile of the base period.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import logit, ndtr
from scipy.stats import nbinom, poisson

from modelops_core.domain.climate import Array
from modelops_core.sources.demo.climate.fields import Fields, standardise_by_window
from modelops_core.sources.demo.climate.scenarios import HISTORY, YEARS
from modelops_core.sources.demo.randomness import stream

SHORTEST = 6  # days of a spell [1]_
YEAR_DAYS = 365.0
#: mean days beyond the sixth in a warm and in a cold spell, assumption
LONGER = 3.0
#: expected warm-spell days [days] at annual anomalies [°C]: at 0 so that 1991–2020 has what
#: Seoul's daily series 1991–2019 has (3.7 days); above, assumption shaped on the range of
#: published projections for Korea (40–60 in SSP1-2.6, 150–220 in SSP5-8.5)
WARM_ANOMALY = np.array([-2.0, 0.0, 2.4, 4.0, 6.4, 9.0])
WARM_DAYS = np.array([0.6, 2.3, 48.0, 95.0, 185.0, 275.0])
#: expected cold-spell days at anomaly 0, likewise (1.4 days in Seoul), and their decline per °C:
#: an assumption
COLD_DAYS, COLD_DECLINE = 1.25, 0.9
SPELL_LENGTH, SPELL_COMMON = 300_000.0, 0.97


def annual_anomaly(ta: Array) -> Array:
    """Annual mean temperature above the cell's mean of 1991–2020 [°C]; ``ta`` as in weather.py."""
    year = ta.mean(axis=-1)
    anomaly: Array = year - year[:, :, HISTORY].mean(axis=-1, keepdims=True)
    return anomaly


def wsdi(ta: Array, fields: Fields, seed: int) -> Array:
    """Warm spell duration index [days]: 0 or at least 6."""
    curve = PchipInterpolator(WARM_ANOMALY, logit(WARM_DAYS / YEAR_DAYS))
    anomaly = np.clip(annual_anomaly(ta), WARM_ANOMALY[0], WARM_ANOMALY[-1])
    expected = YEAR_DAYS / (1 + np.exp(-curve(anomaly)))
    return _days(expected, fields, stream(seed, "wsdi"))


def csdi(ta: Array, fields: Fields, seed: int) -> Array:
    """Cold spell duration index [days]: 0 or at least 6."""
    expected = COLD_DAYS * np.exp(-COLD_DECLINE * annual_anomaly(ta))
    return _days(expected, fields, stream(seed, "csdi"))


def _days(expected: Array, fields: Fields, random: np.random.Generator) -> Array:
    """Days in a Poisson number of spells of 6 + geometric days; same scores in all scenarios."""
    scores = [
        ndtr(standardise_by_window(fields.draw(random, YEARS.size, SPELL_LENGTH, SPELL_COMMON)))
        for _ in range(2)
    ]
    spells = poisson.ppf(scores[0], expected / (SHORTEST + LONGER))
    beyond = nbinom.ppf(scores[1], np.maximum(spells, 1), 1 / (1 + LONGER))
    days = np.where(spells > 0, SHORTEST * spells + beyond, 0.0)
    return np.minimum(days, YEAR_DAYS)
