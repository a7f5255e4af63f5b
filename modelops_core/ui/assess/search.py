"""Draws the search field: finds a place by coordinates, name, address, postal code or parcel."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.korean import coordinates
from modelops_core.errors import InvalidInput
from modelops_core.services.site import place_search
from modelops_core.services.site.place_search import FoundPlace
from modelops_core.ui.kit import cache, messages, state
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

#: in the URL: where the map is, of a place that was searched for
FOCUS = UrlName.AT
#: so many places are shown at once; more are scrolled to, so that the map stays in sight
SHOWN = 4
#: what these and half of the next one take [px]
ROOM = 220
#: of these the middle is assessed
AREAS = frozenset({*place_search.LEVELS.values(), "postcode"})


def searched_place() -> tuple[float, float] | None:
    """The place that was searched for: where the map should be."""
    text = state.param(FOCUS)
    point = coordinates.parse(text or "")
    if text and point is None:
        state.reject_param(FOCUS)
        state.complete_param(FOCUS, None)
    return (point.latitude, point.longitude) if point else None


def bar() -> None:
    """One field for all; coordinates are assessed at once, a name offers places."""
    with st.form("search", border=False, enter_to_submit=True):
        field, button = st.columns([4, 1], vertical_alignment="bottom")
        words = field.text_input(
            t("assess.search"),
            placeholder=t("assess.search_example"),
            help=t("assess.search_help"),
            key=WidgetKey.SEARCH,
        )
        submitted = button.form_submit_button(
            t("assess.search_go"), icon=":material/search:", width="stretch"
        )
    if submitted:
        _look(words)
    if found := st.session_state.get(StateKey.SEARCH_FOUND):
        _offer(found)


def _offer(found: list[FoundPlace]) -> None:
    """A button for each place, right below the field."""
    with st.container(height=ROOM if len(found) > SHOWN else "content", gap="xsmall"):
        for number, place in enumerate(found):
            st.button(
                _label(place),
                key=WidgetKey.PLACE.of(place.code or f"{place.kind}.{number}"),
                on_click=_go,
                args=(place,),
                icon=":material/near_me:",
                type="tertiary",
            )
    if any(place.kind in AREAS for place in found):
        st.caption(t("assess.search_area"))


def _label(place: FoundPlace) -> str:
    """Its name, what it is and where, and the former name that was asked for."""
    parts = [place.name if language() == "ko" else place.name_en]
    if place.former:
        since = place_search.since().get(place.former, "")
        parts.append(t("assess.search_former", name=place.former, since=since))
    elif place.kind not in place_search.LEVELS.values():
        parts.append(t(f"assess.place_{place.kind}"))
    detail = place.detail if language() == "ko" else place.detail_en or place.detail
    return " · ".join(part for part in (*parts, detail) if part)


def _look(words: str) -> None:
    st.session_state[StateKey.SEARCH_FOUND] = []
    try:
        found = place_search.find(words, cache.app().place_names)
    except InvalidInput as error:
        st.warning(messages.message(error), icon=":material/travel_explore:")
        return
    if len(found) == 1 and found[0].kind == "point":
        _assess(found[0].latitude, found[0].longitude)
        st.rerun()
    st.session_state[StateKey.SEARCH_FOUND] = found
    if not found and words.strip():
        st.info(t("assess.search_nothing", words=words.strip()), icon=":material/search_off:")


def _go(place: FoundPlace) -> None:
    st.session_state[StateKey.SEARCH_FOUND] = []
    _assess(place.latitude, place.longitude)


def _assess(latitude: float, longitude: float) -> None:
    assessment.start(latitude, longitude)
    state.set_param(FOCUS, f"{state.degrees(latitude)},{state.degrees(longitude)}")
