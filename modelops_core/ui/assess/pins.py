"""Puts saved sites on the map, and draws the buttons that save the chosen one."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.answer import Answer
from modelops_core.errors import InvalidInput, NotAllowed
from modelops_core.ui.kit import access, cache, formats, messages, navigation, state
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, WidgetKey
from modelops_core.ui.kit.maps import CHOSEN, SAVED, Pin


def map_pins() -> list[Pin]:
    """Saved sites, then the chosen place on top of them."""
    found = [Pin(site.longitude, site.latitude, site.name, SAVED) for site in saved_sites.places()]
    point = state.point()
    if point is not None:
        found.append(Pin(point.longitude, point.latitude, colour=CHOSEN, chosen=True))
    return found


def buttons(answer: Answer) -> None:
    """Save under a name, and go on to comparing."""
    if access.may(UseCase.save_site) and st.button(
        t("assess.save"), icon=":material/keep:", key=WidgetKey.SAVE_OPEN
    ):
        st.dialog(t("assess.save"))(_ask_name)(answer)
    navigation.link("compare", t("assess.to_compare"))
    navigation.link("sites", t("assess.to_sites"))
    if message := st.session_state.pop(StateKey.SAVE_MESSAGE, None):
        st.toast(message, icon=":material/check:")


def _ask_name(answer: Answer) -> None:
    """The dialog; once saved, the page is drawn anew, for the map shows the site."""
    st.text_input(
        t("assess.save_name"), value=saved_sites.district(answer), key=WidgetKey.SAVE_NAME
    )
    if st.button(
        t("assess.save_go"), type="primary", on_click=_save, args=(answer,), key=WidgetKey.SAVE
    ):
        st.rerun()


def _save(answer: Answer) -> None:
    name = st.session_state[WidgetKey.SAVE_NAME]
    other = saved_sites.name_at(answer.latitude, answer.longitude)
    try:
        cache.app().site_access.save(
            access.caller(),
            name,
            answer.latitude,
            answer.longitude,
            answer.building.corrections,
            answer.batch_id,
        )
    except (InvalidInput, NotAllowed) as error:
        st.session_state[StateKey.SAVE_MESSAGE] = messages.message(error)
    else:
        names = {"name": formats.plain(name), "other": formats.plain(other or "")}
        st.session_state[StateKey.SAVE_MESSAGE] = t(
            "assess.saved_twice" if other else "assess.saved", **names
        )
