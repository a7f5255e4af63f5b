"""The page of the data: what is loaded, what it is worth, and what it says where there is nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modelops_core.bootstrap import input_quality
from modelops_core.db.inputs.inventory import TableSize
from modelops_core.db.inputs.table_names import INPUT_TABLES
from modelops_core.domain.data_source import INSTALLED_TABLES
from modelops_core.services.night import nightly
from modelops_core.ui.data import data_cache, inputs, results
from tests import world
from tests.answers import data_source
from tests.pages import said

PAGE = str(Path(__file__).parents[2] / "pages/data.py")


def frame(page, column):
    """The first table that has a column."""
    return next(one.value for one in [*page.table, *page.dataframe] if column in one.value)


def test_every_input_table_is_listed(opened, nightly_app):
    """With its rows, its kind and its source; tables without rows too."""
    rows = frame(opened(nightly_app), "테이블").set_index("테이블")
    assert list(rows.index) == [*INPUT_TABLES, *INSTALLED_TABLES]
    assert rows.loc["location_grid", "행 수"] == "6"
    assert rows.loc["ta_data", "행 수"] == f"{6 * 110 * 12:,}"
    assert rows.loc["ta_data", "종류"] == ":blue-badge[산출]"
    assert rows.loc["api_typhoon_tracks", "종류"] == ":green-badge[관측]"
    assert rows.loc["api_buildings", "종류"] == ":orange-badge[합성]"
    assert rows.loc["ta_data", "기간"] == "invented"


def test_synthetic_data_are_said(opened, nightly_app):
    """A warning names them."""
    page = opened(nightly_app)
    assert any(
        "합성 예시 자료가 포함되어 있습니다" in w.value and "건물" in w.value for w in page.warning
    )


def test_the_kind_is_in_the_url(opened, nightly_app):
    """Only observed data; a wrong value is the whole list."""
    assert list(frame(opened(nightly_app, kind="observed"), "테이블")["테이블"]) == [
        "api_typhoon_list",
        "api_typhoon_tracks",
    ]
    assert len(
        frame(opened(nightly_app, kind="nonsense", part="nonsense", table="nonsense"), "테이블")
    ) == len(INPUT_TABLES) + len(INSTALLED_TABLES)


def test_one_table_in_full(opened, nightly_app):
    """Licence and method of the table that the URL names, and the perils that read it."""
    page = opened(nightly_app, table="rx1day_data")
    assert page.selectbox(key="table").value == "rx1day_data"
    assert "하천홍수, 도시침수" in said(page)


def test_rows_without_a_source_are_said(opened, site_app):
    """Somebody filled a table past the loader; what is empty has no source either."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM modelops.data_sources WHERE table_name = 'wsdi_data'"
        )
    page = opened(site_app, kind="none", table="wsdi_data")
    rows = frame(page, "테이블").set_index("테이블")["행 수"]
    assert list(rows[rows != "없음"].index) == ["wsdi_data"]
    assert "출처가 등록되지 않았습니다" in said(page)


def test_results_say_where_there_are_numbers(opened, nightly_app):
    """Rows counted; the sea level concerns coastal cells only."""
    page = opened(nightly_app, part="results", ssp="ssp5")
    rows = frame(page, "테이블").set_index("테이블")
    assert rows.loc["hazard_results", "행 수"] == f"{world.NIGHTLY_ROWS:,}"
    assert rows.loc["aal_scaled_results", "행 수"] == "없음"
    statuses = {
        (r.risk_type, r.horizon, r.status): r.cells for r in nightly_app.inventory.statuses("ssp5")
    }
    assert statuses["sea_level_rise", "2050s", "not_applicable"] == 3
    assert statuses["extreme_heat", "2050s", "ok"] == 6
    assert {
        sum(n for (p, h, _), n in statuses.items() if (p, h) == (peril, "2090s"))
        for peril in nightly_app.perils
    } == {6}


def test_shares_leave_out_what_cannot_be_concerned():
    """Three of four concerned cells have a number; none where none is concerned."""
    assert (
        results.assessed_share(
            {"ok": 2, "low_confidence": 1, "not_assessed": 1, "not_applicable": 9}
        )
        == 0.75
    )
    assert results.assessed_share({"not_applicable": 5}) is None
    assert results.assessed_share({}) is None


def test_checks_find_what_is_there(opened, nightly_app):
    """The invented world: RX5DAY is drawn apart from RX1DAY, so both rain checks find it out; SPEI passes."""
    page = opened(nightly_app, part="checks")
    rows = frame(page, "판정")
    by_check = rows.groupby("점검 항목")["판정"].agg(
        lambda v: {word for words in v for word in words}
    )
    assert by_check["결측값"] == {"통과"}
    assert by_check["온난화의 시나리오 순서"] == {"통과"}
    assert by_check["해수면 상승의 성분"] == {"통과"}
    assert by_check["80\xa0mm 이상인 날이 있으면 호우일수 ≥\xa01"] == {"실패"}
    with nightly_app.reader.connect() as connection:
        differ = connection.exec_driver_sql(
            "SELECT count(*) FROM modelops.rx1day_data a JOIN modelops.rain80_data b USING (grid_id, year)"
            " WHERE (a.ssp1 >= 80) <> (b.ssp1 >= 1) OR (a.ssp2 >= 80) <> (b.ssp2 >= 1)"
            " OR (a.ssp3 >= 80) <> (b.ssp3 >= 1) OR (a.ssp5 >= 80) <> (b.ssp5 >= 1)"
        ).scalar_one()
    assert f"660행 중 어긋난 행 {differ:,}개" in said(page)


def test_a_gap_and_a_wrong_unit_are_found(opened, site_app):
    """A year of NULL and one value of 400 %: the checks say so with their numbers."""
    with site_app.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE modelops.ta_data SET ssp1 = NULL WHERE extract(year FROM observation_date) = 2050"
        )
        connection.exec_driver_sql(
            "UPDATE modelops.rhm_data SET ssp2 = 400 WHERE grid_id = 1 AND observation_date = '2060-07-01'"
        )
    found, _, _ = _checks(opened, site_app)
    by = {(c.key, c.subject): c for c in found}
    assert by["gaps", "ta"].numbers["missing"] == 72
    assert (by["range", "rhm"].verdict, by["range", "rhm"].numbers["outside"]) == ("fail", 1)


def _checks(opened, app):
    opened(app)
    return data_cache.checks("now")


def test_a_fine_grid_is_sampled(opened, nightly_app, monkeypatch):
    """Every third of six cells, and the page says how many."""
    monkeypatch.setattr(input_quality, "LOOKED_AT", 2)
    found, cells, grid = _checks(opened, nightly_app)
    assert (cells, grid) == (2, 6)
    gaps = next(c for c in found if (c.key, c.subject) == ("gaps", "ta"))
    assert gaps.numbers["expected"] == 4 * 2 * 110 * 12
    assert gaps.verdict == "pass"


@pytest.mark.parametrize("part", ["inputs", "results", "checks"])
def test_an_empty_database_is_a_designed_state(opened, empty_app, part):
    """What is missing, and the command that brings it."""
    page = opened(empty_app, part=part)
    text = said(page)
    if part == "checks":
        assert {word for words in frame(page, "판정")["판정"] for word in words} == {"확인 불가"}
    else:
        assert "아직" in text
        assert any("modelops_core" in code.value for code in page.code)


def test_thirty_years_leave_horizons_without_numbers(opened, make_app):
    """2021–2050: the page says that some horizons are not covered, and so do the checks."""
    app = make_app()
    world.fill(app.owner, years=np.arange(2021, 2051))
    nightly.run(app.nightly_ports, app.nightly_request())
    assert any("외삽하지 않고" in w.value for w in opened(app, part="results").warning)
    rows = frame(opened(app, part="checks", verdict="fail"), "판정")
    assert {"2050년대", "2070년대", "2090년대"} <= set(
        rows[rows["점검 항목"] == "전망 시점별 자료 기간"]["대상"]
    )


def test_english(opened, nightly_app):
    """The same page in the other language."""
    page = opened(nightly_app, lang="en", part="checks")
    assert "Order of the scenarios in warming" in said(page)


def test_several_sources_of_one_table_are_several_rows():
    """Two loads of buildings: two rows, their own counts."""
    sources = [
        data_source("api_buildings", name=name, row_count=count)
        for name, count in (("a", 3), ("b", 4))
    ]
    rows = [
        row
        for row in inputs.listed(sources, {"api_buildings": TableSize(7, exact=True, size=0)})
        if row.table_name == "api_buildings"
    ]
    assert [(row.source.name, row.rows) for row in rows] == [("a", 3), ("b", 4)]
