"""
Monthly series of every cell: temperature, rain, wind, humidity, radiation.

Normals, plus noise that is the same in all scenarios, plus each scenario's change. Arrays
are (scenario, cell, year, month) with the years 1991–2100; up to 2020 all scenarios agree.
The noise has mean 0 and the stations' spread in every cell and 20-year window
(``fields.standardise_by_window``): between windows a cell changes as published.

References
----------
.. [1] ``monthly_variability.csv``: standard deviations at KMA stations.
.. [2] Correlations of monthly anomalies at 31 KMA stations 2011–2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtr

from modelops_core.domain.climate import Array
from modelops_core.sources.demo import reference
from modelops_core.sources.demo.climate.fields import Fields, persistent, standardise_by_window
from modelops_core.sources.demo.climate.normals import CellNormals
from modelops_core.sources.demo.climate.scenarios import (
    FUTURE_WINDOWS,
    HISTORY,
    SCENARIOS,
    YEARS,
    rain_change,
    warming,
)
from modelops_core.sources.demo.randomness import stream

MONTHS = 12
YEAR = -2  # axis
#: correlation lengths [m] and the share of variance that neighbours have in common (fields.py)
RAIN_LENGTH = 380_000.0
TEMPERATURE_LENGTH, TEMPERATURE_COMMON = 1_000_000.0, 0.98
OTHER_LENGTH, OTHER_COMMON = 350_000.0, 0.9
#: correlation of a month's temperature anomaly with the month before [2]_
TEMPERATURE_MEMORY = 0.25
#: correlation of the anomalies of rain, humidity and radiation of a month [2]_
RAIN_HUMIDITY_RADIATION = np.array([[1.0, 0.43, -0.31], [0.43, 1.0, -0.51], [-0.31, -0.51, 1.0]])
#: physical limits
WIND_FLOOR = 0.2  # [m/s]
HUMIDITY_RANGE = (15.0, 98.0)  # [%]
CLEAR_SKY_SHARE = (0.12, 0.75)  # of extraterrestrial radiation, FAO-56 eq. 37 for the upper
LARGEST_SCORE = 4.5  # beyond, the gamma table ends


@dataclass(frozen=True, slots=True)
class Weather:
    """Monthly series, (scenario, cell, year, month): °C, mm a month, m/s, %, MJ/m² per day."""

    ta: Array
    rn: Array
    ws: Array
    rhm: Array
    si: Array


def weather(normals: CellNormals, fields: Fields, pattern: Array, seed: int) -> Weather:
    """All five variables; ``pattern`` (cell,) is local over national warming."""
    spread = reference.table("monthly_variability").set_index("month")
    scores = _scores(fields, seed)
    rain, humid, sunny = scores
    return Weather(
        ta=_temperature(normals, fields, pattern, spread["t_sd"].to_numpy(), seed),
        rn=_rain(normals.rn, _multiplier(rain, spread["rain_cv"].to_numpy())),
        ws=_everywhere(_wind(normals.ws, fields, spread["ws_cv"].to_numpy(), seed)),
        rhm=_everywhere(_humidity(normals.rhm, humid, spread["rh_sd"].to_numpy())),
        si=_everywhere(_radiation(normals, sunny, spread["si_cv"].to_numpy())),
    )


def _scores(fields: Fields, seed: int) -> tuple[Array, Array, Array]:
    """Standard normal scores of rain, humidity and radiation, each (cell, year, month)."""
    mix = np.linalg.cholesky(RAIN_HUMIDITY_RADIATION)
    own = [
        _monthly(fields.draw(stream(seed, "rain"), YEARS.size * MONTHS, RAIN_LENGTH)),
        _monthly(
            fields.draw(stream(seed, "humidity"), YEARS.size * MONTHS, OTHER_LENGTH, OTHER_COMMON)
        ),
        _monthly(
            fields.draw(stream(seed, "radiation"), YEARS.size * MONTHS, OTHER_LENGTH, OTHER_COMMON)
        ),
    ]
    rain, humid, sunny = (
        standardise_by_window(sum(w * z for w, z in zip(row, own, strict=True)), YEAR)
        for row in mix
    )
    return rain, humid, sunny


def _monthly(z: Array) -> Array:
    return z.reshape(len(z), YEARS.size, MONTHS)


def _temperature(
    normals: CellNormals, fields: Fields, pattern: Array, spread: Array, seed: int
) -> Array:
    """[°C]; the same anomaly in all scenarios, so that their order never turns."""
    noise = fields.draw(
        stream(seed, "ta"), YEARS.size * MONTHS, TEMPERATURE_LENGTH, TEMPERATURE_COMMON
    )
    anomaly = spread * standardise_by_window(_monthly(persistent(noise, TEMPERATURE_MEMORY)), YEAR)
    change = warming()[:, None, :] * pattern[:, None]
    return (normals.ta[:, None, :] + anomaly)[None] + change[..., None]


def _rain(normal: Array, multiplier: Array) -> Array:
    """[mm a month]"""
    present = normal[:, None, :] * multiplier
    return present[None] * (1 + rain_change()[:, None, :, None] / 100)


def _multiplier(score: Array, variation: Array) -> Array:
    """
    Draw gamma variates of the given coefficients of variation (month,).

    Their mean is 1 over the history and over each window.
    """
    table = np.linspace(-LARGEST_SCORE, LARGEST_SCORE, 2001)
    result = np.empty_like(score)
    for month, cv in enumerate(variation):
        shape = cv**-2
        result[..., month] = np.interp(
            score[..., month], table, gammaincinv(shape, ndtr(table)) / shape
        )
    for years in (HISTORY, *FUTURE_WINDOWS):
        result[:, years] /= result[:, years].mean(axis=1, keepdims=True)
    return result


def _wind(normal: Array, fields: Fields, variation: Array, seed: int) -> Array:
    """[m/s], stationary."""
    noise = fields.draw(stream(seed, "ws"), YEARS.size * MONTHS, OTHER_LENGTH, OTHER_COMMON)
    return np.maximum(
        normal[:, None, :] * (1 + variation * standardise_by_window(_monthly(noise), YEAR)),
        WIND_FLOOR,
    )


def _humidity(normal: Array, score: Array, spread: Array) -> Array:
    """[%], stationary."""
    return np.clip(normal[:, None, :] + spread * score, *HUMIDITY_RANGE)


def _radiation(normals: CellNormals, score: Array, variation: Array) -> Array:
    """[MJ/m² per day], stationary."""
    lowest, highest = (
        share * normals.extraterrestrial_radiation[:, None, :] for share in CLEAR_SKY_SHARE
    )
    return np.clip(normals.si[:, None, :] * (1 + variation * score), lowest, highest)


def _everywhere(series: Array) -> Array:
    """The same series in every scenario, without copying."""
    return np.broadcast_to(series, (len(SCENARIOS), *series.shape))
