"""Outlines of districts with their population."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import box

from modelops_core.domain.source import Given
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import kinds, unpacking
from modelops_core.sources.demo import reference


@pytest.fixture(scope="module")
def districts():
    """All districts of today as little boxes, in metres of Korea 2000."""
    listed = reference.districts().reset_index()
    boxes = [box(900_000 + 1000 * i, 1_800_000, 900_900 + 1000 * i, 1_800_900) for i in range(252)]
    names = {"sgg_cd": "SIG_CD", "sgg_nm": "SIG_KOR_NM", "sido_nm": "CTP_KOR_NM"}
    return gpd.GeoDataFrame(listed[list(names)].rename(columns=names), geometry=boxes, crs=5179)


def write(path, frame):
    frame.to_file(path)
    return unpacking.measured(path)


def load(files, given=None):
    source = kinds.get("admin")
    reading = source.open(files, given or Given())
    chunks = [chunk for chunk in reading.chunks() if chunk.rows]
    rows = [chunk.rows["location_admin"] for chunk in chunks]
    return rows, [r for chunk in chunks for r in chunk.rejects], source.publishes(reading)


def people(tmp_path, header="인구수_2024"):
    listed = reference.districts()["pop_2024_06"].rename(header)
    path = tmp_path / "persons.csv"
    listed.rename_axis("시군구코드").reset_index().to_csv(path, index=False, encoding="cp949")
    return unpacking.measured(path)


def test_districts_in_metres_with_persons(tmp_path, districts):
    """Full names, degrees, the published population moved to 2050; other levels stay."""
    file = write(tmp_path / "sig.gpkg", districts)
    persons = people(tmp_path, "population")
    with pytest.raises(SourceUnreadable, match="--period"):
        load([file, persons])
    [rows], rejects, what = load([file, persons], Given(period="2024-06"))
    assert rejects == []
    assert what.scope == {"location_admin": ("level", ("sigungu",))}
    at = rows["admin_code"].index("11110")
    assert rows["admin_name"][at] == "서울특별시 종로구"
    assert rows["admin_name"][rows["admin_code"].index("36110")] == "세종특별자치시"
    assert (rows["parent_code"][at], rows["level"][at]) == ("11", "sigungu")
    assert rows["area_km2"][at] == pytest.approx(0.81, rel=1e-3)
    assert sum(rows["population_2025"]) == pytest.approx(51_700_000, rel=0.01)
    assert rows["population_2050"][at] < rows["population_2025"][at]


def test_codes_of_the_census_are_refused(tmp_path, districts):
    """They look like legal codes; without persons the population is unknown."""
    [rows], _, _ = load([write(tmp_path / "legal.geojson", districts.to_crs(4326))])
    assert rows["population_2025"] == [None] * 252
    census = districts.assign(SIG_CD=[f"9{i:04}" for i in range(252)])
    with pytest.raises(SourceUnreadable, match="census"):
        load([write(tmp_path / "census.gpkg", census)])


def test_outlines_elsewhere_and_other_codes_are_rejects(tmp_path, districts):
    """Each names its row."""
    odd = districts.copy()
    odd.loc[0, "geometry"] = box(0, 0, 900, 900)
    odd.loc[1, "SIG_CD"] = "1114"
    [rows], rejects, _ = load([write(tmp_path / "odd.gpkg", odd)])
    assert len(rows["admin_code"]) == 250
    assert [(r.row, r.column, r.dropped) for r in rejects] == [
        (1, "geometry", True),
        (2, "admin_code", True),
    ]
