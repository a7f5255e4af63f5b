"""Draws the filters of the population page: measure, level, year with playback, district."""

from __future__ import annotations

from typing import cast

import streamlit as st

from modelops_core.services.series.population import MEASURES, YEARS
from modelops_core.ui.kit import choose, state
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.population.population_cache import LEVELS, Level, People

#: seconds a year is shown
STEP_SECONDS = 1.2
ORDER = tuple(str(year) for year in YEARS)
YEAR = Field(UrlName.YEAR, ORDER, ORDER[-1])
PLAYING = StateKey.YEAR_PLAYING
TURNED = StateKey.YEAR_TURNED
FIELD = WidgetKey.POPULATION_DISTRICT


def measure() -> str:
    """People, density or change."""
    return choose.segments(
        Field(UrlName.MEASURE, MEASURES, "population"),
        t("population.measure"),
        lambda key: t(f"population.measure_{key}"),
        stretch=True,
    )


def level() -> Level:
    """Districts or provinces."""
    return choose.segments(
        Field(UrlName.LEVEL, LEVELS),
        t("population.level"),
        lambda key: t(f"population.level_{key}"),
        stretch=True,
    )


def year() -> int:
    """Which year."""
    return int(choose.slider(YEAR, t("population.year")))


def play() -> None:
    """Start or stop; while it plays, a fragment turns the years."""
    playing = bool(st.session_state.get(PLAYING))
    words = t("population.stop" if playing else "population.play")
    st.button(
        words,
        icon=":material/stop:" if playing else ":material/play_arrow:",
        key=WidgetKey.YEAR_PLAY,
        on_click=_toggle,
        width="stretch",
    )
    if playing:
        st.fragment(_turn, run_every=STEP_SECONDS)()


def district(everybody: People) -> int | None:
    """
    The chosen district's place among the rows; None where none is chosen or it is of the other
    level.
    """
    code = state.param(UrlName.AREA)
    at = everybody.position(code)
    if at is None:
        at = everybody.position(_province(code))
    if at is None and code is not None:
        state.reject_param(UrlName.AREA)
        state.complete_param(UrlName.AREA, None)
    st.session_state[FIELD] = None if at is None else everybody.rows[at]["admin_code"]
    st.selectbox(
        t("population.district"),
        [row["admin_code"] for row in everybody.rows],
        key=FIELD,
        index=None,
        placeholder=t("population.district_example"),
        on_change=_chosen,
        format_func=lambda code: name(everybody, everybody.position(code)),
    )
    return at


def name(everybody: People, at: int | None) -> str:
    """A district in the reader's language; the country for None."""
    if at is None:
        return t("population.country")
    row = everybody.rows[at]
    return str(row["admin_name"] if language() == "ko" else row["admin_name_en"])


def _province(code: str | None) -> str | None:
    return None if code is None else code[:2]


def _chosen() -> None:
    state.set_param(UrlName.AREA, cast("str | None", st.session_state[FIELD]))


def _toggle() -> None:
    playing = not st.session_state.get(PLAYING)
    st.session_state[PLAYING] = playing
    st.session_state[TURNED] = False
    if playing and st.session_state.get(UrlName.YEAR) == ORDER[-1]:
        state.set_param(UrlName.YEAR, ORDER[0])


def _turn() -> None:
    """The next year; the first call comes with the page and shows nothing new."""
    if not st.session_state.get(TURNED):
        st.session_state[TURNED] = True
        return
    following = ORDER.index(st.session_state[UrlName.YEAR]) + 1
    if following >= len(ORDER):
        st.session_state[PLAYING] = False
    else:
        st.session_state[TURNED] = False
        state.set_param(UrlName.YEAR, ORDER[following])
    st.rerun()
