"""Formats of others, and the containers that hold them."""

from __future__ import annotations

import csv
import json

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook

from modelops_core.domain.portfolio.findings import findings
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources.portfolio import blank, listing
from tests.unit.portfolio.files import GOOD, HEADER, cells, checked, workbook

SITES = pd.DataFrame([GOOD, ["0002", 37.6, 127.0, 500, 900_000_000, 2001]], columns=HEADER)
OED = (
    "PortNumber,AccNumber,LocNumber,CountryCode,Latitude,Longitude,OccupancyCode,ConstructionCode,"
    "YearBuilt,NumberOfStoreys,FloorArea,FloorAreaUnit,GroundElevation,LocPerilsCovered,"
    "BuildingTIV,OtherTIV,ContentsTIV,LocCurrency,IsTenant\n"
)


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [("a.csv", "utf-8-sig", ","), ("b.csv", "cp949", ";"), ("c.txt", "utf-16", "\t")],
)
def test_a_table_of_text_is_read_whatever_wrote_it(name, encoding, separator, tmp_path):
    """Leading zeros stay; columns are those that Excel shows."""
    text = SITES.to_csv(index=False, sep=separator)
    (tmp_path / name).write_bytes(text.encode(encoding))

    portfolio = checked(tmp_path / name).portfolio

    assert list(portfolio.site_id) == ["0001", "0002"]
    assert list(portfolio.given["asset_value"]) == [2e9, 9e8]
    assert list(portfolio.source_row) == [2, 3]


def test_parquet_and_features_are_the_same_portfolio(tmp_path):
    """GeoParquet's and GeoPackage's points are latitudes and longitudes."""
    SITES.to_parquet(tmp_path / "p.parquet")
    frame = geopandas.GeoDataFrame(
        SITES.drop(columns=["위도", "경도"]),
        geometry=geopandas.points_from_xy(SITES["경도"], SITES["위도"]),
        crs="EPSG:4326",
    )
    frame.to_crs("EPSG:5179").to_file(tmp_path / "p.gpkg", driver="GPKG")
    frame.to_file(tmp_path / "p.geojson", driver="GeoJSON")

    for name in ("p.parquet", "p.gpkg", "p.geojson"):
        portfolio = checked(tmp_path / name).portfolio
        assert list(portfolio.site_id) == ["0001", "0002"], name
        assert portfolio.latitude == pytest.approx([37.5665, 37.6], abs=1e-6), name
        assert list(portfolio.given["total_area"]) == [1000, 500], name


def test_an_oed_location_counts_once_and_its_codes_are_read(tmp_path):
    """Rows for perils are one location; 12 is m², 11 ft²; 1000, 5000, −2 and −999 are unknown."""
    (tmp_path / "loc.csv").write_text(
        OED
        + "1,A,0007,KR,37.5,127.0,1125,5150,1998,5,10000,11,-999,WTC,9e9,1e9,5e8,KRW,1\n"
        + "1,A,0007,KR,37.5,127.0,1125,5150,1998,5,10000,11,-999,ORF;OSF,9e9,1e9,5e8,KRW,1\n"
        + "1,B,0007,KR,37.6,127.0,1000,5000,0,-2,500,12,10,WTC,9e8,,,KRW,0\n"
    )

    found = checked(tmp_path / "loc.csv")
    portfolio, given = found.portfolio, found.portfolio.given

    assert list(portfolio.site_id) == ["A/0007", "B/0007"]
    assert list(given["asset_value"]) == [10.5e9, 9e8]
    assert portfolio.contents_value[0] == 5e8
    assert given["total_area"] == pytest.approx([929.0304, 500])
    assert given["elevation_m"][1] == pytest.approx(3.048)
    assert np.isnan(
        [given["floors_above"][1], given["built_year"][1], given["elevation_m"][0]]
    ).all()
    assert "oncrete" in given["structure"][0]
    assert given["structure"][1] == given["purpose"][1] == ""
    assert list(portfolio.owner_occupied) == [0, 1]


def test_a_basement_of_oed_is_known_by_its_code(tmp_path):
    """6 is none, a count counts, a count of 0 says nothing, and a code without a count no number."""
    head = OED.replace("IsTenant\n", "Basement,BasementLevelCount\n")
    row = "1,A,{},KR,37.{},127.0,1125,5150,1998,5,100,12,,WTC,9e8,,,KRW,{},{}\n"
    given = [(6, 0), (0, 2), (0, 0), (2, 0), ("", "")]
    rows = [row.format(i, i, *pair) for i, pair in enumerate(given)]
    (tmp_path / "loc.csv").write_text(head + "".join(rows))

    found = checked(tmp_path / "loc.csv")
    known = found.portfolio.given["floors_below"]
    np.testing.assert_array_equal(known, [0, 2, np.nan, np.nan, np.nan])
    assert ("S5", "basement_levels_unknown") in cells(found, "note")
    (tmp_path / "loc.csv").write_text(head + row.format(1, 1, 6, 2) + row.format(2, 2, 7, 0))
    wrong = cells(checked(tmp_path / "loc.csv"))
    assert wrong == [("S2", "basement_differs"), ("S3", "out_of_range")]


def test_wrong_codes_of_oed_are_refused(tmp_path):
    """A peril, a country, a use, a unit and an area code that OED does not have."""
    (tmp_path / "loc.csv").write_text(
        OED + "1,A,1,JP,37.5,127.0,4711,5150,1998,5,100,13,,XYZ,9e8,,,KRW,\n"
    )

    assert set(cells(checked(tmp_path / "loc.csv"))) == {
        ("D2", "oed_country"),
        ("G2", "oed_occupancy_code"),
        ("L2", "unit_code"),
        ("N2", "oed_perils"),
    }


def test_money_of_another_currency_needs_a_rate(tmp_path):
    """USD without a rate is refused; with one it is converted."""
    (tmp_path / "loc.csv").write_text(
        OED + "1,A,1,KR,37.5,127.0,1125,5150,1998,5,1000,12,,WTC,1500000,,,USD,\n"
    )

    assert cells(checked(tmp_path / "loc.csv")) == [("R2", "currency_without_rate")]
    portfolio = checked(tmp_path / "loc.csv", rates={"USD": 1400.0}).portfolio
    assert list(portfolio.given["asset_value"]) == [2.1e9]


def test_climada_needs_a_currency(tmp_path):
    """Its sheet of assets has no names and no currency; other sheets are left alone."""
    path = workbook(
        tmp_path / "climada.xlsx",
        assets=[
            ["latitude", "longitude", "value", "deductible", "impf_TC"],
            [37.5, 127, 5e9, 0, 1],
        ],
        measures=[["name", "color", "cost"], ["dike", "0 0 1", 100]],
    )

    assert cells(checked(path)) == [("", "currency_unsaid")]
    portfolio = checked(path, currency="KRW").portfolio
    assert (list(portfolio.site_id), list(portfolio.given["asset_value"])) == (["row-2"], [5e9])


def test_physrisk_items_may_be_points_or_outlines(tmp_path):
    """Neither needs a name or a value; the default height is no fact."""
    outline = shapely.box(126.99, 37.49, 127.01, 37.51).wkt
    items = [
        {"asset_class": "RealEstateAsset", "type": "Buildings/Industrial", "latitude": 37.6,
         "longitude": 127.0, "number_of_storeys": -1, "first_floor_height": 0.305,
         "occupancy_code": 1150},
        {"asset_class": "PowerGeneratingAsset", "type": "Gas", "id": "P-1", "wkt": outline},
    ]  # fmt: skip
    (tmp_path / "p.json").write_text(json.dumps({"items": items}))

    portfolio = checked(tmp_path / "p.json").portfolio

    assert list(portfolio.site_id) == ["item-1", "P-1"]
    assert portfolio.latitude == pytest.approx([37.6, 37.5], abs=0.01)
    assert portfolio.given["purpose"][0].startswith("factory")
    assert np.isnan([portfolio.first_floor_height_m[0], portfolio.given["floors_above"][0]]).all()


def test_the_template_is_read_without_an_error(tmp_path):
    """With other ids its examples are a portfolio: sites, a loan, a policy, a holding."""
    blank.write(tmp_path / "template.xlsx")
    assert cells(checked(tmp_path / "template.xlsx")) == [("", "no_sites")]
    book = load_workbook(tmp_path / "template.xlsx")
    for sheet in book:
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                if isinstance(cell.value, str):
                    cell.value = cell.value.removeprefix("예시-")
    for line in (3, 4):
        book["사업장"].cell(line, 3, 37.2)
        book["사업장"].cell(line, 4, 126.8 + line / 100)
    book.save(tmp_path / "filled.xlsx")

    found = checked(tmp_path / "filled.xlsx")
    portfolio = found.portfolio

    assert cells(found) == []
    assert list(portfolio.site_id) == ["0001", "0002", "0003"]
    assert portfolio.given["asset_value"][0] == 45e9
    assert list(portfolio.loans.loan_id) == ["L1"]
    assert list(portfolio.loans.collateral.site) == [1]
    assert str(portfolio.loans.maturity[0]) == "2030-05-31"
    assert list(portfolio.policies.insured_sites.site) == [0]
    assert list(portfolio.holdings.weight) == [0.02]


def test_the_template_is_offered_as_csv(tmp_path):
    """With a BOM, so that Excel reads the Korean."""
    blank.write(tmp_path / "template.csv")

    assert (tmp_path / "template.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert {one.problem.code for one in findings(checked(tmp_path / "template.csv").problems)} >= {
        "example_row"
    }


def test_a_listed_cell_begins_no_formula(tmp_path):
    """Whatever stands in a cell stands in the list as text; a negative number stays one."""
    rows = [HEADER, ["1", 37.5, 127.0, "＝1+1", -5, "=x"]]
    path = workbook(tmp_path / "p.xlsx", 사업장=rows)
    book = load_workbook(path)
    book.active["F2"].data_type = "s"
    book.save(path)

    listing.write(tmp_path / "list.csv", checked(path).problems)

    with (tmp_path / "list.csv").open(encoding="utf-8-sig") as stream:
        values = {line["cell"]: line["value"] for line in csv.DictReader(stream)}
    assert values == {"D2": "'＝1+1", "E2": "-5", "F2": "'=x", "": ""}


def test_a_file_of_something_else_is_refused_with_what_was_found(tmp_path):
    """The headers that were found are named."""
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")

    with pytest.raises(SourceUnreadable, match="a, b"):
        checked(tmp_path / "x.csv")


def test_features_without_any_are_refused(tmp_path):
    """A sentence, not an error of a library."""
    (tmp_path / "x.geojson").write_text('{"type": "FeatureCollection", "features": []}')

    with pytest.raises(SourceUnreadable, match="no rows"):
        checked(tmp_path / "x.geojson")


def test_metres_are_converted_by_the_system_that_is_named(tmp_path):
    """The city hall of Seoul in EPSG:5186; a name of no system is refused."""
    (tmp_path / "m.csv").write_text("사업장번호,위도,경도\n1,551885.0,198056.4\n")

    portfolio = checked(tmp_path / "m.csv", crs="EPSG:5186").portfolio

    assert portfolio.latitude[0] == pytest.approx(37.5665, abs=0.001)
    assert portfolio.longitude[0] == pytest.approx(126.978, abs=0.001)
    with pytest.raises(InvalidInput, match="EPSG:9"):
        checked(tmp_path / "m.csv", crs="EPSG:9")
