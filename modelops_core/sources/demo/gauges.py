"""
``api_wamis_stations`` and ``api_wamis_cache``: daily river flow at some thirty gauges.

Synthetic: monthly rain of the cells about a gauge, spread over days, through two linear
reservoirs. Names are those of real gauges; the flow is not theirs.

References
----------
.. [1] National Atlas of Korea: 43 % of the rain evaporates, so 57 % runs off.
.. [2] J. E. Nash, IASH Publ. 45, 1957: linear reservoirs.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.dataset import Column, Dataset, Provenance
from modelops_core.sources.demo import provenance, reference
from modelops_core.sources.demo.climate.climate import Series
from modelops_core.sources.demo.climate.scenarios import (
    FIRST_YEAR,
    HISTORY,
    LAST_HISTORIC_YEAR,
)
from modelops_core.sources.demo.places.geometry import metres
from modelops_core.sources.demo.randomness import stream

RUNOFF = 0.57  # [1]_
#: share of the runoff that leaves fast; storage constants [days]; assumptions
FAST_SHARE, SLOW_DAYS = 0.6, 45.0
FAST_DAYS, FAST_DAYS_PER_SQRT_KM2 = 1.0, 0.015
#: a month's wet days: one for each so many millimetres; assumption
RAIN_PER_WET_DAY, WETTEST_SHARE_FALLS = 15.0, 0.75
SECONDS = 86_400.0
MM_KM2 = 1_000.0  # 1 mm on 1 km² [m³]
WARM_UP = 2  # years run through before the first, so that the slow reservoir is full
FLOW = "flow"

METHOD = (
    "Monthly generated rain of the cells in the gauge's drainage disc (same basin) is spread over"
    " days: one wet day for every 15 mm, falling geometrically from the wettest, on days that all"
    " gauges share. 57 % of it runs off, 60 % of that through a fast linear reservoir (1 day and"
    " more with the drainage area), 40 % through a slow one (45 days). Gauge names and codes are"
    " published ones; coordinates are approximate and drainage areas assumed. The flow is not an"
    " observation of these gauges."
)


def gauges() -> pd.DataFrame:
    """The gauges, sorted by code."""
    table = reference.table("wamis_gauges", dtype={"station_code": str})
    return table.sort_values("station_code").reset_index(drop=True)


def days() -> np.ndarray:
    """Every day of 1991–2020, datetime64[D]."""
    return np.arange(
        f"{FIRST_YEAR}-01-01", f"{LAST_HISTORIC_YEAR + 1}-01-01", dtype="datetime64[D]"
    )


def daily_flow(series: Series, table: pd.DataFrame) -> Array:
    """Flow [m³/s], (gauge, day)."""
    rain = _daily_rain(_monthly_rain(series, table), series.seed)
    area = table["drainage_area_km2"].to_numpy(dtype=float)
    runoff = RUNOFF * rain * (area * MM_KM2 / SECONDS)[:, None]
    fast = [
        _reservoir(row, FAST_DAYS + FAST_DAYS_PER_SQRT_KM2 * np.sqrt(a))
        for row, a in zip(runoff, area, strict=True)
    ]
    slow = [_reservoir(row, SLOW_DAYS) for row in runoff]
    return FAST_SHARE * np.array(fast) + (1 - FAST_SHARE) * np.array(slow)


def _monthly_rain(series: Series, table: pd.DataFrame) -> Array:
    """Mean rain [mm] of each gauge's cells, (gauge, month of 1991–2020)."""
    cells = series.cells
    xy = metres(table["longitude"].to_numpy(dtype=float), table["latitude"].to_numpy(dtype=float))
    apart = np.hypot(*(xy[:, None] - cells.xy[None]).transpose(2, 0, 1))
    radius = np.sqrt(table["drainage_area_km2"].to_numpy(dtype=float) * 1e6 / np.pi)
    home = table["basin_code"].to_numpy(dtype=str)[:, None] == cells.basin
    inside = home & (
        apart
        <= np.maximum(radius[:, None], apart.min(axis=1, keepdims=True, where=home, initial=np.inf))
    )
    past = series.weather.rn[0][:, HISTORY].reshape(cells.cells.size, -1)
    result: Array = inside / inside.sum(axis=1, keepdims=True) @ past
    return result


def _daily_rain(monthly: Array, seed: int) -> Array:
    """Rain of each day [mm], (gauge, day); the month's sum is kept."""
    month = (days().astype("datetime64[M]") - np.datetime64(f"{FIRST_YEAR}-01", "M")).astype(int)
    rank = _rank_in_month(month, seed)
    length = np.bincount(month, minlength=monthly.shape[1])
    wet = np.clip(np.ceil(monthly / RAIN_PER_WET_DAY), 1, length)
    weight = np.where(rank < wet[:, month], WETTEST_SHARE_FALLS**rank, 0.0)
    total = np.add.reduceat(weight, np.searchsorted(month, np.arange(length.size)), axis=1)
    return weight * (monthly / total)[:, month]


def _rank_in_month(month: IntArray, seed: int) -> IntArray:
    """A drawn order of each month's days, 0 the wettest; the same at all gauges."""
    order = np.lexsort((stream(seed, "wet days").random(month.size), month))
    rank = np.empty(month.size, dtype=int)
    rank[order] = np.arange(month.size) - np.searchsorted(month, month[order])
    return rank


def _reservoir(inflow: Array, storage: float) -> Array:
    """Outflow of a linear reservoir with time constant *storage* [days] [2]_."""
    keep = np.exp(-1 / storage)
    warm_up = inflow[: WARM_UP * 365]
    result: Array = lfilter([1 - keep], [1.0, -keep], np.concatenate([warm_up, inflow]))
    return result[warm_up.size :]


def stations_dataset(table: pd.DataFrame) -> Dataset:
    """One row a gauge."""
    columns: dict[str, Column] = {
        name: table[name].to_list()
        for name in ("station_code", "station_name", "river_name", "basin_code")
    }
    columns["station_type"] = [FLOW] * len(table)
    for name in ("latitude", "longitude", "drainage_area_km2", "is_basin_outlet"):
        columns[name] = table[name].to_numpy()
    return Dataset(
        table="api_wamis_stations", columns=columns, provenance=_provenance("River gauges", None)
    )


def cache_dataset(table: pd.DataFrame, flow: Array) -> Dataset:
    """One row a gauge and day."""
    columns = {
        "station_code": np.repeat(table["station_code"].to_numpy(dtype=str), days().size),
        "data_type": np.full(flow.size, FLOW),
        "observation_date": np.tile(days(), len(table)),
        "value": np.round(flow, 2).astype(np.float32).ravel(),
    }
    period = f"{FIRST_YEAR}-{LAST_HISTORIC_YEAR}"
    return Dataset(
        table="api_wamis_cache", columns=columns, provenance=_provenance("Daily river flow", period)
    )


def _provenance(name: str, period: str | None) -> Provenance:
    return provenance.generated(name, "synthetic", METHOD, period)
