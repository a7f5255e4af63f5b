"""Positions: districts, the sea, addresses and parcels matched among those that are loaded."""

from __future__ import annotations

import pytest

from tests.unit.portfolio.files import Korea, cells, checked, workbook

HEADER = ["사업장번호", "위도", "경도", "시군구", "도로명주소", "지번주소", "PNU", "AddressMatch"]


def site(tmp_path, *rows, places=True):
    """What is found of sites with these cells."""
    path = workbook(tmp_path / "p.xlsx", 사업장=[HEADER, *rows])
    return checked(path, places=Korea() if places else None)


def test_a_point_in_the_sea_is_an_error(tmp_path):
    """Both of its cells are named; without districts nobody can say, and that is said."""
    row = ["1", 37.5, 131.0]

    assert cells(site(tmp_path, row)) == [("B2", "in_sea"), ("C2", "in_sea")]
    found = site(tmp_path, row, places=False)
    assert cells(found) == []
    assert "places_unchecked" in [one.code for one in found.problems]


@pytest.mark.parametrize(
    ("written", "longitude", "warned"),
    [
        ("서울특별시 중구", 127.0, []),
        ("서울 중구", 128.0005, []),
        ("11140", 128.1, [("D2", "district_differs")]),
        ("중구", 127.0, [("D2", "district_ambiguous")]),
        ("26", 127.0, [("D2", "district_two_digits")]),
        ("없는구", 127.0, [("D2", "district_unknown")]),
    ],
)
def test_the_district_that_is_written_is_compared(written, longitude, warned, tmp_path):
    """Up to 50 m outside it is a border; a short name may be several, two digits are no answer."""
    found = site(tmp_path, ["1", 37.5, longitude, written])

    assert cells(found, "warning") == warned


@pytest.mark.parametrize(
    ("columns", "grade", "latitude"),
    [
        (["", "서울시 중구 세종대로 110", "", ""], 2, 37.5663),
        (["", "", "", "1114010300100310000"], 3, 37.5664),
        (["", "강원특별자치도 강릉시 중앙로 1", "", ""], 2, 37.75),
        (["", "", "강릉시 홍제동 12", ""], 8, 37.75),
    ],
)
def test_an_address_or_a_parcel_takes_the_place_of_coordinates(columns, grade, latitude, tmp_path):
    """Building, parcel, and the middle of a town where only that is known."""
    portfolio = site(tmp_path, ["1", None, None, *columns]).portfolio

    assert list(portfolio.address_match) == [grade]
    assert portfolio.latitude[0] == pytest.approx(latitude)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["", "중앙로 1", "", ""], [("E2", "place_ambiguous")]),
        (["", "서울특별시 중구 없는길 3", "", ""], [("E2", "place_unknown")]),
        (["", "", "", "11140103001003"], [("G2", "place_unknown"), ("G2", "pnu_form")]),
    ],
)
def test_an_address_that_is_several_or_none_is_an_error(columns, expected, tmp_path):
    """Nothing is guessed."""
    assert cells(site(tmp_path, ["1", None, None, *columns])) == expected


def test_coordinates_far_from_their_address_are_doubtful(tmp_path):
    """A kilometre off is another place, a hundred metres are not; an unknown address says nothing."""
    address = "서울특별시 중구 세종대로 110"
    rows = [["1", 37.5763, 126.9779, "", address], ["2", 37.5671, 126.9779, "", address],
            ["3", 37.5, 126.9, "", "서울특별시 중구 없는길 3"]]  # fmt: skip

    found = site(tmp_path, *rows)

    assert cells(found, "warning") == [("E2", "address_differs")]
    assert found.errors == 0


def test_addresses_need_the_database(tmp_path):
    """Without it they are not looked up, which is another error than an unknown one."""
    found = site(tmp_path, ["1", None, None, "", "세종대로 110"], places=False)

    assert cells(found) == [("E2", "place_unsearched")]


def test_a_coarse_coordinate_is_said(tmp_path):
    """The grade of the file stays."""
    found = site(tmp_path, ["1", 37.5, 127.0, "", "", "", "", 7])

    assert cells(found, "warning") == [("H2", "match_coarse")]
    assert list(found.portfolio.address_match) == [7]


def test_two_sites_at_one_place_are_marked(tmp_path):
    """The third lies at the first one's place; towns' middles are no places."""
    coarse = ["4", 37.5, 127.0, "", "", "", "", 8]
    found = site(tmp_path, ["1", 37.5, 127.0], ["2", 37.5, 127.1], ["3", 37.500001, 127.0], coarse)

    assert ("A4", "same_place") in cells(found, "warning")
    assert list(found.portfolio.same_place) == [0, 1, 0, 3]
