"""
Reference evapotranspiration, FAO-56 Penman–Monteith, monthly.

References
----------
.. [1] R. G. Allen et al., FAO Irrigation and Drainage Paper 56, 1998, eq. 6 and chapter 3.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array

#: representative day of each month, January to December [1]_
MID_MONTH = np.array([15, 46, 75, 105, 135, 162, 198, 228, 258, 288, 318, 344], dtype=float)
ALBEDO = 0.23
STEFAN_BOLTZMANN = 4.903e-9  # MJ K⁻⁴ m⁻² day⁻¹
SOLAR_CONSTANT = 0.0820  # MJ m⁻² min⁻¹


def extraterrestrial_radiation(latitude: Array, day_of_year: Array) -> Array:
    """R_a [MJ/m² per day] for latitude [°] and day of year; shapes broadcast [1]_, eq. 21."""
    phi = np.radians(latitude)
    angle = 2 * np.pi * day_of_year / 365
    distance = 1 + 0.033 * np.cos(angle)
    declination = 0.409 * np.sin(angle - 1.39)
    sunset = np.arccos(-np.tan(phi) * np.tan(declination))
    geometry = sunset * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(
        declination
    ) * np.sin(sunset)
    radiation: Array = 1440 / np.pi * SOLAR_CONSTANT * distance * geometry
    return radiation


def net_radiation(t: Array, vapour: Array, solar: Array, clear_sky: Array) -> Array:
    """
    Return the net radiation R_n [MJ/m² per day] [1]_, eq. 38–40.

    It follows from temperature [°C], vapour pressure [kPa], and the solar and clear-sky radiation
    R_s and R_so [MJ/m² per day].
    """
    relative = np.clip(solar / clear_sky, 0.25, 1.0)
    longwave = (
        STEFAN_BOLTZMANN
        * (t + 273.16) ** 4
        * (0.34 - 0.14 * np.sqrt(vapour))
        * (1.35 * relative - 0.35)
    )
    return (1 - ALBEDO) * solar - longwave


def reference_et(
    t: Array, rh: Array, wind: Array, solar: Array, extraterrestrial: Array, elevation: Array
) -> Array:
    """
    E₀ [mm/day].

    Parameters
    ----------
    t : mean temperature [°C]; rh : relative humidity [%]; wind : at 10 m [m/s]
    solar : R_s [MJ/m² per day]; extraterrestrial : R_a [MJ/m² per day]; elevation : [m]
        Shapes broadcast; NaN stays NaN.
    """
    saturation = 0.6108 * np.exp(17.27 * t / (t + 237.3))
    vapour = saturation * rh / 100
    slope = 4098 * saturation / (t + 237.3) ** 2
    psychrometric = 0.000665 * 101.3 * ((293 - 0.0065 * elevation) / 293) ** 5.26
    u2 = wind * 4.87 / np.log(67.8 * 10 - 5.42)
    clear_sky = (0.75 + 2e-5 * elevation) * extraterrestrial
    radiative = 0.408 * slope * net_radiation(t, vapour, solar, clear_sky)
    aerodynamic = psychrometric * 900 / (t + 273) * u2 * (saturation - vapour)
    return np.maximum(0.0, (radiative + aerodynamic) / (slope + psychrometric * (1 + 0.34 * u2)))
