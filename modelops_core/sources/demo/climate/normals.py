"""
Monthly normals 1991–2020 of every cell, (cell, month).

References
----------
.. [1] ICAO standard atmosphere: 6.5 °C per kilometre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from modelops_core.domain.climate import Array
from modelops_core.indicators.evapotranspiration import MID_MONTH, extraterrestrial_radiation
from modelops_core.sources.demo.climate import stations
from modelops_core.sources.demo.climate.interpolation import (
    by_distance,
    completed,
    with_regression,
)
from modelops_core.sources.demo.climate.stations import MONTHS, Normals
from modelops_core.sources.demo.places.coastline import coastline
from modelops_core.sources.demo.places.grid import Grid

LAPSE = 0.0065  # [°C/m] [1]
#: reach of the sea wind inland, assumption [m]
SEA_WIND_REACH = 10_000.0
#: distance at which a lone station's difference from the regression has halved, assumption [m]
WIND_FADES_AT = 50_000.0
#: columns of the rain stations' table that are interpolated as they are
RAIN_STATISTICS = ("rx1day_mean", "rx5day_mean", "cdd_mean", "rain80_days", "sdii_mean")


@dataclass(frozen=True, slots=True)
class CellNormals:
    """
    Normals 1991–2020, (cell, month): ta [°C], rn [mm], ws [m/s], rhm [%], si [MJ/m² per day].

    ``elevation`` [m] is interpolated from station elevations: where people live, not the
    cell's mean. ``extraterrestrial_radiation`` is in [MJ/m² per day].
    """

    ta: Array
    rn: Array
    ws: Array
    rhm: Array
    si: Array
    elevation: Array
    extraterrestrial_radiation: Array


def cell_normals(cells: Grid) -> CellNormals:
    """Normals of every variable at the cells."""
    clear = extraterrestrial_radiation(cells.latitude[:, None], MID_MONTH)
    elevation = elevation_at(cells.xy)
    places, rain = stations.rain_stations()
    humidity, radiation = stations.humidity(), stations.radiation()
    outside = extraterrestrial_radiation(radiation.at.latitude[:, None], MID_MONTH)
    return CellNormals(
        ta=_temperature(cells, elevation),
        rn=by_distance(
            places.xy, rain[[f"rain_{month:02d}" for month in MONTHS]].to_numpy(), cells.xy
        ),
        ws=_wind(cells),
        rhm=by_distance(humidity.at.xy, completed(humidity.at.xy, humidity.values), cells.xy),
        si=by_distance(radiation.at.xy, radiation.values / outside, cells.xy) * clear,
        elevation=elevation,
        extraterrestrial_radiation=clear,
    )


def rain_statistics(cells: Grid) -> pd.DataFrame:
    """Means of the yearly rain indices [mm, days, mm/day], (cell, index)."""
    places, table = stations.rain_stations()
    values = by_distance(places.xy, table[list(RAIN_STATISTICS)].to_numpy(), cells.xy)
    return pd.DataFrame(values, columns=list(RAIN_STATISTICS))


def elevation_at(xy: Array) -> Array:
    """Elevation surrogate [m]: that of the stations about, by distance."""
    places = stations.temperature().at
    result: Array = by_distance(places.xy, places.elevation, xy)
    return result


def _temperature(cells: Grid, elevation: Array) -> Array:
    """Brought to sea level by the lapse rate, by distance, and back up [°C]."""
    normals = stations.temperature()
    at_sea_level = completed(normals.at.xy, normals.values + LAPSE * normals.at.elevation[:, None])
    return by_distance(normals.at.xy, at_sea_level, cells.xy) - LAPSE * elevation[:, None]


def _wind(cells: Grid) -> Array:
    """Regression on the nearness of the sea, residuals by distance [m/s]."""
    normals: Normals = stations.wind()
    return with_regression(
        normals.at.xy,
        normals.values,
        _with_constant(_nearness(_coast_distance(normals.at.xy))),
        cells.xy,
        _with_constant(_nearness(cells.coast_distance)),
        WIND_FADES_AT,
    )


def _nearness(coast_distance: Array) -> Array:
    return np.exp(-coast_distance / SEA_WIND_REACH)


def _coast_distance(xy: Array) -> Array:
    distance: Array = shapely.STRtree(coastline()).query_nearest(
        shapely.points(xy), return_distance=True, all_matches=False
    )[1]
    return distance


def _with_constant(predictor: Array) -> Array:
    return np.column_stack([np.ones_like(predictor), predictor])
