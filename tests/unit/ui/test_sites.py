"""Saved sites: their order, their numbers, the colours of their grades on the map and its legend."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from modelops_core.domain.result import LEVELS
from modelops_core.domain.saved_site import SavedSite
from modelops_core.perils import PERILS
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.sites import site_list, sites_map
from modelops_core.ui.sites.site_list import Line
from tests.answers import HORIZON, SCENARIO, answer, result

KEY = (SCENARIO, HORIZON)
EDGES = (0.01, 0.05, 0.2, 1.0)
#: the ramp's colour in the middle (of the logarithm) of each grade
COLOURS = {"Very Low": (250, 222, 129), "Very High": (79, 22, 49)}
GREY = (158, 166, 172)


@pytest.fixture(autouse=True)
def program(monkeypatch):
    """The perils and the edges of grades, without a database."""
    monkeypatch.setattr(cache, "app", lambda: SimpleNamespace(perils=PERILS))
    monkeypatch.setattr(saved_sites, "grade_edges", lambda: EDGES)


def site(site_id, name="a", found=None, **place):
    where = {"latitude": 37.5, "longitude": 127.0, **place}
    return SavedSite(
        site_id=site_id, name=name, note="", corrections={}, batch_id=None, answer=found, **where
    )


def line(site_id, total=None, rate=None, name="a", asset_value=1e9, grade=None, **place):
    """A line whose site's answer knows *asset_value*; None: an answer per KRW 100 million."""
    found = answer(building={"asset_value": asset_value, "as_of": 2025})
    own = site(site_id, name, found, **place)
    return Line(own, None, None, total, rate, grade, None, ())


def ids(lines):
    return [own.site.site_id for own in lines]


def test_the_largest_loss_comes_first_and_unknown_ones_last():
    """Zero is known; a loss per KRW 100 million compares with none, however large."""
    lines = [
        line(1, total=None),
        line(2, total=5e6),
        line(3, total=0.0),
        line(4, total=9e9, asset_value=None),
        line(5, total=7e6),
    ]
    assert ids(site_list.ordered(lines, "loss")) == [5, 2, 3, 1, 4]


def test_a_site_that_was_never_assessed_has_no_loss_to_order_by():
    """It stands behind one without any loss, whatever its line says."""
    never = replace(line(1, total=8e9), site=site(1))

    assert ids(site_list.ordered([never, line(2, total=0.0)], "loss")) == [2, 1]


def test_rates_order_by_themselves():
    """A rate needs no asset value."""
    lines = [line(1, rate=0.1, total=9e9), line(2, rate=None), line(3, rate=0.3, asset_value=None)]

    assert ids(site_list.ordered(lines, "rate")) == [3, 1, 2]


def test_names_and_the_order_of_saving():
    """Korean names by letter; as saved is as given."""
    lines = [line(2, name="나"), line(3, name="다"), line(1, name="가")]

    assert ids(site_list.ordered(lines, "name")) == [1, 2, 3]
    assert ids(site_list.ordered(lines, "saved")) == [2, 3, 1]


def test_a_line_holds_the_sums_of_its_answer():
    """0.5 % of wildfire and 0.2 % of heat on 1e9 KRW: 5, 2 and 7 million, 0.7 %, High."""
    found = answer([result("wildfire", 0.5), result("extreme_heat", 0.2), result("typhoon", None)])
    own = site_list.line(site(1, found=found), KEY)

    assert (own.physical, own.operating) == (pytest.approx(5e6), pytest.approx(2e6))
    assert (own.total, own.rate) == (pytest.approx(7e6), pytest.approx(0.7))
    assert (own.grade, own.worst, own.missing) == ("High", "wildfire", ("typhoon",))


def test_a_site_without_an_answer_has_no_numbers():
    """Neither zero nor a grade."""
    own = site_list.line(site(1), KEY)

    assert (own.physical, own.operating, own.total, own.rate) == (None,) * 4
    assert (own.grade, own.worst, own.missing) == (None, None, ())


@pytest.mark.parametrize("level", COLOURS)
def test_a_grade_has_the_maps_colour_in_its_middle(level):
    """The fixed scale of the AAL between the grade's edges, 0.001 and 2 % at the ends."""
    assert site_list.grade_colour(level) == COLOURS[level]


def test_grades_have_five_colours_and_no_grade_none():
    """All apart from each other and from grey."""
    found = {site_list.grade_colour(level) for level in LEVELS}

    assert len(found | {GREY}) == 6
    assert site_list.grade_colour(None) is None


@pytest.mark.parametrize(("level", "ink"), [("Low", "#16232b"), ("Medium", "#ffffff")])
def test_letters_on_a_grade_can_be_read(level, ink):
    """White from the middle grade on."""
    assert site_list._css(level).endswith(f"color: {ink}")
    assert site_list._css(None) == ""


def test_the_legend_shows_each_grade_as_a_step_with_its_edges():
    """Five equal steps from the least to the largest; grey is not assessed yet."""
    shown = sites_map.legend("light")
    first, last = (f"rgb{COLOURS[level]}" for level in ("Very Low", "Very High"))

    assert shown.ticks == ((0.2, "0.01"), (0.4, "0.05"), (0.6, "0.2"), (0.8, "1"))
    assert shown.gradient.startswith(f"linear-gradient(to right, {first} 0% 20%, rgb(")
    assert shown.gradient.endswith(f"% 80%, {last} 80% 100%)")
    assert all(f" {20 * i}% {20 * (i + 1)}%" in shown.gradient for i in range(5))
    assert shown.keys == ((f"rgb{GREY}", "미평가"),)
    assert shown.title == "합계 손실률 [%/년], 매우 낮음–매우 높음"


def test_the_map_draws_chosen_sites_last_larger_and_with_their_names():
    """Names of all sites would lie on each other; a site without a grade is grey."""
    lines = [
        line(1, name="b", grade="Very High", latitude=35.0),
        line(2, name="a", latitude=36.0),
        line(3, name="c", grade="Very Low", latitude=37.0),
    ]
    layers = {layer.id: layer for layer in sites_map.view(lines, [1], "light").deck.layers}
    dots = [(p["name"], tuple(p["colour"]), p["radius"]) for p in layers["pins"].data]

    assert dots == [
        ("a", (*GREY, 255), 6),
        ("c", (*COLOURS["Very Low"], 255), 6),
        ("b", (*COLOURS["Very High"], 255), 9),
    ]
    assert [p["name"] for p in layers["pin-names"].data] == ["b"]
    assert list(layers)[-2:] == ["pins", "pin-names"]


def test_a_click_finds_the_site_at_its_place():
    """Both coordinates must be the pin's."""
    lines = [line(1, latitude=37.5, longitude=127.0), line(2, latitude=35.1, longitude=127.0)]

    assert sites_map._at(lines, 127.0, 35.1) == 2
    assert sites_map._at(lines, 127.0, 37.5) == 1
    assert sites_map._at(lines, 127.00001, 37.5) is None
    assert sites_map._at(lines, 127.0, 37.50001) is None
