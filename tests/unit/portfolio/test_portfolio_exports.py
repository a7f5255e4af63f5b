"""A portfolio that is written is read again as it was; tables of results say what is unknown."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest

from modelops_core.db.results.portfolio_versions import _blocks
from modelops_core.errors import InvalidInput
from modelops_core.perils import PERILS
from modelops_core.services.portfolio import site_table
from modelops_core.services.portfolio.at_sites import unknown
from modelops_core.sources import whole_file
from modelops_core.sources.portfolio.writing import oed, tables, template
from tests import portfolios
from tests.unit.portfolio.files import checked, workbook

SITES = [
    [
        *(
            "사업장번호",
            "사업장명",
            "위도",
            "경도",
            "도로명주소",
            "용도",
            "구조",
            "준공연도",
            "지상층수",
        ),
        *("지하층수", "연면적(㎡)", "자산가액", "동산가액", "매출액", "자가사용", "1층바닥높이"),
        *("차수판높이", "설비고상설치", "표고", "업종", "구분", "비고"),
    ],
    [
        *(
            "0001",
            "@본점",
            37.5665123456,
            126.978,
            "서울 중구 세종대로 110",
            "업무시설",
            "RC조",
            1998,
        ),
        *(12, 3, 15000.25, 42_000_000_000, 3_000_000_001, 1e11, "Y", 0.45, 0.6, "N", 31.7, "K64"),
        *("본부", "-1"),
    ],
    ["2", None, 35.1, 129.04, None, None, None, None, 5, 0, 200, 9e8],
    ["00003", "담보", 37.25, 127.5, None, "공장", "일반철골구조", 2011, 9, 7, 3200, 4_500_000_000],
]
LOANS = [
    ["여신번호", "사업장번호", "총장부금액", "만기일", "IFRS9단계", "고정이하", "상품", "업종코드"],
    ["L1", "0001", 2.5e9, "2030-05-31", 1, "N", "기업담보", "C26"],
    ["L1", "00003", 2.5e9, "2030-05-31", 1, "N", "기업담보", "C26"],
    ["L2", "0001", 7e8, None, 3, "Y", "주담대", ""],
]


@pytest.fixture
def portfolio(tmp_path):
    found = checked(workbook(tmp_path / "whole.xlsx", 사업장=SITES, 여신=LOANS))
    assert found.portfolio is not None, [one.code for one in found.problems]
    return found.portfolio


def columns(one, *left_out):
    """All columns of a portfolio by block and name, but those that say where a row stood."""
    return {
        f"{block}.{name}": column.tolist()
        for block, own in _blocks(one).items()
        for name, column in own.items()
        if name != "source_row" and name not in left_out
    }


def same(one, other, *left_out):
    mine, theirs = columns(one, *left_out), columns(other, *left_out)
    assert mine.keys() == theirs.keys()
    for name, values in mine.items():
        np.testing.assert_array_equal(values, theirs[name], err_msg=name)


def test_our_template_comes_back_as_it_was(portfolio, tmp_path):
    """Every figure of every number, texts that look like formulas, loans on several sites."""
    paths = []
    for name, table in template.blocks(portfolio).items():
        paths.append(tmp_path / f"portfolio-{name}.csv")
        tables.write_csv(paths[-1], table)
    assert "'@본점" in paths[0].read_text("utf-8-sig")

    same(portfolio, checked(*paths).portfolio)


def test_oed_comes_back_as_it_was(portfolio, tmp_path):
    """What OED has no field for stands in columns of ours; cellars beyond its five storeys too."""
    table = oed.table(portfolio)
    tables.write_csv(tmp_path / "location.csv", table)

    assert list(table["OccupancyCode"]) == ["1104", "1000", "1150"]
    assert list(table["ConstructionCode"]) == ["5150", "5000", "5200"]
    assert list(table["Basement"]) == ["0", "6", "0"]
    assert list(table["BasementLevelCount"]) == ["3", "0", "5"]
    again = checked(tmp_path / "location.csv").portfolio
    loans = [name for name in _blocks(portfolio) if name.startswith("loans")]
    kept = {name for name in columns(portfolio) if name.split(".")[0] not in loans}
    mine, theirs = columns(portfolio), columns(again)
    for name in kept:
        np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)


def test_numbers_and_codes_of_an_oed_file_stay(tmp_path):
    """Accounts, codes and perils of all rows go out as they came, and come back as they went."""
    head = (
        "PortNumber,AccNumber,LocNumber,CountryCode,Latitude,Longitude,OccupancyCode,ConstructionCode,"
        "FloorArea,LocPerilsCovered,BuildingTIV,ContentsTIV,LocCurrency,FlexiLocX\n"
    )
    rows = (
        "1,A,0007,KR,37.5,127.0,1125,5150,10000,WTC,9e9,5e8,KRW,x\n"
        "1,A,0007,KR,37.5,127.0,1125,5150,10000,ORF;WTC,9e9,5e8,KRW,x\n"
        "1,B,0007,KR,37.6,127.0,1000,5000,,WTC,9e8,,KRW,y\n"
    )
    (tmp_path / "in.csv").write_text(head + rows)
    first = checked(tmp_path / "in.csv").portfolio
    tables.write_csv(tmp_path / "out.csv", oed.table(first))
    written = pd.read_csv(tmp_path / "out.csv", dtype=str, encoding="utf-8-sig")

    assert list(written["AccNumber"]) == ["A", "B"]
    assert list(written["OccupancyCode"]) == ["1125", "1000"]
    assert list(written["LocPerilsCovered"]) == ["WTC;ORF", "WTC"]
    same(first, checked(tmp_path / "out.csv").portfolio)


def results(sites):
    return {key: unknown(peril, 20, sites) for key, peril in PERILS.items()}


def test_a_map_has_every_site_also_one_without_a_position(tmp_path):
    """GeoParquet, FlatGeobuf and GeoPackage: points in ° and no loss where none is known."""
    made = portfolios.portfolio([(37.5, 127.0), (np.nan, np.nan), (35.1, 129.0)], match=[1, 0, 2])
    places = {name: np.full(3, "", dtype=object) for name in site_table.PLACES}
    every = np.arange(3)
    table = pd.DataFrame(site_table.sites(made, every, places, results(3), PERILS, 0))
    for name in ("sites.parquet", "sites.fgb", "sites.gpkg"):
        tables.write_features(tmp_path / name, table)
        path = tmp_path / name
        read = (
            geopandas.read_parquet(path) if path.suffix == ".parquet" else geopandas.read_file(path)
        )
        assert len(read) == 3, name
        placed = read.set_index("site_id").geometry
        assert (placed["S0"].y, placed["S2"].x) == pytest.approx((37.5, 129.0)), name
        assert placed["S1"] is None or placed["S1"].is_empty, name
        assert read["grand_loss"].isna().all(), name
        assert set(read["typhoon_status"]) == {"not_assessed"}, name


@contextmanager
def full_disk(left):
    """Files of this process end after *left* bytes, as on a disk that is full then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.gpkg", "a.fgb", "unplaced.fgb"])
def test_a_full_disk_leaves_no_half_file(name, tmp_path):
    """Not even where the last byte lacks, which GDAL does not notice; the file of before stays."""
    sites = {"site_id": [f"S{i}" for i in range(300)], "latitude": 37.5, "longitude": 127.0}
    table = pd.DataFrame(sites)
    if name == "unplaced.fgb":
        table.loc[0, "latitude"] = np.nan
    write = tables.write_csv if name == "a.csv" else tables.write_features
    write(tmp_path / name, table)
    before = (tmp_path / name).read_bytes()
    for left in (len(before) - 1, len(before) // 2):
        with full_disk(left), pytest.raises(InvalidInput, match="cannot be written"):
            write(tmp_path / name, table)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == before


def test_what_is_no_file_is_written_to_as_it_is(tmp_path):
    """A terminal or a pipe, which nothing may take the place of; a folder that cannot be is named."""
    whole_file.write(Path("/dev/null"), b"x")
    assert not Path("/dev/null").is_file()
    (tmp_path / "a").write_text("")
    with pytest.raises(InvalidInput, match="cannot be written"):
        whole_file.folder(tmp_path / "a" / "b")
    with pytest.raises(InvalidInput, match="cannot be written"):
        whole_file.write(tmp_path / "a" / "b", b"x")
