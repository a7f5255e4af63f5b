"""The answer in depth: one section at a time, so that only what is seen is calculated."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from modelops_core.ports import Row
from modelops_core.ui.assess import building, limits, peril_table, reasons, scenario_outlook
from modelops_core.ui.kit import state
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import t

Section = Callable[[Row, Choice], None]
SECTIONS: Mapping[str, Section] = {
    "perils": peril_table.draw,
    "outlook": scenario_outlook.draw,
    "reasons": reasons.draw,
    "building": building.draw,
    "limits": limits.draw,
}

FIRST = "perils"


def bind() -> None:
    """What this part keeps in the URL; before there is an answer, so that it adds no step to the history."""
    state.bind("section", tuple(SECTIONS), FIRST)


def draw(found: Row, choice: Choice) -> None:
    """The chosen section of an answer."""
    st.divider()
    st.segmented_control(
        t("assess.section"),
        tuple(SECTIONS),
        default=st.session_state.get("section") or FIRST,
        format_func=lambda name: t(f"assess.section_{name}"),
        key="section",
        on_change=state.note,
        args=("section",),
        required=True,
        label_visibility="collapsed",
    )
    SECTIONS[st.session_state.get("section") or FIRST](found, choice)
