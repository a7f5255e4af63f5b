"""The page of the method: every peril, every number, and a link to each."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelops_core import bootstrap
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.warming import SIGNAL_FLAGS
from modelops_core.perils import PERILS
from modelops_core.ui.kit import formats
from modelops_core.ui.method import method_labels
from tests.pages import said
from tests.parameters import PARAMETERS as FILE

PAGE = str(Path(__file__).parents[2] / "pages/method.py")


def numbers(page):
    """The table of numbers."""
    return next(
        table.value
        for table in page.dataframe
        if "출처(원문)" in table.value or "Source" in table.value
    )


@pytest.mark.parametrize("peril", PERILS.values(), ids=PERILS)
def test_every_peril_has_its_chapter(opened, empty_app, peril):
    """Opened by its link: curve, every one of its numbers, limits and references; no database needed."""
    page = opened(empty_app, peril=peril.key)
    text = said(page)
    assert page.selectbox(key="peril").value == peril.key
    assert set(numbers(page)["이름"]) == {p.key for p in FILE.sections[peril.key].values()}
    for limit in peril.limits:
        assert limit.ko in text
    assert text.count("\\[") >= len(peril.references)
    assert [element for element in page.main if element.type == "plotly_chart"] or page.get(
        "plotly_chart"
    )


def test_the_glossary_is_searched_in_both_languages(opened, empty_app):
    """A word, its other name and what it is; what no word holds is said."""
    page = opened(empty_app, part="glossary")
    assert "**연평균손실률** (AAL" in said(page)
    page.text_input(key="glossary.q").set_value("return period").run()
    assert "**재현기간**" in said(page)
    assert "**노출도**" not in said(page)
    page.text_input(key="glossary.q").set_value("zzz").run()
    assert "용어가 없습니다" in said(page)


def test_every_number_of_the_file_is_there(opened, empty_app):
    """All sections, once each."""
    page = opened(empty_app, part="numbers")
    assert sorted(numbers(page)["이름"]) == sorted(p.key for _, p in FILE.entries)
    assert set(numbers(page)["근거"]) == {"F", "M", "A", "C"}


def test_search_and_filters_come_from_the_url(opened, empty_app):
    """Typhoon numbers with a published source by a certain author."""
    page = opened(empty_app, part="numbers", q="knutson", provenance="F")
    found = numbers(page)
    assert set(found["이름"]) == {"typhoon.intensity_per_2k", "typhoon.frequency_per_2k"}
    assert page.text_input(key="method.q").value == "knutson"


def test_search_typed_goes_to_the_url(opened, empty_app):
    """And what nothing fits is said."""
    page = opened(empty_app, part="numbers")
    page.text_input(key="method.q").set_value("Holland 2008").run()
    assert page.query_params["q"] == "Holland 2008"
    assert {key.partition(".")[0] for key in numbers(page)["이름"]} == {"typhoon"}
    page.text_input(key="method.q").set_value("zzz").run()
    assert "맞는 수치가 없습니다" in said(page)


def test_every_number_says_that_it_is_used(opened, empty_app):
    """None waits for a later calculation; the gauge path of the rivers among them."""
    found = numbers(opened(empty_app, part="numbers"))
    assert set(found["사용 여부"]) == {"사용"}
    assert "river_flood.gauge_distance" in set(found["이름"])


def test_wrong_url_values_are_the_defaults(opened, empty_app):
    """No error."""
    page = opened(
        empty_app, part="x", peril="flood of fire", provenance="Z", grade="Q", of="nothing"
    )
    assert page.selectbox(key="peril").value == "extreme_heat"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_frame_and_limits(opened, empty_app, language):
    """Numbers of the parameter file stand in the texts; every flag has its meaning."""
    text = said(opened(empty_app, part="frame", lang=language))
    assert "1991–2020" in text
    assert "−0.114" in text
    page = opened(empty_app, part="limits", lang=language)
    assert len(page.table[0].value) == len(FLAGS)
    assert ("우박" if language == "ko" else "Hail") in said(page)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_warming_of_the_data_is_a_table(opened, site_app, language):
    """W by scenario and window as stored, a window without data in words; responses and their flags."""
    with site_app.owner.begin() as connection:
        for change in (
            "UPDATE modelops.warming SET kelvin = 1.234 WHERE (ssp_scenario, horizon) = ('ssp3', '2070s')",
            "DELETE FROM modelops.warming WHERE (ssp_scenario, horizon) = ('ssp1', '2090s')",
            "UPDATE modelops.change_signals SET pooled = 0.01 * grid_id, flags = '{}'",
            "UPDATE modelops.change_signals SET pooled = -0.2 WHERE variable = 'spei12'",
            "UPDATE modelops.change_signals SET flags = '{response_assumed}' WHERE grid_id < 3",
        ):
            connection.exec_driver_sql(change)
        stored = connection.exec_driver_sql(
            "SELECT ssp_scenario::text, horizon::text, kelvin FROM modelops.warming"
        ).all()
    page = opened(site_app, part="warming", lang=language)
    kelvin, responses = (table.value for table in page.table)

    names = [f"{formats.horizon(h, language)} [K]" for h in list(HORIZONS)[1:]]
    assert kelvin.columns.tolist() == names
    assert kelvin.index.tolist() == list(SCENARIOS.values())
    for scenario, horizon, value in stored:
        column = f"{formats.horizon(horizon, language)} [K]"
        assert kelvin.loc[SCENARIOS[scenario], column] == f"{value:.2f}"
    assert kelvin.loc["SSP3-7.0", names[2]] == "1.23"
    assert kelvin.loc["SSP1-2.6", names[3]] == ("자료 없음" if language == "ko" else "not covered")
    rain, drought = (responses.iloc[:, i].tolist() for i in (0, 1))
    between = "1.25~5.75" if language == "ko" else "1.25 to 5.75"
    assert rain == ["3.50", between, "6", "2", "0", "0"]
    assert (drought[0], drought[3]) == ("−0.200", "2")
    assert "test world" in said(page)
    assert [name[-5:] for name in responses.columns] == ["[%/K]", "[1/K]"]
    assert all(f"`{flag}`" in said(page) for flag in SIGNAL_FLAGS)


def test_the_maps_choice_of_all_perils_stays_in_the_address(opened, empty_app):
    """The page shows one peril; the map finds its own choice again."""
    page = opened(empty_app, peril="all", part="perils")
    assert page.query_params["peril"] in ("all", ["all"])
    assert page.selectbox(key="peril").value == "extreme_heat"
    assert "기본값으로" not in said(page)
    page.selectbox(key="peril").set_value("typhoon").run()
    assert page.query_params["peril"] in ("typhoon", ["typhoon"])


def test_before_a_nightly_run_the_warming_is_a_sentence(opened, app):
    """What it is, and that it is not known; no table."""
    page = opened(app, part="warming")
    assert "완료된 야간 배치가 없어" in said(page)
    assert "1991–2020" in said(page)
    assert not page.table


def test_files_hold_every_entry_of_a_table(opened, empty_app, monkeypatch):
    """The depth–damage curve is nine rows in the file, one on the screen."""
    opened(empty_app)
    monkeypatch.setattr(bootstrap, "app", lambda: empty_app)
    found = [n for n in method_labels.numbers() if n[1].key == "flood.depth_damage"]
    rows = method_labels.file_rows(found)
    assert len(rows) == 9
    assert rows[0]["value"] == "depth 0; residential 0; commercial 0; industrial 0"
    assert {row["provenance"] for row in rows} == {"F"}
