"""Draws the help of a page: what it shows, and where to read on."""

from __future__ import annotations

import streamlit as st

from modelops_core.ui.frame import tour
from modelops_core.ui.kit import navigation, state, surface
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey

#: the reference page of the API, which the same server serves
API = "/api/docs"


def button(page: str) -> None:
    """
    A button that opens the help of *page*.

    Each page and part has its own: what was open closes when one of its links is followed.
    """
    here = f"{page}-{state.current_param(UrlName.PART)}"
    with st.popover(t("help.title"), icon=":material/help:", key=WidgetKey.HELP.of(here)):
        st.markdown(t(f"help.{page}"))
        st.button(
            t("tour.start"),
            icon=":material/tour:",
            on_click=tour.begin,
            key=WidgetKey.TOUR_HELP,
        )
        st.markdown(f"**{t('help.more')}**")
        navigation.link("method", t("help.glossary"), {UrlName.PART: "glossary"})
        navigation.link("method", t("help.to_method"), {UrlName.PART: "limits"})
        st.markdown(t("help.api", address=f"{API}?lang={language()}&theme={surface.mode()}"))
