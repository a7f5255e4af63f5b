"""Draws an answer's details as tabs; only the chosen section is calculated."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from modelops_core.domain.answer import Answer
from modelops_core.ui.assess import (
    building,
    limits,
    peril_table,
    reasons,
    return_periods,
    scenario_outlook,
)
from modelops_core.ui.kit import choose
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName

Section = Callable[[Answer, Choice], None]
SECTIONS: Mapping[str, Section] = {
    "perils": peril_table.draw,
    "outlook": scenario_outlook.draw,
    "rare": return_periods.draw,
    "reasons": reasons.draw,
    "building": building.draw,
    "limits": limits.draw,
}

SECTION = Field(UrlName.SECTION, tuple(SECTIONS))


def bind() -> None:
    """Bind the section to the URL; before there is an answer, so that it adds no history step."""
    SECTION.bind()


def draw(answer: Answer, choice: Choice) -> None:
    """The chosen section of an answer."""
    st.divider()
    section = choose.segments(
        SECTION, t("assess.section"), lambda name: t(f"assess.section_{name}"), hide_label=True
    )
    SECTIONS[section](answer, choice)
