"""
Brings a new answer into view on a phone, where it stands below the map.

Streamlit cannot scroll from Python; this component is an empty element above the answer.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from modelops_core.ui.kit import state
from modelops_core.ui.kit.keys import UrlName, WidgetKey

_COMPONENT = st.components.v2.component(
    "modelops_arrival", js=(Path(__file__).parent / "arrival.js").read_text("utf-8")
)


def mark(complete: bool) -> None:
    """
    The element to scroll to when place or job differ from those before (a click, a search, a
    correction), and when its answer is *complete*: before, the page may be too short to scroll.
    """
    names = (UrlName.LATITUDE, UrlName.LONGITUDE, UrlName.JOB)
    chosen = [state.current_param(name) or "" for name in names]
    shown = " ".join([*chosen, str(complete)]) if all(chosen[:2]) else ""
    _COMPONENT(key=WidgetKey.ARRIVAL, height="content", data={"shown": shown})
