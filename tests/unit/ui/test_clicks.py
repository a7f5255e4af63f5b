"""What a click on a map says, and what each page's map does with it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from modelops_core.ui.kit import clickmap, state
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.clickmap import Click
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.population import population_map

ON_DISTRICT = {
    "lat": 37.56,
    "lon": 126.98,
    "zoom": 7.0,
    "layer": "districts",
    "object": {"code": "11140"},
}
BESIDE = {"lat": 36.0, "lon": 125.0, "zoom": 7.0, "layer": None, "object": None}


@pytest.fixture
def click(monkeypatch):
    """Puts what the component reports into the session of the map *key*."""

    def put(key, report):
        monkeypatch.setattr(st, "session_state", {key: SimpleNamespace(click=report)})

    return put


def test_a_click_is_a_place_and_what_lay_there(click):
    """Latitude and longitude in their places; beside everything there is no object."""
    click("map", ON_DISTRICT)
    assert clickmap.clicked("map") == Click(37.56, 126.98, "districts", {"code": "11140"})
    click("map", BESIDE)
    assert clickmap.clicked("map") == Click(36.0, 125.0)


def test_a_run_without_a_click_has_none(click):
    """The component reports nothing at its first drawing."""
    click("map", None)
    assert clickmap.clicked("map") is None


def test_a_click_on_the_main_map_starts_an_assessment_there(click, monkeypatch):
    """At the place clicked, once; without a click nothing starts."""
    started = []
    monkeypatch.setattr(assessment, "start", lambda *place: started.append(place))
    click(WidgetKey.MAP, ON_DISTRICT)
    assessment.clicked()
    click(WidgetKey.MAP, None)
    assessment.clicked()

    assert started == [(37.56, 126.98)]


def test_a_click_on_the_map_of_people_chooses_a_district_or_forgets_it(click, monkeypatch):
    """Beside all districts it is the country again; without a click nothing changes."""
    kept = []
    monkeypatch.setattr(state, "set_param", lambda name, value: kept.append((name, value)))
    for report in (ON_DISTRICT, None, BESIDE):
        click(WidgetKey.POPULATION_MAP, report)
        population_map._clicked()

    assert kept == [(UrlName.AREA, "11140"), (UrlName.AREA, None)]
