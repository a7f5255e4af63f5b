"""The page of projections: what it says of a place, and what it says where it knows nothing."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from modelops_core import bootstrap
from modelops_core.db.inputs.series import SeriesTables
from modelops_core.errors import InvalidInput
from tests import world
from tests.pages import said

PAGE = str(Path(__file__).parents[2] / "pages/projections.py")


def metrics(page):
    return {m.label: (m.value, m.delta) for m in page.metric}


def test_a_first_visit_shows_an_example(opened, nightly_app):
    """Temperature of an example place, four scenarios, and that it is an example."""
    page = opened(nightly_app)
    assert set(metrics(page)) == {
        "기준 1991–\N{WORD JOINER}2020",
        "SSP1-2.6",
        "SSP2-4.5",
        "SSP3-7.0",
        "SSP5-8.5",
    }
    assert "예시 지점" in said(page)
    assert "**산출**" in said(page)


def test_numbers_are_the_means_of_the_table(opened, nightly_app):
    """Headline of the chosen window against the rows of the database."""
    page = opened(
        nightly_app,
        lat=str(world.BUSAN[0]),
        lon=str(world.BUSAN[1]),
        variable="cdd",
        horizon="2090s",
        lang="en",
    )
    with nightly_app.reader.connect() as connection:
        mean = connection.exec_driver_sql(
            "SELECT avg(ssp5) FROM modelops.cdd_data WHERE grid_id = 2 AND year BETWEEN 2081 AND 2100"
        ).scalar_one()
    assert metrics(page)["SSP5-8.5"] == (f"{mean:.1f}", ANY)
    assert "example" not in said(page).lower()


def test_a_district_is_the_mean_of_its_cells(opened, nightly_app):
    """Three cells of Yeonje-gu."""
    page = opened(
        nightly_app,
        lat=str(world.BUSAN[0]),
        lon=str(world.BUSAN[1]),
        unit="sigungu",
        variable="rx1day",
    )
    assert "부산광역시 연제구" in said(page)
    assert "격자 3개의 평균" in said(page)


def test_a_province_has_the_cells_of_its_districts(opened, nightly_app):
    """Here one district a province."""
    page = opened(
        nightly_app,
        lat=str(world.SEOUL[0]),
        lon=str(world.SEOUL[1]),
        unit="sido",
        variable="rx1day",
    )
    assert "서울특별시" in said(page)
    assert "격자 3개의 평균" in said(page)


def test_sea_level_says_how_far_its_node_is(opened, nightly_app):
    """Seoul's nearest node lies on the coast of Taean; no months."""
    page = opened(
        nightly_app,
        lat=str(world.SEOUL[0]),
        lon=str(world.SEOUL[1]),
        variable="sea_level",
        lang="en",
    )
    assert "The nearest sea-level node (36.80°N 126.20°E) is 109 km away" in said(page)
    assert "2015–2019" in said(page)
    assert not any(button.key == "months" for button in page.button_group)


def test_wrong_values_in_the_url_are_defaults(opened, nightly_app):
    """No error for a link that somebody mistyped."""
    page = opened(
        nightly_app,
        variable="wind_of_change",
        unit="planet",
        horizon="2200s",
        lat="north",
        lon="1e400",
        months="x",
    )
    assert page.selectbox(key="variable").value == "ta"
    assert "예시 지점" in said(page)


@pytest.mark.parametrize(("lat", "lon"), [("34.0", "125.0"), ("32.7", "124.4"), ("48.8", "2.3")])
def test_the_sea_and_abroad_are_a_hint(opened, nightly_app, lat, lon):
    """A click far out brings no number, and no example in its place; the page stays."""
    page = opened(nightly_app, lat=lat, lon=lon)
    assert page.warning
    assert not page.metric


def searched(typed):
    """The page's field after *typed*: a script of its own, since AppTest cannot type new options."""

    def script(words):
        import streamlit as st

        from modelops_core.ui.kit import cache, state
        from modelops_core.ui.projections import place as places

        st.session_state[places.SEARCH] = words
        places._searched(cache.version().loaded)
        area = places.area(cache.version().loaded, st.query_params.get("unit", "cell"))
        st.markdown(area.name if state.point() else "nowhere")
        st.caption(st.session_state.get(places.PROBLEM, ""))

    return AppTest.from_function(script, args=(typed,), default_timeout=30).run()


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("26470", "부산광역시 연제구"),
        ("26", "부산광역시"),
        ("35.16, 129.06", "부산광역시 연제구 · 격자 35.15°N 129.05°E"),
        ("129.06 35.16", "부산광역시 연제구 · 격자 35.15°N 129.05°E"),
        ("연제", "부산광역시 연제구"),
        ("연제구 일동", "부산광역시 연제구 · 격자 35.25°N 129.05°E"),
    ],
)
def test_search_by_name_and_by_coordinates(monkeypatch, nightly_app, typed, place):
    """A chosen district or province, coordinates either way round, and words."""
    monkeypatch.setattr(bootstrap, "app", lambda: nightly_app)
    page = searched(typed)
    assert not page.exception
    assert page.markdown[0].value == place
    assert set(page.query_params) >= {"lat", "lon"}


@pytest.mark.parametrize("typed", ["아틀란티스", "  ", "37.5,", "99999"])
def test_a_search_for_nothing_says_so(monkeypatch, nightly_app, typed):
    """The place stays as it was."""
    monkeypatch.setattr(bootstrap, "app", lambda: nightly_app)
    page = searched(typed)
    assert not page.exception
    assert page.markdown[0].value == "nowhere"
    assert page.caption[0].value == typed.strip()


def test_an_empty_database_is_a_designed_state(opened, empty_app):
    """What to do, no figure."""
    page = opened(empty_app)
    assert "아직 기후 자료가 없습니다" in said(page)
    assert page.code[0].value == "python -m modelops_core up"
    assert not page.metric


def test_thirty_years_say_what_they_do_not_reach(opened, make_app):
    """2021–2050: horizons outside the data, and a baseline that is no history."""
    app = make_app()
    world.fill(app.owner, years=np.arange(2021, 2051))
    page = opened(app, horizon="2090s")
    assert metrics(page)["SSP5-8.5"] == ("자료 기간 밖", "–")
    assert "2050년대, 2070년대, 2090년대" in said(page)
    assert "첫 20년(2021–2040)" in said(page)


def test_a_variable_without_rows_is_said(opened, site_app):
    """One empty table does not take the page down."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM modelops.ws_data")
    page = opened(site_app, variable="ws")
    assert "풍속 자료가 없습니다" in said(page)
    assert not page.metric


def test_series_of_cells_with_gaps(site_app):
    """A year in which one of two cells is unknown is unknown for both together, not for the other alone."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.cdd_data SET ssp1 = NULL WHERE grid_id = 1 AND year = 2030"
        )
    tables = SeriesTables(site_app.reader)
    both, alone = tables.area("cdd", (1, 2)), tables.area("cdd", (2,))
    at = both.years == 2030
    assert np.isnan(both.values[:, at]).ravel().tolist() == [True, False, False, False]
    assert not np.isnan(alone.values[:, at]).any()
    assert both.cells == 2


def test_series_know_their_variables(nightly_app):
    """A name from outside never becomes part of a statement."""
    with pytest.raises(InvalidInput, match="variable"):
        SeriesTables(nightly_app.reader).area("ta_data; DROP TABLE x; --", (1,))


def test_a_widget_is_made_with_its_value(opened, nightly_app):
    """What the browser draws of itself, when the run that told it the value was overtaken, is that value."""
    page = opened(nightly_app, horizon="2090s")
    slider = page.select_slider(key="horizon")

    assert (slider.value, list(slider.proto.default)) == ("2090s", [4])
