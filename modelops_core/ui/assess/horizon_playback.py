"""Plays the horizons as an animation: the next one every STEP_SECONDS, to the last or a stop."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.horizons import HORIZONS
from modelops_core.ui.kit import state
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

#: seconds a window is shown
STEP_SECONDS = 1.4
PLAYING = StateKey.HORIZON_PLAYING
ORDER = tuple(HORIZONS)


def button() -> None:
    """Start or stop; while it plays, a fragment turns the pages."""
    playing = bool(st.session_state.get(PLAYING))
    st.button(
        "",
        icon=":material/stop:" if playing else ":material/play_arrow:",
        key=WidgetKey.PLAY,
        on_click=_toggle,
        help=t("assess.stop" if playing else "assess.play"),
        width="stretch",
    )
    if playing:
        st.fragment(_turn, run_every=STEP_SECONDS)()


def _toggle() -> None:
    playing = not st.session_state.get(PLAYING)
    st.session_state[PLAYING] = playing
    st.session_state[StateKey.HORIZON_TURNED] = False
    if playing and st.session_state.get(UrlName.HORIZON) == ORDER[-1]:
        _show(ORDER[0])


def _turn() -> None:
    """The next window; the first call comes with the page and shows nothing new."""
    if not st.session_state.get(StateKey.HORIZON_TURNED):
        st.session_state[StateKey.HORIZON_TURNED] = True
        return
    following = ORDER.index(st.session_state[UrlName.HORIZON]) + 1
    if following >= len(ORDER):
        st.session_state[PLAYING] = False
    else:
        st.session_state[StateKey.HORIZON_TURNED] = False
        _show(ORDER[following])
    st.rerun()


def _show(key: str) -> None:
    state.set_param(UrlName.HORIZON, key)
