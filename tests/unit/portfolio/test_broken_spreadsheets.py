"""Ten spreadsheets as people send them: each error with its cell, its value and what to do."""

from __future__ import annotations

import datetime

import pytest
from openpyxl import load_workbook

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import findings
from modelops_core.sources.portfolio import draft
from tests.unit.portfolio.files import AS_OF, GOOD, HEADER, Korea, cells, checked, recheck, workbook


def row(**changes):
    """A good row with some cells changed."""
    return [changes.get(name, value) for name, value in zip(KEYS, GOOD, strict=True)]


KEYS = ("id", "lat", "lon", "area", "value", "year")
SECOND = {"id": "0002", "lat": 37.6, "lon": 127.0}
#: name → second row of sites, what is said of it
BROKEN = {
    "exchanged": (
        row(id="0002", lat=126.978, lon=37.5665),
        [("B3", "coordinates_exchanged"), ("C3", "coordinates_exchanged")],
    ),
    "metres": (
        row(id="0002", lat=1952032.0, lon=953901.1),
        [("B3", "coordinates_metres"), ("C3", "coordinates_metres")],
    ),
    "abroad": (
        row(id="0002", lat=35.68, lon=139.69),
        [("B3", "outside_korea"), ("C3", "outside_korea")],
    ),
    "half": (row(id="0002", lon=None), [("C3", "coordinates_half")]),
    "nowhere": (row(id="0002", lat=None, lon=None), [("B3", "place_missing")]),
    "million_won": (row(**SECOND, value=2000), [("E3", "value_unit")]),
    "not_built_yet": (row(**SECOND, year=2035), [("F3", "year_future")]),
    "words": (
        row(**SECOND, area="천 평", value="12억"),
        [("D3", "not_a_number"), ("E3", "not_a_number")],
    ),
    "dates": (row(**SECOND, area=datetime.date(2024, 3, 1)), [("D3", "date_for_number")]),
    "same_key": (row(id="0001", lat=37.6), [("A3", "duplicate_key")]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_error_names_its_cell(name, tmp_path):
    """The first row is good, the second is not, and only its cells are named."""
    second, expected = BROKEN[name]

    found = checked(workbook(tmp_path / f"{name}.xlsx", 사업장=[HEADER, GOOD, second]))

    assert cells(found) == expected
    assert found.portfolio is None


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", BROKEN)
def test_each_error_says_value_and_remedy(name, language, tmp_path):
    """Both sentences are whole: no placeholder is left, and the value stands in the first."""
    second, _ = BROKEN[name]
    found = checked(workbook(tmp_path / f"{name}.xlsx", 사업장=[HEADER, GOOD, second]))

    for one in findings(found.problems):
        if one.problem.severity == "error":
            said = one.message(language) + one.fix(language)
            assert "?" not in said.replace("Is it", ""), said
            assert not one.value or one.value in one.message(language)


def test_proposals_are_values_that_pass(tmp_path):
    """Exchanged coordinates, million won and 억 are put right by what is proposed."""
    sites = [
        HEADER,
        GOOD,
        BROKEN["exchanged"][0],
        ["0003", 37.6, 127.1, 1000, 2000, 1990],
        ["0004", 37.6, 127.2, 5000, "12억", 1990],
    ]
    chosen = Choices(as_of=AS_OF)
    first = draft.read([workbook(tmp_path / "p.xlsx", 사업장=sites)], chosen)

    corrected = first.accepting(findings(recheck(first).problems))
    found = recheck(corrected)

    assert found.errors == 0
    assert list(found.portfolio.given["asset_value"]) == [2e9, 2e9, 2e9, 12e8]
    assert found.portfolio.latitude[1] == 37.5665


def test_a_correction_changes_one_cell_and_keeps_the_rest(tmp_path):
    """The draft before it still has its error, the other rows are as they were."""
    path = workbook(tmp_path / "p.xlsx", 사업장=[HEADER, GOOD, row(**SECOND, year=2035)])
    first = draft.read([path], Choices(as_of=AS_OF))

    second = first.edited([draft.Edit("사업장", 3, "준공연도", "2015")])

    assert recheck(first).errors == 1
    portfolio = recheck(second).portfolio
    assert list(portfolio.given["built_year"]) == [1998, 2015]
    assert list(portfolio.site_id) == ["0001", "0002"]


def test_marks_of_excel_are_seen(tmp_path):
    """Error values, formulas without a result, hidden rows, merged cells and numbers as text."""
    path = workbook(
        tmp_path / "marks.xlsx",
        사업장=[
            HEADER,
            GOOD,
            ["0002", 37.6, 127.0, "=1/0", "=D2*2000000", "1990"],
            ["0003", 37.6, 127.1, 900, 9e8, 1990],
            ["0004", 37.6, 127.2, 900, 9e8, 1990],
        ],
    )
    book = load_workbook(path)
    sheet = book.active
    sheet["D5"] = "#REF!"
    sheet["D5"].data_type = "e"
    sheet.row_dimensions[4].hidden = True
    sheet.merge_cells("E4:E5")
    book.save(path)

    found = checked(path)

    assert set(cells(found)) == {
        ("D3", "formula_without_result"),
        ("E3", "formula_without_result"),
        ("D5", "formula_error"),
        ("E5", "merged_cells"),
    }
    assert {("4", "hidden_rows"), ("F3", "number_as_text")} <= set(cells(found, "warning"))


def test_a_title_above_the_header_is_no_header(tmp_path):
    """Cells are those of the sheet as it is opened."""
    rows = [["2026년 4분기 담보 현황"], [], HEADER, GOOD, row(**SECOND, year=2035)]

    assert cells(checked(workbook(tmp_path / "t.xlsx", 현황=rows))) == [("F5", "year_future")]


def test_the_unit_of_a_header_is_taken_and_said(tmp_path):
    """자산가액(백만원) is multiplied by a million; 연면적(평) by 3.3058."""
    header = ["사업장번호", "위도", "경도", "연면적(평)", "자산가액(백만원)"]
    found = checked(workbook(tmp_path / "u.xlsx", 사업장=[header, ["1", 37.5, 127, 1000, 9000]]))

    assert list(found.portfolio.given["asset_value"]) == [9e9]
    assert found.portfolio.given["total_area"][0] == pytest.approx(3305.785, rel=1e-6)
    assert [one.code for one in found.problems].count("unit_of_header") == 2


@pytest.mark.parametrize(
    ("area", "value", "warned"),
    [("연면적(㎡)", "자산가액(원)", []), ("연면적(acre)", "자산가액(USD)", ["acre", "usd"])],
)
def test_a_unit_that_is_not_known_is_said(tmp_path, area, value, warned):
    """No unit is guessed without a word."""
    header = ["사업장번호", "위도", "경도", area, value]
    found = checked(workbook(tmp_path / "u.xlsx", 사업장=[header, ["1", 37.5, 127, 1000, 9e8]]))

    assert [p.facts["written"] for p in found.problems if p.code == "unit_not_read"] == warned


def test_codes_for_unknown_are_unknown(tmp_path):
    """0 storeys, the year 0, an area of 0 and 미상 leave nothing behind, and that is said."""
    header = [*HEADER, "지상층수", "구조"]
    rows = [header, ["1", 37.5, 127.0, 0, "미상", 0, 0, "미상"]]

    found = checked(workbook(tmp_path / "c.xlsx", 사업장=rows))

    given = found.portfolio.given
    assert all(given[n][0] != given[n][0] for n in ("total_area", "built_year", "floors_above"))
    assert given["structure"][0] == ""
    assert given["asset_value"][0] != given["asset_value"][0]
    assert [one.code for one in found.problems].count("code_for_unknown") == 4


def test_a_second_table_of_sites_is_refused(tmp_path):
    """Nobody can say which of two sheets is meant."""
    found = checked(workbook(tmp_path / "b.xlsx", 가=[HEADER, GOOD], 나=[HEADER, GOOD]))

    assert cells(found) == [("", "block_twice")]


def test_a_column_that_is_nearly_known_is_proposed(tmp_path):
    """자산가엑 is read by nobody; its like is named."""
    header = [*HEADER[:4], "자산가엑", HEADER[5]]
    found = checked(workbook(tmp_path / "h.xlsx", 사업장=[header, GOOD]))

    alike = [one for one in findings(found.problems) if one.problem.code == "header_alike"]
    assert "자산가액" in alike[0].fix("ko")


def test_a_column_that_nobody_reads_is_kept(tmp_path):
    """It goes back into files as it came."""
    rows = [[*HEADER, "심사역"], [*GOOD, "홍길동"], [*GOOD, "홍길동"], [*row(**SECOND), "임꺽정"]]

    found = checked(workbook(tmp_path / "o.xlsx", 사업장=rows))

    assert {name: list(texts) for name, texts in found.portfolio.others.items()} == {
        "심사역": ["홍길동", "임꺽정"]
    }


def test_a_table_of_which_no_row_counts_has_no_site(tmp_path):
    """Rows without a key are named, and nothing is asked of the places."""
    (tmp_path / "none.csv").write_text("site_id,sigungu\n,중구\n", "utf-8")
    found = checked(tmp_path / "none.csv", places=Korea())
    assert {code for _, code in cells(found)} == {"value_missing", "no_sites"}


def test_a_column_that_stands_twice_is_an_error(tmp_path):
    """One of the same name, of another unit, of another name for the same: both are named."""
    header = [*HEADER, "자산가액", "latitude", "자산가액(억원)", "비고", "비고"]
    values = [*GOOD, 9, 35.0, 20, "가", "나"]
    book = workbook(tmp_path / "twice.xlsx", 사업장=[header, values])
    lines = (",".join(map(str, row)) for row in (header, values))
    (tmp_path / "twice.csv").write_text("\n".join(lines), "utf-8")
    for path in (book, tmp_path / "twice.csv"):
        found = checked(path)
        said = [one for one in findings(found.problems) if one.problem.code == "header_twice"]
        assert [one.problem.column.letter for one in said] == ["G", "H", "I"], path
        assert {one.problem.severity for one in said} == {"error"}
        assert "자산가액 (G)는 자산가액 (E) 열" in said[0].message("ko")
        assert "latitude (H) and 위도 (B)" in said[1].message("en")
        unknown = [one for one in found.problems if one.code == "header_unknown"]
        assert [one.column.header for one in unknown] == ["비고", "비고 (K)"]


def test_a_column_that_stands_twice_can_be_renamed(tmp_path):
    """The second one, in the grid: then nobody reads it and nothing is wrong."""
    path = workbook(tmp_path / "twice.xlsx", 사업장=[[*HEADER, "자산가액"], [*GOOD, 9]])
    found = draft.read([path], Choices(as_of=AS_OF))
    [one] = [f for f in findings(recheck(found).problems) if f.problem.code == "header_twice"]
    edit = draft.Edit("사업장", None, one.problem.column.header, "장부가 메모")
    again = recheck(found.edited([edit]))
    assert cells(again) == []
    assert list(again.portfolio.given["asset_value"]) == [2e9]
