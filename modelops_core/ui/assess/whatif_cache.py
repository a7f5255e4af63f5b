"""Calculates what-if answers of a number and caches them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from modelops_core.domain.answer import Answer
from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.site import Sites
from modelops_core.domain.variables import VARIABLES
from modelops_core.errors import NoResults
from modelops_core.ports import Tile
from modelops_core.services.site import site_rows, whatif, whatif_attributes
from modelops_core.services.site.whatif import SetComparison
from modelops_core.services.site.whatif_attributes import Swings
from modelops_core.stages import asset
from modelops_core.stages.site import CellValues
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.cache import CACHE_SECONDS, Version

#: read besides what a peril needs: where the cell lies
PLACE = frozenset({"coast_distance_m", "elevation_m"})


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both answers about one number."""

    sets: SetComparison
    swings: Swings


@st.cache_data(max_entries=300, ttl=CACHE_SECONDS, show_spinner=False)
def answer(
    at: Version, job: str, peril: str, scenario: str, horizon: str, _answer: Answer
) -> WhatIf:
    """The parameter sets, and one attribute at a time; raises NoResults without stored values."""
    declared, key = cache.app().perils[peril], (scenario, horizon)
    stored = _stored(_answer.cell.grid_id, peril, key)
    site, building = whatif.site_of(_answer), _answer.building
    sites = asset.described(Sites.of([site]), building.as_of)
    file, name = cache.app().parameters, _answer.parameter_set
    wanted = whatif.reads(declared, file)
    climate = None if declared.regional is not None else _climate(at, wanted, _answer.cell.grid_id)
    answered = whatif.by_set(declared, climate, stored, key, sites, file)
    tried = whatif_attributes.options(site, building.as_of, building.asset_value)
    cell = answered.cell(name, stored)
    swings = whatif_attributes.one_at_a_time(
        declared, cell, site, building.as_of, tried, file.params(peril, name)
    )
    return WhatIf(answered, swings)


def _stored(grid_id: int, peril: str, key: tuple[str, str]) -> CellValues:
    """The nightly run's values of one scenario and horizon."""
    hazard, probability = (
        [row for row in rows if (row["ssp_scenario"], row["horizon"]) == key]
        for rows in cache.app().cells.cell(grid_id)
    )
    cell = site_rows.stored(peril, hazard, probability)
    if cell is None:
        raise NoResults("not_calculated", what=[peril])
    return cell.values


def _climate(at: Version, wanted: frozenset[str], grid_id: int) -> Climate:
    climate = cache.app().climate.tile(
        Tile(grid_id, grid_id), (wanted | PLACE) & frozenset(VARIABLES)
    )
    if "storm_tracks" in wanted:
        climate = replace(climate, values={**climate.values, "storm_tracks": _storms(at.loaded)})
    return climate


@st.cache_resource(max_entries=2, show_spinner=False)
def _storms(loaded: str) -> Storms:
    return cache.app().climate.storms()
