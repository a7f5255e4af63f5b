"""Names of places in the database, and files that bring more of them."""

from __future__ import annotations

import gzip

import pytest
from typer.testing import CliRunner

from modelops_core.cli.shared import program
from modelops_core.errors import NotCovered, OutsideKorea, SourceUnreadable
from modelops_core.services.site import place_search
from modelops_core.sources import place_tables
from tests.world import SEOUL

#: code, level, name, English name, persons; in boxes far off the coast, apart from each other
TOWNS = [
    ("27110", "sigungu", "대구광역시 중구", "Jung-gu, Daegu", 90_000),
    ("28110", "sigungu", "인천광역시 중구", "Jung-gu, Incheon", 150_000),
    ("51", "sido", "강원특별자치도", "Gangwon-do", 1_500_000),
    ("11140101", "emd", "서울특별시 중구 명동1가", None, None),
    ("41210101", "emd", "경기도 광명시 광명동", None, None),
    ("43150101", "emd", "충청북도 제천시 명동", None, None),
]
ADDRESSES = """시도명|시군구명|도로명|지하여부|건물본번|건물부번|건물명|우편번호|고유번호|지번주소|X좌표|Y좌표
서울특별시|중구|세종대로|0|110|0|서울특별시청|04524|1114010300100310000|서울특별시 중구 태평로1가 31|953901.1|1952032.0
부산광역시|연제구|중앙대로|0|1001|0|부산광역시청|47545|2647010200115000000||1143480.1|1687725.0
"""


@pytest.fixture
def named(app):
    """The small country with more districts and the shipped places."""
    with app.owner.begin() as connection:
        for i, row in enumerate(TOWNS):
            connection.exec_driver_sql(
                "INSERT INTO modelops.location_admin (admin_code, level, admin_name, admin_name_en,"
                " population_2025, parent_code, geom) VALUES (%s, %s, %s, %s, %s, %s,"
                " ST_Multi(ST_MakeEnvelope(%s, 38, %s, 38.1, 4326)))",
                (*row, row[0][:-3] or None, 127 + i / 10, 127.1 + i / 10),
            )
    app.tables.write(place_tables.shipped())
    return app


def found(app, text):
    return [place.name for place in place_search.find(text, app.place_names)]


def test_a_name_itself_comes_before_names_that_hold_it(named):
    """명동 before 광명동, its numbered parts too; districts of one name by population."""
    towns = found(named, "명동")
    assert towns.index("서울특별시 중구 명동1가") < towns.index("경기도 광명시 광명동")
    assert towns.index("충청북도 제천시 명동") < towns.index("경기도 광명시 광명동")
    assert found(named, "중구")[:3] == ["인천광역시 중구", "서울특별시 중구", "대구광역시 중구"]
    assert found(named, "서울역")[0] == "서울역"
    assert found(named, "seoul station")[0] == "서울역"
    assert found(named, "KTX") == []


def test_a_town_has_the_english_name_of_its_district(named):
    """Towns have no English names of their own in the demonstration data."""
    [town, *_] = place_search.find("명동1가", named.place_names)
    assert town.name_en == "명동1가, Jung-gu, Seoul"


def test_a_landmarks_district_is_named_with_its_province(named):
    """There are six of 중구: that of the outline around it, coarse here; its own where no outline holds it."""
    [station, *_] = place_search.find("서울역", named.place_names)
    assert (station.detail, station.detail_en) == ("서울특별시 중구", "Jung-gu, Seoul")
    [island, *_] = place_search.find("독도", named.place_names)
    assert (island.detail, island.detail_en) == ("울릉군", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("강원도", "강원특별자치도"),
        ("연제", "부산광역시 연제구"),
        ("pusan", "부산광역시"),
        ("서울 중구", "서울특별시 중구"),
        ("독도", "독도"),
        ("인천공항", "인천국제공항"),
    ],
)
def test_old_short_and_english_names(named, text, first):
    """What the place is called today."""
    assert found(named, text)[0] == first


def test_addresses_are_loaded_and_found(named, tmp_path, monkeypatch):
    """The public form: CP949, parts of the address, metres; by road, lot, building and parcel."""
    monkeypatch.setattr("modelops_core.cli.load.app", lambda: named)
    file = tmp_path / "addresses.txt"
    file.write_bytes(ADDRESSES.encode("cp949"))
    run = CliRunner().invoke(program, ["load", "addresses", str(file), "--provider", "MOIS"])
    assert run.exit_code == 0, run.output

    for text in ("세종대로 110", "서울시 중구 세종대로 110", "태평로1가 31", "1114010300100310000"):
        [place] = place_search.find(text, named.place_names)
        assert place.name == "서울특별시 중구 세종대로 110"
        assert (place.latitude, place.longitude) == pytest.approx((37.5665, 126.978), abs=1e-4)
    assert found(named, "부산광역시청") == ["부산광역시 연제구 중앙대로 1001"]
    assert found(named, "부산 세종대로 110") == []
    [source] = [s for s in named.sources.all() if s.table_name == "addresses"]
    assert (source.provider, source.name) == ("MOIS", "addresses.txt")
    with pytest.raises(SourceUnreadable, match="addresses"):
        named.tables.write(place_tables.read("addresses", file, "x", "x", "x"))


def test_postcodes_are_loaded_replaced_and_found(named, tmp_path, monkeypatch):
    """A compressed file; a second one in place of the first."""
    for command in ("load", "places"):
        monkeypatch.setattr(f"modelops_core.cli.{command}.app", lambda: named)
    file = tmp_path / "codes.csv.gz"
    for town in ("청운동", "신교동"):
        text = (
            f"postal_code,place,sido,sigungu,lat,lon\n3187,{town},서울특별시,종로구,37.57,126.98\n"
        )
        file.write_bytes(gzip.compress(text.encode()))
        run = CliRunner().invoke(program, ["load", "postcodes", str(file)])
        assert run.exit_code == 0, run.output
    run = CliRunner().invoke(program, ["find", "03187", "--json"])
    assert "신교동" in run.output
    assert '"latitude": 37.57' in run.output


def test_land_without_a_cell_is_no_sea(app):
    """An island in a district that no cell covers; a strip of land beyond the drawn shore."""
    with app.owner.begin() as connection:
        box = "ST_MakeEnvelope(131.8, 37.2, 131.9, 37.3, 4326)"
        connection.exec_driver_sql(
            "INSERT INTO modelops.location_admin (admin_code, level, admin_name, geom)"
            f" VALUES ('47940', 'sigungu', '경상북도 울릉군', ST_Multi({box}));"
            "INSERT INTO modelops.location_admin_parts (admin_code, level, geom)"
            f" VALUES ('47940', 'sigungu', {box})"
        )
    with pytest.raises(NotCovered, match="울릉군"):
        app.places.place(37.241, 131.866)
    for east, code in ((127.13, "sea_or_reclaimed"), (127.4, "in_the_sea")):
        with pytest.raises(OutsideKorea) as raised:
            app.places.place(SEOUL[0], east)
        assert raised.value.code == code
