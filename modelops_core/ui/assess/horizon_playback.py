"""The horizon moves by itself: one window every second, until stopped or at the end."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.horizons import HORIZONS
from modelops_core.ui.kit import state
from modelops_core.ui.kit.i18n import t

#: seconds a window is shown
PACE = 1.4
PLAYING = "horizon.playing"
ORDER = tuple(HORIZONS)


def button() -> None:
    """Start or stop; while it plays, a fragment turns the pages."""
    playing = bool(st.session_state.get(PLAYING))
    st.button(
        "",
        icon=":material/stop:" if playing else ":material/play_arrow:",
        key="play",
        on_click=_toggle,
        help=t("assess.stop" if playing else "assess.play"),
        width="stretch",
    )
    if playing:
        st.fragment(_turn, run_every=PACE)()


def _toggle() -> None:
    playing = not st.session_state.get(PLAYING)
    st.session_state[PLAYING] = playing
    st.session_state["horizon.turned"] = False
    if playing and st.session_state.get("horizon") == ORDER[-1]:
        _show(ORDER[0])


def _turn() -> None:
    """The next window; the first call comes with the page and shows nothing new."""
    if not st.session_state.get("horizon.turned"):
        st.session_state["horizon.turned"] = True
        return
    following = ORDER.index(st.session_state["horizon"]) + 1
    if following >= len(ORDER):
        st.session_state[PLAYING] = False
    else:
        st.session_state["horizon.turned"] = False
        _show(ORDER[following])
    st.rerun()


def _show(key: str) -> None:
    state.keep("horizon", key)
