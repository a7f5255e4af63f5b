"""
Ties the answer to the map beside it: takes its clicks, and brings a new answer into view.

A click on the map would run the whole page, the map included. This component stands among the
answer's elements, which are a fragment, so that what it reports runs the answer alone: a click,
and the next look at a job that takes longer than one run waits. On a phone, where the answer stands
below the map, it scrolls there, which Streamlit cannot do from Python.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import streamlit as st

from modelops_core.ui.kit import state
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.keys import UrlName, WidgetKey

_COMPONENT = st.components.v2.component(
    "modelops_arrival", js=(Path(__file__).parent / "arrival.js").read_text("utf-8")
)


def mark(complete: bool, waiting: bool) -> None:
    """
    Tell the browser which answer it shows. It scrolls to it when place or job differ from those
    before (a click, a search, a correction), and when its answer is *complete*: before, the page
    may be too short to scroll. While its job goes on (*waiting*), it asks for the next look.
    """
    names = (UrlName.LATITUDE, UrlName.LONGITUDE, UrlName.JOB)
    chosen = [state.current_param(name) or "" for name in names]
    shown = " ".join([*chosen, str(complete)]) if all(chosen[:2]) else ""
    point = state.point()
    place = None if point is None else [point.longitude, point.latitude]
    _COMPONENT(
        key=WidgetKey.ARRIVAL,
        height="content",
        # the time tells one look from the next
        data={"shown": shown, "place": place, "waiting": time.monotonic() if waiting else None},
        on_click_change=partial(assessment.clicked, WidgetKey.ARRIVAL),
        on_look_change=lambda: None,
    )
