"""Caches what the population page reads; shared by all sessions and read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from modelops_core import data
from modelops_core.domain.climate import Array
from modelops_core.domain.data_source import DataSource
from modelops_core.ports import Row
from modelops_core.services.series import population
from modelops_core.ui.kit import cache

Level = Literal["sigungu", "sido"]
#: the published figures are in units of so many persons
PERSONS = 10_000
LEVELS: tuple[Level, ...] = ("sigungu", "sido")


@dataclass(frozen=True, slots=True)
class People:
    """Districts or provinces in the order of their outlines, and their people (district, year)."""

    rows: Sequence[Row]
    persons: Array
    area_km2: Array

    def of(self, measure: str) -> Array:
        """A measure of every year, (district, year)."""
        return population.measured(self.persons, self.area_km2, measure)

    def position(self, code: str | None) -> int | None:
        """Where a district stands, None where it is not of this level."""
        return next((i for i, row in enumerate(self.rows) if row["admin_code"] == code), None)


@st.cache_resource(max_entries=4, show_spinner=False)
def people(loaded: str, level: Level) -> People:
    """Everybody of one level."""
    rows = cache.districts(loaded, level)
    districts = cache.districts(loaded)
    persons = (
        population.people(rows) if level == "sigungu" else population.of_provinces(rows, districts)
    )
    return People(rows, persons, population.areas(rows))


@st.cache_data(max_entries=1, show_spinner=False)
def published() -> dict[int, float]:
    """Published population of the country by year [persons]."""
    table = data.reference("national_projection_points")
    korea = table[table["area"] == "Korea"]
    return {
        int(year): float(count) * PERSONS
        for year, count in zip(korea["year"], korea["pop_10k"], strict=True)
    }


def sources() -> list[DataSource]:
    """The registered data sets of the districts."""
    return [s for s in cache.app().sources.all() if s.table_name == "location_admin"]
