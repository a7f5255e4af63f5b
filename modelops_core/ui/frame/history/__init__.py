"""
Corrects the browser's history: a step for what the reader does, none for what a page adds.

Streamlit pushes a history entry for every change of the query from Python and offers no
other way; without this, Back would first walk through each default that a page wrote.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.theme import Mode

_COMPONENT = st.components.v2.component(
    "modelops_history", js=(Path(__file__).parent / "history.js").read_text("utf-8")
)


def watch(language: str, mode: Mode) -> None:
    """
    Install the script that corrects the history of this window; repeating it does no harm.

    It also tells the browser and screen readers the page's *language* (``ko`` or ``en``), and runs
    the page again when its theme is no more the *mode* that it was drawn for: Streamlit does not.
    """
    _COMPONENT(
        key=WidgetKey.HISTORY,
        height="content",
        data={"language": language, "mode": mode},
        on_theme_change=lambda: None,
    )
