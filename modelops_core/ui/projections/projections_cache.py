"""Caches what the projections page reads; shared by all sessions and read only."""

from __future__ import annotations

from typing import Literal

import numpy as np
import streamlit as st

from modelops_core.domain.data_source import DataSource
from modelops_core.ports import Place, Row
from modelops_core.services.series.projections import SEA_LEVEL, Rules, Series
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.cache import CACHE_SECONDS

Unit = Literal["cell", "sigungu", "sido"]


def rules() -> Rules:
    """Coverage and windows of the parameter file."""
    return Rules.of(cache.app().parameters)


@st.cache_resource(max_entries=1000, ttl=CACHE_SECONDS, show_spinner=False)
def place(loaded: str, latitude: float, longitude: float) -> Place:
    """What lies at a point; raises OutsideKorea."""
    return cache.app().places.place(latitude, longitude)


@st.cache_resource(max_entries=300, ttl=CACHE_SECONDS, show_spinner=False)
def series(loaded: str, variable: str, cells: tuple[int, ...]) -> Series:
    """A variable's mean over cells, or over nodes of the sea level."""
    return cache.app().series.area(variable, cells)


@st.cache_resource(max_entries=300, ttl=CACHE_SECONDS, show_spinner=False)
def of_districts(
    loaded: str, variable: str, codes: frozenset[str], _cells: tuple[int, ...]
) -> Series:
    """
    A variable's mean over all cells of some districts, which are *_cells* (one near by, where
    they hold none).
    """
    return cache.app().series.districts(variable, sorted(codes)) or cache.app().series.area(
        variable, _cells
    )


@st.cache_data(max_entries=1000, ttl=CACHE_SECONDS, show_spinner=False)
def node(loaded: str, latitude: float, longitude: float) -> Row | None:
    """The nearest node of the sea level."""
    return cache.app().series.sea_level_node(latitude, longitude)


@st.cache_data(max_entries=500, ttl=CACHE_SECONDS, show_spinner=False)
def members(loaded: str, district: str, unit: Unit) -> tuple[int, ...]:
    """Cells of a district, or of its whole province; empty where it holds no cell's centre."""
    grid = cache.cells(loaded)
    codes = {district}
    if unit == "sido":
        parent = parents(loaded).get(district)
        codes = (
            {code for code, other in parents(loaded).items() if other == parent}
            if parent
            else codes
        )
    return tuple(int(i) for i in grid.grid_id[np.isin(grid.admin_code, list(codes))])


@st.cache_data(max_entries=2, show_spinner=False)
def parents(loaded: str) -> dict[str, str]:
    """District → province."""
    return {d["admin_code"]: d["parent_code"] for d in cache.districts(loaded)}


@st.cache_data(max_entries=2, show_spinner=False)
def names(loaded: str) -> dict[str, tuple[str, str, str, float, float]]:
    """
    Code → level, Korean and English name, latitude and longitude of a point inside; provinces
    first.
    """
    return {
        d["admin_code"]: (level, d["admin_name"], d["admin_name_en"], d["latitude"], d["longitude"])
        for level in ("sido", "sigungu")
        for d in cache.districts(loaded, level)
    }


def source(variable: str) -> list[DataSource]:
    """The registered data sets of a variable."""
    return [s for s in cache.app().sources.all() if s.table_name == f"{variable}_data"]


def is_sea_level(variable: str) -> bool:
    """Whether a variable lives on nodes of the sea."""
    return variable == SEA_LEVEL
