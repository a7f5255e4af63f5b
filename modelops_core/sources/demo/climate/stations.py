"""
Station normals as arrays, brought to 1991–2020 and to one another.

References
----------
.. [1] ``station_monthly_climatology.csv``: KMA ASOS 2011–2019, Seoul 1991–2019, Open-Meteo.
.. [2] ``station_rain_normals.csv``: 69 KMA stations 1986–2015.
.. [3] ``station_monthly_normals_97.csv``: 94 KMA stations 1995–2026; winter months of cold
   stations are missing at the source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo import reference
from modelops_core.sources.demo.climate.scenarios import BASE_MIDDLE, TREND
from modelops_core.sources.demo.places.geometry import metres

MONTHS = range(1, 13)
REANALYSIS = "Open-Meteo"
#: middle of the period named in an ASOS row's source
MIDDLE_OF = {"ASOS 1991-2019": 2005.0, "ASOS 2011-2019": 2015.0}
#: middle of the years of the monthly normals [3]_
NORMALS_MIDDLE = 2010.5


@dataclass(frozen=True, slots=True)
class Stations:
    """Places: name, position ``xy`` in EPSG:5179 [m], latitude [°], elevation [m]; (station, …)."""

    names: tuple[str, ...]
    xy: Array
    latitude: Array
    elevation: Array


@dataclass(frozen=True, slots=True)
class Normals:
    """Monthly normals of one variable, (station, month); NaN unknown."""

    at: Stations
    values: Array


def rain_stations() -> tuple[Stations, pd.DataFrame]:
    """The 69 stations and their table [2]_."""
    table = reference.table("station_rain_normals")
    return _places(table, table["name_en"]), table


def temperature() -> Normals:
    """
    Mean temperature of 1991–2020 [°C]; NaN in months of which not even the highest is known.

    The source lacks the months of a station that fell to −9 °C: those of the coldest, whose
    neighbours are warmer. Their means follow from the station's own mean highest temperature.
    """
    found = _monthly_normals("tavg")
    values = from_highest(found.values, _monthly_normals("tmax").values)
    return Normals(found.at, values - TREND * (NORMALS_MIDDLE - BASE_MIDDLE))


def from_highest(mean: Array, highest: Array) -> Array:
    """
    Fill unknown monthly means (station, month) from the mean daily *highest* temperatures [°C].

    Highest minus mean is the sum of what a month adds at stations that know all of theirs, and of
    what the station adds in the months that it knows.
    """
    above = highest - mean
    whole = above[~np.isnan(above).any(axis=1)]
    of_month = (whole - whole.mean(axis=1, keepdims=True)).mean(axis=0)
    of_station = np.nanmean(above - of_month, axis=1, keepdims=True)
    return np.where(np.isnan(mean), highest - (of_month + of_station), mean)


def humidity() -> Normals:
    """Relative humidity [%]; NaN in months that the source lacks."""
    return _monthly_normals("rh")


def wind() -> Normals:
    """Wind speed at 10 m [m/s]; ASOS only."""
    return _observed(_table(), "ws", trend=0.0)


def radiation() -> Normals:
    """Global radiation [MJ/m² per day]; ASOS only, 12 stations."""
    return _observed(_table(), "gsr_mj_m2_day", trend=0.0)


def _table() -> pd.DataFrame:
    table = reference.table("station_monthly_climatology")
    unknown = set(table["source"]) - set(MIDDLE_OF)
    if any(not source.startswith(REANALYSIS) for source in unknown):
        raise SourceUnreadable("station_source", sources=unknown)
    return table


def _monthly_normals(column: str) -> Normals:
    """94 stations all over the country, in the order of their names [3]_."""
    rows = reference.table("station_monthly_normals_97")
    values = rows.pivot_table(index="name", columns="month", values=column, dropna=False)
    places = rows.groupby("name")[["lat", "lon", "elev_m"]].first().loc[values.index]
    full = values.reindex(columns=list(MONTHS)).to_numpy(dtype=float)
    return Normals(_places(places, places.index.to_series()), full)


def _observed(table: pd.DataFrame, column: str, trend: float) -> Normals:
    """ASOS rows with *column*; *trend* [unit a year] brings them to 1991–2020."""
    rows = table[table["source"].isin(MIDDLE_OF) & table[column].notna()]
    normals = _normals(rows, column)
    middle = rows.groupby("name")["source"].first().map(MIDDLE_OF).loc[list(normals.at.names)]
    return Normals(
        normals.at, normals.values - trend * (middle.to_numpy(dtype=float) - BASE_MIDDLE)[:, None]
    )


def _normals(rows: pd.DataFrame, column: str) -> Normals:
    """Stations in the order of their names."""
    values = rows.pivot_table(index="name", columns="month", values=column)[list(MONTHS)].dropna()
    places = rows.groupby("name")[["lat", "lon", "elev_m"]].first().loc[values.index]
    return Normals(_places(places, places.index.to_series()), values.to_numpy())


def _places(table: pd.DataFrame, names: pd.Series[str]) -> Stations:
    latitude = table["lat"].to_numpy(dtype=float)
    xy = metres(table["lon"].to_numpy(dtype=float), latitude)
    return Stations(tuple(names), xy, latitude, table["elev_m"].to_numpy(dtype=float))
