"""Caches what the data page reads until other data are loaded or a nightly run ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from modelops_core.db.inputs.inventory import RESULT_TABLES, StatusCount, TableSize
from modelops_core.db.inputs.table_names import INPUT_TABLES
from modelops_core.services.audit.quality import Check
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.cache import CACHE_SECONDS, Version

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
def checks(loaded: str) -> tuple[Sequence[Check], int, int]:
    """Every check, the cells that were looked at and the cells of the grid."""
    return cache.app().input_quality.checks()
