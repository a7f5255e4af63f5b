"""Draws the form that adds a site by its coordinates and checks them before saving."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.korean import coordinates
from modelops_core.domain.site import LATITUDES, LONGITUDES
from modelops_core.errors import InvalidInput, ModelOpsError, OutsideKorea
from modelops_core.ui.kit import access, cache, formats, messages, notices
from modelops_core.ui.kit.answers import saved_sites, site_jobs
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, WidgetKey
from modelops_core.ui.sites import site_list

PROBLEM = StateKey.SITES_ADD_PROBLEM
ADDED = StateKey.SITES_ADDED
FIELDS = (
    WidgetKey.ADD_NAME,
    WidgetKey.ADD_LATITUDE,
    WidgetKey.ADD_LONGITUDE,
    WidgetKey.ADD_NOTE,
)


def form() -> None:
    """Name, place and note, for readers who may save; the name may be left to the district."""
    if not access.may(UseCase.save_site):
        return
    for name in FIELDS:
        st.session_state.setdefault(name, "")
    with st.form("add", border=True):
        st.markdown(f"**{t('sites.add_title')}**")
        left, right = st.columns(2)
        left.text_input(
            t("sites.add_latitude"),
            key=WidgetKey.ADD_LATITUDE,
            placeholder="37.5665",
            help=t("sites.add_pair"),
        )
        right.text_input(
            t("sites.add_longitude"), key=WidgetKey.ADD_LONGITUDE, placeholder="126.9780"
        )
        st.text_input(
            t("sites.add_name"),
            key=WidgetKey.ADD_NAME,
            placeholder=t("sites.add_name_hint"),
            max_chars=120,
        )
        st.text_input(t("columns.note"), key=WidgetKey.ADD_NOTE, max_chars=2000)
        st.form_submit_button(
            t("sites.add_go"),
            type="primary",
            icon=":material/add_location:",
            on_click=_add,
            width="stretch",
        )
    _show_outcome()


def offer(latitude: float, longitude: float) -> None:
    """Put a place into the form: the map was clicked there."""
    st.session_state[WidgetKey.ADD_LATITUDE], st.session_state[WidgetKey.ADD_LONGITUDE] = (
        f"{latitude:.5f}",
        f"{longitude:.5f}",
    )
    st.session_state.pop(PROBLEM, None)


def _show_outcome() -> None:
    problem = st.session_state.pop(PROBLEM, None)
    if isinstance(problem, OutsideKorea):
        notices.outside(problem)
    elif isinstance(problem, InvalidInput):
        st.error(messages.message(problem), icon=":material/error:")
    elif problem is not None:
        notices.failed(problem)
    if added := st.session_state.pop(ADDED, None):
        st.toast(added, icon=":material/check:")


def _add() -> None:
    """Look what lies there, save it, ask for its assessment (the form's callback)."""
    try:
        latitude, longitude = place(
            st.session_state[WidgetKey.ADD_LATITUDE], st.session_state[WidgetKey.ADD_LONGITUDE]
        )
        found = cache.app().places.place(latitude, longitude)
        name = st.session_state[WidgetKey.ADD_NAME].strip() or (
            found.district if language() == "ko" else found.district_en
        )
        other = saved_sites.name_at(latitude, longitude)
        note = st.session_state[WidgetKey.ADD_NOTE].strip() or None
        site_id = cache.app().site_access.save(
            access.caller(), name, latitude, longitude, note=note
        )
    except ModelOpsError as error:
        st.session_state[PROBLEM] = error
        return
    for field in FIELDS:
        st.session_state[field] = ""
    said = {"name": formats.plain(name), "other": formats.plain(other or "")}
    st.session_state[ADDED] = t("sites.added_twice" if other else "sites.added", **said)
    site_list.renew()
    site_jobs.queue_assessments(
        [site for site in saved_sites.all_sites() if site.site_id == site_id]
    )


def place(latitude: str, longitude: str) -> tuple[float, float]:
    """
    Both fields as numbers, or a pair of any form in the first one.

    Raises InvalidInput naming the field.
    """
    pair = coordinates.parse(latitude) if not longitude.strip() else None
    if pair is None:
        pair = coordinates.parse(f"{latitude} {longitude}")
    texts = (str(pair.latitude), str(pair.longitude)) if pair else (latitude, longitude)
    return _number("latitude", texts[0], LATITUDES), _number("longitude", texts[1], LONGITUDES)


def _number(field: str, text: str, allowed: tuple[float, float]) -> float:
    (low, high), given = allowed, text.strip()[:40]
    if not given:
        raise InvalidInput("degrees_missing", field=field, low=low, high=high)
    try:
        value = float(given)
    except ValueError:
        raise InvalidInput(
            "degrees_not_a_number", field=field, value=given, low=low, high=high
        ) from None
    if not low <= value <= high:  # not a number, infinite and abroad
        raise InvalidInput("degrees_out_of_range", field=field, value=given, low=low, high=high)
    return value
