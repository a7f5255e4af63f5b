"""Draws the frame of every page: language, navigation, sign-in, and errors in one place."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from modelops_core.domain.access import UseCase
from modelops_core.ui.frame import help, history, tour
from modelops_core.ui.kit import access, charts, choose, navigation, notices, state, surface
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import LANGUAGES, language, t
from modelops_core.ui.kit.keys import StateKey, UrlName

ICON = Path(__file__).with_name("icon.png")


def _language() -> None:
    """The switch between the languages, in the corner of every page."""
    field = Field(UrlName.LANGUAGE, tuple(LANGUAGES), language())
    choose.segments(field, t("common.language"), LANGUAGES.__getitem__, hide_label=True)


def main() -> None:
    """Draw the chosen page."""
    st.set_page_config(page_title="ModelOps", page_icon=str(ICON), layout="wide")
    st.html(Path(__file__).with_name("page.css"))
    if surface.mode() == "dark":
        st.html(Path(__file__).with_name("dark.css"))
    history.watch(language(), surface.mode())
    pages = navigation.pages()
    st.session_state[StateKey.PAGES] = pages
    page = st.navigation(list(pages.values()), position="top")
    st.set_page_config(page_title=f"{page.title} · ModelOps")
    try:
        with state.address(page.url_path):
            _head(page)
            tour.show(page.url_path)
            _body(page)
    finally:  # a page may stop early
        _refused()


def _head(page: StreamlitPage) -> None:
    """The page's title, its help, and what is chosen for all pages."""
    left, right = st.columns(2, vertical_alignment="center")
    left.title(page.title, anchor=False)
    with right.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center"
    ):
        help.button(page.url_path or next(iter(navigation.PAGES)))
        charts.switch()
        _language()
        access.sign_out()


def _refused() -> None:
    """Names of the address whose values were not used."""
    if names := state.take_rejected_params():
        st.toast(
            t("common.refused", names=", ".join(names)), icon=":material/link_off:", duration="long"
        )


def _body(page: StreamlitPage) -> None:
    with notices.show_errors(page.url_path):
        if access.enter():
            notices.demonstration()
            if access.may(UseCase.see_all):
                notices.little_room()
            page.run()


main()
