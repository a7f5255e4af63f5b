"""Loans, policies and holdings: what they stand on, and facts that do not agree."""

from __future__ import annotations

import pytest

from tests.unit.portfolio.files import GOOD, HEADER, Korea, cells, checked, workbook

SITES = [HEADER, GOOD, ["0002", 37.6, 127.0, 500, 900_000_000, 2001]]
LOANS = ["여신번호", "담보번호", "총장부금액", "담보가액", "LTV", "취급일", "만기일", "IFRS9단계",
         "고정이하", "상품", "사업장시군구"]  # fmt: skip
GOOD_LOAN = ["L1", "0001", 5e8, 1e9, 50, "2020-01-31", "2030-01-31", 1, "N", "기업담보", ""]


def found(tmp_path, *rows, places=None):
    """What is found of these loans."""
    path = workbook(tmp_path / "p.xlsx", 사업장=SITES, 여신=[LOANS, *rows])
    return checked(path, places=places)


def loan(**changes):
    """A good loan with some cells changed."""
    names = ("id", "site", "exposure", "collateral", "ltv", "begun", "ends", "stage", "npl",
             "product", "region")  # fmt: skip
    return [changes.get(n, v) for n, v in zip(names, GOOD_LOAN, strict=True)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"site": "9"}, [("B2", "site_unknown")]),
        ({"ends": "2019-01-31"}, [("G2", "maturity_before")]),
        ({"ends": "내년"}, [("G2", "not_a_time")]),
        ({"ltv": 0.5}, [("E2", "ltv_share")]),
        ({"stage": 4}, [("H2", "out_of_range")]),
        ({"npl": "글쎄"}, [("I2", "not_yes_no")]),
        ({"product": "할부"}, [("J2", "not_one_of")]),
        ({"exposure": None}, [("C2", "value_missing")]),
        ({"exposure": -1}, [("C2", "out_of_range")]),
    ],
)
def test_an_error_of_a_loan_names_its_cell(changes, expected, tmp_path):
    """One cell is wrong, one error is said."""
    assert cells(found(tmp_path, loan(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"npl": "Y"}, [("H2", "stage_of_npl")]),
        ({"ltv": 90}, [("E2", "ltv_differs")]),
        ({"ends": "2026-01-31"}, [("G2", "maturity_past")]),
        ({"site": ""}, [("A2", "region_missing")]),
        ({"site": "", "region": "중구"}, [("K2", "district_ambiguous")]),
    ],
)
def test_doubts_of_a_loan_are_warnings(changes, expected, tmp_path):
    """Nothing has to be corrected."""
    result = found(tmp_path, loan(**changes), places=Korea())

    assert cells(result, "warning") == expected
    assert result.errors == 0


def test_a_site_without_its_zeros_is_proposed(tmp_path):
    """Excel made 0001 a 1: the site that is meant is named."""
    result = found(tmp_path, loan(site=1))

    (problem,) = [one for one in result.problems if one.code == "site_unknown"]
    assert list(problem.proposals) == ["0001"]


def test_one_loan_on_two_sites_and_two_loans_on_one(tmp_path):
    """Rows of a loan that differ in the site only are one loan; a cell may name several."""
    portfolio = found(
        tmp_path, loan(), loan(site="0002"), loan(id="L2"), loan(id="L3", site="0001;0002")
    ).portfolio

    loans = portfolio.loans
    pairs = zip(loans.loan_id[loans.collateral.row], loans.collateral.site, strict=True)
    assert list(pairs) == [("L1", 0), ("L1", 1), ("L2", 0), ("L3", 0), ("L3", 1)]
    assert list(loans.exposure) == [5e8, 5e8, 5e8]


def test_a_loan_written_twice_with_other_amounts_is_an_error(tmp_path):
    """It would be counted twice."""
    assert cells(found(tmp_path, loan(), loan(exposure=7e8))) == [("A3", "duplicate_key")]


def test_one_table_of_loans_and_sites_counts_each_site_once(tmp_path):
    """A bank's flat table: the site of two loans is one site."""
    header = ["여신번호", "총장부금액", *HEADER]
    path = workbook(tmp_path / "flat.xlsx", 여신=[header, ["L1", 5e8, *GOOD], ["L2", 6e8, *GOOD]])

    portfolio = checked(path).portfolio

    assert list(portfolio.site_id) == ["0001"]
    assert list(portfolio.loans.collateral.site) == [0, 0]


def test_policies_and_weights_are_checked(tmp_path):
    """A deductible above the limit is doubtful, weights above 1 are refused."""
    path = workbook(
        tmp_path / "p.xlsx",
        사업장=SITES,
        보험=[["증권번호", "담보번호", "가입금액", "자기부담금"], ["P1", "0001", 1e8, 2e8]],
        투자=[["isin", "비중"], ["KR1", 0.7], ["KR2", 0.6]],
    )

    result = checked(path)

    assert cells(result) == [("", "weights_above_one")]
    assert cells(result, "warning") == [("D2", "above_limit")]
