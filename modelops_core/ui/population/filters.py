"""What the page of population shows: measure, level, year with play, district."""

from __future__ import annotations

from typing import cast

import streamlit as st

from modelops_core.services.series.population import MEASURES, YEARS
from modelops_core.ui.kit import state
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.population.population_cache import LEVELS, Level, People

#: seconds a year is shown
PACE = 1.2
ORDER = tuple(str(year) for year in YEARS)
PLAYING = "year.playing"
TURNED = "year.turned"
FIELD = "population.district"


def measure() -> str:
    """People, density or change."""
    state.bind("measure", MEASURES, "population")
    return (
        st.segmented_control(
            t("population.measure"),
            MEASURES,
            format_func=lambda key: t(f"population.measure_{key}"),
            default=st.session_state["measure"],
            key="measure",
            on_change=state.note,
            args=("measure",),
            required=True,
            width="stretch",
        )
        or "population"
    )


def level() -> Level:
    """Districts or provinces."""
    state.bind("level", LEVELS, "sigungu")
    chosen = st.segmented_control(
        t("population.level"),
        LEVELS,
        format_func=lambda key: t(f"population.level_{key}"),
        default=st.session_state["level"],
        key="level",
        on_change=state.note,
        args=("level",),
        required=True,
        width="stretch",
    )
    return chosen or "sigungu"


def year() -> int:
    """Which year."""
    value = state.bind("year", ORDER, ORDER[-1])
    return int(
        st.select_slider(
            t("population.year"), ORDER, value, key="year", on_change=state.note, args=("year",)
        )
    )


def play() -> None:
    """Start or stop; while it plays, a fragment turns the years."""
    playing = bool(st.session_state.get(PLAYING))
    words = t("population.stop" if playing else "population.play")
    st.button(
        words,
        icon=":material/stop:" if playing else ":material/play_arrow:",
        key="year.play",
        on_click=_toggle,
        width="stretch",
    )
    if playing:
        st.fragment(_turn, run_every=PACE)()


def district(everybody: People) -> int | None:
    """The chosen district's place among the rows; None where none is chosen or it is of the other level."""
    code = state.text("area")
    at = everybody.position(code)
    if at is None:
        at = everybody.position(_province(code))
    if at is None and code is not None:
        state.refuse("area")
        state.settle("area", None)
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
    state.keep("area", cast("str | None", st.session_state[FIELD]))


def _toggle() -> None:
    playing = not st.session_state.get(PLAYING)
    st.session_state[PLAYING] = playing
    st.session_state[TURNED] = False
    if playing and st.session_state.get("year") == ORDER[-1]:
        state.keep("year", ORDER[0])


def _turn() -> None:
    """The next year; the first call comes with the page and shows nothing new."""
    if not st.session_state.get(TURNED):
        st.session_state[TURNED] = True
        return
    following = ORDER.index(st.session_state["year"]) + 1
    if following >= len(ORDER):
        st.session_state[PLAYING] = False
    else:
        st.session_state[TURNED] = False
        state.keep("year", ORDER[following])
    st.rerun()
