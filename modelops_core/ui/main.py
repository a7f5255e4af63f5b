"""The frame of every page: language, navigation, the gate, and errors said in one place."""

from __future__ import annotations

import uuid
from pathlib import Path

import streamlit as st
import structlog

from modelops_core.errors import ModelOpsError
from modelops_core.ui import gate, navigation, notices, pictures, state
from modelops_core.ui.i18n import LANGUAGES, language, t

log = structlog.get_logger()
ICON = Path(__file__).with_name("icon.png")


def _language() -> None:
    """The switch between the languages, in the corner of every page."""
    state.bind("lang", tuple(LANGUAGES), language())
    st.segmented_control(
        t("common.language"),
        tuple(LANGUAGES),
        format_func=lambda code: LANGUAGES[code],
        key="lang",
        on_change=state.note,
        args=("lang",),
        required=True,
        label_visibility="collapsed",
    )


def main() -> None:
    """Draw the chosen page."""
    st.set_page_config(page_title="ModelOps", page_icon=str(ICON), layout="wide")
    st.html(Path(__file__).with_name("page.css"))
    pages = navigation.pages()
    st.session_state["navigation.pages"] = pages
    page = st.navigation(list(pages.values()), position="top")
    title, switch = st.columns([3, 2], vertical_alignment="center")
    title.title(page.title, anchor=False)
    with switch.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        pictures.switch()
        _language()
    try:
        if gate.enter():
            page.run()
    except ModelOpsError as error:
        notices.failed(error)
    except Exception:  # an entry point: the reader gets a sentence, the log the trace
        reference = uuid.uuid4().hex[:8]
        log.exception("page failed", page=page.url_path, reference=reference)
        notices.unexpected(reference)


main()
