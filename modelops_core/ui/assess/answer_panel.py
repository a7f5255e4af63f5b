"""Draws the answer of the chosen place: bar, card and sections, as one fragment of the page."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from modelops_core.domain.answer import Answer
from modelops_core.ui.assess import (
    arrival,
    first_visit,
    pins,
    report,
    section_tabs,
    summary_card,
)
from modelops_core.ui.kit import notices, state
from modelops_core.ui.kit.answers import assessment, site_history
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import t


@st.fragment
@notices.show_errors("assess", "answer")
def draw(choice: Choice, beside: DeltaGenerator) -> None:
    """
    Draw the card in *beside*, a container of the page beside the map, and the sections here.

    A click on the map runs this alone: the map stays as it is, with the pin that the browser set.
    """
    with beside:
        answer = _card(choice)
    if answer is not None:
        section_tabs.draw(answer, choice)


def _card(choice: Choice) -> Answer | None:
    """The job's bar, then the card; what can be done where there is no place yet."""
    slot = assessment.Slot()
    answer = assessment.answer(slot)
    if answer is not None:
        summary_card.draw(answer, choice.scenario, choice.horizon, slot)
        with st.container(horizontal=True, vertical_alignment="center"):
            pins.buttons(answer)
            report.button(answer)
        site_history.draw(answer, (choice.scenario, choice.horizon))
    elif slot.job is not None:
        st.caption(t("assess.job_note", job=slot.job[:8]))
    elif state.point() is None:
        first_visit.draw()
    arrival.mark(complete=answer is not None, waiting=slot.job is not None)
    return answer
