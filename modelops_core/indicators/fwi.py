"""
The Canadian Forest Fire Weather Index System, daily, and its monthly form FWI-M.

FWI-M runs the daily system on a deterministic disaggregation of each month: constant
noon weather, the month's rain spread evenly over its wet days. Between wet days the
weather does not change, so the moisture codes move by factors computed once a month.

References
----------
.. [1] C. E. Van Wagner, Forestry Technical Report 35, Canadian Forestry Service, 1987.
.. [2] C. E. Van Wagner & T. L. Pickett, Forestry Technical Report 33, 1985 (program).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from modelops_core.domain.climate import Array, BoolArray, IntArray
from modelops_core.indicators.noon_weather import NoonWeather

#: start of the codes: FFMC, DMC, DC [2]_
START = (85.0, 6.0, 15.0)
#: effective day length for the duff moisture code, January to December, ≥ 30 °N [1]_
DAY_LENGTH = np.array([6.5, 7.5, 9.0, 12.8, 13.9, 13.9, 12.4, 10.9, 9.4, 8.0, 7.0, 6.0])
#: day-length adjustment of the drought code, January to December, northern hemisphere [1]_
DROUGHT_FACTOR = np.array([-1.6, -1.6, -1.6, 0.9, 3.8, 5.8, 6.4, 5.0, 2.4, 0.4, -1.6, -1.6])


@njit(cache=True, nogil=True, error_model="numpy")
def ffmc_moisture(code: float) -> float:
    """Fine fuel moisture [%] of an FFMC [1]_, eq. 1."""
    return 147.2 * (101.0 - code) / (59.5 + code)


@njit(cache=True, nogil=True, error_model="numpy")
def ffmc_code(moisture: float) -> float:
    """FFMC of a fine fuel moisture [%] [1]_, eq. 10."""
    return min(max(59.5 * (250.0 - moisture) / (147.2 + moisture), 0.0), 101.0)


#: The published code and moisture scales are not exact inverses (250 % is code 0, but
#: code 101 is not 0 %): passing a moisture through its code, as the daily system does,
#: lowers it by this share of (147.2 + moisture).
SCALE_LOSS = 147.2 * (59.5 * 250.0 / 147.2 - 101.0) / (59.5 * (147.2 + 250.0))


@njit(cache=True, nogil=True, error_model="numpy")
def through_code(moisture: float) -> float:
    """``ffmc_moisture(ffmc_code(moisture))`` without its divisions, for 0 to 250 %."""
    return max(0.0, moisture - SCALE_LOSS * (147.2 + moisture))


@njit(cache=True, nogil=True, error_model="numpy")
def rain_on_fine_fuel(moisture: float, rain: float) -> float:
    """Fine fuel moisture [%] after a day's rain [mm] [1]_, eq. 2–3b."""
    if rain <= 0.5:
        return moisture
    r = rain - 0.5
    wetter = moisture + 42.5 * r * math.exp(-100.0 / (251.0 - moisture)) * (
        1.0 - math.exp(-6.93 / r)
    )
    if moisture > 150.0:
        wetter += 0.0015 * (moisture - 150.0) ** 2 * math.sqrt(r)
    return min(wetter, 250.0)


@njit(cache=True, nogil=True, error_model="numpy")
def fine_fuel_drying(t: float, h: float, w: float) -> tuple[float, float, float, float]:
    """Equilibrium moistures E_d, E_w [%] and daily factors 10^{−k_d}, 10^{−k_w} [1]_, eq. 4–9."""
    temperature = 0.18 * (21.1 - t) * (1.0 - math.exp(-0.115 * h))
    ed = 0.942 * h**0.679 + 11.0 * math.exp((h - 100.0) / 10.0) + temperature
    ew = 0.618 * h**0.753 + 10.0 * math.exp((h - 100.0) / 10.0) + temperature
    rate = 0.581 * math.exp(0.0365 * t)
    dry, wet = h / 100.0, (100.0 - h) / 100.0
    kd = (0.424 * (1.0 - dry**1.7) + 0.0694 * math.sqrt(w) * (1.0 - dry**8)) * rate
    kw = (0.424 * (1.0 - wet**1.7) + 0.0694 * math.sqrt(w) * (1.0 - wet**8)) * rate
    return ed, ew, 10.0**-kd, 10.0**-kw


@njit(cache=True, nogil=True, error_model="numpy")
def dry_fine_fuel(moisture: float, drying: tuple[float, float, float, float]) -> float:
    """Fine fuel moisture [%] after a day of exchange with the air [1]_, eq. 8–9."""
    ed, ew, factor_d, factor_w = drying
    if moisture > ed:
        return ed + (moisture - ed) * factor_d
    if moisture < ew:
        return ew - (ew - moisture) * factor_w
    return moisture


@njit(cache=True, nogil=True, error_model="numpy")
def rain_on_duff(code: float, rain: float) -> float:
    """DMC after a day's rain [mm] [1]_, eq. 11–15."""
    if rain <= 1.5:
        return code
    effective = 0.92 * rain - 1.27
    moisture = 20.0 + 280.0 / math.exp(0.023 * code)
    if code <= 33.0:
        b = 100.0 / (0.5 + 0.3 * code)
    elif code <= 65.0:
        b = 14.0 - 1.3 * math.log(code)
    else:
        b = 6.2 * math.log(code) - 17.2
    wetter = moisture + 1000.0 * effective / (48.77 + b * effective)
    return max(0.0, 43.43 * (5.6348 - math.log(wetter - 20.0)))


@njit(cache=True, nogil=True, error_model="numpy")
def duff_drying(t: float, h: float, day_length: float) -> float:
    """What a day adds to the DMC [1]_, eq. 16."""
    if t < -1.1:
        return 0.0
    return 1.894 * (t + 1.1) * (100.0 - h) * day_length * 1e-4


@njit(cache=True, nogil=True, error_model="numpy")
def rain_on_deep_fuel(code: float, rain: float) -> float:
    """DC after a day's rain [mm] [1]_, eq. 18–21."""
    if rain <= 2.8:
        return code
    effective = 0.83 * rain - 1.27
    moisture = 800.0 * math.exp(-code / 400.0)
    return max(0.0, code - 400.0 * math.log(1.0 + 3.937 * effective / moisture))


@njit(cache=True, nogil=True, error_model="numpy")
def deep_fuel_drying(t: float, factor: float) -> float:
    """What a day adds to the DC [1]_, eq. 22."""
    return max(0.0, (0.36 * (max(t, -2.8) + 2.8) + factor) / 2.0)


@njit(cache=True, nogil=True, error_model="numpy")
def spread_index(moisture: float, wind_factor: float) -> float:
    """ISI from fine fuel moisture [%] and e^{0.05039 w} [1]_, eq. 24–26."""
    return 19.1152 * math.exp(-0.1386 * moisture) * (1.0 + moisture**5.31 / 4.93e7) * wind_factor


@njit(cache=True, nogil=True, error_model="numpy")
def buildup_index(dmc: float, dc: float) -> float:
    """BUI from DMC and DC [1]_, eq. 27."""
    if dmc <= 0.0 and dc <= 0.0:
        return 0.0
    ratio = 0.8 * dc / (dmc + 0.4 * dc)
    if dmc <= 0.4 * dc:
        return dmc * ratio
    return max(0.0, dmc - (1.0 - ratio) * (0.92 + (0.0114 * dmc) ** 1.7))


@njit(cache=True, nogil=True, error_model="numpy")
def weather_index(isi: float, bui: float) -> float:
    """FWI from ISI and BUI [1]_, eq. 28–30."""
    return index_of(0.1 * isi * duff_factor(bui))


@njit(cache=True, nogil=True, error_model="numpy")
def duff_factor(bui: float) -> float:
    """f(D) of a BUI [1]_, eq. 28."""
    if bui <= 80.0:
        return 0.626 * bui**0.809 + 2.0
    return 1000.0 / (25.0 + 108.64 * math.exp(-0.023 * bui))


@njit(cache=True, nogil=True, error_model="numpy")
def index_of(b: float) -> float:
    """FWI of B, the tenth of ISI · f(D) [1]_, eq. 30."""
    if b <= 1.0:
        return b
    return math.exp(2.72 * (0.434 * math.log(b)) ** 0.647)


@dataclass(frozen=True, slots=True)
class Splines:
    """
    Cubic splines of the two slowest functions of the daily system, (interval, 4) each.

    Rows hold a polynomial's coefficients, the highest power first, of the distance from the
    interval's start in steps. Both agree with their functions to a relative 1e-7.
    """

    spread: Array
    index: Array


#: steps of the splines: fine fuel moisture [%], and the root of what ``index_of`` takes
MOISTURE_STEP, ROOT_STEP = 1 / 4, 1 / 64
#: where the spline of ``index_of`` begins and ends; the function itself is used outside
ROOT_FIRST, ROOT_LAST = 1.5, 40.0


@lru_cache(maxsize=1)
def splines() -> Splines:
    """Return the splines, made once a process."""
    moisture = np.arange(0.0, 250.0 + MOISTURE_STEP, MOISTURE_STEP)
    root = np.arange(ROOT_FIRST, ROOT_LAST + ROOT_STEP, ROOT_STEP)
    return Splines(
        _spline(np.array([spread_index(m, 1.0) for m in moisture])),
        _spline(np.array([index_of(r * r) for r in root])),
    )


def _spline(values: Array) -> Array:
    """Return the coefficients through *values* at steps of one, (interval, 4)."""
    from scipy.interpolate import CubicSpline  # here: commands that need no tile start faster

    found: Array = np.ascontiguousarray(CubicSpline(np.arange(values.size), values).c.T)
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _interpolated(table: Array, position: float) -> float:
    """Value of a spline at *position* steps from its start."""
    i = min(int(position), table.shape[0] - 1)
    d = position - i
    return ((table[i, 0] * d + table[i, 1]) * d + table[i, 2]) * d + table[i, 3]


@njit(cache=True, nogil=True, error_model="numpy")
def daily(
    t: Array, h: Array, w: Array, rain: Array, month: IntArray, start: tuple[float, float, float]
) -> Array:
    """
    The daily system for one place.

    Parameters
    ----------
    t, h, w, rain : (day,) noon temperature [°C], relative humidity [%], wind [km/h], 24-h rain [mm]
    month : (day,) 1 to 12
    start : FFMC, DMC, DC of the day before

    Returns
    -------
    (day, 4): FFMC, DMC, DC, FWI [1]
    """
    out = np.empty((t.size, 4))
    moisture, dmc, dc = ffmc_moisture(start[0]), start[1], start[2]
    for d in range(t.size):
        i = month[d] - 1
        drying = fine_fuel_drying(t[d], h[d], w[d])
        moisture = dry_fine_fuel(rain_on_fine_fuel(moisture, rain[d]), drying)
        dmc = max(0.0, rain_on_duff(dmc, rain[d]) + duff_drying(t[d], h[d], DAY_LENGTH[i]))
        dc = rain_on_deep_fuel(dc, rain[d]) + deep_fuel_drying(t[d], DROUGHT_FACTOR[i])
        ffmc = ffmc_code(moisture)
        moisture = ffmc_moisture(ffmc)
        isi = spread_index(moisture, math.exp(0.05039 * w[d]))
        out[d] = ffmc, dmc, dc, weather_index(isi, buildup_index(dmc, dc))
    return out


def monthly_mean(
    weather: NoonWeather, days: IntArray, wanted: BoolArray, shared_years: int, spin_up: int
) -> Array:
    """
    Monthly mean FWI with the state carried from day to day over the whole series.

    Parameters
    ----------
    weather : arrays (scenario, year, month, cell)
    days : (year, month) length of each month
    wanted : (month,) months whose mean is needed; the others stay NaN
    shared_years : leading years that are equal in all scenarios: run once
    spin_up : months after the start, or after a gap, whose values are not used

    Returns
    -------
    (scenario, year, month, cell); NaN in the spin-up, in a gap and the spin-up after it.
    """

    def by_cell(values: Array) -> Array:
        return np.ascontiguousarray(values.transpose(3, 0, 1, 2))

    tables = splines()
    out: Array = _run(
        by_cell(weather.temperature),
        by_cell(weather.humidity),
        by_cell(weather.wind),
        by_cell(weather.rain_per_wet_day),
        by_cell(weather.wet_days),
        days,
        wanted,
        shared_years,
        spin_up,
        tables.spread,
        tables.index,
    )
    return out.transpose(1, 2, 3, 0)


@njit(cache=True, nogil=True, error_model="numpy")
def _run(
    t: Array,
    h: Array,
    w: Array,
    rain: Array,
    wet: Array,
    days: IntArray,
    wanted: BoolArray,
    shared: int,
    spin_up: int,
    spread: Array,
    index: Array,
) -> Array:
    cells, scenarios, years, months = t.shape
    out = np.full((cells, scenarios, years, months), np.nan)
    state, fork = np.empty(4), np.empty(4)
    for c in range(cells):
        for s in range(scenarios):
            first = 0
            if s == 0 or shared == 0:
                state[0], state[1], state[2] = ffmc_moisture(START[0]), START[1], START[2]
                state[3] = spin_up
            else:
                state[:] = fork
                out[c, s, :shared] = out[c, 0, :shared]
                first = shared
            for y in range(first, years):
                if s == 0 and y == shared:
                    fork[:] = state
                for m in range(months):
                    out[c, s, y, m] = _month(
                        state,
                        t[c, s, y, m],
                        h[c, s, y, m],
                        w[c, s, y, m],
                        rain[c, s, y, m],
                        wet[c, s, y, m],
                        days[y, m],
                        m,
                        wanted[m],
                        spin_up,
                        spread,
                        index,
                    )
            if s == 0 and years == shared:
                fork[:] = state
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _month(
    state: Array,
    t: float,
    h: float,
    w: float,
    rain: float,
    wet: float,
    days: int,
    m: int,
    wanted: bool,
    spin_up: int,
    spread: Array,
    index: Array,
) -> float:
    """Advance *state* (moisture, DMC, DC, months of spin-up left) and return the mean FWI."""
    if math.isnan(t + h + w + rain):
        state[0], state[1], state[2], state[3] = (
            ffmc_moisture(START[0]),
            START[1],
            START[2],
            spin_up,
        )
        return math.nan
    moisture, dmc, dc = state[0], state[1], state[2]
    drying = fine_fuel_drying(t, h, w)
    duff, deep = duff_drying(t, h, DAY_LENGTH[m]), deep_fuel_drying(t, DROUGHT_FACTOR[m])
    wind_factor = math.exp(0.05039 * w)
    total, j, rainy = 0.0, 0, int(wet)
    next_wet = _wet_day(j, rainy, days)
    for day in range(days):
        if day == next_wet:
            moisture = rain_on_fine_fuel(moisture, rain)
            dmc, dc = rain_on_duff(dmc, rain), rain_on_deep_fuel(dc, rain)
            j += 1
            next_wet = _wet_day(j, rainy, days)
        moisture = through_code(dry_fine_fuel(moisture, drying))
        dmc = max(0.0, dmc + duff)
        dc += deep
        if wanted:
            isi = _interpolated(spread, moisture / MOISTURE_STEP) * wind_factor
            b = 0.1 * isi * duff_factor(buildup_index(dmc, dc))
            root = math.sqrt(b)
            if ROOT_FIRST <= root < ROOT_LAST:
                total += _interpolated(index, (root - ROOT_FIRST) / ROOT_STEP)
            else:
                total += index_of(b)
    state[0], state[1], state[2] = moisture, dmc, dc
    if state[3] > 0:
        state[3] -= 1
        return math.nan
    return total / days if wanted else math.nan


@njit(cache=True, nogil=True, error_model="numpy")
def _wet_day(j: int, rainy: int, days: int) -> int:
    """Return the day of the month's wet day *j*, both from 0; *days*, no day, after the last."""
    return int((j + 0.5) * days / rainy) if j < rainy else days
