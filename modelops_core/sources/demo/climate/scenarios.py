"""
How Korea warms and how its rain changes, year by year and scenario.

Through the published changes of SSP1-2.6 and SSP5-8.5 [1]_; SSP2-4.5 and SSP3-7.0
between them by global mean warming [2]_.

References
----------
.. [1] KMA/NIMS, climate change projection reports for the Korean peninsula 2020 and South
   Korea 2021–2022: ``ssp_change_factors.csv``.
.. [2] IPCC AR6 WGI SPM, table SPM.1: best estimates above 1850–1900 (written from memory).
.. [3] KMA national mean temperature 1973–2021: +0.24 °C per decade.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from modelops_core.domain.climate import Array
from modelops_core.sources.demo import reference

SCENARIOS = ("ssp1", "ssp2", "ssp3", "ssp5")
LOW, HIGH = "SSP1-2.6", "SSP5-8.5"
YEARS = np.arange(1991, 2101)
FIRST_YEAR, LAST_HISTORIC_YEAR = 1991, 2020
HISTORY = YEARS <= LAST_HISTORIC_YEAR
#: the four 20-year windows after the history, (window, year)
FUTURE_WINDOWS = np.arange(4)[:, None] == (YEARS - LAST_HISTORIC_YEAR - 1) // 20

#: trend of the national mean temperature [°C a year] [3]_
TREND = 0.024
BASE_MIDDLE = 2005.5  # of 1991–2020
KMA_BASE_MIDDLE = 2009.5  # of 2000–2019, the base of the South Korean report [1]_
WINDOWS = ("2021-2040", "2041-2060", "2081-2100")
MIDDLES = np.array([2030.5, 2050.5, 2090.5])
#: global warming by window [°C], rows as ``SCENARIOS`` [2]_
GLOBAL_WARMING = np.array([[1.5, 1.7, 1.8], [1.5, 2.0, 2.7], [1.5, 2.1, 3.6], [1.6, 2.4, 4.4]])
#: warming of Jeju (33.4° N) and Seoul/Gyeonggi (37.5° N) in SSP5-8.5, 2081–2100 [°C] [1]_
LATITUDES, LATITUDE_WARMING = (33.4, 37.5), (5.8, 6.7)


def warming() -> Array:
    """Smooth national warming above 1991–2020 [°C], (scenario, year); rises with the scenario."""
    trend = TREND * (YEARS.astype(np.float64) - BASE_MIDDLE)
    start = TREND * (LAST_HISTORIC_YEAR - BASE_MIDDLE)
    rebase = TREND * (KMA_BASE_MIDDLE - BASE_MIDDLE)
    paths = _paths(start, _by_global_warming(*_published_warming()) + rebase, trend)
    return np.maximum.accumulate(paths, axis=0)


def warming_pattern(latitude: Array) -> Array:
    """Local over national warming [1], (cell,): more in the north."""
    local = np.interp(latitude, LATITUDES, LATITUDE_WARMING)
    return local / _south_korea(HIGH, WINDOWS[2], "temp_c")


def rain_change() -> Array:
    """Change of mean rain against 1991–2020 [%], (scenario, year)."""
    return _paths(0.0, _by_global_warming(*_published_rain()), np.zeros(YEARS.size))


def _paths(start: float, points: Array, history: Array) -> Array:
    """Monotone curves from 2020 through the windows' middles, (scenario, year); history before."""
    slope = (points[:, -1] - points[:, -2]) / (MIDDLES[-1] - MIDDLES[-2])
    end = points[:, -1] + slope * (YEARS[-1] - MIDDLES[-1])
    knots = np.concatenate([[LAST_HISTORIC_YEAR], MIDDLES, [YEARS[-1]]])
    values = np.column_stack([np.full(len(points), start), points, end])
    future = PchipInterpolator(knots, values, axis=1)(YEARS)
    return np.where(HISTORY, history, future)


def _published_warming() -> tuple[Array, Array]:
    """South Korea, low and high scenario [°C above 2000–2019], (window,)."""
    return _warming_of(LOW), _warming_of(HIGH)


def _warming_of(scenario: str) -> Array:
    """The near term is published for the peninsula only: scaled as the mid-century figures."""
    middle, late = (_south_korea(scenario, window, "temp_c") for window in WINDOWS[1:])
    near = (
        _peninsula(scenario, WINDOWS[0], "temp_c")
        * middle
        / _peninsula(scenario, WINDOWS[1], "temp_c")
    )
    return np.array([near, middle, late])


def _published_rain() -> tuple[Array, Array]:
    """Low and high scenario [%], (window,); the high one grows to its published end."""
    near, late = (_peninsula(LOW, window, "precip_pct") for window in (WINDOWS[0], WINDOWS[2]))
    low = np.interp(MIDDLES, [MIDDLES[0], MIDDLES[2]], [near, late])
    warm = _warming_of(HIGH)
    return low, _south_korea(HIGH, WINDOWS[2], "precip_pct") * warm / warm[2]


def _by_global_warming(low: Array, high: Array) -> Array:
    """(scenario, window): each scenario where its global warming lies between the outer two."""
    share = (GLOBAL_WARMING - GLOBAL_WARMING[0]) / (GLOBAL_WARMING[-1] - GLOBAL_WARMING[0])
    result: Array = low + share * (high - low)
    return result


def _south_korea(scenario: str, period: str, variable: str) -> float:
    return published("South Korea", scenario, period, variable)


def _peninsula(scenario: str, period: str, variable: str) -> float:
    return published("Korean peninsula", scenario, period, variable)


def published(area: str, scenario: str, period: str, variable: str) -> float:
    """One figure of the published table."""
    table = reference.table("ssp_change_factors")
    row = table[
        (table["area"] == area)
        & (table["scenario"] == scenario)
        & (table["period"] == period)
        & (table["variable"] == variable)
    ]
    return float(row["value"].iloc[0])
