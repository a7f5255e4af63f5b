"""Rare years on the pages: table, curves, the card's line, compare and files."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from modelops_core import bootstrap
from modelops_core.domain.result import HEADLINE, PERIODS
from modelops_core.perils import PERILS
from modelops_core.services.portfolio import rare_years
from modelops_core.services.portfolio.rating import UNRATED, Rank, Standing
from modelops_core.ui.assess import return_periods
from modelops_core.ui.compare import files, rare
from modelops_core.ui.compare.choice import Choice, Subject
from modelops_core.ui.kit import filters
from modelops_core.ui.kit.answers import return_period_figures
from modelops_core.ui.kit.answers.return_period_figures import Curve
from tests.answers import answer, result
from tests.pages import as_read
from tests.unit.ui.screen import Screen, program

KEY = ("ssp2", "2050s")
LOSSES = tuple(1e6 * period for period in PERIODS)


@pytest.fixture(autouse=True)
def korean(monkeypatch):
    """The reader's language, and the program behind the page."""
    monkeypatch.setattr(bootstrap, "app", program)
    for module in (return_periods, rare, filters):
        monkeypatch.setattr(module, "language", lambda: "ko")
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "ko")


def flood(peril="river_flood", times=1.0, years=30.0, **more):
    losses = tuple(times * loss for loss in LOSSES)
    return result(
        peril,
        0.1,
        return_losses=losses,
        return_basis="maxima",
        return_years=years,
        **more,
    )


def site(*results, periods=PERIODS):
    found = results or (
        flood(),
        result("wildfire", 0.1, return_basis="counted"),
        result("typhoon", None, return_basis="storms"),
        result("sea_level_rise", 0.0, status="not_applicable"),
    )
    return answer(found, return_periods=list(periods))


def test_a_row_says_the_losses_or_why_there_are_none():
    """10 years within thirty of data, 50 beyond them; counted, unknown and excluded perils in words."""
    of = site()
    rows = {r.risk_type: list(return_periods._row(of, r).values()) for r in of.results}

    said = [as_read(text) for text in rows["river_flood"][1:5]]
    assert said == ["₩1,000만", "₩5,000만*", "₩1.00억*", "₩2.00억*"]
    assert "30년" in rows["river_flood"][5]
    assert "재현기간 없음" in rows["wildfire"][5]
    assert rows["wildfire"][1:5] == ["–"] * 4
    assert rows["typhoon"][5] == "평가 불가"
    assert rows["sea_level_rise"][5] == "해당 없음"


def test_an_older_answer_asks_for_another_calculation():
    """Neither nought nor a dash without a reason."""
    old = answer([result("river_flood", 0.1)])
    assert rare_years.why_none(old, old.results[0]) == "old"
    no_levels = site(result("typhoon", 0.1, return_basis="storms"))
    assert rare_years.why_none(no_levels, no_levels.results[0]) == "old"


def test_the_card_names_the_largest_loss_of_a_hundred_years():
    """Twice the other's; without any there is no line."""
    of = site(flood(), flood("typhoon", 2.0, years=200.0))
    assert return_periods.worst(of, *KEY) == "100년 재현기간 최대 손실: 태풍 ₩2.00억"
    assert return_periods.worst(site(result("wildfire", 0.1)), *KEY) == ""
    assert return_periods.worst(site(flood(times=0.0)), *KEY) == ""


def test_a_curve_is_dotted_beyond_the_years_of_data():
    """Solid up to 30 years; the dotted part begins where the solid ends; one entry in the legend."""
    of = site()
    years = rare_years.of(of, of.results[0])
    chart = return_period_figures.curves(
        [Curve("a", "#000000", "circle", years)], "light", "ko", "년", "외삽"
    )
    solid, dotted = chart.data

    assert list(solid.x) == [2, 5, 10, 20, 30]
    assert list(dotted.x) == [30, 50, 100, 200, 500]
    assert (solid.line.dash, dotted.line.dash) == ("solid", "dot")
    assert [bool(trace.showlegend) for trace in chart.data] == [True, False]
    assert "외삽" in dotted.text[1]
    assert "외삽" not in dotted.text[0]
    assert chart.layout.xaxis.type == "log"


def test_a_prescribed_distribution_is_dotted_from_its_first_year_on():
    """No year of data carries it, and it still has its entry in the legend."""
    of = site(flood(years=0.0))
    chart = return_period_figures.curves(
        [Curve("a", "#000000", "circle", rare_years.of(of, of.results[0]))], "light", "ko", "", ""
    )
    [dotted] = chart.data
    assert list(dotted.x) == list(PERIODS)
    assert dotted.showlegend


def test_the_file_has_a_row_a_period_with_its_probability():
    """Of the perils with a number only; 1/T beside T."""
    rows = list(rare_years.rows(site()))
    assert [row["return_period"] for row in rows] == list(PERIODS)
    assert {row["risk_type"] for row in rows} == {"river_flood"}
    assert all(tuple(row) == rare_years.COLUMNS for row in rows)
    assert rows[2]["exceedance_probability"] == 0.1
    assert [row["extrapolated"] for row in rows] == [period > 30 for period in PERIODS]


def test_compare_has_a_row_a_period_and_a_column_a_site(monkeypatch):
    """A site without the number says its status; perils without rare years are left out."""
    screen = Screen()
    monkeypatch.setattr(rare, "st", screen)
    monkeypatch.setattr(rare, "_curves", lambda *_: None)
    sites = [
        Subject("a", "a", site()),
        Subject("b", "b", site(result("river_flood", None))),
    ]
    rare.draw(sites, Choice("grand", "loss", "rare", *KEY))
    [frame] = screen.said["dataframe"]

    assert list(frame.iloc[:, 0]) == [PERILS["river_flood"].label_ko] * len(HEADLINE)
    assert list(frame["a"]) == ["₩1,000만", "₩5,000만*", "₩1.00억*", "₩2.00억*"]
    assert list(frame["b"]) == ["평가 불가"] * 4


def test_compare_draws_the_curves_of_a_peril_in_the_chosen_unit(monkeypatch):
    """Won as they are, or per cent of the site's value on one axis; a site without one says why."""
    drawn, screen = [], Screen()
    monkeypatch.setattr(rare, "st", screen)
    monkeypatch.setattr(rare.choose, "segments", lambda field, *_: field.options[0])
    monkeypatch.setattr(
        rare, "beside", lambda found: [(subject, nullcontext()) for subject in found]
    )
    monkeypatch.setattr(rare.charts, "draw", lambda chart, *_, **more: drawn.append((chart, more)))
    found = [
        Subject("a", "a", site()),
        Subject("b", "b", site(result("river_flood", None))),
    ]
    for measure in ("loss", "rate"):
        rare._curves(found, ["river_flood"], Choice("grand", measure, "rare", *KEY))
    (won, _), (rate, more) = drawn

    value = found[0].answer.asset_value or found[0].answer.sum_insured
    hundred = list(won.data[-1].x).index(100)
    assert won.data[-1].y[hundred] == 1e8
    assert rate.data[-1].y[hundred] == pytest.approx(100 * 1e8 / value)
    assert rate.layout.yaxis.ticktext[-1].endswith("%")
    assert more["title"] == "하천홍수 초과곡선 [자산가액 대비 %]"
    assert screen.said["info"] == ["b — 하천홍수: 평가 불가"] * 2


def test_compare_says_where_no_site_has_such_years(monkeypatch):
    """A sentence in place of an empty table."""
    screen = Screen()
    monkeypatch.setattr(rare, "st", screen)
    rare.draw(
        [Subject("a", "a", site(result("wildfire", 0.1)))], Choice("grand", "loss", "rare", *KEY)
    )
    assert "dataframe" not in screen.said
    assert len(screen.said["info"]) == 1


def test_the_file_of_a_comparison_has_the_rare_years_of_each_peril():
    """Columns of numbers; empty for sums, which are no quantile of anything."""
    own = Subject("a", "a", site())
    row = files._row(own, "river_flood", KEY, Standing(Rank(1, 4), None))
    assert [row[name] for name in rare.COLUMNS] == [1e7, 5e7, 1e8, 2e8]
    assert row["return_years"] == 30
    ranks = (row["national_percentile"], row["national_cells"], row["peers"])
    assert ranks == (25.0, 4, None)
    total = files._row(own, "grand", KEY, UNRATED)
    empty = (*rare.COLUMNS, "return_years", "national_percentile")
    assert [total[name] for name in empty] == [None] * 6
