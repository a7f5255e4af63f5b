"""Comparing sites: rows of the file, sums and names in the tables, who shares an axis."""

from __future__ import annotations

import pytest

from modelops_core import bootstrap
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.perils import PERILS
from modelops_core.services.portfolio.compare import Amount
from modelops_core.services.portfolio.rating import UNRATED, Rank, Standing
from modelops_core.ui.compare import files, tables, views
from modelops_core.ui.compare.choice import Choice, Subject
from modelops_core.ui.kit import filters
from modelops_core.ui.kit.answers import unknown_horizons
from tests.answers import answer, result
from tests.unit.ui.screen import Screen, program

KEY = ("ssp2", "2050s")
CHOICE = Choice("grand", "loss", "table", *KEY)


@pytest.fixture(autouse=True)
def korean(monkeypatch):
    """The reader's language, and the program behind the page."""
    monkeypatch.setattr(bootstrap, "app", program)
    for module in (tables, unknown_horizons, filters, tables.saved_sites):
        monkeypatch.setattr(module, "language", lambda: "ko")
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "ko")


def subject(name="a", *results, **more):
    rows = results or (
        result("wildfire", 0.1, horizon="baseline"),
        result("wildfire", 0.3),
        result("typhoon", None),
    )
    return Subject(name, name, answer(rows, **more))


def test_a_row_of_the_file_has_its_interval_and_its_change():
    """.3 % of 1e9 with half and twice; three times the .1 % of the same scenario's baseline."""
    row = files._row(subject(), "wildfire", KEY, UNRATED)

    assert (row["rate_p05"], row["rate"], row["rate_p95"]) == (0.15, 0.3, 0.6)
    losses = (row["loss_p05"], row["expected_loss"], row["loss_p95"])
    assert losses == pytest.approx((1.5e6, 3e6, 6e6))
    assert (row["loss_change"], row["change_percent"]) == pytest.approx((2e6, 200))
    assert (row["ssp_scenario"], row["horizon"], row["quantity"]) == (*KEY, "wildfire")
    assert (row["latitude"], row["longitude"], row["asset_value"]) == (37.5, 127.0, 1e9)
    assert (row["method_version"], row["parameter_set"], row["parameter_hash"]) == (
        "1",
        "central",
        "h",
    )
    assert files._row(subject(), "physical", KEY, UNRATED)["not_assessed"] == ["typhoon"]


def test_the_file_holds_every_quantity_scenario_and_horizon():
    """Each once a site."""
    rows = files.rows([subject(), subject("b")])
    keys = {(r["site"], r["quantity"], r["ssp_scenario"], r["horizon"]) for r in rows}
    assert len(keys) == len(rows) == 2 * (4 + len(PERILS)) * len(SCENARIOS) * len(HORIZONS)


def test_a_sum_needs_two_sites():
    """One alone, or one beside another parameter set, has none."""
    other = subject("b", parameter_hash="other")
    assert tables._together([subject()], CHOICE) is None
    assert tables._together([subject(), other], CHOICE) is None


def test_who_is_left_out_of_a_sum_is_named():
    """Another stamp, and a value that is not known; the sum is of the two others."""
    found = [
        subject("first"),
        subject("second"),
        subject("stamped", parameter_hash="other"),
        subject("valueless", building={"asset_value": None, "as_of": 2025}),
    ]
    together = tables._together(found, CHOICE)
    said = " ".join(together.values())
    assert "stamped" in said
    assert "valueless" in said
    assert "first" not in said
    assert "₩600만" in said  # 3e6 of each


@pytest.mark.parametrize(
    ("count", "shown", "more"), [(1, 1, None), (3, 3, None), (4, 2, 2), (6, 2, 4)]
)
def test_many_perils_are_a_few_and_a_number(count, shown, more):
    """All of three; of four two and two more."""
    keys = list(program().perils)[:count]
    text = tables._names({k: result(k, status="low_confidence") for k in keys}, "low_confidence")
    names = [filters.peril_name(key) for key in keys]
    assert [name in text for name in names] == [True] * shown + [False] * (count - shown)
    assert (str(more) in text) if more else not any(c.isdigit() for c in text)


@pytest.mark.parametrize(("measure", "sites"), [("rate", 3), ("loss", 1)])
def test_rates_share_an_axis_and_money_does_not(measure, sites):
    """A small site's money would vanish beside a large one's."""
    each = ["a", "b", "c"]
    found = views._on_one_axis(each, "b", Choice("grand", measure, "lines", *KEY))
    assert len(found) == sites
    assert "b" in found


def test_missing_perils_are_those_of_the_view(monkeypatch):
    """Known in the baseline and unknown in the chosen horizon: named."""
    screen = Screen()
    monkeypatch.setattr(views, "st", screen)
    rows = (
        result("typhoon", 0.1, horizon="baseline"),
        result("typhoon", None),
        result("wildfire", None, horizon="baseline"),
        result("wildfire", 0.1),
    )
    views._missing([subject("a", *rows)], CHOICE)
    [said] = screen.said["caption"]
    assert filters.peril_name("typhoon") in said
    assert filters.peril_name("wildfire") not in said


def test_a_horizon_without_any_number_is_not_one_with_fewer(monkeypatch):
    """The 2050s have no number at all, the 2090s lack one scenario's."""
    screen = Screen()
    monkeypatch.setattr(unknown_horizons, "st", screen)
    monkeypatch.setattr(unknown_horizons, "t", lambda key, horizons: f"{key}: {horizons}")
    known, unknown = Amount(1.0, None, None, "ok"), Amount(None, None, None, "not_assessed")
    whole = {
        "ssp1": [known, known, unknown, known, known],
        "ssp5": [known, known, unknown, known, unknown],
    }
    unknown_horizons.draw_missing_note(whole, whole)
    assert screen.said["caption"] == ["compare.without: 2050년대", "compare.partial: 2090년대"]


def test_ranks_are_said_as_far_as_they_are_known():
    """Of the country a share, of peers how many of how many; nothing where there is no rank."""
    assert tables._ranks(Standing(Rank(820, 1000), Rank(3, 7))) == ["전국 82\xa0%", "동종 3/7"]
    assert tables._ranks(Standing(Rank(1, 4))) == ["전국 25\xa0%"]
    assert tables._ranks(UNRATED) == []
