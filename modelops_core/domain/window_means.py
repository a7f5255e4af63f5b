"""What the response to warming is found from: means over years, places, and stations' rain."""

from __future__ import annotations

from dataclasses import dataclass

from modelops_core.domain.climate import Array, IntArray

#: first and last year of a stretch, both included
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WindowMeans:
    """
    Means of a yearly value over windows, each array (window, scenario, cell).

    ``mean`` is NaN, and the number of ``years`` behind it 0, where no year is known.
    """

    mean: Array
    years: Array


@dataclass(frozen=True, slots=True)
class GridMeans:
    """Mean over all cells in each of the ``years``, (scenario, year); NaN where unknown."""

    years: IntArray
    mean: Array


@dataclass(frozen=True, slots=True)
class Places:
    """All cells of the grid, each array (cell,): id, latitude and longitude [°]."""

    ids: IntArray
    latitude: Array
    longitude: Array


@dataclass(frozen=True, slots=True)
class StationRain:
    """
    Yearly maximum one-day rain at stations, each array (station,).

    Place [°], ``years`` of record, ``mean`` [mm], and ``levels`` [mm], (station, period): the
    return levels of PERIODS.
    """

    latitude: Array
    longitude: Array
    years: Array
    mean: Array
    levels: Array


#: return periods of the stations' levels [years]
PERIODS = (10, 50, 100)
