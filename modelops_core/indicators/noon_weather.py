"""Noon weather and wet days of each month, from which monthly fire weather is calculated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array, IntArray


@dataclass(frozen=True, slots=True)
class NoonWeather:
    """Constant noon weather and rain of each month; all (…, year, month, cell)."""

    temperature: Array
    humidity: Array
    wind: Array
    rain_per_wet_day: Array
    wet_days: Array


def noon_weather(
    ta: Array,
    rhm: Array,
    ws: Array,
    rn: Array,
    sdii: Array,
    days: IntArray,
    *,
    noon_excess: float,
    wind_ratio: float,
    sdii_floor: float,
    wet_month: float,
) -> NoonWeather:
    """
    Disaggregate monthly means: warmer noon at unchanged vapour pressure, even wet days.

    ta [°C], rhm [%], ws [m/s], rn [mm] are (…, year, month, cell); sdii [mm/d] is
    (…, year, cell); days (year, month).
    """
    noon = ta + noon_excess
    humidity = np.minimum(100.0, rhm * _saturation(ta) / _saturation(noon))
    length = days[:, :, None]
    per_day = np.maximum(sdii, sdii_floor)[..., :, None, :]
    wet = np.where(rn < wet_month, 0.0, np.clip(np.round(rn / per_day), 1, length))
    rain = np.where(
        wet > 0, rn / np.where(wet > 0, wet, 1.0), 0.0 * (rn + wet)
    )  # unknown days of rain are no dry month
    return NoonWeather(noon, humidity, 3.6 * wind_ratio * ws, rain, wet)


def _saturation(t: Array) -> Array:
    pressure: Array = 6.1078 * np.exp(17.27 * t / (t + 237.3))
    return pressure
