"""All climate series of the grid, consistent with one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.sources.demo.climate import rain_days, spells
from modelops_core.sources.demo.climate.fields import Fields
from modelops_core.sources.demo.climate.normals import (
    CellNormals,
    cell_normals,
    rain_statistics,
)
from modelops_core.sources.demo.climate.rain_maxima import RainMaxima, lifted, rain_maxima
from modelops_core.sources.demo.climate.scenarios import warming_pattern
from modelops_core.sources.demo.climate.spei import spei12
from modelops_core.sources.demo.climate.weather import Weather, weather
from modelops_core.sources.demo.places.grid import Grid

MONTHLY = ("ta", "rn", "ws", "rhm", "si", "spei12")
YEARLY = ("wsdi", "csdi", "rx1day", "rx5day", "cdd", "rain80", "sdii")


@dataclass(frozen=True, slots=True)
class Series:
    """
    What the tables are made of; ``monthly(name)`` and ``yearly(name)`` give one variable.

    Weather and rain maxima are held, the rest is calculated when asked for.
    """

    cells: Grid
    normals: CellNormals
    weather: Weather
    maxima: RainMaxima
    seed: int

    def monthly(self, name: str) -> Array:
        """(scenario, cell, year, month) of one of ``MONTHLY``."""
        if name == "spei12":
            return spei12(self.weather, self.normals)
        values: Array = getattr(self.weather, name)
        return values

    def yearly(self, name: str) -> Array:
        """(scenario, cell, year) of one of ``YEARLY``."""
        if name in ("rx1day", "rx5day"):
            extremes: Array = getattr(self.maxima, name)
            return extremes
        fields = Fields(self.cells.xy)
        if name in ("wsdi", "csdi"):
            spell = spells.wsdi if name == "wsdi" else spells.csdi
            return spell(self.weather.ta, fields, self.seed)
        return self._rain_index(name, fields)

    def _rain_index(self, name: str, fields: Fields) -> Array:
        rn, normal = self.weather.rn, rain_statistics(self.cells)
        if name == "rain80":
            mean = normal["rain80_days"].to_numpy()
            return rain_days.rain80(rn, self.maxima.rx1day, mean, fields, self.seed)
        index = rain_days.sdii if name == "sdii" else rain_days.cdd
        return index(rn, normal[f"{name}_mean"].to_numpy(), fields, self.seed)


def series(cells: Grid, seed: int) -> Series:
    """Draws the weather, then the rain maxima, and lifts months that hold less than them."""
    normals, pattern = cell_normals(cells), warming_pattern(cells.latitude)
    drawn = weather(normals, Fields(cells.xy), pattern, seed)
    five_days = rain_statistics(cells)["rx5day_mean"].to_numpy()
    maxima = rain_maxima(drawn.rn, cells.xy, five_days, pattern, seed)
    rn = lifted(drawn.rn, maxima.rx5day)
    return Series(cells, normals, _with_rain(drawn, rn), maxima, seed)


def _with_rain(drawn: Weather, rn: Array) -> Weather:
    return Weather(drawn.ta, np.asarray(rn), drawn.ws, drawn.rhm, drawn.si)
