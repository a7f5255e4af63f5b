"""Caches what the data page reads until other data are loaded or a nightly run ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from modelops_core.db.inputs.inventory import RESULT_TABLES, SERIES, StatusCount, TableSize
from modelops_core.db.inputs.plausible import NAMES
from modelops_core.db.inputs.table_names import INPUT_TABLES
from modelops_core.domain.data_source import DataSource
from modelops_core.services.audit import links, quality
from modelops_core.services.audit.quality import Check, InputProfiles
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.cache import CACHE_SECONDS, Version

#: cells that the checks look at: all of a coarse grid, every so many-th of a finer one
LOOKED_AT = 1500
#: assessments go on between two nightly runs
RESULTS_SECONDS = 30


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A result table, its size, and when it was last written (None: never)."""

    table_name: str
    size: TableSize
    last_at: datetime | None


@st.cache_data(max_entries=8, ttl=CACHE_SECONDS, show_spinner=False)
def input_sizes(loaded: str, names: tuple[str, ...] = INPUT_TABLES) -> Mapping[str, TableSize]:
    """Rows of the input tables *names*, counted."""
    return cache.app().inventory.sizes(names)


@st.cache_data(max_entries=4, ttl=RESULTS_SECONDS, show_spinner=False)
def results(at: Version) -> list[ResultTable]:
    """Rows of the result tables, and when they were last written."""
    inventory = cache.app().inventory
    sizes, written = inventory.sizes(RESULT_TABLES), inventory.last_written()
    return [
        ResultTable(name, sizes[name], written[name]) for name in RESULT_TABLES if name in sizes
    ]


@st.cache_data(max_entries=16, ttl=CACHE_SECONDS, show_spinner=False)
def statuses(at: Version, scenario: str) -> list[StatusCount]:
    """Cells by peril, horizon and status."""
    return cache.app().inventory.statuses(scenario)


@st.cache_data(max_entries=4, ttl=CACHE_SECONDS, show_spinner=False)
def checks(loaded: str) -> tuple[list[Check], int, int]:
    """Every check, the cells that were looked at and the cells of the grid."""
    found = input_profiles(cache.app().sources.all(), input_sizes(loaded))
    inventory = cache.app().inventory
    last = int(cache.app().parameters.params("frame")["baseline"][1])
    ids = _looked_at(inventory.grid_ids())
    coverage = {name: inventory.coverage(name, ids) for name in SERIES}
    return (
        [
            *quality.checks(found, cache.app().perils, cache.app().parameters),
            *links.checks(inventory.links(last, ids), coverage),
        ],
        found.cells,
        found.grid,
    )


def _looked_at(every: Sequence[int]) -> Sequence[int] | None:
    """Every so many-th cell of a fine grid; None for all of a coarse one."""
    step = -(-len(every) // LOOKED_AT) or 1
    return None if step == 1 else every[::step]


def input_profiles(sources: Sequence[DataSource], sizes: Mapping[str, TableSize]) -> InputProfiles:
    """Read what the checks need."""
    app, frame = cache.app(), cache.app().parameters.params("frame")
    drought, coast = (app.parameters.params(key) for key in ("drought", "sea_level_rise"))
    every = app.inventory.grid_ids()
    ids = _looked_at(every)
    first, last = frame["baseline"]
    registered: dict[str, int] = {}
    for source in sources:
        registered[source.table_name] = registered.get(source.table_name, 0) + source.row_count
    return InputProfiles(
        cells=len(every if ids is None else ids),
        grid=len(every),
        profiles={name: app.inventory.profile(name, last, ids) for name in SERIES},
        rows={name: size.rows for name, size in sizes.items() if size.exact},
        registered=registered,
        rain_days=app.inventory.rain_days(ids),
        spei=app.inventory.spei((first, last), drought["quality_mean"], drought["quality_sd"], ids),
        warming=app.inventory.warming(frame["horizons"]["2090s"], ids),
        sea_level=app.inventory.sea_level(coast["suspect_from"], coast["suspect_rise"]),
        plausible={name: app.inventory.plausible(name, ids) for name in NAMES},
    )
