"""Draws an introduction where no place is chosen: three steps, an example site, the tour."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.ui.kit import access, cache
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, WidgetKey


def draw() -> None:
    """What to do here, and a site to try it on."""
    with st.container(border=True):
        st.markdown(f"#### {t('assess.hint_title')}")
        for i, icon in enumerate(
            (":material/tune:", ":material/touch_app:", ":material/query_stats:"), start=1
        ):
            st.markdown(f"{icon} **{t(f'assess.hint_{i}')}** — {_text(i)}")
        example = access.may(UseCase.assess) and st.button(
            t("assess.hint_example"),
            type="primary",
            icon=":material/place:",
            on_click=assessment.start,
            args=assessment.EXAMPLE,
            key=WidgetKey.EXAMPLE,
        )
        tour = st.button(
            t("tour.start"), icon=":material/tour:", on_click=_tour, key=WidgetKey.TOUR_FIRST
        )
    if example or tour:
        st.rerun()  # the map's pin and the tour are drawn by the page


def _tour() -> None:
    """Ask the frame for the tour."""
    st.session_state[StateKey.TOUR_STEP] = 0


def _text(step: int) -> str:
    return t(f"assess.hint_{step}_text", count=len(cache.app().perils))
