"""Which kind of place a text names, without a database."""

from __future__ import annotations

import pytest

from modelops_core.errors import InvalidInput
from modelops_core.services.site import place_search

ADDRESS = {
    "road_address": "서울특별시 중구 세종대로 110",
    "lot_address": "서울특별시 중구 태평로1가 31",
    "building_name": None,
    "latitude": 37.5665,
    "longitude": 126.978,
}


class Names:
    """A ports.NameReader that holds three districts, a station and, if loaded, an address."""

    DISTRICTS = ("강원특별자치도", "대구광역시 군위군", "인천광역시 미추홀구")

    def __init__(self, loaded: bool = True) -> None:
        self.rows = loaded
        self.asked: list[object] = []

    def districts(self, words, limit):
        self.asked.append(words)
        names = [n for n in self.DISTRICTS if all(any(w in n for w in spelt) for spelt in words)]
        return [self.district(name) for name in names[:limit]]

    def district(self, name):
        return {
            "admin_code": "1",
            "level": "sido" if name.endswith("도") else "sigungu",
            "admin_name": name,
            "admin_name_en": name,
            "latitude": 37.0,
            "longitude": 127.0,
            "fit": 0,
        }

    def landmarks(self, words, limit):
        row = {"kind": "station", "name": "서울역", "name_en": "Seoul Station", "fit": 0}
        row |= {
            "district": "용산구",
            "district_en": "Yongsan-gu, Seoul",
            "latitude": 37.554,
            "longitude": 126.971,
        }
        return [row] if words == [("서울역",)] else []

    def postcode(self, code):
        row = {"sido": "서울특별시", "sigungu": "종로구", "place": None}
        found = self.rows and code == "03187"
        return [{**row, "latitude": 37.57, "longitude": 126.98}] if found else []

    def parcel(self, number, limit):
        return [ADDRESS] if self.rows and number == "1114010300100310000" else []

    def town_of_parcel(self, number):
        return [self.district("서울특별시 중구 태평로1가")] if number.startswith("11") else []

    def addresses(self, keys, building, words, limit):
        self.asked.append(keys)
        return [ADDRESS] if set(keys) & {"세종대로110", "태평로1가31"} else []

    def loaded(self):
        return {"postcodes": self.rows, "addresses": self.rows}


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("37.5665, 126.9780", "point", "37.56650, 126.97800"),
        ("https://www.google.com/maps/@37.5665,126.978,15z", "point", "37.56650, 126.97800"),
        ("강원도", "province", "강원특별자치도"),
        ("강원도\x00\u200b", "province", "강원특별자치도"),
        ("서울역", "station", "서울역"),
        ("03187", "postcode", "03187"),
        ("(우) ０３１８７", "postcode", "03187"),
        ("우편번호: 03187", "postcode", "03187"),
        ("1114010300100310000", "parcel", "서울특별시 중구 세종대로 110"),
        ("PNU 1114010300100310000", "parcel", "서울특별시 중구 세종대로 110"),
        ("서울 중구 세종대로110", "address", "서울특별시 중구 세종대로 110"),
        ("태평로1가 31번지", "address", "서울특별시 중구 세종대로 110"),
        ("경상북도 군위군", "district", "대구광역시 군위군"),
    ],
)
def test_each_kind_of_text_has_its_place(text, kind, name):
    """The first thing that is found."""
    found = place_search.find(text, Names())
    assert (found[0].kind, found[0].name) == (kind, name)


def test_a_former_name_is_said():
    """Where the place has another one; a short form is no former name."""
    assert place_search.find("강원도", Names())[0].former == "강원도"
    assert place_search.find("강원특별자치도", Names())[0].former == ""
    assert place_search.find("인천시 남구", Names())[0].former == "남구"
    assert place_search.since()["강원도"] == "2023-06-11"


@pytest.mark.parametrize("text", ["37.5", "37,33,126,58", "12 34 56", "99°", "37.5665;", "x" * 300])
def test_numbers_of_no_form_say_which_forms_there_are(text):
    """Names, addresses, codes and coordinates, each with an example."""
    with pytest.raises(InvalidInput, match=r"37\.5665, 126\.9780"):
        place_search.find(text, Names())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03187", "no_postcodes"),
        ("9914010300100310000", "no_addresses"),
        ("세종대로 110", "no_addresses"),
    ],
)
def test_a_table_that_is_not_loaded_is_said(text, code):
    """Not 'nothing has this name'."""
    with pytest.raises(InvalidInput) as raised:
        place_search.find(text, Names(loaded=False))
    assert raised.value.code == code


def test_a_parcel_without_a_table_is_its_town():
    """The number begins with the town's code."""
    [town] = place_search.find("1114010300100310000", Names(loaded=False))
    assert (town.kind, town.name) == ("district", "서울특별시 중구 태평로1가")


@pytest.mark.parametrize("text", ["", "  ", "\x00", "없는곳", "99999"])
def test_nothing_is_an_empty_list(text):
    """No error, no guess."""
    assert place_search.find(text, Names()) == []


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("서울특별시 중구 세종대로 110", "세종대로110"),
        ("서울 강남구 테헤란로8길 21-3 (역삼동)", "테헤란로8길21-3"),
        ("서울특별시 중구 소공로 지하 12", "소공로지하12"),
        ("경기도 성남시 분당구 판교역로 166, 카카오 판교아지트", "판교역로166"),
        ("서울특별시 중구 태평로1가 31", "태평로1가31"),
        ("강원특별자치도 춘천시 남산면 방하리 산198-1", "방하리산198-1"),
        ("부산광역시 연제구", None),
        (None, None),
    ],
)
def test_the_key_of_an_address(address, key):
    """Road with number, else town with lot."""
    assert place_search.address_key(address) == key


@pytest.mark.parametrize("address", ["서울 중구 세종대로 110", "세종대로 110-0", "세종대로110"])
def test_a_house_has_one_key(address):
    """With its province or without; the number -0 is none."""
    assert place_search.address_key(address) == "세종대로110"
