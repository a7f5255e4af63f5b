"""Draws an answer's details as tabs; only the chosen section is calculated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

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
from modelops_core.ui.kit import choose, filters, notices
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.filters import DEFAULT_PERIL, Choice
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName
from modelops_core.ui.kit.layers import metrics

Section = Callable[[Answer, Choice], None]
SECTIONS: Mapping[str, Section] = {
    "perils": peril_table.draw,
    "outlook": scenario_outlook.draw,
    "rare": return_periods.draw,
    "reasons": reasons.draw,
    "building": building.draw,
    "limits": limits.draw,
}

#: sections about all perils
OF_ALL = ("perils", "building", "limits")
SECTION = Field(UrlName.SECTION, tuple(SECTIONS))


def bind() -> None:
    """Bind the section to the URL; before there is an answer, so that it adds no history step."""
    SECTION.bind()


@st.fragment
@notices.show_errors("assess", "section")
def draw(answer: Answer, choice: Choice) -> None:
    """The chosen section of an answer; another one is drawn without the card."""
    section = choose.segments(
        SECTION, t("assess.section"), lambda name: t(f"assess.section_{name}"), hide_label=True
    )
    if choice.peril == metrics.TOTAL:
        choice = replace(choice, peril=costliest(answer, choice))
        if section not in OF_ALL:
            st.caption(t("assess.section_costliest", peril=filters.peril_name(choice.peril)))
    SECTIONS[section](answer, choice)


def costliest(answer: Answer, choice: Choice) -> str:
    """The peril that costs most here; the first one where none has a number."""
    known = {
        key: result.expected_loss
        for key, result in answer.at(choice.scenario, choice.horizon).items()
        if result.expected_loss is not None
    }
    return max(known, key=known.__getitem__) if known else DEFAULT_PERIL
