"""Entries of the building register as tables and as features."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.geometry import Point

from modelops_core.domain import building
from modelops_core.domain.source import Given
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import kinds, unpacking

CSV = """mgm_bldrgst_pk,REGSTR_KIND_CD_NM,lat,lon,strct_cd_nm,mainPurpsCdNm,useAprDay,grndFlrCnt,ugrndFlrCnt,totArea
1,표제부,37.5,127.0,철근콘크리트구조,업무시설,19980312,12,2,"12,000.5"
2,총괄표제부,37.5,127.0,철근콘크리트구조,공동주택,20010101,15,3,450000
3,표제부,37.6,127.1,,,,0,0,0
4,표제부,127.1,37.6,벽돌구조,단독주택,19750000,2,0,80
1,표제부,37.5,127.0,철근콘크리트구조,업무시설,19980312,12,2,"12,000.5"
6,표제부,37.7,127.1,벽돌구조,단독주택,1975,200,0,80
"""


def load(path, given=None):
    reading = kinds.get("buildings").open([unpacking.measured(path)], given or Given())
    [chunk] = reading.chunks()
    return chunk.rows["api_buildings"], chunk.rejects, reading


def test_the_register_as_a_table(tmp_path):
    """A bad field is unknown and said; only a place outside Korea and a second key cost the entry."""
    path = tmp_path / "register.csv"
    path.write_bytes(CSV.encode("cp949"))
    rows, rejects, reading = load(path)
    assert rows["register_pk"] == ["1", "2", "3", "6"]
    assert list(rows["building_id"]) == [1, 2, 3, 4]
    assert rows["structure"] == ["철근콘크리트구조", "철근콘크리트구조", None, "벽돌구조"]
    assert rows["built_year"] == [1998, 2001, None, 1975]
    assert rows["floors_above"] == [12, None, None, None]
    assert rows["floors_below"] == [2, None, 0, 0]
    assert rows["total_area"][0] == 12000.5
    assert [str(area) for area in rows["total_area"][1:3]] == ["nan", "nan"]
    said = {(r.row, r.column, r.reason, r.dropped) for r in rejects}
    assert said == {
        (5, "latitude", "out_of_range", True),
        (5, "longitude", "out_of_range", True),
        (5, "approved", "not_a_time", False),
        (6, "register_pk", "key_twice", True),
        (7, "floors_above", "out_of_range", False),
    }
    assert reading.facts["encoding"] == "cp949"


@pytest.mark.parametrize("name", ["r.gpkg", "r.geojson", "r.shp"])
def test_the_register_as_features_of_any_crs(tmp_path, name):
    """Metres become degrees; Korean texts are read from a shapefile without a statement."""
    frame = gpd.GeoDataFrame(
        {"STRCT": ["철골구조"], "지상층수": [5]}, geometry=[Point(953901.1, 1952032.0)], crs=5179
    ).rename(columns={"STRCT": "주구조"})
    path = tmp_path / name
    frame.to_file(path, encoding="cp949" if name.endswith("shp") else None)
    (tmp_path / "r.cpg").unlink(missing_ok=True)
    if name.endswith("geojson"):
        frame.to_crs(4326).to_file(path)
    rows, rejects, _ = load(path)
    assert (rows["latitude"][0], rows["longitude"][0]) == pytest.approx(
        (37.5665, 126.978), abs=1e-4
    )
    assert (rows["structure"], rows["floors_above"], rejects) == (["철골구조"], [5], [])


def test_a_shapefile_without_a_crs_is_asked_for_it(tmp_path):
    """Old cadastral data look alike, 300 m off."""
    frame = gpd.GeoDataFrame({"a": ["x"]}, geometry=[Point(953901.1, 1952032.0)], crs=5179)
    frame.to_file(tmp_path / "r.shp")
    (tmp_path / "r.prj").unlink()
    with pytest.raises(SourceUnreadable, match="--crs"):
        load(tmp_path / "r.shp")
    rows, _, _ = load(tmp_path / "r.shp", Given(crs="EPSG:5179"))
    assert rows["latitude"][0] == pytest.approx(37.5665, abs=1e-4)


#: the register's list of structures → class of vulnerability
STRUCTURES = {
    "masonry": "조적구조 벽돌구조 블록구조 석구조 기타조적구조 흙벽돌조 시멘트블럭조",
    "rc": "콘크리트구조 철근콘크리트구조 프리케스트콘크리트구조 기타콘크리트구조 라멘조",
    "steel": "철골구조 일반철골구조 공업화박판강구조(PEB) 기타강구조",
    "light": "경량철골구조 강파이프구조 스틸하우스조 조립식판넬조 컨테이너조",
    "src": "철골철근콘크리트구조 철골콘크리트구조 기타철골철근콘크리트구조",
    "timber": "목구조 일반목구조 통나무구조 트러스목구조",
}
#: the list of main purposes (Building Act, enforcement decree, annex 1) → group; the others are "other"
PURPOSES = {
    "residential": "단독주택 공동주택",
    "retail": "제1종근린생활시설 제2종근린생활시설 판매시설",
    "hospital": "의료시설",
    "education": "교육연구시설",
    "office": "업무시설",
    "lodging": "숙박시설",
    "factory": "공장",
    "warehouse": "창고시설",
    "other": "문화및집회시설 종교시설 운수시설 노유자시설 수련시설 운동시설 위락시설"
    " 위험물저장및처리시설 자동차관련시설 동물및식물관련시설 자원순환관련시설 교정시설 국방군사시설"
    " 방송통신시설 발전시설 묘지관련시설 관광휴게시설 장례시설 야영장시설",
}


@pytest.mark.parametrize(
    ("name", "kind"), [(n, k) for k, names in STRUCTURES.items() for n in names.split()]
)
def test_every_structure_of_the_register_has_a_class(name, kind):
    """Steel encased in concrete is SRC in vulnerability as in value."""
    assert building.classify(name, building.STRUCTURE_CLASSES) == kind
    group = building.classify(name, building.STRUCTURE_GROUPS)
    assert (group == "src") == (kind == "src")


@pytest.mark.parametrize(
    ("name", "group"), [(n, g) for g, names in PURPOSES.items() for n in names.split()]
)
def test_every_purpose_of_the_register_has_a_group(name, group):
    """A use that no group has is another one, not an unknown one."""
    assert building.classify(name, building.USE_GROUPS, "other") == group
