"""What the demonstration data set must hold: it is generated where its sources changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from modelops_core.domain.climate import Array
from modelops_core.domain.dataset import Dataset
from modelops_core.domain.variables import VARIABLES
from modelops_core.indicators.gev import from_l_moments
from modelops_core.indicators.lmoments import l_moments
from modelops_core.services.report import data_sources
from modelops_core.sources import demo
from modelops_core.sources.demo import reference
from modelops_core.sources.demo.climate import climate
from modelops_core.sources.demo.places import admin, boundaries, buildings, coastline, grid
from modelops_core.sources.demo.places.geometry import metres
from tests.answers import data_source
from tests.generated import generated

pytestmark = pytest.mark.slow
Tables = Mapping[str, Dataset]

BUILDINGS = 3_000
SCENARIOS = ("ssp1", "ssp2", "ssp3", "ssp5")
MONTHLY = ("ta", "rn", "ws", "rhm", "si", "spei12")
YEARLY = ("wsdi", "csdi", "rx1day", "rx5day", "cdd", "rain80", "sdii")
YEARS = np.arange(1991, 2101)
PAST = YEARS <= 2020
LATE = YEARS >= 2081
ORDER = [
    "location_admin",
    "place_names",
    "coastline",
    "location_grid",
    "sea_level_grid",
    *(f"{name}_data" for name in MONTHLY + YEARLY),
    "sea_level_data",
    "api_buildings",
    "api_wamis_stations",
    "api_wamis_cache",
    "api_typhoon_list",
    "api_typhoon_tracks",
]
KEYS = {
    "location_admin": ["admin_code"],
    "location_grid": ["grid_id"],
    "sea_level_grid": ["grid_id"],
    "sea_level_data": ["grid_id", "year"],
    "api_buildings": ["building_id"],
    "api_wamis_stations": ["station_code"],
    "api_wamis_cache": ["station_code", "data_type", "observation_date"],
    "api_typhoon_list": ["storm_id"],
    "api_typhoon_tracks": ["storm_id", "track_time"],
    **{f"{name}_data": ["grid_id", "observation_date"] for name in MONTHLY},
    **{f"{name}_data": ["grid_id", "year"] for name in YEARLY},
}
#: columns that may hold NULL
MAY_BE_NULL = {
    "location_admin": {
        "parent_code",
        "admin_name_en",
        "is_urban",
        *(f"population_{y}" for y in range(2020, 2051, 5)),
    },
    "location_grid": {"elevation_m", "basin_code"},
    "api_buildings": {"register_pk", "structure", "built_year", "total_area"},
    "api_typhoon_list": {"name"},
    "api_typhoon_tracks": {"pressure_hpa", "wind_kt"},
    "spei12_data": set(SCENARIOS),
    "place_names": {"aliases"},
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return generated(
        "demo-tables",
        "modelops_core.sources.demo",
        lambda: {data.table: data for data in demo.datasets(buildings=BUILDINGS)},
    )


@pytest.fixture(scope="module")
def grid_xy(tables: Tables) -> Array:
    columns = tables["location_grid"].columns
    return metres(np.asarray(columns["longitude"]), np.asarray(columns["latitude"]))


def values(tables: Tables, name: str, scenario: str = "ssp1") -> Array:
    """(cell, year) or (cell, year, month) of one scenario."""
    shape = (-1, YEARS.size, 12) if name in MONTHLY else (-1, YEARS.size)
    return np.asarray(tables[f"{name}_data"].columns[scenario], dtype=float).reshape(shape)


def nearest(grid_xy: Array, stations: pd.DataFrame) -> np.ndarray:
    at = metres(stations["lon"].to_numpy(), stations["lat"].to_numpy())
    return np.hypot(*(grid_xy[None] - at[:, None]).transpose(2, 0, 1)).argmin(axis=1)


def rain_stations() -> pd.DataFrame:
    return reference.table("station_rain_normals")


def test_tables_come_in_an_order_that_foreign_keys_allow(tables: Tables) -> None:
    assert list(tables) == ORDER


@pytest.mark.parametrize("table", ORDER)
def test_columns_are_equally_long_and_only_the_unknown_is_null(tables: Tables, table: str) -> None:
    columns = tables[table].columns
    assert {len(values) for values in columns.values()} == {len(tables[table])}
    with_gaps = {name for name, column in columns.items() if pd.isna(pd.Series(column)).any()}
    assert with_gaps <= MAY_BE_NULL.get(table, set())


@pytest.mark.parametrize("table", sorted(KEYS))
def test_rows_are_unique_and_sorted_by_their_key(tables: Tables, table: str) -> None:
    rows = pd.DataFrame({key: tables[table].columns[key] for key in KEYS[table]})
    index = pd.MultiIndex.from_frame(rows)
    assert index.is_unique
    assert index.is_monotonic_increasing


def test_every_reference_points_to_a_row(tables: Tables) -> None:
    districts = district_codes(tables)
    cells = set(tables["location_grid"].columns["grid_id"])
    assert set(tables["location_grid"].columns["admin_code"]) <= districts
    assert set(tables["api_buildings"].columns["admin_code"]) <= districts
    assert all(set(tables[f"{name}_data"].columns["grid_id"]) == cells for name in MONTHLY + YEARLY)
    for table, parent, key in (
        ("sea_level_data", "sea_level_grid", "grid_id"),
        ("api_wamis_cache", "api_wamis_stations", "station_code"),
        ("api_typhoon_tracks", "api_typhoon_list", "storm_id"),
    ):
        assert set(tables[table].columns[key]) == set(tables[parent].columns[key])


def district_codes(tables: Tables) -> set[str]:
    columns = tables["location_admin"].columns
    return {
        code
        for code, level in zip(columns["admin_code"], columns["level"], strict=True)
        if level == "sigungu"
    }


@pytest.mark.parametrize("table", ORDER)
def test_every_table_says_where_it_comes_from(tables: Tables, table: str) -> None:
    source = tables[table].provenance
    assert source.provider
    assert source.licence
    assert source.version
    assert source.method
    assert not {"/work", "shared", "http", "pypi"} & set(source.method.lower().split())
    synthetic = table.startswith(("api_wamis", "api_buildings"))
    assert (source.kind == "synthetic") == synthetic
    assert (source.kind == "observed") == table.startswith("api_typhoon")


def test_districts_have_their_present_names(tables: Tables) -> None:
    rows = pd.DataFrame({k: v for k, v in tables["location_admin"].columns.items() if k != "geom"})
    assert rows["level"].value_counts().to_dict() == {"emd": 5025, "sigungu": 252, "sido": 17}
    assert rows.loc[rows["level"] != "sido", "parent_code"].isin(rows["admin_code"]).all()
    names = rows.set_index("admin_code")["admin_name"]
    assert names["11290"] == "서울특별시 성북구"
    assert names["51"] == "강원특별자치도"
    assert names["52111"] == "전북특별자치도 전주시 완산구"
    assert names["27720"] == "대구광역시 군위군"
    assert names["36110"] == "세종특별자치시"
    english = rows.set_index("admin_code")["admin_name_en"]
    assert english["11290"] == "Seongbuk-gu, Seoul"
    assert (english["36110"], english["51780"]) == ("Sejong", "Cheorwon-gun, Gangwon-do")
    districts = english[rows.set_index("admin_code")["level"] == "sigungu"].drop("36110")
    assert districts.str.fullmatch(r"[^,]+-(?:gu|si|gun)(?:, [^,]+-si)?, [^,]+").all()


def test_polygons_are_valid_and_levels_nest(tables: Tables) -> None:
    columns = tables["location_admin"].columns
    shapes = shapely.from_wkb(columns["geom"])
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_srid(shapes)) == {4326}
    assert {shape.geom_type for shape in shapes} == {"MultiPolygon"}
    area = pd.Series(np.asarray(columns["area_km2"])).groupby(np.asarray(columns["level"])).sum()
    assert np.allclose(area, area["sido"])
    assert 99_500 < area["sido"] < 101_000


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "code"),
    [
        ("Seoul city hall", 126.9779, 37.5663, "11140"),
        ("Busan city hall", 129.0750, 35.1798, "26470"),
        ("Jeju city hall", 126.5312, 33.4996, "50110"),
        ("Gunwi", 128.5728, 36.2428, "27720"),
        ("Cheongju city hall", 127.4890, 36.6424, "43111"),
        ("Osong station", 127.3276, 36.6203, "43113"),
        ("Bucheon city hall", 126.7660, 37.5034, "41192"),
        ("Mokpo city hall", 126.3922, 34.8118, "46110"),
        ("Ulleung", 130.9057, 37.4844, "47940"),
        ("Dangjin city hall", 126.6457, 36.8899, "44270"),
    ],
)
def test_known_places_lie_in_their_district(
    place: str, longitude: float, latitude: float, code: str
) -> None:
    country = boundaries.south_korea()
    point = shapely.points(metres(np.array(longitude), np.array(latitude)))
    assert country.district_codes[shapely.contains(country.district_shapes, point)].tolist() == [
        code
    ], place


def test_named_places_lie_in_the_town_and_district_that_they_name() -> None:
    """A station, a landmark, an island: on the land of its town; each says what supports it."""
    country = boundaries.south_korea()
    districts = dict(zip(country.district_codes, admin.district_names(), strict=True))
    places = reference.table("places")
    points = shapely.points(metres(places["longitude"].to_numpy(), places["latitude"].to_numpy()))
    at, town = shapely.STRtree(country.town_shapes).query(points, predicate="within")
    assert at.tolist() == list(range(len(places)))
    found = country.towns.iloc[town].reset_index(drop=True)
    wrong = [
        (place.name, place.town, name, districts[district])
        for place, name, district in zip(
            places.itertuples(), found["name"], found["district"], strict=True
        )
        if name != place.town or not f" {districts[district]}".endswith(f" {place.district}")
    ]
    assert not wrong
    assert places["source"].str.match("town|terminal; airportsdata").all()


def test_population_adds_up_and_follows_the_published_nation(tables: Tables) -> None:
    columns = tables["location_admin"].columns
    level, code = np.asarray(columns["level"]), np.asarray(columns["admin_code"])
    for year in range(2020, 2051, 5):
        persons = pd.Series(columns[f"population_{year}"], index=code)
        assert persons[level == "emd"].isna().all()
        by_province = (
            persons[level == "sigungu"]
            .astype(int)
            .groupby(code[level == "sigungu"].astype("U2"))
            .sum()
        )
        assert (by_province == persons[level == "sido"].astype(int)).all()
        assert by_province.sum() == pytest.approx(published_population(year), rel=0.01)


def published_population(year: int) -> float:
    points = reference.table("national_projection_points")
    nation = points[points["area"] == "Korea"]
    return float(np.interp(year, nation["year"], nation["pop_10k"])) * 10_000


def test_the_grid_covers_the_land(tables: Tables) -> None:
    columns = {name: np.asarray(column) for name, column in tables["location_grid"].columns.items()}
    fraction, distance = columns["land_fraction"], columns["coast_distance_m"]
    assert (distance > 0).sum() >= 960
    assert (fraction >= 0.5).sum() >= 960
    assert ((fraction > 0) & (fraction <= 1)).all()
    assert np.isnan(columns["elevation_m"]).all()
    assert np.array_equal(columns["grid_id"], np.arange(1, fraction.size + 1))
    by_place = np.lexsort((columns["longitude"], columns["latitude"]))
    assert np.array_equal(by_place, np.arange(fraction.size))
    outside = np.array([code[:2] == "50" or code == "47940" for code in columns["admin_code"]])
    assert np.array_equal(np.array([basin is None for basin in columns["basin_code"]]), outside)


def test_the_coast_leaves_out_the_land_border() -> None:
    coast = shapely.union_all(coastline.coastline())
    on_border = shapely.points(metres(np.array([127.2, 128.0]), np.array([38.3, 38.3])))
    by_the_sea = shapely.points(
        metres(np.array([128.6, 129.05, 126.5]), np.array([38.2, 35.1, 33.5]))
    )
    assert (shapely.distance(on_border, coast) > 30_000).all()
    assert (shapely.distance(by_the_sea, coast) < 5_000).all()


@pytest.mark.parametrize("name", MONTHLY + YEARLY)
def test_history_is_the_same_in_all_scenarios_and_values_are_physical(
    tables: Tables, name: str
) -> None:
    variable = VARIABLES[name]
    first = values(tables, name, "ssp1")
    for scenario in SCENARIOS:
        series = values(tables, name, scenario)
        assert np.array_equal(series[:, PAST], first[:, PAST], equal_nan=True)
        finite = series[np.isfinite(series)]
        assert (finite >= variable.low).all()
        assert (finite <= variable.high).all()


def test_only_the_first_eleven_months_of_spei_are_missing(tables: Tables) -> None:
    for scenario in SCENARIOS:
        missing = np.isnan(values(tables, "spei12", scenario))
        assert missing[:, 0, :11].all()
        assert missing.sum() == 11 * len(missing)


def test_spei_is_calibrated_on_the_history(tables: Tables) -> None:
    history = values(tables, "spei12")[:, PAST].reshape(-1, 360)
    assert np.abs(np.nanmean(history, axis=1)).max() < 0.1
    assert np.abs(np.nanstd(history, axis=1) - 1).max() < 0.1


def test_stations_find_their_temperature_again(tables: Tables, grid_xy: Array) -> None:
    table = reference.table("station_monthly_climatology")
    observed = table[table["source"].str.startswith("ASOS")]
    stations = observed.groupby("name").agg(
        lat=("lat", "first"), lon=("lon", "first"), t=("tavg", "mean")
    )
    cells = nearest(grid_xy, stations)
    assert len(stations) == 32
    assert (
        np.abs(values(tables, "ta")[cells][:, PAST].mean(axis=(1, 2)) - stations["t"]).max() < 0.5
    )


def test_stations_find_their_rain_again(tables: Tables, grid_xy: Array) -> None:
    stations = rain_stations()
    rain = values(tables, "rn")[nearest(grid_xy, stations)][:, PAST].sum(axis=2).mean(axis=1)
    assert np.abs(rain / stations["rain_annual"] - 1).max() < 0.10


@pytest.mark.parametrize(
    ("name", "column", "tolerance"),
    [
        ("rx1day", "rx1day_mean", 0.1),
        ("rx5day", "rx5day_mean", 0.1),
        ("cdd", "cdd_mean", 0.1),
        ("sdii", "sdii_mean", 0.1),
    ],
)
def test_stations_find_their_yearly_indices_again(
    tables: Tables, grid_xy: Array, name: str, column: str, tolerance: float
) -> None:
    stations = rain_stations()
    mean = values(tables, name)[nearest(grid_xy, stations)][:, PAST].mean(axis=1)
    assert np.abs(mean / stations[column] - 1).max() < tolerance


def test_seoul_is_seoul(tables: Tables, grid_xy: Array) -> None:
    stations = rain_stations()
    cell = nearest(grid_xy, stations[stations["name_en"] == "Seoul"])[0]
    assert values(tables, "ta")[cell, PAST].mean() == pytest.approx(12.8, abs=0.4)
    assert values(tables, "rn")[cell, PAST].sum(axis=1).mean() == pytest.approx(1418, abs=120)


@pytest.mark.parametrize("station", ["Seoul", "Busan", "Gangneung"])
def test_hundred_year_rain_of_three_cities(tables: Tables, grid_xy: Array, station: str) -> None:
    stations = rain_stations()
    row = stations[stations["name_en"] == station]
    rain = values(tables, "rx1day")[nearest(grid_xy, row)][:, PAST].T
    l1, l2, _ = l_moments(rain)
    level = from_l_moments(l1, l2, -0.114).level(100)
    assert level[0] == pytest.approx(row["rx1day_100yr"].iloc[0], rel=0.25)


def test_warmer_scenarios_are_warmer_at_the_end_everywhere(tables: Tables) -> None:
    late = np.stack([values(tables, "ta", s)[:, LATE].mean(axis=(1, 2)) for s in SCENARIOS])
    assert (np.diff(late, axis=0) > 0.5).all()
    year = np.stack([values(tables, "ta", s).mean(axis=2) for s in SCENARIOS])
    assert np.diff(year[:, :, YEARS >= 2041], axis=0).min() > 0


@pytest.mark.parametrize(
    ("scenario", "warming", "rain"),
    [("ssp1", 2.3, 3.0), ("ssp2", 3.7, None), ("ssp3", 5.1, None), ("ssp5", 6.3, 18.0)],
)
def test_the_late_century_changes_as_published(
    tables: Tables, scenario: str, warming: float, rain: float | None
) -> None:
    ta, rn = values(tables, "ta", scenario), values(tables, "rn", scenario)
    base = ta[:, (YEARS >= 2000) & (YEARS <= 2019)].mean()
    assert ta[:, LATE].mean() - base == pytest.approx(warming, abs=0.3)
    change = 100 * (rn[:, LATE].mean() / rn[:, PAST].mean() - 1)
    assert rain is None or change == pytest.approx(rain, abs=2.0)


def test_daily_extremes_grow_with_warming(tables: Tables) -> None:
    growth = [
        values(tables, "rx1day", s)[:, LATE].mean() / values(tables, "rx1day", s)[:, PAST].mean()
        for s in SCENARIOS
    ]
    assert growth == sorted(growth)
    assert growth[0] == pytest.approx(1.065**2.4, abs=0.05)
    assert growth[3] == pytest.approx(1.065**6.4, abs=0.06)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_rain_indices_do_not_contradict_one_another(tables: Tables, scenario: str) -> None:
    one, five, heavy = (values(tables, name, scenario) for name in ("rx1day", "rx5day", "rain80"))
    month = values(tables, "rn", scenario)
    assert np.array_equal(heavy >= 1, one >= 80)
    assert (five >= one).all()
    assert (month.max(axis=2) >= five).all()
    assert (80 * (heavy - 1) + one <= month.sum(axis=2) + 80 * (heavy < 1)).all()
    assert (values(tables, "sdii", scenario) < one).mean() > 0.99


@pytest.mark.parametrize("name", ["wsdi", "csdi"])
def test_spells_last_six_days_or_are_none(tables: Tables, name: str) -> None:
    for scenario in SCENARIOS:
        days = values(tables, name, scenario)
        assert np.array_equal(days, np.rint(days))
        assert ((days == 0) | (days >= 6)).all()


def test_warm_spells_grow_and_cold_spells_vanish(tables: Tables) -> None:
    warm = {s: values(tables, "wsdi", s) for s in SCENARIOS}
    cold = {s: values(tables, "csdi", s) for s in SCENARIOS}
    assert 3 <= warm["ssp1"][:, PAST].mean() <= 5  # Seoul 1991–2019, from daily series: 3.7
    assert 1 <= cold["ssp1"][:, PAST].mean() <= 2  # 1.4
    assert 40 <= warm["ssp1"][:, LATE].mean() <= 60
    assert 150 <= warm["ssp5"][:, LATE].mean() <= 220
    late = [warm[s][:, LATE].mean() for s in SCENARIOS]
    assert late == sorted(late)
    assert all(cold[s][:, LATE].mean() < 1 for s in SCENARIOS)
    anomaly = values(tables, "ta").mean(axis=2)[:, PAST]
    assert (
        np.corrcoef(
            (anomaly - anomaly.mean(axis=1, keepdims=True)).ravel(), warm["ssp1"][:, PAST].ravel()
        )[0, 1]
        > 0.3
    )


def test_the_sea_rises_as_published(tables: Tables) -> None:
    columns = tables["sea_level_data"].columns
    year = np.asarray(columns["year"])
    rise = {
        (s, y): np.asarray(columns[s])[year == y].mean()
        for s in SCENARIOS
        for y in (2015, 2050, 2100)
    }
    assert rise["ssp1", 2015] == 0
    for key, published in {
        ("ssp1", 2050): 20,
        ("ssp1", 2100): 47,
        ("ssp5", 2050): 25,
        ("ssp5", 2100): 82,
    }.items():
        assert rise[key] == pytest.approx(published, rel=0.02)
    assert [rise[s, 2100] for s in SCENARIOS] == sorted(rise[s, 2100] for s in SCENARIOS)
    assert all(
        (np.diff(np.asarray(columns[s]).reshape(-1, 86), axis=1) > 0).all() for s in SCENARIOS
    )
    assert 20 <= len(tables["sea_level_grid"]) <= 150


def test_storms_strike_as_often_as_observed(tables: Tables) -> None:
    columns = tables["api_typhoon_tracks"].columns
    tracks = pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})
    assert tracks["longitude"].between(0, 360).all()
    country = shapely.union_all(boundaries.south_korea().province_shapes)
    outline = shapely.simplify(country, 1_000)
    shapely.prepare(outline)
    seen = tracks[
        (tracks["wind_kt"] >= 34)
        & tracks["longitude"].between(110, 150)
        & tracks["latitude"].between(20, 50)
    ]
    seen = seen[seen["track_time"].dt.year.between(1991, 2020)]
    points = shapely.points(
        metres(seen["longitude"].to_numpy(float), seen["latitude"].to_numpy(float))
    )
    near = seen.loc[shapely.dwithin(outline, points, 300_000), "storm_id"].nunique()
    assert near / 30 == pytest.approx(2.97, abs=0.2)


def test_tracks_are_whole_and_six_hourly(tables: Tables) -> None:
    columns = tables["api_typhoon_tracks"].columns
    tracks = pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})
    steps = tracks.groupby("storm_id")["track_time"].diff().dropna()
    assert (steps == pd.Timedelta(hours=6)).all()
    assert tracks["storm_id"].str[:4].astype(int).min() == 1980


def test_buildings_stand_in_their_district_and_look_like_buildings(tables: Tables) -> None:
    columns = tables["api_buildings"].columns
    country = boundaries.south_korea()
    points = shapely.points(
        metres(np.asarray(columns["longitude"]), np.asarray(columns["latitude"]))
    )
    row = np.searchsorted(country.district_codes, np.asarray(columns["admin_code"]))
    assert shapely.dwithin(country.district_shapes[row], points, 1.0).all()
    assert set(columns["kind"]) == {"synthetic"}
    assert set(columns["register_pk"]) == {None}
    years = pd.Series(columns["built_year"], dtype="Int64")
    assert years.isna().mean() == pytest.approx(0.04, abs=0.015)
    assert years.dropna().between(1930, 2025).all()
    assert (np.asarray(columns["floors_above"]) >= 1).all()
    assert (np.asarray(columns["floors_below"]) >= 0).all()
    assert "철근콘크리트구조" in columns["structure"]


def test_buildings_follow_the_population(tables: Tables) -> None:
    codes = pd.Series(tables["api_buildings"].columns["admin_code"])
    share = codes.str[:2].value_counts(normalize=True)
    registered = reference.districts().groupby("sido_cd")["pop_2024_06"].sum()
    assert (share - registered / registered.sum()).abs().max() < 0.03


def test_rivers_carry_what_the_rain_leaves(tables: Tables) -> None:
    stations = pd.DataFrame({k: list(v) for k, v in tables["api_wamis_stations"].columns.items()})
    flow = np.asarray(tables["api_wamis_cache"].columns["value"], dtype=float).reshape(
        len(stations), -1
    )
    assert flow.shape == (len(stations), 10_958)
    depth = flow.mean(axis=1) * 365.25 * 86_400 / (stations["drainage_area_km2"] * 1_000)
    assert depth.between(550, 950).all()
    assert (flow > 0).all()
    outlets = stations.loc[stations["is_basin_outlet"], "basin_code"]
    assert sorted(outlets) == ["Geum", "Han", "Nakdong", "Seomjin", "Yeongsan"]


def digest(array: Array) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes(tables: Tables) -> None:
    again = climate.series(grid.grid(), demo.DEFAULT_SEED)
    for name in ("ta", "rn"):
        column = next(d for d in demo.climate_of(again) if d.table == f"{name}_data").columns[
            "ssp3"
        ]
        assert digest(column) == digest(tables[f"{name}_data"].columns["ssp3"])
    first, second, other = (
        buildings.dataset(boundaries.south_korea(), 500, seed).columns for seed in (1, 1, 2)
    )
    assert {k: list(v) for k, v in first.items()} == {k: list(v) for k, v in second.items()}
    assert list(first["latitude"]) != list(other["latitude"])


def test_what_the_data_say_of_themselves_is_known_in_korean(tables):
    """Every sentence of every data set, and no sentence of none; what is foreign stays as it is."""
    origins = [data.provenance for data in tables.values()]
    texts = {getattr(origin, field) for origin in origins for field in data_sources.WORDS}
    said = {part for text in texts if text for part in data_sources.sentences(text)}
    bare = {
        text for text in said if re.fullmatch(r"[\d, -]+|CC BY 4\.0|Apache-2\.0|ModelOps", text)
    }

    # name, method and provider of the statistics that come with the schema
    schema = (Path(__file__).parents[3] / "sql/schema/045_reference_rain.sql").read_text("utf-8")
    schema = re.sub(r"'\n\s*'", "", schema)
    installed = {text for text in data_sources.korean() if f"'{text}'" in schema} - said
    assert len(installed) == 3
    assert (said - bare) | installed == set(data_sources.korean())
    foreign = data_source(
        "ta_data",
        name="Rain of Mars",
        period=None,
        method="Measured there. No change is applied after 2020.",
    )
    assert data_sources.translated(foreign, "ko") == replace(
        foreign, method="Measured there. 2020년 이후의 변화는 넣지 않았습니다."
    )
