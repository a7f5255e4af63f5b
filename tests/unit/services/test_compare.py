"""Comparing and summing sites: numbers that can be checked in the head."""

from __future__ import annotations

import dataclasses
import math

import pytest

from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.perils import PERILS
from modelops_core.services.portfolio import compare, sums
from modelops_core.services.portfolio.compare import Amount
from modelops_core.ui.compare import figures
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.answers import scenario_figures
from modelops_core.ui.kit.figure_style import without_zeros

KEY = ("ssp2", "2050s")
BASE = ("ssp2", "baseline")
#: peril → final AAL [%], exposed share
RATES = {
    "extreme_heat": (0.2, 1.0),
    "wildfire": (0.1, 1.0),
    "urban_flood": (0.4, 0.5),
    "river_flood": (0.6, 0.5),
    "typhoon": (0.3, 1.0),
}
VALUE = 1e9
INSURED = 1e8


def row(peril, rate, share, key=KEY, value=VALUE, **more):
    exposed = share * value
    loss = None if rate is None else rate / 100 * exposed
    return {
        "risk_type": peril,
        "ssp_scenario": key[0],
        "horizon": key[1],
        "status": "ok" if rate is not None else "not_assessed",
        "final_aal": rate,
        "aal_p05": None if rate is None else rate / 2,
        "aal_p95": None if rate is None else rate * 2,
        "exposed_value": exposed if rate is not None else None,
        "expected_loss": loss,
        "flags": [],
        **more,
    }


def found(rows, value=VALUE, cell=7, digest="h"):
    return {
        "batch_id": "b",
        "latitude": 37.5,
        "longitude": 127.0,
        "district": {"name": "중구", "name_en": "Jung-gu"},
        "cell": {"grid_id": cell},
        "building": {"asset_value": value, "as_of": 2025},
        "method_version": "1",
        "parameter_set": "central",
        "parameter_hash": digest,
        "results": rows,
    }


def answer(rows=None, value=VALUE, **more):
    made = (
        [row(p, r, s, value=value or INSURED) for p, (r, s) in RATES.items()]
        if rows is None
        else rows
    )
    return Answer.from_row(found(made, value, **more), INSURED)


def cell(a, quantity, measure="loss", key=KEY):
    return compare.amount_of(a, quantity, measure, key, PERILS)


def test_subtotals_count_overlapping_perils_once():
    """Water .4·.5 + .6·.5 = .5 % beats wind .3 %: fire .1 + water .5 = .6 % of 1e9; heat .2 %."""
    a = answer()

    assert cell(a, "physical_no_overlap").value == pytest.approx(6e6)
    assert cell(a, "physical").value == pytest.approx(9e6)
    assert cell(a, "operating").value == pytest.approx(2e6)
    assert cell(a, "grand").value == pytest.approx(8e6)
    assert cell(a, "grand", "rate").value == pytest.approx(0.8)


def test_a_band_of_a_subtotal_takes_every_peril_at_the_same_end():
    """All ends are half and twice the centre, so the sum's are too."""
    own = cell(answer(), "grand")

    assert (own.low, own.high) == (pytest.approx(4e6), pytest.approx(16e6))


def test_a_subtotal_with_a_peril_of_unknown_interval_has_none():
    """The centre never stands for an unknown end: the sum keeps its value and loses its band."""
    rows = [row(p, r, s) for p, (r, s) in RATES.items()]
    for lacking in rows:
        if lacking["risk_type"] == "wildfire":
            lacking |= {"aal_p05": None, "aal_p95": None}
    a = answer(rows)

    grand, heat = cell(a, "grand"), cell(a, "operating")
    assert (grand.value, grand.low, grand.high) == (pytest.approx(8e6), None, None)
    assert (heat.low, heat.high) == (pytest.approx(1e6), pytest.approx(4e6))


def test_a_peril_is_a_rate_of_its_exposed_value_and_a_loss():
    """.4 % of half of 1e9 is 2e6, with its own interval."""
    a = answer()

    rate = cell(a, "urban_flood", "rate")
    assert (rate.low, rate.value, rate.high) == (0.2, 0.4, 0.8)
    assert cell(a, "urban_flood").value == pytest.approx(2e6)
    loss = cell(a, "urban_flood")
    assert (loss.low, loss.high) == (pytest.approx(1e6), pytest.approx(4e6))


def test_what_is_unknown_is_in_no_sum_and_is_named():
    """A peril without a number is missing, not zero; a kind without any number has no subtotal."""
    a = answer(
        [row("wildfire", 0.1, 1.0), row("river_flood", None, 0.5), row("extreme_heat", None, 1.0)]
    )

    assert cell(a, "physical_no_overlap").value == pytest.approx(1e6)
    assert cell(a, "physical_no_overlap").missing == ("river_flood",)
    assert (cell(a, "operating").value, cell(a, "operating").status) == (None, "not_assessed")
    assert (cell(a, "river_flood").value, cell(a, "river_flood").status) == (None, "not_assessed")
    assert cell(a, "typhoon").status == "not_assessed"


def test_flags_of_unknown_perils_stand_at_their_sum():
    """Why a peril is missing is said where it is missing."""
    a = answer(
        [
            row("wildfire", 0.1, 1.0, flags=["known"]),
            row("river_flood", None, 0.5, flags=["river_distance_unknown"]),
            row("extreme_heat", 0.1, 1.0, flags=["of heat"]),
        ]
    )

    assert cell(a, "physical").flags == {"known", "river_distance_unknown"}
    assert cell(a, "river_flood").flags == {"river_distance_unknown"}


def test_a_peril_without_one_end_has_no_interval_of_money():
    """Neither end is drawn where one of them is unknown."""
    a = answer([row("wildfire", 0.1, 1.0, aal_p95=None)])

    assert (cell(a, "wildfire").low, cell(a, "wildfire").high) == (None, None)
    assert cell(a, "wildfire").value == pytest.approx(1e6)


def test_a_missing_history_of_any_peril_is_said():
    """One flag in one scenario's baseline is enough; a later horizon's is none."""
    flags = [compare.MODEL_START]
    plain = row("wildfire", 0.1, 1.0, BASE)

    assert compare.baseline_is_model_start(
        answer([plain, row("typhoon", 0.1, 1.0, BASE, flags=flags)])
    )
    assert not compare.baseline_is_model_start(
        answer([plain, row("typhoon", 0.1, 1.0, KEY, flags=flags)])
    )


def test_a_low_confidence_peril_makes_its_sum_low_confidence():
    """A sum is as weak as its weakest part."""
    a = answer([row("wildfire", 0.1, 1.0, status="low_confidence"), row("extreme_heat", 0.1, 1.0)])

    assert cell(a, "grand").status == "low_confidence"
    assert cell(a, "operating").status == "ok"


def test_losses_of_an_unknown_value_are_shares_of_the_sum_insured():
    """Rates stay; money is per ₩100 M."""
    a = answer(value=None)

    assert cell(a, "grand", "rate").value == pytest.approx(0.8)
    assert cell(a, "grand").value == pytest.approx(8e5)


def test_change_is_absolute_and_relative():
    """From 2 to 3: one more, half as much again; from zero there is no ratio."""
    two, three, zero = (Amount(v, None, None, "ok") for v in (2.0, 3.0, 0.0))

    assert compare.change(three, two) == compare.Change(1.0, pytest.approx(50.0))
    assert compare.change(two, zero) == compare.Change(2.0, None)


def test_sums_of_other_perils_have_no_difference():
    """A peril that is missing on one side would look like a change."""
    whole, part = Amount(2.0, None, None, "ok"), Amount(1.0, None, None, "ok", missing=("typhoon",))

    assert compare.change(part, whole) == compare.Change(None)
    assert compare.change(Amount(None, None, None, "not_assessed"), whole) == compare.Change(None)


def test_a_line_goes_through_sums_of_the_same_perils_only():
    """What lacks a peril that another horizon has is not drawn; what no horizon has breaks nothing."""
    whole, less = (
        Amount(value, 0.5, 2.0, "ok", missing)
        for value, missing in ((1.0, ("x",)), (0.1, ("x", "y")))
    )
    unknown = Amount(None, None, None, "not_assessed", ("x", "y"))
    drawn = compare.comparable({"ssp1": [whole, less, unknown], "ssp5": [whole, whole, unknown]})

    assert [c.value for c in drawn["ssp1"]] == [1.0, None, None]
    assert (drawn["ssp1"][1].low, drawn["ssp1"][1].high) == (None, None)
    assert drawn["ssp5"] == [whole, whole, unknown]
    assert compare.comparable({"ssp1": [unknown]}) == {"ssp1": [unknown]}


def test_no_change_by_construction_is_said():
    """The first 20 years of the series against themselves."""
    same = Amount(2.0, None, None, "ok", flags=frozenset({compare.MODEL_START}))

    assert compare.change(same, same).by_construction
    assert not compare.change(dataclasses.replace(same, value=3.0), same).by_construction
    assert not compare.change(
        Amount(2.0, None, None, "ok"), Amount(2.0, None, None, "ok")
    ).by_construction


def test_the_spread_names_its_scenarios_and_has_no_mean():
    """Least and greatest of what is known."""
    cells = {
        code: Amount(v, None, None, "ok")
        for code, v in zip(SCENARIOS, (3.0, None, 1.0, 2.0), strict=True)
    }

    assert compare.spread(cells) == compare.Spread(1.0, 3.0, "ssp3", "ssp1", 3)
    assert compare.spread({"ssp1": Amount(None, None, None, "not_assessed")}) is None


def test_grades_are_left_closed():
    """.05 % is Medium, just below it Low; unknown has no grade."""
    edges = (0.01, 0.05, 0.2, 1.0)

    assert [compare.grade(rate, edges) for rate in (0.0, 0.0499, 0.05, 1.0, None)] == [
        "Very Low",
        "Low",
        "Medium",
        "Very High",
        None,
    ]


def test_the_worst_peril_has_the_largest_loss():
    """Unknown and zero losses are no worst peril."""
    assert (
        compare.worst(answer([row("wildfire", 0.1, 1.0), row("typhoon", 0.3, 1.0)]), KEY)
        == "typhoon"
    )
    assert (
        compare.worst(answer([row("wildfire", None, 1.0), row("typhoon", 0.0, 1.0)]), KEY) is None
    )


def test_a_portfolio_is_weighted_by_value():
    """.8 % of 1e9 and .8 % of 3e9 and nothing else: 32e6 of 4e9; order does not matter."""
    small, large = answer(), answer(value=3e9)
    total = sums.total([small, large], "grand", KEY, PERILS)

    assert (total.loss, total.value, total.sites) == (pytest.approx(3.2e7), 4e9, 2)
    assert total.rate == pytest.approx(0.8)
    assert sums.total([large, small], "grand", KEY, PERILS) == total


def test_a_weighted_rate_is_no_mean_of_rates():
    """1 % of 1e9 beside 0.1 % of 9e9 is 0.19 %, not 0.55 %."""
    high = answer([row("wildfire", 1.0, 1.0)])
    low = answer([row("wildfire", 0.1, 1.0, value=9e9)], value=9e9)

    assert sums.total([high, low], "wildfire", KEY, PERILS).rate == pytest.approx(0.19)


def test_a_peril_is_weighted_by_what_is_exposed_to_it():
    """.4 % of half of 1e9: the weight is the half."""
    total = sums.total([answer()], "urban_flood", KEY, PERILS)

    assert (total.value, total.rate) == (pytest.approx(5e8), pytest.approx(0.4))


def test_only_sites_of_known_value_and_one_stamp_are_summed():
    """Others are listed with the reason, at their places."""
    sites = [answer(), None, answer(value=None), answer(digest="other"), answer()]

    assert sums.members(sites) == sums.Members(
        counted=(0, 4), not_assessed=(1,), value_unknown=(2,), other_stamp=(3,)
    )


@pytest.mark.parametrize("quantity", ["grand", "wildfire"])
def test_a_site_of_unknown_value_is_in_no_sum(quantity):
    """Its losses are per ₩100 M and no money of its own."""
    both, one = ([answer(), answer(value=None)], [answer()])

    assert sums.total(both, quantity, KEY, PERILS) == sums.total(one, quantity, KEY, PERILS)


def test_no_value_has_no_rate():
    """Neither a division by zero nor a rate of nothing."""
    assert sums.Sum(0.0, 0.0, 1).rate is None
    assert sums.Sum(None, 1e9, 0).rate is None
    assert sums.Sum(1e6, 1e9, 1).rate == pytest.approx(0.1)


def test_nothing_to_sum_has_no_sum():
    """No site, or none with a number: unknown, not zero."""
    none = sums.total([], "grand", KEY, PERILS)

    assert (none.loss, none.rate, none.sites) == (None, None, 0)
    assert sums.total([answer([row("wildfire", None, 1.0)])], "grand", KEY, PERILS).loss is None


def test_missing_perils_and_shared_cells_are_counted():
    """Two of three sites share a cell; one lacks a peril."""
    sites = [answer(), answer([row("wildfire", None, 1.0)]), answer(cell=8)]

    assert sums.missing(sites, KEY) == {"wildfire": 1}
    assert sums.shared_cells(sites) == 2


def cells(values, **more):
    return [Amount(v, None, None, "ok", **more) for v in values]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_draw_bands_only_where_they_are_whole(mode):
    """A scenario with intervals has a band and a line, one without only a line; unknown is a gap."""
    banded = [Amount(1.0, 0.5, 2.0, "ok") for _ in HORIZONS]
    chart = figures.lines(
        {"ssp1": banded, "ssp5": cells([1.0, None, 2.0, 3.0, 4.0])}, 4.0, "rate", mode, "ko", "ssp1"
    )

    assert [trace.fill for trace in chart.data] == ["toself", None, None]
    assert chart.data[2].y[1] is None
    assert chart.layout.yaxis.range[1] >= 4.0


def test_a_band_stops_where_the_numbers_do():
    """Two horizons known, one not, two known: two bands and a line with a gap."""
    known, unknown = Amount(1.0, 0.5, 2.0, "ok"), Amount(None, None, None, "not_assessed")
    chart = figures.lines(
        {"ssp1": [known, known, unknown, known, known]}, 4.0, "rate", "light", "ko", "ssp1"
    )

    assert [(trace.fill, len(trace.x)) for trace in chart.data] == [
        ("toself", 4),
        ("toself", 4),
        (None, 5),
    ]
    assert list(chart.data[2].y) == [1.0, 1.0, None, 1.0, 1.0]
    assert list(chart.layout.xaxis.categoryarray) == [
        "기준기간",
        "2030년대",
        "2050년대",
        "2070년대",
        "2090년대",
    ]  # also where the first has no number


def test_a_common_axis_ends_at_the_largest_number_of_all_sites():
    """The upper end of a band counts, unknown does not."""
    assert (
        figures.top([{"ssp1": cells([1.0, None])}, {"ssp1": [Amount(2.0, 1.0, 5.0, "ok")]}]) == 5.0
    )
    assert figures.top([]) == 0.0


def test_changes_are_bars_around_zero():
    """Falls go down; the axis holds zero even where all rise."""
    up = [
        compare.Change(1.0, 50.0),
        compare.Change(None),
        compare.Change(-2.0, -20.0),
        compare.Change(0.5, None),
    ]
    chart = figures.changes({"ssp1": up}, figures.reach([{"ssp1": up}]), "loss", "light", "ko")

    assert list(chart.data[0].y) == [1.0, None, -2.0, 0.5]
    assert chart.layout.xaxis.ticktext[0] == "2030<br>년대"  # three stand side by side at 1024 px
    assert figures.reach([{"ssp1": [compare.Change(1.0), compare.Change(2.0)]}]) == (0.0, 2.0)
    assert figures.reach([{"ssp1": [compare.Change(-1.0)]}]) == (-1.0, 0.0)
    assert chart.layout.yaxis.range[0] < -2.0 < 0 < chart.layout.yaxis.range[1]
    assert [text for _, text in chart.data[0].customdata] == ["+50.0 %", "–", "−20.0 %", "–"]


def test_a_span_goes_from_least_to_greatest():
    """One bar a site with numbers, a sign for each scenario, nothing for a site without."""
    known = {code: Amount(float(i), None, None, "ok") for i, code in enumerate(SCENARIOS)}
    chart = figures.spans(
        ["a", "b"],
        [known, dict.fromkeys(SCENARIOS, Amount(None, None, None, "not_assessed"))],
        "rate",
        "dark",
        "en",
    )

    assert list(chart.data[0].x) == [0.0, 3.0]
    assert len(chart.data) == 1 + len(SCENARIOS)
    assert [(sign.name, list(sign.x)) for sign in chart.data[1:]] == [
        (name, [float(i), None]) for i, name in enumerate(SCENARIOS.values())
    ]


def test_a_sites_name_is_no_markup_of_its_row():
    """What an analyst called a site stands at the axis and at the pointer letter by letter."""
    known = {code: Amount(float(i), None, None, "ok") for i, code in enumerate(SCENARIOS)}
    chart = figures.spans(["<b>R&D</b>"], [known], "rate", "light", "ko")

    label = "&lt;b&gt;R&amp;D&lt;/b&gt;"
    assert {name for line in chart.data for name in line.y} == {label}
    assert list(chart.layout.yaxis.categoryarray) == [label]


def test_a_change_of_a_rate_is_in_percentage_points():
    """A rate of per cent changes by points; money by money."""
    assert figures.signed(-0.031, "rate", "ko") == "−0.0310\xa0%p"
    assert figures.signed(0.5, "rate", "en") == "+0.500\xa0pp"
    assert figures.signed(5e8, "loss", "ko") == "+₩5.00억"


def test_ticks_are_round_and_short():
    """1.00 is 1, 250 keeps its zero."""
    assert [without_zeros(figures.amount(v, "rate", "ko")) for v in (1.0, 0.5, 250.0, 0.0)] == [
        "1\xa0%",
        "0.5\xa0%",
        "250\xa0%",
        "0\xa0%",
    ]
    assert without_zeros(figures.amount(5e8, "loss", "ko")) == "₩5억"
    assert without_zeros(figures.amount(1.25e8, "loss", "ko")) == "₩1.25억"
    assert all(math.isclose(v % 0.5, 0, abs_tol=1e-9) for v in figures._ticks(-0.4, 1.7))


def test_a_cell_of_a_heat_table_is_short():
    """No unit; what is too small to spell out is said so, and zero is zero."""
    assert [formats.bare(v) for v in (0.0, 0.000187, 0.001, 0.3218)] == [
        "0",
        "< 0.001",
        "0.00100",
        "0.322",
    ]


def test_a_heat_table_says_each_cell_once():
    """Names that fit and a text for every cell, unknown ones too."""
    chart = scenario_figures.heat_table(
        ["<b>a c</b>", "b"],
        [[0.1] * 5, [None] * 5],
        [["0.1"] * 5, ["평가 불가"] * 5],
        "light",
        "ko",
    )

    assert [note.text for note in chart.layout.annotations] == ["0.1"] * 5 + ["평가<br>불가"] * 5
    # the longest word makes no room for itself: five cells share the width of a telephone
    assert list(chart.layout.yaxis.ticktext) == ["<b>a<br>c</b>", "b"]
    assert [*chart.layout.xaxis.range, *chart.layout.yaxis.range] == [-0.5, 4.5, 1.5, -0.5]
    assert list(chart.layout.xaxis.ticktext) == [
        "기준기간",
        "2030년대",
        "2050년대",
        "2070년대",
        "2090년대",
    ]
