"""People of districts: shares, sums, ranks and their colours."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from modelops_core.services.series import population
from modelops_core.services.series.population import YEARS
from modelops_core.ui.kit import theme
from modelops_core.ui.population import figures, population_cache
from tests.unit.ui.test_theme import SIMULATION, lab, linear


def district(code, first, last, area=100.0, parent="11"):
    """Changes in a straight line; None is unknown."""
    known = first is not None
    values = np.linspace(first, last, len(YEARS)) if known else [None] * len(YEARS)
    return {
        "admin_code": code,
        "parent_code": parent,
        "area_km2": area,
        **{
            f"population_{year}": None if not known else round(v)
            for year, v in zip(YEARS, values, strict=True)
        },
    }


def test_measures():
    """1,000 on 100 km² falling to 700: density 10, change −30 %."""
    rows = [district("11010", 1000, 700)]
    persons, area = population.people(rows), population.areas(rows)
    assert population.measured(persons, area, "density")[0, 0] == 10
    assert population.measured(persons, area, "change")[0, -1] == pytest.approx(-30)
    assert population.measured(persons, area, "change")[0, 0] == 0
    assert population.measured(persons, area, "population")[0, -1] == 700


def test_unknown_stays_unknown():
    """No people, no area, nobody at the start: no number."""
    rows = [district("1", None, None), district("2", 10, 20, None), district("3", 0, 5)]
    persons, area = population.people(rows), population.areas(rows)
    assert np.isnan(population.measured(persons, area, "population")[0]).all()
    assert np.isnan(population.measured(persons, area, "density")[:2]).all()
    assert np.isnan(population.measured(persons, area, "change")[2]).all()


def test_a_province_without_figures_is_the_sum_of_its_districts():
    """Its own figures win; a district that is unknown makes the sum unknown."""
    provinces = [district(code, None, None, parent=None) for code in ("11", "26", "31")] + [
        district("50", 9, 9, parent=None)
    ]
    districts = [
        district("11010", 100, 100),
        district("11020", 50, 50),
        district("26010", 7, 7, parent="26"),
        district("26020", None, None, parent="26"),
        district("50010", 4, 4, parent="50"),
    ]
    found = population.of_provinces(provinces, districts)
    assert (found[0] == 150).all()
    assert np.isnan(found[1:3]).all()
    assert (found[3] == 9).all()


def test_the_sum_says_how_many_are_missing():
    """Districts without figures are counted, not taken as empty."""
    total, missing = population.country(
        population.people([district("1", 10, 10), district("2", None, None), district("3", 5, 5)])
    )
    assert total.tolist() == [15.0] * 7
    assert missing == 1
    nobody, all_missing = population.country(population.people([district("1", None, None)]))
    assert np.isnan(nobody).all()
    assert all_missing == 1


def test_published_years_are_compared_only_inside_the_data():
    """2022 lies two fifths between 2020 and 2025; 2052 is not extended to."""
    total = np.array([100.0, 110, 110, 110, 110, 110, 110])
    rows = population.compared(total, {2052: 90.0, 2022: 100.0})
    assert [row["year"] for row in rows] == [2022, 2052]
    assert rows[0]["population"] == pytest.approx(104)
    assert rows[0]["difference_percent"] == pytest.approx(4)
    assert rows[1]["population"] is None
    assert rows[1]["difference_percent"] is None


def test_ranks():
    """The largest is first, equals share, unknown has none."""
    found = population.ranks(np.array([5.0, 9.0, np.nan, 5.0, 1.0]))
    assert found[[0, 1, 3, 4]].tolist() == [2, 1, 2, 4]
    assert np.isnan(found[2])


def test_the_published_points_ship_with_the_program():
    """Statistics Korea, May 2024: 51.67 million in 2022, 46.27 in 2052."""
    found = population_cache.published.__wrapped__()
    assert found[2022] == 51_670_000
    assert found[2052] == 46_270_000


@pytest.mark.parametrize("kind", SIMULATION)
def test_growth_and_decline_differ_for_the_colour_blind(kind):
    """Any two of the seven colours, and above all the two arms, differ by CIE76 12 or more."""
    seen = [lab(np.array(SIMULATION[kind]) @ linear(f"#{bytes(c).hex()}")) for c in theme.DIVERGING]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) >= 12
    for step in range(3):
        assert np.linalg.norm(seen[step] - seen[-1 - step]) >= 25


def test_the_middle_is_lightest_and_the_arms_are_equally_dark():
    """In print both directions weigh the same."""
    light = [lab(linear(f"#{bytes(c).hex()}"))[0] for c in theme.DIVERGING]
    assert (np.diff(light[:4]) > 0).all()
    assert (np.diff(light[3:]) < 0).all()
    assert all(abs(light[i] - light[-1 - i]) < 6 for i in range(3))


def test_no_change_is_the_middle_of_the_scale():
    """0 % has the neutral colour, −40 and beyond the end's."""
    scale = figures.SCALES["change"]["sido"]
    assert scale.colours(np.array([0.0]))[0, :3].tolist() == list(theme.DIVERGING[3])
    assert scale.colours(np.array([-90.0]))[0, :3].tolist() == list(theme.DIVERGING[0])
    assert scale.colours(np.array([np.nan]))[0, 3] == 0


def test_people_in_words():
    """Three significant figures in the reader's units; a change has its sign."""
    assert figures.persons(955_080, "ko") == "95.5만"
    assert figures.persons(955_080, "en") == "955\N{NO-BREAK SPACE}k"
    assert figures.persons(7_810, "ko") == "7,810"
    assert figures.persons(float("nan"), "ko") == "–"
    assert figures.shown(-8.8, "change", "ko") == "−8.80"
    assert figures.shown(37.4, "change", "en") == "+37.4"
    assert figures.tick(30_000, "population", "ko") == "3만"
    assert figures.tick(-40, "change", "ko") == "−40"


def test_ranking_keeps_its_order_and_marks_the_chosen():
    """The first bar is on top."""
    bars = [figures.Bar("a", 3.0, "3"), figures.Bar("b", -1.0, "−1", chosen=True)]
    chart = figures.ranking(bars, "change", "light")
    assert chart.layout.yaxis.categoryarray == ("<b>b</b>", "a")
    assert chart.data[0].marker.color == (
        theme.css(theme.DIVERGING[5]),
        theme.css(theme.DIVERGING[1]),
    )
