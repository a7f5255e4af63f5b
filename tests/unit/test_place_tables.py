"""Files of places, postal codes and addresses."""

from __future__ import annotations

import pytest

from modelops_core.errors import SourceUnreadable
from modelops_core.sources import place_tables


def read(tmp_path, table, text, encoding="utf-8"):
    file = tmp_path / "file.csv"
    file.write_bytes(text.encode(encoding))
    return place_tables.read(table, file, "provider", "licence", "2026")


def test_stations_of_a_public_file_follow_the_shipped_places(tmp_path):
    """Korean headers, CP949; unknown is None."""
    text = "역사명,영문역사명,역위도,역경도\n가온역,,37.1,127.1\n나래역,Narae,37.2,127.2\n"
    shipped = place_tables.shipped()
    found = read(tmp_path, "place_names", text, "cp949")
    assert len(found) == len(shipped) + 2
    assert found.columns["name"][-2:] == ["가온역", "나래역"]
    assert found.columns["name_en"][-2:] == [None, "Narae"]
    assert found.columns["kind"][-1] == "landmark"
    assert list(found.columns["place_id"]) == list(range(1, len(found) + 1))


def test_postcodes_keep_their_zeros_and_come_once(tmp_path):
    """A spreadsheet ate the zero; two points of one code are the first."""
    text = "우편번호;위도;경도\n3187;37.5;127\n03187;37.6;127\n03100;37.4;127\n"
    found = read(tmp_path, "postcodes", text)
    assert found.columns["postal_code"] == ["03100", "03187"]
    assert list(found.columns["latitude"]) == [37.4, 37.5]
    assert found.columns["sido"] == [None, None]


def test_addresses_whole_or_in_parts(tmp_path):
    """Both have the same key."""
    whole = read(tmp_path, "addresses", "도로명주소,위도,경도\n서울 중구 세종대로 110-2,37.5,127\n")
    parts = read(
        tmp_path,
        "addresses",
        "시도명|시군구명|도로명|지하여부|건물본번|건물부번|위도|경도\n서울|중구|세종대로|0|110|2|37.5|127\n",
    )
    assert whole.columns["road_key"] == parts.columns["road_key"] == ["세종대로110-2"]
    assert parts.columns["road_address"] == ["서울 중구 세종대로 110-2"]
    assert whole.columns["pnu"] == [None]


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        ("postcodes", "우편번호,위도,경도\n03187,x,127\n", "row_not_a_number"),
        ("postcodes", "우편번호,위도,경도\n03187,3.75,127\n", "row_out_of_range"),
        ("postcodes", "우편번호,위도\n03187,37.5\n", "column_missing"),
        ("addresses", "위도,경도\n37.5,127\n", "column_missing"),
        ("postcodes", "우편번호,위도,경도\n", "table_empty"),
        ("postcodes", "", "file_unreadable"),
    ],
)
def test_a_broken_file_is_refused_with_its_row(tmp_path, table, text, code):
    """Nothing is loaded in part."""
    with pytest.raises(SourceUnreadable) as raised:
        read(tmp_path, table, text)
    assert raised.value.code == code


def test_a_missing_file_is_said(tmp_path):
    """Its name."""
    with pytest.raises(SourceUnreadable, match=r"none\.csv"):
        place_tables.read("postcodes", tmp_path / "none.csv", "p", "l", "v")
