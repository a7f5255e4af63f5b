"""Draws the search field: finds a place by its coordinates or a district's name."""

from __future__ import annotations

import re

import streamlit as st

from modelops_core.ports import Row
from modelops_core.ui.kit import cache, state
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

_PAIR = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[°NnEe]*\s*[, ]\s*(-?\d+(?:\.\d+)?)\s*[°NnEe]*\s*$")
#: in the URL: where the map is, of a place that was searched for
FOCUS = UrlName.AT


def searched_place() -> tuple[float, float] | None:
    """The place that was searched for: where the map should be."""
    text = state.param(FOCUS)
    pair = _PAIR.match(text or "")
    if text and pair is None:
        state.reject_param(FOCUS)
        state.complete_param(FOCUS, None)
    return (float(pair[1]), float(pair[2])) if pair else None


def bar() -> None:
    """One field for both; a pair of numbers is assessed at once, a name offers places."""
    with st.form("search", border=False, enter_to_submit=True):
        field, button = st.columns([4, 1], vertical_alignment="bottom")
        words = field.text_input(
            t("assess.search"), placeholder=t("assess.search_example"), key=WidgetKey.SEARCH
        )
        submitted = button.form_submit_button(
            t("assess.search_go"), icon=":material/search:", width="stretch"
        )
    if submitted:
        _look(words)
    for row in st.session_state.get(StateKey.SEARCH_FOUND, ()):
        name = row["admin_name"] if language() == "ko" else row["admin_name_en"]
        st.button(
            name,
            key=WidgetKey.PLACE.of(row["admin_code"]),
            on_click=_go,
            args=(row,),
            icon=":material/near_me:",
            type="tertiary",
        )


def _look(words: str) -> None:
    pair = _PAIR.match(words)
    st.session_state[StateKey.SEARCH_FOUND] = []
    if pair:
        latitude, longitude = float(pair[1]), float(pair[2])
        if latitude > 90 >= longitude:  # longitude first
            latitude, longitude = longitude, latitude
        _assess(latitude, longitude)
        st.rerun()
    found = cache.app().layers.search(words) if words.strip() else []
    st.session_state[StateKey.SEARCH_FOUND] = found
    if not found:
        st.info(t("assess.search_nothing", words=words))


def _go(row: Row) -> None:
    st.session_state[StateKey.SEARCH_FOUND] = []
    _assess(row["latitude"], row["longitude"])


def _assess(latitude: float, longitude: float) -> None:
    assessment.start(latitude, longitude)
    state.set_param(FOCUS, f"{state.degrees(latitude)},{state.degrees(longitude)}")
