"""
Wet-bulb globe temperature, simplified shade-free form.

References
----------
.. [1] American College of Sports Medicine, Med. Sci. Sports Exerc. 16, 1984, as used by the
   Australian Bureau of Meteorology.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array


def vapour_pressure(temperature: Array, humidity: Array) -> Array:
    """Vapour pressure [hPa] from temperature [°C] and relative humidity [%]; any equal shapes."""
    saturation = 6.105 * np.exp(17.27 * temperature / (237.7 + temperature))
    pressure: Array = humidity / 100.0 * saturation
    return pressure


def simplified_wbgt(temperature: Array, humidity: Array) -> Array:
    """WBGT [°C] = 0.567 T + 0.393 e + 3.94 [1]_; any equal shapes."""
    return 0.567 * temperature + 0.393 * vapour_pressure(temperature, humidity) + 3.94
