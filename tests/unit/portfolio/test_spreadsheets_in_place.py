"""Spreadsheets as banks send them: two header rows, totals, merged cells, hidden sheets; all corrected in place."""

from __future__ import annotations

import datetime

import pytest
from openpyxl import load_workbook

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import findings
from modelops_core.sources.portfolio import draft, heading
from modelops_core.sources.portfolio.draft import Edit
from tests.unit.portfolio.files import AS_OF, GOOD, HEADER, cells, checked, recheck, workbook

SECOND = ["0002", 37.6, 127.0, 1000, 2_000_000_000, 1998]
THIRD = ["0003", 37.61, 127.01, 1000, 2_000_000_000, 1998]


def read(path):
    """The draft of a file."""
    return draft.read([path], Choices(as_of=AS_OF))


def values(found):
    """Asset values of the sites [KRW]."""
    return found.portfolio.given["asset_value"].tolist()


def test_a_second_row_of_headers_names_the_columns(tmp_path):
    """Groups over several columns, and names that are merged downwards."""
    rows = [
        ["2026년 4분기 담보 현황"],
        ["사업장번호", "좌표", "", "건물"],
        ["", "위도", "경도", "연면적(㎡)", "자산가액", "준공연도"],
        GOOD,
        [*SECOND[:5], 2035],
    ]
    path = workbook(tmp_path / "two.xlsx", 현황=rows)
    book = load_workbook(path)
    for area in ("A1:F1", "A2:A3", "B2:C2", "D2:F2"):
        book.active.merge_cells(area)
    book.save(path)

    assert cells(checked(path)) == [("F5", "year_future")]


@pytest.mark.parametrize("row_of_units", [True, False])
def test_units_beside_the_headers_are_read(tmp_path, row_of_units):
    """백만원 in a row below the names, or in a title above them."""
    units = [["", "도", "도", "㎡", "백만원", "년"]] if row_of_units else []
    title = [] if row_of_units else [["담보 명세", "", "", "", "(단위: 백만원, ㎡)"]]
    rows = [*title, [*HEADER[:4], "자산가액", "준공연도"], *units, [*GOOD[:4], 2000, 1998]]
    found = checked(workbook(tmp_path / "u.xlsx", 현황=rows))

    assert values(found) == [2e9]
    assert {"unit_of_header", "unit_of_title"} & {one.code for one in found.problems}


def test_the_sums_of_a_sheet_are_no_sites(tmp_path):
    """소계 and 합계 are left out, which is said with their cells."""
    sums = [["소계", "", "", "=SUM(D2:D3)", 4e9, ""], ["합 계", "", "", "약 3000", 6e9, ""]]
    path = workbook(tmp_path / "t.xlsx", 현황=[HEADER, GOOD, SECOND, sums[0], THIRD, sums[1]])
    found = checked(path)

    assert values(found) == [2e9] * 3
    assert cells(found, "warning") == [("A4", "total_row"), ("A6", "total_row")]
    assert found.errors == 0


def test_merged_cells_are_filled_in_place(tmp_path):
    """What stands in the first cell is proposed for each cell below it."""
    path = workbook(tmp_path / "m.xlsx", 현황=[HEADER, GOOD, SECOND, THIRD])
    book = load_workbook(path)
    book.active.merge_cells("E2:E4")
    book.save(path)
    first = read(path)
    found = recheck(first)
    assert cells(found) == [("E3", "merged_cells"), ("E4", "merged_cells")]

    half = recheck(first.edited([Edit("현황", 3, "자산가액", "1000000000")]))
    assert cells(half) == [("E4", "merged_cells")]
    assert values(recheck(first.accepting(findings(found.problems)))) == [2e9] * 3


def test_a_row_is_left_out_and_that_is_said(tmp_path):
    """A row that cannot be mended goes; its errors go with it, and nothing else."""
    path = workbook(tmp_path / "r.xlsx", 현황=[HEADER, GOOD, ["0001", *SECOND[1:]], THIRD])
    first = read(path)
    assert cells(recheck(first)) == [("A3", "duplicate_key")]

    found = recheck(first.without([("현황", 3)]))

    assert list(found.portfolio.site_id) == ["0001", "0003"]
    assert ("3", "row_left_out") in cells(found, "note")
    assert recheck(first.without([("현황", row) for row in (2, 3, 4)])).sites == 0


def test_a_header_is_renamed_in_place(tmp_path):
    """The key under another name: the table is read once its header is told."""
    path = workbook(tmp_path / "k.xlsx", 현황=[["코드번호", *HEADER[1:]], GOOD, SECOND])
    first = read(path)
    assert cells(recheck(first)) == [("", "header_missing")]

    found = recheck(first.edited([Edit("현황", None, "코드번호", "사업장번호")]))

    assert found.errors == 0
    assert list(found.portfolio.site_id) == ["0001", "0002"]
    same = first.edited([Edit("현황", None, "코드번호", "위도")])
    assert same.sheets[0].headers == first.sheets[0].headers


def test_sheets_that_are_not_read_are_named(tmp_path):
    """A hidden sheet, and one whose key nobody knows."""
    loans = [["대출건", "담보", "잔액"], ["L1", "0001", 1e9]]
    path = workbook(tmp_path / "s.xlsx", 담보=[HEADER, GOOD], 대출=loans, 이전=[HEADER, SECOND])
    book = load_workbook(path)
    book["이전"].sheet_state = "hidden"
    book.save(path)

    said = {one.code: one.sheet for one in checked(path).problems if one.severity == "warning"}

    assert said == {"sheet_unread": "대출", "sheet_hidden": "이전"}


def test_cells_of_two_tables_of_text_are_told_apart(tmp_path):
    """A correction of one CSV does not fall on the row of that number in another."""
    (tmp_path / "sites.csv").write_text("site_id,lat,lon\n1,37.5,127\n1,37.6,127\n", "utf-8")
    (tmp_path / "loans.csv").write_text("loan_id,site_id,exposure_krw\nL1,1,5\nL2,1,5\n", "utf-8")
    first = draft.read([tmp_path / "sites.csv", tmp_path / "loans.csv"], Choices(as_of=AS_OF))
    [wrong] = [one for one in findings(recheck(first).problems) if one.problem.severity == "error"]

    portfolio = recheck(first.edited([Edit(wrong.problem.sheet, 3, "site_id", "2")])).portfolio

    assert wrong.problem.sheet == "sites.csv"
    assert portfolio.loans.collateral.site.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("column", "written", "proposed"),
    [
        ("준공연도", datetime.date(1998, 5, 1), "1998"),
        ("준공연도", "1998년 5월", "1998"),
        ("준공연도", "98년", ""),
        ("준공연도", 19980501, "1998"),
        ("위도", "37°33'36\"N", "37.56"),
        ("위도", "북위 37.56", "37.56"),
        ("위도", "37,5665", "37.5665"),
        ("위도", "37.56, 126.98", "37.56"),
        ("위도", "삼십칠", ""),
        ("연면적", "300평", "991.74"),
        ("연면적", "약 500", ""),
        ("자산가액", "9,000백만", "9000000000"),
        ("자산가액", "1 200 000 000", "1200000000"),
        ("지하층수", -2, "2"),
        ("지하층수", "지하 2층", "2"),
        ("지상층수", "지하 2층", ""),
    ],
)
def test_what_a_cell_means_is_proposed(column, written, proposed, tmp_path):
    """Only what can be read in one way."""
    names = ["사업장번호", "위도", "경도", "연면적", "자산가액", "준공연도", "지상층수", "지하층수"]
    row = dict(zip(names, ["1", 37.5, 127.0, 500, 9e8, 1990, 5, 1], strict=True))
    path = workbook(tmp_path / "p.xlsx", 현황=[names, list({**row, column: written}.values())])

    first = read(path)
    errors = [one for one in findings(recheck(first).problems) if one.problem.severity == "error"]

    assert [one.proposal for one in errors] == [proposed]
    again = recheck(first.accepting(errors))
    assert again.errors == (not proposed)
    assert "number_as_text" not in {one.code for one in again.problems}


def test_a_serial_day_of_excel_is_proposed(tmp_path):
    """46112 is 31 March 2026; days as Koreans write them are read."""
    loans = [["여신번호", "사업장번호", "총장부금액", "만기일"], ["L1", "0001", 1e9, 46112]]
    loans.append(["L2", "0001", 1e9, "2031년 12월 31일"])
    path = workbook(tmp_path / "d.xlsx", 사업장=[HEADER, GOOD], 여신=loans)
    [late] = [one for one in findings(checked(path).problems) if one.problem.severity == "error"]

    assert (late.cell, late.proposal) == ("D2", "2026-03-31")


def test_a_list_of_two_columns_has_a_heading():
    """A title with its unit is none; without any names there is none."""
    table = [["표", "(단위: 원)"], ["번호", "주소"], ["1", "서울"]]
    found = heading.found(table, [], str)
    assert found == heading.Heading(1, ["번호", "주소"], "원")
    assert heading.found([[1, 2], [3, 4]], [], str) is None
