"""Saved sites: their order, what is money of theirs, their sums, cards and files."""

from __future__ import annotations

import pytest

from modelops_core import bootstrap
from modelops_core.domain.saved_site import SavedSite
from modelops_core.ui.kit import filters
from modelops_core.ui.sites import cards, files, site_list, totals
from tests.answers import answer, result
from tests.unit.ui.screen import Screen, program

KEY = ("ssp2", "2050s")
UNVALUED = {"asset_value": None, "as_of": 2025}


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """The reader's language, and the program behind the page."""
    monkeypatch.setattr(bootstrap, "app", program)
    for module in (cards, site_list, totals, filters, site_list.saved_sites):
        monkeypatch.setattr(module, "language", lambda: "en")
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "en")


def saved(name, *results, site_id=1, building=None, corrections=None, **more):
    found = answer(results, building=building, **more) if results else None
    return SavedSite(
        site_id=site_id,
        name=name,
        latitude=37.5,
        longitude=127.25,
        note="",
        corrections=corrections or {},
        answer=found,
    )


def line(*args, **more):
    return site_list.line(saved(*args, **more), KEY)


def lines():
    """Losses of 1e6, 3e6, of an unknown value, and none."""
    return [
        line("small", result("wildfire", 0.1)),
        line("large", result("wildfire", 0.3)),
        line("valueless", result("wildfire", 0.9), building=UNVALUED),
        line("never"),
    ]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("loss", ["large", "small", "valueless", "never"]),
        ("rate", ["valueless", "large", "small", "never"]),
        ("name", ["large", "never", "small", "valueless"]),
        ("saved", ["small", "large", "valueless", "never"]),
    ],
)
def test_the_order_of_sites(order, names):
    """Losses of an unknown value are per ₩100 M and compare with none; rates do."""
    assert [own.site.name for own in site_list.ordered(lines(), order)] == names


def test_losses_of_an_unknown_value_are_no_money_of_the_site():
    """Its rate stands, its sums of money do not."""
    row = site_list._row(lines()[2], False)
    money = ("grand", "physical_no_overlap", "operating", "asset_value")
    assert [row[name] for name in money] == [None] * 4
    assert row["rate"] > 0
    known = site_list._row(lines()[1], True)
    assert (known["grand"], known["physical_no_overlap"], known["operating"]) == (
        pytest.approx(3e6),
        pytest.approx(3e6),
        None,
    )
    assert (known["asset_value"], known["chosen"]) == (1e9, True)


def test_physical_damage_and_operating_cost_stand_apart():
    """Fire 1e6, heat 2e6, both 3e6, which is .3 % of the value."""
    own = line("a", result("wildfire", 0.1), result("extreme_heat", 0.2), result("typhoon", None))
    assert (own.physical, own.operating, own.total) == pytest.approx((1e6, 2e6, 3e6))
    assert own.rate == pytest.approx(0.3)
    assert (own.worst, own.missing) == ("extreme_heat", ("typhoon",))


def test_the_span_goes_over_all_scenarios():
    """From SSP1's 1e6 to SSP5's 9e6, whichever is chosen; another horizon's number is none of it."""
    own = answer(
        [
            result("wildfire", 0.1, "ssp1"),
            result("wildfire", 0.3),
            result("wildfire", 0.9, "ssp5"),
            result("wildfire", 5.0, "ssp5", "2090s"),
        ]
    )
    [said] = totals._spread([own], KEY)
    assert "₩1.00\xa0M" in said
    assert "₩9.00\xa0M" in said
    assert said.index("₩1.00\xa0M") < said.index("₩9.00\xa0M")
    assert totals._spread([], KEY) == []


def test_a_card_says_losses_and_their_share_of_the_value(monkeypatch):
    """1e6 of 1e9 a year is .1 %; what is unknown is a word."""
    screen = Screen()
    monkeypatch.setattr(cards, "st", screen)
    own = line("a", result("wildfire", 0.1), result("extreme_heat", None))
    cards._numbers(own, own.site.answer)
    [rows] = screen.said["table"]
    _, physical, operating, total = rows.values()
    assert physical == total == "₩1.00\xa0M (0.100\xa0%)"
    assert not any(c.isdigit() for c in operating)


def test_a_row_of_the_file_says_what_it_was_made_with():
    """Version, set and hash in their columns; coordinates and sums too."""
    row = files._row(saved("a", result("wildfire", 0.1), result("extreme_heat", 0.2)), *KEY)
    stamp = ("method_version", "parameter_set", "parameter_hash")
    assert tuple(row[name] for name in stamp) == ("1", "central", "h")
    assert (row["latitude"], row["longitude"]) == (37.5, 127.25)
    sums = ("physical_no_overlap", "operating", "grand", "rate")
    assert [row[name] for name in sums] == pytest.approx([1e6, 2e6, 3e6, 0.3])
    assert (row["status"], row["worst_peril"]) == ("ok", "extreme_heat")


def test_the_file_has_twenty_rows_a_site_and_one_for_one_without_an_answer():
    """Which has no number, no scenario and the word for that."""
    rows = files.rows([saved("a", result("wildfire", 0.1)), saved("never")])
    assert len(rows) == 21
    assert (rows[-1]["ssp_scenario"], rows[-1]["status"], rows[-1]["grand"]) == (
        None,
        "not_assessed",
        None,
    )
    assert len({(row["ssp_scenario"], row["horizon"]) for row in rows[:20]}) == 20


def test_what_the_analyst_gave_stands_in_the_list_and_in_the_file():
    """How many facts and which, with their units; of a site that was never assessed, too."""
    given = {"floors_below": 2.0, "elevation_m": 2.5, "structure": ""}
    never = saved("never", corrections=given)
    shown = site_list._given(never)
    assert shown.startswith("2: ")
    assert "2.5\xa0m" in shown
    assert site_list._given(saved("a")) == "–"
    assert files.rows([never])[0]["corrections"] == "floors_below 2.0; elevation_m 2.5 m"
    assert files.rows([saved("a")])[0]["corrections"] is None
    own = saved("b", result("wildfire", 0.1), building={"as_of": 2025, "corrections": given})
    assert files._row(own, *KEY)["corrections"] == "floors_below 2.0; elevation_m 2.5 m"
