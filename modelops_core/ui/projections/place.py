"""Lets the reader choose a place by a click on a small map, a district's name or coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from modelops_core.errors import InvalidInput
from modelops_core.services.site import place_search
from modelops_core.ui.kit import cache, choose, formats, maps, state
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.clickmap import click_map, clicked
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.kit.maps import CHOSEN, MapView, Pin
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.projections import projections_cache as reads
from modelops_core.ui.projections.projections_cache import Unit

UNITS: tuple[Unit, ...] = ("cell", "sigungu", "sido")
#: in the URL: where the map is, ``home`` or latitude, longitude, level of a place that was
#: searched for
FOCUS = UrlName.AROUND
SEARCH = WidgetKey.PROJECTIONS_SEARCH
PROBLEM = StateKey.PROJECTIONS_NOTHING
MAP = WidgetKey.PROJECTIONS_MAP
HEIGHT = 430
NEAR = {"cell": 8.6, "sigungu": 8.2, "sido": 6.7}
#: the whole country in a window of about 380 × 420
HOME = {"latitude": 35.75, "longitude": 127.75, "zoom": 5.25}
AT_HOME = "home"
TINT = (0, 150, 190, 150)
_AROUND = re.compile(r"(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?),([a-z]+)")


@dataclass(frozen=True, slots=True)
class Area:
    """What the series is of: one cell or the cells of a district, and where that is."""

    unit: Unit
    name: str
    cells: tuple[int, ...]
    latitude: float
    longitude: float
    #: codes of the districts that it covers, for the map
    districts: frozenset[str]
    example: bool


def unit() -> Unit:
    """One cell, a district or a province."""
    return choose.segments(
        Field(UrlName.UNIT, UNITS),
        t("projections.unit"),
        lambda key: t(f"projections.unit_{key}"),
        stretch=True,
    )


def area(loaded: str, chosen: Unit) -> Area:
    """The chosen place, an example where there is none; raises OutsideKorea."""
    point = state.point()
    if (abroad := state.outside_korea()) is not None:
        raise abroad
    latitude, longitude = assessment.EXAMPLE if point is None else (point.latitude, point.longitude)
    place = reads.place(loaded, round(latitude, 6), round(longitude, 6))
    district = place.district if language() == "ko" else place.district_en
    if chosen == "cell":
        name = t(
            "projections.cell_name",
            district=district,
            latitude=place.cell_latitude,
            longitude=place.cell_longitude,
        )
        covered = frozenset({place.district_code})
        return Area(chosen, name, (place.grid_id,), latitude, longitude, covered, point is None)
    cells = reads.members(loaded, place.district_code, chosen) or (place.grid_id,)
    covered = frozenset({place.district_code})
    if chosen == "sido":
        parent = reads.parents(loaded).get(place.district_code, "")
        covered = (
            frozenset(code for code, other in reads.parents(loaded).items() if other == parent)
            or covered
        )
        district = _name(loaded, parent) or district
    return Area(chosen, district, cells, latitude, longitude, covered, point is None)


def search(loaded: str) -> None:
    """One field: names of districts and provinces to choose from, or coordinates as typed."""
    known = reads.names(loaded)
    st.selectbox(
        t("projections.search"),
        list(known),
        index=None,
        key=SEARCH,
        placeholder=t("projections.search_example"),
        format_func=lambda code: _name(loaded, code) or code,
        accept_new_options=True,
        on_change=_searched,
        args=(loaded,),
    )
    if words := st.session_state.pop(PROBLEM, None):
        st.toast(t("projections.search_nothing", words=words), icon=":material/search_off:")


def draw_map(loaded: str, shown: Area | None) -> None:
    """The small map; the chosen area is tinted, the point pinned."""
    districts = cache.districts(loaded)
    covered = frozenset[str]() if shown is None else shown.districts
    colours = [list(TINT) if d["admin_code"] in covered else [0, 0, 0, 0] for d in districts]
    point = state.point() or (state.Point(shown.latitude, shown.longitude) if shown else None)
    pins = [] if point is None else [Pin(point.longitude, point.latitude, colour=CHOSEN)]
    layers = [*maps.ground(mode()), *maps.choropleth(mode(), 0.8), *maps.pins(pins, mode())]
    words = {name: t(f"map.{name}") for name in ("in", "out", "home", "wait", "failed", "wheel")}
    view = MapView(
        maps.deck(layers, _focus(shown)),
        colours=colours,
        texts=[""] * len(districts),
        words={
            **words,
            "label": t("projections.map_label"),
            "language": language(),
            "unknown": formats.DASH,
            "value": "",
            "unit": "",
        },
    )
    click_map(view, key=MAP, height=HEIGHT, on_click=_clicked)


def _name(loaded: str, code: str) -> str:
    found = reads.names(loaded).get(code)
    if found is None:
        return ""
    return found[1] if language() == "ko" else found[2]


def _focus(shown: Area | None) -> dict[str, float]:
    """
    Where the map is: a first link's place, later where the search went; clicks do not move it.
    """
    asked = state.param(FOCUS)
    found = None if asked is None else _AROUND.fullmatch(asked)
    if asked is not None and asked != AT_HOME and found is None:
        state.reject_param(FOCUS)
    if found:
        return {
            "latitude": float(found[1]),
            "longitude": float(found[2]),
            "zoom": NEAR.get(found[3], NEAR["cell"]),
        }
    if asked is None and shown is not None and not shown.example:
        state.complete_param(FOCUS, state.map_position(shown.latitude, shown.longitude, shown.unit))
        return {"latitude": shown.latitude, "longitude": shown.longitude, "zoom": NEAR[shown.unit]}
    state.complete_param(FOCUS, AT_HOME)
    return HOME


def _clicked() -> None:
    click = clicked(MAP)
    if click is not None:
        state.choose_place(click.latitude, click.longitude)


def _searched(loaded: str) -> None:
    """A name was chosen or words were typed (the field's callback)."""
    words = st.session_state[SEARCH]
    st.session_state[SEARCH] = None
    if words is None:
        return
    if (found := reads.names(loaded).get(words)) is not None:
        level, _, _, latitude, longitude = found
        _go(latitude, longitude, level)
    else:
        _first_match(words)


def _first_match(words: str) -> None:
    """What the words name best; of a town, a station or a point the cell."""
    try:
        found = place_search.find(words, cache.app().place_names, 1)
    except InvalidInput:
        found = []
    if found:
        place = found[0]
        _go(place.latitude, place.longitude, None if place.kind == "point" else place.level)
    else:
        st.session_state[PROBLEM] = words


def _go(latitude: float, longitude: float, level: str | None) -> None:
    """Choose a place, and the unit where a *level* was named."""
    if level is not None:
        state.set_param(UrlName.UNIT, level if level in UNITS else "cell")
    state.choose_place(latitude, longitude)
    state.set_param(FOCUS, state.map_position(latitude, longitude, level or "cell"))
