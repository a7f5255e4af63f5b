"""Means over stretches of years, as the loader or the database sums them."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_core.domain.climate import Array, IntArray

#: first and last year of a stretch, both included
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WindowMeans:
    """Mean of a yearly value and the years behind it, (window, scenario, cell); NaN and 0 where there are none."""

    mean: Array
    years: Array


@dataclass(frozen=True, slots=True)
class GridMeans:
    """Mean over all cells of each year, (scenario, year), NaN unknown."""

    years: IntArray
    mean: Array


@dataclass(frozen=True, slots=True)
class Places:
    """All cells of the grid, each (cell,): id, latitude and longitude [°]."""

    ids: IntArray
    latitude: Array
    longitude: Array


@dataclass(frozen=True, slots=True)
class StationRain:
    """Yearly maximum one-day rain of stations: place [°], record [years], mean and levels [mm] of PERIODS."""

    latitude: Array
    longitude: Array
    years: Array
    mean: Array
    levels: Array


#: return periods of the stations' levels [years]
PERIODS = (10, 50, 100)
