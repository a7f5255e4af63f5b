"""What pages say of values: changes with their sign, shares of cells, checks, rows of input tables."""

from __future__ import annotations

import pytest

from modelops_core.db.inputs.inventory import TableSize
from modelops_core.domain import stamp
from modelops_core.services.audit.quality import Check
from modelops_core.services.series.projections import Summary
from modelops_core.ui.assess import summary_card
from modelops_core.ui.data import checks, inputs, results
from modelops_core.ui.kit import formats
from modelops_core.ui.projections import charts
from modelops_core.ui.sites import paper
from tests.answers import answer, data_source

NAN = float("nan")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """The reader's language."""
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "en")
    monkeypatch.setattr(results, "language", lambda: "en")


def test_names_in_the_title_of_a_card_are_no_markup(monkeypatch):
    """The card's head may be HTML: a district's or a provider's name is text in it."""
    monkeypatch.setattr(summary_card, "language", lambda: "ko")
    made = stamp.of(answer(), [data_source("ta_data", provider="<i>KMA")], "ssp2", "2050s")
    title = summary_card._title(answer(), "<img src=x>", made)

    assert title.startswith("#### \\<img src\\=x\\>\n")
    assert "\\<i\\>KMA" in title
    assert "**SSP2-4.5 · 2050년대**" in title


def test_a_table_for_paper_says_what_was_typed():
    """Texts are no HTML; a cell's own colours stay, short cells on one line."""
    html = paper.html(["<b>"], [[("<i>본점</i> 12345", ""), ("높음", "color: #fff")]])
    assert "<th>&lt;b&gt;</th>" in html
    assert "<td>&lt;i&gt;본점&lt;/i&gt; 12345</td>" in html
    assert '<td class="whole" style="color: #fff">높음</td>' in html


@pytest.mark.parametrize(("value", "text"), [(1.234, "+1.23"), (-1.234, "−1.23"), (0.0, "±0")])
def test_a_change_has_its_sign(value, text):
    """Three figures; no change is neither more nor less."""
    assert charts.signed(value) == text


def summary(**values):
    given = {
        "scenario": "ssp2",
        "horizon": "2050s",
        "mean": 12.0,
        "change": 2.0,
        "relative": 20.0,
        "significant": True,
        "status": "ok",
    }
    fields = Summary.__dataclass_fields__
    return Summary(**{name: {**given, **values}.get(name, NAN) for name in fields})


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "12.0 (+2.00, +20.0 %)"),
        ({"relative": NAN}, "12.0 (+2.00)"),
        ({"significant": False}, "12.0 (≈)"),
        ({"status": "low_confidence"}, "12.0* (+2.00, +20.0 %)"),
        ({"horizon": "baseline"}, "12.0"),
        ({"change": NAN}, "12.0"),
        ({"mean": NAN}, "outside the data"),
    ],
)
def test_a_window_says_its_mean_and_change(values, text):
    """A change that is not clear is said to be about none; a weak mean has a mark."""
    assert charts._cell(summary(**values)) == text


def test_a_clear_change_in_per_cent_where_that_has_a_meaning():
    """Temperatures have none."""
    assert charts.changed(summary()) == "+2.00 (+20.0 %)"
    assert charts.changed(summary(relative=NAN)) == "+2.00"


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ({"ok": 3, "not_assessed": 1}, 0.75),
        ({"ok": 1, "low_confidence": 1, "not_assessed": 2, "not_applicable": 6}, 0.5),
        ({"not_assessed": 4}, 0.0),
        ({"not_applicable": 4}, None),
        ({}, None),
    ],
)
def test_the_share_of_cells_with_a_number(cell, share):
    """Of those that the peril can concern; none where it concerns none."""
    assert results.assessed_share(cell) == share


def test_a_share_in_words():
    """Weak numbers are counted beside; no number is a word."""
    weak = formats.status("low_confidence", "en")
    assert results._word({"ok": 1, "low_confidence": 1}) == f"100 % ({weak} 1)"
    assert results._word({"ok": 1, "not_assessed": 1}) == "50.0 %"
    assert results._word({"not_assessed": 1}) == formats.status("not_assessed", "en")
    assert results._word({"not_applicable": 1}) == formats.status("not_applicable", "en")


@pytest.mark.parametrize(
    ("size", "text"), [(999_000, "999 kB"), (1_000_000, "1.00 MB"), (2_345_678, "2.35 MB")]
)
def test_sizes_of_tables(size, text):
    """Three figures in kB, from a million on in MB."""
    assert results._size(size) == text


def check(verdict, **numbers):
    return Check("gaps", "ta_data", verdict, numbers, ())


def test_the_worst_case_speaks_for_its_kind():
    """The worse verdict, then the larger share, then fewer years."""
    cases = [
        check("pass", share=0.9),
        check("warn", share=0.1, years=30.0),
        check("warn", share=0.1, years=5.0),
    ]
    assert max(cases, key=checks._badness) is cases[2]
    assert checks._badness(check("warn", share=0.3)) > checks._badness(check("warn", share=0.2))


def test_how_many_of_several_pass():
    """One alone is not counted; unknown is no pass."""
    several = [check("pass"), check("warn"), check("unknown")]
    assert "1" in checks._passed(several)
    assert "3" in checks._passed(several)
    assert "2" not in checks._passed(several)
    assert checks._passed(several[:1]) == ""


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("year", 2021.0, "2021"), ("cells", 12_345.0, "12,345"), ("share", 0.01234, "0.0123")],
)
def test_numbers_of_a_check(name, value, text):
    """A year has no separator, a count is whole, anything else has three figures."""
    assert checks._figure(name, value) == text


def test_an_input_table_is_a_row_a_data_set():
    """Its own count where a data set says so; a table without one has its size and no kind."""
    source = data_source("ta_data", row_count=10, provider="KMA")
    sizes = {name: TableSize(rows, False, 0) for name, rows in (("ta_data", 99), ("rn_data", 7))}
    rows = {row.table_name: row for row in inputs.listed([source], sizes)}

    temperature, rain = rows["ta_data"], rows["rn_data"]
    assert (temperature.rows, temperature.exact, temperature.kind) == (10, True, "observed")
    assert (rain.rows, rain.exact, rain.kind) == (7, False, None)
    assert temperature.source.provider == "KMA"
