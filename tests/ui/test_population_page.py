"""The page of population: districts, provinces, the country, and what is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import said

PAGE = str(Path(__file__).parents[2] / "pages/population.py")


def metrics(page):
    return [(m.value, m.delta) for m in page.metric]


def test_the_country_is_the_sum_of_its_districts(opened, nightly_app):
    """100,000 falling by 500 a year, and 200,000: 285,000 in 2050, −5 %."""
    page = opened(nightly_app)
    assert "전국 · 2050" in said(page)
    assert [value for value, _ in metrics(page)] == ["28.5만", "자료 없음", "−5.00"]


def test_a_district_of_the_url(opened, nightly_app):
    """Jung-gu loses 7,500 of 100,000 by 2035, and is second of two."""
    page = opened(nightly_app, area="11140", year="2035", lang="en")
    assert "Jung-gu, Seoul · 2035" in said(page)
    assert metrics(page)[0] == ("92.5\N{NO-BREAK SPACE}k", "no. 2 of 2")
    assert metrics(page)[2] == ("−7.50", "no. 2 of 2")


def test_an_unknown_area_has_no_density(opened, nightly_app):
    """A word, not a zero."""
    assert metrics(opened(nightly_app, area="11140"))[1] == ("자료 없음", "")


def test_a_province_without_figures_is_summed_from_its_districts(opened, nightly_app):
    """The test world gives people to districts only; a district's link opens its province there."""
    page = opened(nightly_app, area="26470", level="sido")
    assert "부산광역시 · 2050" in said(page)
    assert metrics(page)[0] == ("20.0만", "2곳 중 1위")


def test_the_comparison_does_not_leave_the_data(opened, nightly_app):
    """2052 is published, the data end in 2050."""
    page = opened(nightly_app)
    frame = next(t.value for t in page.table if "차이" in t.value.columns)
    assert frame.iloc[-1].tolist() == ["2052", "4,627만 명", "자료 기간 밖", "자료 기간 밖"]
    assert frame.iloc[0, 1] == "5,167만 명"


def test_wrong_values_in_the_url_are_defaults(opened, nightly_app):
    """No error for a link that somebody mistyped."""
    page = opened(nightly_app, measure="happiness", level="world", year="1066", area="nowhere")
    assert page.select_slider(key="year").value == "2050"
    assert "전국 · 2050" in said(page)


def test_choosing_a_district_writes_the_url(opened, nightly_app):
    """A link copied afterwards opens the same district; taking it away brings the country back."""
    page = opened(nightly_app)
    page.selectbox(key="population.district").set_value("26470").run()
    assert page.query_params["area"] == "26470"
    assert "부산광역시 연제구 · 2050" in said(page)
    page.selectbox(key="population.district").set_value(None).run()
    assert "area" not in page.query_params
    assert "전국 · 2050" in said(page)


def test_play_starts_from_the_first_year(opened, nightly_app):
    """From 2050 it goes back to 2020 and its button stops it."""
    page = opened(nightly_app)
    page.button(key="year.play").click().run()
    assert page.select_slider(key="year").value == "2020"
    assert page.button(key="year.play").label == "정지"
    page.button(key="year.play").click().run()
    assert page.button(key="year.play").label == "재생"


@pytest.mark.parametrize("measure", ["population", "density", "change"])
@pytest.mark.parametrize("level", ["sigungu", "sido"])
def test_every_measure_and_level_can_be_drawn(opened, nightly_app, measure, level):
    """Even where the measure is unknown everywhere."""
    page = opened(nightly_app, measure=measure, level=level)
    assert not page.error


def test_an_empty_database_is_a_designed_state(opened, empty_app):
    """What to do, no figure."""
    page = opened(empty_app)
    assert "아직 행정구역 인구 자료가 없습니다" in said(page)
    assert page.code[0].value == "python -m modelops_core up"
    assert not page.metric
