"""The demonstration data against raw observations, which stay outside the repository."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import shapely

from modelops_core.domain.climate import Array
from modelops_core.indicators.gev import from_l_moments
from modelops_core.indicators.lmoments import l_moments
from modelops_core.sources.demo import reference, typhoons
from modelops_core.sources.demo.climate import climate
from modelops_core.sources.demo.climate.scenarios import HISTORY, YEARS
from modelops_core.sources.demo.places import boundaries, grid, population
from modelops_core.sources.demo.places.geometry import metres
from tests.validation.conftest import DATA

KAPPA = -0.114
#: stations whose series start in 1996: compared years
RECORD = (1996, 2015)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"raw observations are not at {DATA}")


@pytest.fixture(scope="module")
def daily_rain() -> pd.DataFrame:
    """(day, station id) [mm]"""
    rain = pd.read_csv(
        DATA / "climate_obs" / "asos_rain69_daily_1976_2015.csv.gz", parse_dates=["date"]
    )
    return rain.set_index("date").loc[f"{RECORD[0]}" : f"{RECORD[1]}"]


def nearest(latitude: pd.Series[float], longitude: pd.Series[float]) -> np.ndarray:
    at = metres(longitude.to_numpy(), latitude.to_numpy())
    return np.hypot(*(grid.grid().xy[None] - at[:, None]).transpose(2, 0, 1)).argmin(axis=1)


def rain_cells(stations: pd.Index) -> np.ndarray:
    table = pd.read_csv(DATA / "climate_obs" / "asos_rain69_stations.csv").set_index("stn_id")
    places = table.loc[stations.astype(int)]
    return nearest(places["latitude"], places["longitude"])


def hundred_years(maxima: Array) -> Array:
    l1, l2, _ = l_moments(maxima)
    return from_l_moments(l1, l2, KAPPA).level(100)


def test_station_temperatures_of_the_same_years(series: climate.Series) -> None:
    daily = pd.read_csv(DATA / "climate_obs" / "asos_daily31_2011_2019.csv.gz", parse_dates=["tm"])
    monthly = daily.groupby(["stnId", daily["tm"].dt.month])["avgTa"].mean().unstack()
    table = reference.table("station_monthly_climatology").dropna(subset=["stn_id"])
    places = table.groupby(table["stn_id"].astype(int))[["lat", "lon"]].first()
    common = monthly.index.intersection(places.index)
    cells = nearest(places.loc[common, "lat"], places.loc[common, "lon"])
    same_years = (YEARS >= 2011) & (YEARS <= 2019)
    generated = series.weather.ta[0][cells][:, same_years].mean(axis=1)
    assert len(common) >= 30
    # the source of the normals, 1995-2026, differs from these stations by 0.08 ± 0.40 K itself
    off = np.abs(generated.mean(axis=1) - monthly.loc[common].mean(axis=1))
    assert off.mean() < 0.5
    assert off.max() < 1.0
    assert np.abs(generated - monthly.loc[common]).mean(axis=None) < 0.8


def test_seoul_temperature_since_1991(series: climate.Series) -> None:
    daily = pd.read_csv(
        DATA / "climate_obs" / "seoul108_temp_daily_1907_2019.csv.gz", parse_dates=["date"]
    )
    daily = daily[daily["date"].dt.year.between(1991, 2019)]
    monthly = (
        daily.groupby([daily["date"].dt.year, daily["date"].dt.month])["tavg"].mean().unstack()
    )
    cell = nearest(pd.Series([37.5714]), pd.Series([126.9658]))[0]
    generated = series.weather.ta[0][cell, HISTORY]
    assert generated.mean() == pytest.approx(monthly.mean(axis=None), abs=0.4)
    assert np.abs(generated.mean(axis=0) - monthly.mean()).max() < 0.6
    assert generated.mean(axis=1).std() == pytest.approx(monthly.mean(axis=1).std(), abs=0.2)


def test_station_rain_and_its_spread(series: climate.Series, daily_rain: pd.DataFrame) -> None:
    yearly = daily_rain.groupby(daily_rain.index.year).sum()
    generated = series.weather.rn[0][rain_cells(yearly.columns)][:, HISTORY].sum(axis=2)
    ratio = generated.mean(axis=1) / yearly.mean()
    assert ratio.mean() == pytest.approx(1.0, abs=0.05)
    assert (np.abs(ratio - 1) < 0.10).mean() > 0.9
    variation = (generated.std(axis=1) / generated.mean(axis=1)).mean()
    assert variation == pytest.approx((yearly.std() / yearly.mean()).mean(), abs=0.05)


def test_station_rain_varies_together_as_observed(
    series: climate.Series, daily_rain: pd.DataFrame
) -> None:
    yearly = daily_rain.groupby(daily_rain.index.year).sum()
    generated = series.weather.rn[0][rain_cells(yearly.columns)][:, HISTORY].sum(axis=2)
    observed, drawn = np.corrcoef(yearly.to_numpy().T), np.corrcoef(generated)
    assert drawn.mean() == pytest.approx(observed.mean(), abs=0.15)


def test_station_extremes(series: climate.Series, daily_rain: pd.DataFrame) -> None:
    observed = daily_rain.groupby(daily_rain.index.year).max()
    generated = series.maxima.rx1day[0][rain_cells(observed.columns)][:, HISTORY]
    ratio = hundred_years(generated.T) / hundred_years(observed.to_numpy())
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1)
    assert (np.abs(ratio - 1) < 0.25).mean() > 0.85
    heavy = (daily_rain >= 80).groupby(daily_rain.index.year).sum().mean()
    drawn = series.yearly("rain80")[0][rain_cells(observed.columns)][:, HISTORY].mean(axis=1)
    assert drawn.mean() == pytest.approx(heavy.mean(), rel=0.1)


def test_storms_of_each_year_are_those_of_the_archive() -> None:
    archive = pd.read_csv(
        DATA / "typhoon" / "ibtracs_wp_1951_2025.csv.gz", parse_dates=["time_utc"]
    )
    archive = archive.rename(columns={"sid": "storm", "wmo_wind_kt": "wind", "time_utc": "time"})
    found = typhoons.tracks(boundaries.south_korea()).rename(columns={"track_id": "storm"})
    expected, ours = near_storms(archive), near_storms(found)
    assert ours == expected
    assert len(ours) / 30 == pytest.approx(2.97, abs=0.2)


def near_storms(tracks: pd.DataFrame) -> set[str]:
    """Storms of 1991–2020 with a position of at least 34 kt within 300 km of South Korea."""
    strong = tracks[(tracks["wind"] >= 34) & tracks["time"].dt.year.between(1991, 2020)]
    strong = strong[strong["lon"].between(115, 145) & strong["lat"].between(25, 45)]
    outline = shapely.simplify(shapely.union_all(boundaries.south_korea().province_shapes), 1_000)
    shapely.prepare(outline)
    points = shapely.points(metres(strong["lon"].to_numpy(), strong["lat"].to_numpy()))
    return set(strong.loc[shapely.dwithin(outline, points, 300_000), "storm"])


def test_districts_are_those_of_the_official_map() -> None:
    features = json.loads((DATA / "admin" / "sigungu_2024.geojson").read_text("utf-8"))["features"]
    country = boundaries.south_korea()
    shares = []
    for feature in features:
        code = feature["properties"]["sgg_cd"]
        theirs = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
        theirs = shapely.transform(theirs, lambda c: metres(c[:, 0], c[:, 1]))
        ours = country.district_shapes[np.searchsorted(country.district_codes, code)]
        shares.append(shapely.intersection(ours, theirs).area / min(ours.area, theirs.area))
    assert len(shares) == 252
    assert min(shares) > 0.9
    assert np.mean(shares) > 0.98


def test_population_of_2020_is_close_to_the_count() -> None:
    counted = pd.read_csv(DATA / "population" / "sido_population_2012_2020.csv")
    counted = counted[counted["year"] == 2020].set_index("sido_nm_en")["pop_million"] * 1e6
    persons = population.district_population()[2020]
    names = reference.districts()["sido_nm_en"].replace(
        {v: k for k, v in population.PROJECTION_NAMES.items()}
    )
    generated = persons.groupby(names.loc[persons.index]).sum()
    common = counted.index.intersection(generated.index)
    assert len(common) >= 15
    assert np.abs(generated[common] / counted[common] - 1).max() < 0.12
    assert generated[common].sum() == pytest.approx(counted[common].sum(), rel=0.01)


def test_the_grid_holds_the_land_cells_of_era5_land() -> None:
    cells = pd.read_csv(DATA / "terrain" / "era5land_lai_monthly_0p1deg.csv.gz")
    latitude, longitude = (cells[name].to_numpy(dtype=float) for name in cells.columns[:2])
    country = shapely.union_all(boundaries.south_korea().province_shapes)
    shapely.prepare(country)
    korean = shapely.contains(country, shapely.points(metres(longitude, latitude)))
    theirs = set(zip(latitude[korean].round(1), longitude[korean].round(1), strict=True))
    ours = set(zip(grid.grid().latitude, grid.grid().longitude, strict=True))
    assert len(theirs) > 900
    assert theirs <= ours
