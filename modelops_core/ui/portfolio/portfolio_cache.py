"""Reads finished runs for the page; what is large is kept for all readers who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from modelops_core.domain.access import COMMAND_LINE
from modelops_core.ports import Row
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.material import Focus, Former, Material
from modelops_core.ui.kit import access, cache
from modelops_core.ui.portfolio.choice import Chosen


def runs() -> Sequence[Row]:
    """Finished runs that the reader sees, the latest first."""
    return cache.app().portfolio_reports.runs(access.caller())


def material(chosen: Chosen) -> Material:
    """What the page is made of, at the chosen lens and threshold."""
    found = _material(chosen.run["run_id"], chosen.scenario, chosen.horizon)
    focus = Focus(
        lens=chosen.lens,
        scenario=chosen.scenario,
        horizon=chosen.horizon,
        threshold=chosen.threshold,
    )
    return replace(found, focus=focus)


@st.cache_resource(max_entries=4, show_spinner=False)
def _material(run_id: int, scenario: str, horizon: str) -> Material:
    """A run never changes; only runs that the reader sees are asked for (:func:`runs`)."""
    choice = Choice(scenario=scenario, horizon=horizon)
    return cache.app().portfolio_reports.material(run_id, choice, COMMAND_LINE)


@st.cache_resource(max_entries=2, show_spinner=False)
def former(run_id: int, scenario: str, horizon: str) -> Former:
    """An earlier run at one combination."""
    choice = Choice(scenario=scenario, horizon=horizon)
    return cache.app().portfolio_reports.former(run_id, choice, COMMAND_LINE)
