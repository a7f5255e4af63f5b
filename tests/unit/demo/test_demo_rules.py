"""What the demonstration generator's steps do, each by itself and without generating the country."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.special import ndtr

from modelops_core.indicators.spei import running_sums, standardised
from modelops_core.sources.demo import gauges, packages, sea_level, typhoons
from modelops_core.sources.demo.climate import (
    interpolation,
    normals,
    rain_days,
    rain_maxima,
    scenarios,
    spells,
    stations,
    tables,
)
from modelops_core.sources.demo.climate.fields import Fields
from modelops_core.sources.demo.climate.scenarios import HISTORY, YEARS
from modelops_core.sources.demo.places import (
    admin,
    boundaries,
    building_sites,
    buildings,
    coastline,
    grid,
    population,
)
from modelops_core.sources.demo.places.geometry import metres
from modelops_core.sources.demo.places.landmask import LandMask
from modelops_core.sources.demo.randomness import stream

CENTRE = np.array([1_000_000.0, 2_000_000.0])  # 127.5° E 38° N


# --- rivers ------------------------------------------------------------------------------------


def rivers(**columns):
    """One gauge of 1,000 km² in the Han basin at 127.5° E 38° N."""
    given = {
        "longitude": 127.5,
        "latitude": 38.0,
        "drainage_area_km2": 1_000.0,
        "basin_code": "Han",
    }
    return pd.DataFrame([given | columns])


def rain_of(cells):
    """Series of cells at distances [m] east of the gauge with their basin; the year's rain is 1200 mm."""
    distance, basin, yearly = zip(*cells, strict=True)
    xy = CENTRE + np.column_stack([distance, np.zeros(len(cells))])
    months = np.broadcast_to(
        np.array(yearly)[None, :, None, None] / 12, (1, len(cells), YEARS.size, 12)
    )
    place = SimpleNamespace(xy=xy, basin=np.array(basin), cells=np.arange(len(cells)))
    return SimpleNamespace(cells=place, weather=SimpleNamespace(rn=months), seed=1)


def test_57_per_cent_of_the_rain_run_off():
    """1,200 mm on 1,000 km² in a year of 365.25 days, in m³/s."""
    flow = gauges.daily_flow(rain_of([(0.0, "Han", 1200.0)]), rivers())
    assert flow.shape == (1, 10_958)
    expected = 0.57 * 1.2 * 1e9 / (365.25 * 86_400)
    assert flow.mean() == pytest.approx(expected, rel=0.01)


def test_60_per_cent_leave_fast(monkeypatch):
    """The share of each reservoir's outflow."""
    monkeypatch.setattr(
        gauges, "_reservoir", lambda inflow, storage: np.full(inflow.shape, storage)
    )
    flow = gauges.daily_flow(rain_of([(0.0, "Han", 1200.0)]), rivers())
    fast = 1.0 + 0.015 * np.sqrt(1_000.0)
    assert flow == pytest.approx(np.full(flow.shape, 0.6 * fast + 0.4 * 45.0))


def test_a_gauge_drains_cells_of_its_basin():
    """The mean of those in its disc of 17.8 km; of none, the nearest of the basin."""
    cells = [(5e3, "Han", 1200.0), (15e3, "Han", 600.0), (18e3, "Han", 60.0), (0.0, "Geum", 12.0)]
    monthly = gauges._monthly_rain(rain_of(cells), rivers())
    assert monthly == pytest.approx(np.full((1, 360), 75.0))
    far = gauges._monthly_rain(
        rain_of([(90e3, "Han", 1200.0), (80e3, "Han", 600.0), (0.0, "Geum", 12.0)]), rivers()
    )
    assert far == pytest.approx(np.full((1, 360), 50.0))


def test_a_months_rain_falls_on_few_days():
    """The sum is kept; a wet day for each 15 mm begun, each three quarters of the one before."""
    monthly = np.full((1, 360), 40.0)
    rain = gauges._daily_rain(monthly, 1)
    january = np.sort(rain[0, :31])[::-1]
    assert january.sum() == pytest.approx(40.0)
    assert (january > 0).sum() == 3
    assert january[1:3] / january[:2] == pytest.approx([0.75, 0.75])
    assert rain.sum() == pytest.approx(360 * 40.0)
    assert (gauges._daily_rain(np.full((1, 360), 0.0), 1) == 0).all()


def test_a_reservoir_answers_slowly():
    """A steady inflow flows out as it is; after its time constant an impulse is down to 1/e."""
    steady = gauges._reservoir(np.full(2_000, 3.0), 45.0)
    assert steady.size == 2_000
    assert steady[-1] == pytest.approx(3.0)
    impulse = np.zeros(2_000)
    impulse[1_000] = 1.0
    out = gauges._reservoir(impulse, 45.0)
    assert out[1_045] / out[1_000] == pytest.approx(np.exp(-1.0))
    assert out[:1_000].max() == 0.0


# --- fields and interpolation ------------------------------------------------------------------


def test_what_neighbours_do_not_share_is_their_own():
    """Unit variance, and at distance 0 the correlation is the common share."""
    fields = Fields(np.array([[0.0, 0.0], [10.0, 0.0]]))
    drawn = fields.draw(stream(1, "test"), 20_000, 1e5, 0.8)
    assert drawn.std(axis=1) == pytest.approx([1, 1], abs=0.02)
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(0.8, abs=0.02)


def test_weights_fall_with_the_power_of_the_distance():
    """Twice as far is 2^2.5 times less; nearer than a kilometre all are alike."""
    near_far = np.array([[10_000.0, 0.0], [-20_000.0, 0.0]])
    [[near, far]] = interpolation.weights(near_far, np.zeros((1, 2)))
    assert near / far == pytest.approx(2**2.5)
    assert near + far == pytest.approx(1.0)
    close = np.array([[10.0, 0.0], [-900.0, 0.0]])
    assert interpolation.weights(close, np.zeros((1, 2))) == pytest.approx(np.array([[0.5, 0.5]]))


@pytest.fixture
def flat(monkeypatch):
    """Five stations at sea level in a row to the north, all at 10 °C, 2 m/s."""
    latitude = np.linspace(34.0, 38.0, 5)
    at = stations.Stations(
        tuple("abcde"), metres(np.full(5, 127.0), latitude), latitude, np.zeros(5)
    )
    monkeypatch.setattr(
        stations, "temperature", lambda: stations.Normals(at, np.full((5, 12), 10.0))
    )
    return at


def test_mountains_are_colder(flat):
    """6.5 °C a kilometre."""
    cells = SimpleNamespace(xy=flat.xy[:2], latitude=flat.latitude[:2])
    found = normals._temperature(cells, np.array([0.0, 1_000.0]))
    assert found == pytest.approx(np.repeat([[10.0], [3.5]], 12, axis=1))


def test_stations_on_mountains_are_taken_down_to_the_sea(flat, monkeypatch):
    """A station at 1,000 m with 10 °C stands for 16.5 °C below."""
    high = stations.Stations(flat.names, flat.xy, flat.latitude, np.full(5, 1_000.0))
    monkeypatch.setattr(
        stations, "temperature", lambda: stations.Normals(high, np.full((5, 12), 10.0))
    )
    cells = SimpleNamespace(xy=flat.xy[:1], latitude=flat.latitude[:1])
    assert normals._temperature(cells, np.zeros(1)) == pytest.approx(np.full((1, 12), 16.5))


def test_sea_wind_reaches_ten_kilometres():
    """All of it on the shore, 1/e of it ten kilometres inland."""
    assert normals._nearness(np.array([0.0, 10_000.0])) == pytest.approx([1.0, np.exp(-1)])


def test_stations_are_brought_to_1991_2020(monkeypatch):
    """Those of 2011–2019 were .228 °C too warm, those of 1991–2019 .012 °C too cold."""
    rows = pd.DataFrame(
        {
            "name": np.repeat(["new", "old"], 12),
            "source": np.repeat(["ASOS 2011-2019", "ASOS 1991-2019"], 12),
            "month": [*range(1, 13)] * 2,
            "tavg": 10.0,
            "lat": 37.0,
            "lon": 127.0,
            "elev_m": 5.0,
        }
    )
    found = stations._observed(rows, "tavg", 0.024)
    assert found.at.names == ("new", "old")
    assert found.values == pytest.approx(np.repeat([[9.772], [10.012]], 12, axis=1))


# --- scenarios ---------------------------------------------------------------------------------


def test_warming_passes_the_published_changes():
    """South Korea above 2000–2019, in 1991–2020's terms .096 °C more; rain of SSP5-8.5 as published."""
    late = YEARS == 2090
    between = scenarios.warming()[:, late | np.roll(late, 1)].mean(axis=1)
    published = [
        scenarios.published("South Korea", s, "2081-2100", "temp_c")
        for s in ("SSP1-2.6", "SSP5-8.5")
    ]
    assert between[[0, 3]] == pytest.approx(np.array(published) + 0.024 * 4.0, abs=1e-3)
    rain = scenarios.rain_change()
    assert rain[3, late | np.roll(late, 1)].mean() == pytest.approx(
        scenarios.published("South Korea", "SSP5-8.5", "2081-2100", "precip_pct"), abs=0.01
    )
    assert (rain[:, HISTORY] == 0).all()
    assert np.diff(scenarios.warming()[:, HISTORY], axis=1) == pytest.approx(
        np.full((4, HISTORY.sum() - 1), 0.024)
    )


def test_middle_scenarios_lie_where_the_world_does():
    """(2.7 − 1.8)/(4.4 − 1.8) of the way at the end of the century, and (3.6 − 1.8)/(4.4 − 1.8)."""
    found = scenarios._by_global_warming(np.zeros(3), np.ones(3))
    assert found[:, 2] == pytest.approx([0.0, 0.9 / 2.6, 1.8 / 2.6, 1.0])
    assert found[:, 0] == pytest.approx([0.0, 0.0, 0.0, 1.0])


# --- rain --------------------------------------------------------------------------------------


def test_twelve_months_are_the_month_and_the_eleven_before():
    """The first sum is December's; a month later January has left it."""
    balance = np.arange(24.0).reshape(1, 2, 12)
    sums = running_sums(balance)
    assert np.isnan(sums[0, 0, :11]).all()
    assert sums[0, 0, 11] == sum(range(12))
    assert sums[0, 1].tolist() == [sum(range(n - 11, n + 1)) for n in range(12, 24)]


def test_an_index_of_the_history_has_no_mean():
    """Standard normal over 1991–2020 by calendar month; a wetter year is a higher index; ends at ±5."""
    sums = 1_000.0 + 200.0 * stream(1, "test").standard_normal((3, YEARS.size, 12))
    sums[0, -1] = 1e5
    sums[0, -2] = -1e5
    index = standardised(sums, HISTORY)
    assert index[:, HISTORY].mean(axis=1) == pytest.approx(np.zeros((3, 12)), abs=0.1)
    assert index[:, HISTORY].std(axis=1) == pytest.approx(np.ones((3, 12)), abs=0.15)
    assert index[0, -1] == pytest.approx(np.full(12, 5.0))
    assert index[0, -2] == pytest.approx(np.full(12, -5.0))
    order = np.argsort(sums[1, HISTORY, 4])
    assert (np.diff(index[1, HISTORY, 4][order]) > 0).all()


def rain(cells=3):
    """Monthly rain (scenario, cell, year, month) about 100 mm, the same in all scenarios."""
    drawn = 100.0 * np.exp(0.3 * stream(1, "rain").standard_normal((cells, YEARS.size, 12)))
    return np.broadcast_to(drawn, (4, *drawn.shape))


PLACES = Fields(np.array([[0.0, 0.0], [50e3, 0.0], [100e3, 0.0]]))


def test_80_mm_are_a_heavy_day_and_79_9_none():
    """At least one where RX1DAY reaches 80 mm; none where it does not; no more than the rain allows."""
    rx1day = np.full((4, 3, YEARS.size), 79.9)
    rx1day[:, 1] = 80.0
    rx1day[:, 2] = 700.0
    days = rain_days.rain80(rain(), rx1day, np.full(3, 5.0), PLACES, 1)
    assert (days[:, 0] == 0).all()
    assert (days[:, 1] >= 1).all()
    assert days[:, 1].max() > 1
    share = 0.6 * rain().sum(axis=-1)[:, 2] - 700.0
    assert (days[:, 2] <= 1 + np.maximum(share, 0.0) / 80).all()


def test_heavy_days_have_the_stations_mean_and_grow_with_warming():
    """Five a year of history; more of them where it is warmer."""
    rx1day = np.full((4, 3, YEARS.size), 100.0)
    days = rain_days.rain80(10 * rain(), rx1day, np.full(3, 5.0), PLACES, 1)
    assert days[:, :, HISTORY].mean() == pytest.approx(5.0, abs=0.5)
    late = days[:, :, YEARS > 2080].mean(axis=(1, 2))
    assert (np.diff(late) >= 0).all()
    assert late[3] > 1.05 * late[0]


def test_indices_have_the_stations_mean_over_the_history():
    """SDII exactly, dry spells nearly, between 8 and 59 days and the same in all scenarios."""
    sdii = rain_days.sdii(rain(), np.array([10.0, 15.0, 20.0]), PLACES, 1)
    assert sdii[0][:, HISTORY].mean(axis=1) == pytest.approx([10.0, 15.0, 20.0])
    cdd = rain_days.cdd(rain(), np.array([10.0, 25.0, 50.0]), PLACES, 1)
    assert cdd[0][:, HISTORY].mean(axis=1)[1] == pytest.approx(25.0, rel=0.05)
    assert (cdd == cdd[0]).all()
    assert (cdd.min(), cdd.max()) == (8.0, 59.0)
    driest = np.log(rain()[0].min(axis=-1))[:, HISTORY]
    assert np.corrcoef(driest[1], cdd[0][1, HISTORY])[0, 1] < 0


def test_no_year_is_rarer_than_a_thousand(monkeypatch):
    """Scores end at the 1,000-year value; the wettest month pulls them up."""
    monkeypatch.setattr(
        rain_maxima,
        "standardise_by_window",
        lambda z: np.concatenate([z[..., :-1], np.full((3, 1), 9.0)], -1),
    )
    scores = rain_maxima._scores(rain(), PLACES, 1)
    assert ndtr(scores).max() == pytest.approx(1 - 1 / 1_000)
    wettest = np.log(rain()[0].max(axis=-1))
    together = [np.corrcoef(wettest[i, :-1], scores[i, :-1])[0, 1] for i in range(3)]
    assert np.mean(together) == pytest.approx(0.63, abs=0.12)


def test_five_days_bring_more_than_one_and_their_stations_mean():
    """The ratio lies between 1 and 3.36."""
    rx1day = 100.0 * np.exp(0.3 * stream(2, "x").standard_normal((3, YEARS.size)))
    ratio = rain_maxima._ratio(rx1day, np.full(3, 170.0), PLACES, 1)
    assert (ratio > 1).all()
    assert ratio.max() <= 3.36
    assert (rx1day * ratio)[:, HISTORY].mean(axis=1) == pytest.approx(np.full(3, 170.0), rel=0.02)


def test_each_scenario_lifts_its_own_wettest_month():
    """Which may be another month than in the first scenario."""
    months = np.array([[[[10.0, 50.0]]], [[[60.0, 50.0]]]])
    lifted = rain_maxima.lifted(months, np.full((2, 1, 1), 80.0))
    assert lifted.reshape(2, 2).tolist() == [[10.0, 80.0], [80.0, 50.0]]


# --- spells ------------------------------------------------------------------------------------


def temperatures():
    """(scenario, cell, year, month): 10 °C, at the end 2 °C more by each scenario."""
    ta = np.full((4, 3, YEARS.size, 12), 10.0)
    ta += np.where(YEARS > 2080, 1.0, 0.0)[:, None] * 2.0 * np.arange(4)[:, None, None, None]
    return ta


def test_anomalies_count_from_the_history():
    """Whatever comes after it."""
    anomaly = spells.annual_anomaly(temperatures())
    assert (anomaly[:, :, HISTORY] == 0).all()
    assert anomaly[3, 0, -1] == pytest.approx(6.0)


@pytest.mark.parametrize(("index", "sign"), [(spells.wsdi, 1), (spells.csdi, -1)])
def test_spells_have_six_days_at_least_and_follow_the_warming(index, sign):
    """None or six and more; warm ones grow with warming, cold ones become fewer; never a year and more."""
    days = index(temperatures(), PLACES, 1)
    assert set(days[(days > 0) & (days < 7)].ravel().tolist()) <= {6.0}
    assert days[days > 0].min() == 6.0
    late = sign * days[:, :, YEARS > 2080].mean(axis=(1, 2))
    assert (np.diff(late) >= 0).all()
    assert late[3] > late[0]
    assert days.max() <= 365
    assert (days[:, :, HISTORY] == days[:1, :, HISTORY]).all()


def test_tables_are_rounded_by_scenario():
    """Each scenario in its own column, the cell's years in their order."""
    values = np.arange(8.0).reshape(4, 1, 2) + 0.126
    found = tables._dataset("sdii", {"grid_id": np.array([1, 1])}, values)
    assert [found.columns[s].tolist() for s in scenarios.SCENARIOS] == [
        pytest.approx([2 * n + 0.13, 2 * n + 1.13]) for n in range(4)
    ]
    days = tables._dataset("cdd", {}, values)
    assert days.columns["ssp1"].tolist() == [0.0, 1.0]


# --- sea and storms ----------------------------------------------------------------------------


def test_the_sea_rises_from_2015_through_the_published_figures():
    """0 in 2015; SSP1-2.6 20 and 47 cm, SSP5-8.5 25 and 82 cm; the others between as the world does."""
    rise = sea_level.national_rise()
    at = {year: rise[:, sea_level.YEARS == year][:, 0] for year in (2015, 2050, 2100)}
    assert at[2015].tolist() == [0.0] * 4
    assert at[2050][[0, 3]] == pytest.approx([20, 25])
    assert at[2100] == pytest.approx(47 + 35 * (np.array([0.44, 0.56, 0.68, 0.77]) - 0.44) / 0.33)


def test_each_sea_has_its_factor():
    """The East Sea 3 % more, the South Sea 3 % less; borders belong to the east and to the west."""
    latitude = np.array([37.0, 35.5, 35.4, 34.8, 34.9, 37.0, 34.0])
    longitude = np.array([129.2, 130.0, 130.0, 127.0, 126.0, 129.1, 130.0])
    found = sea_level.factors(sea_level.Nodes(latitude, longitude))
    assert found.tolist() == [1.03, 1.03, 1.0, 0.97, 1.0, 1.0, 0.97]


TRACK = "track_id,season,basin,time,lon,lat,wind,slp\n"


def read(monkeypatch, tmp_path, *rows):
    path = tmp_path / "wmo.csv"
    path.write_text(TRACK + "\n".join(rows) + "\n")
    monkeypatch.setattr(typhoons, "data_file", lambda *_: path)
    return typhoons._read()


def test_tracks_are_in_order_of_time_with_eastern_longitudes(monkeypatch, tmp_path):
    """−170° is 190°; a position that stands twice counts once; unknown wind is unknown."""
    table = read(
        monkeypatch,
        tmp_path,
        "b,1990,WP,1990-08-01 06:00:00,-170,20,,990",
        "b,1990,WP,1990-08-01 00:00:00,170,21,35,",
        "a,1990,NA,1990-08-02 00:00:00,0,22,40,1000",
        "b,1990,WP,1990-08-01 00:00:00,170,21,35,",
    )
    assert table["track_id"].tolist() == ["a", "b", "b"]
    assert table["lon"].tolist() == [0.0, 170.0, 190.0]
    assert np.isnan(table["wind"].iloc[2])
    assert np.isnan(table["slp"].iloc[1])


@pytest.mark.parametrize(
    "row",
    ["a,1990,WP,1990-08-01 00:00:00,1,20,201,990", "a,1990,WP,1990-08-01 00:00:00,1,20,50,849"],
)
def test_impossible_storms_are_refused(monkeypatch, tmp_path, row):
    """More than 200 kt, less than 850 hPa."""
    with pytest.raises(packages.SourceUnreadable):
        read(monkeypatch, tmp_path, row)


def test_a_storm_begins_before_it_ends(monkeypatch, tmp_path):
    """First and last time, and the season."""
    table = read(
        monkeypatch,
        tmp_path,
        "a,1990,WP,1990-08-01 00:00:00,1,20,50,990",
        "a,1990,WP,1990-08-03 00:00:00,1,20,50,990",
    )
    columns = typhoons.list_dataset(table).columns
    assert columns["storm_id"] == ["a"]
    assert columns["season"].tolist() == [1990]
    assert columns["first_time"].astype(str).tolist() == ["1990-08-01T00:00:00"]
    assert columns["last_time"].astype(str).tolist() == ["1990-08-03T00:00:00"]


def test_storms_within_500_km_are_near(monkeypatch):
    """Of the line between positions; one position is a point."""
    box = shapely.box(*CENTRE, *(CENTRE + 10_000))
    country = SimpleNamespace(province_shapes=np.array([box], dtype=object))
    seen = pd.DataFrame(
        {
            "track_id": ["far", "far", "line", "line", "point"],
            "lon": [120.0, 120.0, 120.0, 136.0, 127.5],
            "lat": [30.0, 32.0, 40.0, 40.0, 34.0],
        }
    )
    assert typhoons._near(seen, country) == ["line", "point"]


# --- places ------------------------------------------------------------------------------------


def test_the_mask_knows_its_window_only():
    """Rows from the north, columns from the west; what lies beyond counts as sea."""
    mask = LandMask(np.array([[True, False], [False, True]]), 40.0, 120.0, 1.0)
    longitude = np.array([120.5, 121.5, 120.5, 121.5, 119.5, 122.5, 121.5, 121.5])
    latitude = np.array([39.5, 39.5, 38.5, 38.5, 39.5, 38.5, 40.5, 37.5])
    assert mask.is_sea(longitude, latitude).tolist() == [
        *(True, False, False, True),
        *(True, True, True, True),
    ]


def test_a_cell_belongs_to_the_district_with_most_of_its_land(monkeypatch):
    """Small shares of land are sea unless the centre is ashore; inland is as far as the coast is."""
    cells = np.array([0.0, 1.0, 2.0, 3.0])
    land = pd.DataFrame(
        {
            "cell": [0, 0, 1, 2],
            "district": ["a", "b", "a", "c"],
            "share": [0.7, 0.2, 0.019, 0.01],
        }
    )
    monkeypatch.setattr(grid, "_candidates", lambda: (np.full(4, 36.0), 127 + cells / 10))
    monkeypatch.setattr(grid, "_land", lambda *_: land)
    monkeypatch.setattr(grid, "_ashore", lambda *_: np.array([False, False, True, False]))
    monkeypatch.setattr(grid, "_to_coast", lambda xy: np.full(len(xy), 5_000.0))
    monkeypatch.setattr(grid, "_basins", lambda district: district)
    found = grid._of_country(None)
    assert found.district.tolist() == ["a", "c"]
    assert found.longitude == pytest.approx([127.0, 127.2])
    assert found.land_fraction == pytest.approx([0.9, 0.01])
    assert found.coast_distance.tolist() == [0.0, 5_000.0]
    assert found.cells.tolist() == [1, 2]


def test_candidates_lie_on_tenths_of_a_degree():
    """From south-west to north-east, both ends included."""
    latitude, longitude = grid._candidates()
    assert (latitude[0], longitude[0]) == (33.0, 124.5)
    assert (latitude[-1], longitude[-1]) == (38.7, 132.0)
    assert latitude.size == 58 * 76
    assert np.unique(np.diff(np.unique(latitude)).round(9)).tolist() == [0.1]


def test_islands_have_no_basin():
    """Jeju and Ulleung; Seoul drains to the Han, Busan to the Nakdong."""
    codes = np.array(["50110", "50130", "47940", "11140", "26470"])
    assert grid._basins(codes).tolist() == ["", "", "", "Han", "Nakdong"]


def test_the_border_is_looked_for_outwards(monkeypatch):
    """Foreign land beyond the northern side is border; land at home and the sea are coast."""
    origin = metres(np.array(127.5), np.array(38.0))
    square = np.array([[0.0, 0.0], [20e3, 0.0], [20e3, 20e3], [0.0, 20e3], [0.0, 0.0]]) + origin
    north = origin[1] + 20e3

    class Mask:
        @staticmethod
        def is_sea(longitude, latitude):
            return metres(longitude, latitude)[..., 1] < north

    monkeypatch.setattr(coastline, "land_mask", Mask)
    country = SimpleNamespace(district_shapes=np.array([shapely.Polygon(square)], dtype=object))
    assert coastline._is_border(square, country).tolist() == [False, False, True, False]
    south = square - [0.0, 200e3]
    assert not coastline._is_border(south, country).any()


def test_short_stretches_are_what_surrounds_them():
    """15 km and more count; gaps are closed before short borders are dropped."""
    flag = np.array([True, False, True, False, False, True, False])
    length = np.array([8e3, 14e3, 8e3, 10e3, 10e3, 14e3, 16e3])
    assert coastline._long_stretches(flag, length).tolist() == [True] * 3 + [False] * 4


def test_pieces_of_coast_touch():
    """At most 200 vertices each; the last of one is the first of the next; none is lost."""
    line = shapely.linestrings(np.column_stack([np.arange(450.0), np.zeros(450)]))
    pieces = coastline._pieces(np.array([line], dtype=object))
    assert [shapely.get_num_coordinates(piece) for piece in pieces] == [200, 200, 52]
    assert sum(shapely.length(pieces)) == pytest.approx(449.0)


def test_which_towns_are_urban():
    """A dong, 가 or 로; eup and myeon are not."""
    names = pd.Series(["명동", "종로1가", "세종로", "조치원읍", "금남면"])
    assert admin.is_urban(names).tolist() == [True, True, True, False, False]


def test_a_province_of_one_district_is_not_said_twice():
    """Sejong; all others have both names."""
    names = admin.district_names()
    assert names.count("세종특별자치시") == 1
    assert "서울특별시 성북구" in names


def test_towns_get_the_code_of_their_present_district():
    """Gangwon and Jeonbuk have new numbers; what did not change stays."""
    meta = pd.DataFrame({"code": ["42110101", "45111101", "11110101"], "emd": ["x", "y", "z"]})
    assert boundaries._present_districts(meta).tolist() == ["51110", "52111", "11110"]


# --- buildings ---------------------------------------------------------------------------------


class Drawn:
    """A generator that draws what it is told."""

    def __init__(self, *values):
        self._values = list(values)

    def random(self, size):
        return np.broadcast_to(np.asarray(self._values.pop(0), dtype=float), size).copy()

    def standard_normal(self, size):
        return self.random(size)


def kinds(*kind):
    """Buildings in towns of these kinds."""
    return building_sites.Sites(
        *(np.zeros(len(kind)),) * 2, np.array(["a"] * len(kind)), np.array(kind)
    )


def test_shares_are_drawn_as_often_as_they_are_large():
    """A share of nothing is never drawn, not even by a draw of 0; 1 is the last."""
    shares = np.array([0.0, 1.0, 3.0, 0.0])
    assert buildings._pick(shares, np.array([0.0, 0.24, 0.25, 0.99])).tolist() == [1, 1, 2, 2]
    assert buildings._pick(np.array([1.0, 1.0]), np.array([1.0])).tolist() == [1]


def test_six_storeys_have_a_basement():
    """One more each eight storeys, six at most; low buildings have one by their use and place."""
    types = pd.DataFrame({"basement_urban": [0.5] * 6, "basement_rural": [0.1] * 6})
    floors = np.array([5, 6, 13, 14, 60, 5])
    at = kinds(*["dong"] * 5, "myeon")
    below = buildings._basements(at, types, floors, Drawn([0.3, 0.9, 0.9, 0.9, 0.9, 0.3]))
    assert below.tolist() == [1, 1, 1, 2, 6, 0]


def test_storeys_follow_the_use_within_its_limit():
    """The median of the place where nothing is drawn beside it; one storey at least."""
    types = pd.DataFrame(
        {
            "floors_urban": [4.0, 4.0],
            "floors_rural": [1.4, 1.4],
            "floor_spread": [0.5, 0.5],
            "most_floors": [10, 10],
        }
    )
    at = kinds("dong", "eup")
    assert buildings._floors(at, types, Drawn(0.0)).tolist() == [4, 1]
    assert buildings._floors(at, types, Drawn(9.0)).tolist() == [10, 10]
    assert buildings._floors(at, types, Drawn(-9.0)).tolist() == [1, 1]


def test_floor_area_counts_basements():
    """90 % of the footprint on each storey, above and below."""
    types = pd.DataFrame({"arch_area_m2": [100.0], "spread": [0.4]})
    footprint, total = buildings._areas(types, np.array([3]), np.array([2]), Drawn(0.0))
    assert (footprint.tolist(), total.tolist()) == ([100.0], [450.0])


def test_structures_follow_class_storeys_and_age(monkeypatch):
    """2 storeys are low, 9 are middle, 1990 is new."""
    rows = [("c", height, f"{height} old", 1.0, 0.0) for height in ("low", "middle", "high")] + [
        ("c", height, f"{height} new", 0.0, 1.0) for height in ("low", "middle", "high")
    ]
    table = pd.DataFrame(rows, columns=["class", "floors", "structure", "old", "new"])
    monkeypatch.setattr(buildings.reference, "table", lambda name: table)
    floors = np.array([2, 3, 9, 10, 2])
    year = np.array([1989, 1990, 1989, 1990, 1991])
    found = buildings._structures(np.array(["c"] * 5), floors, year, Drawn(0.5))
    assert found.tolist() == ["low old", "middle new", "middle old", "high new", "low new"]


def test_years_lie_in_their_period(monkeypatch):
    """Towns and countryside have shares of their own; first and last year of a period included."""
    table = pd.DataFrame(
        {"first": [1950, 2000], "last": [1959, 2009], "urban": [0.0, 1.0], "rural": [1.0, 0.0]}
    )
    monkeypatch.setattr(buildings.reference, "table", lambda name: table)
    at = kinds("dong", "myeon")
    assert buildings._years(at, Drawn(0.5, 0.0)).tolist() == [2000, 1950]
    assert buildings._years(at, Drawn(0.5, 0.9999)).tolist() == [2009, 1959]


def test_gaps_are_as_many_as_said():
    """Where the draw lies below the share."""
    assert buildings._with_gaps(np.array([1, 2, 3]), 0.5, Drawn([0.4, 0.5, 0.6])) == [None, 2, 3]


# --- people ------------------------------------------------------------------------------------


def test_before_2022_the_first_year_is_held():
    """2020 has the projection's people of 2022; the country follows its published points."""
    persons = population.district_population()
    points = population.reference.table("national_projection_points")
    nation = points[points["area"] == "Korea"].set_index("year")["pop_10k"] * 10_000
    assert persons[2020].sum() == pytest.approx(nation[2022], rel=1e-5)
    assert persons[2050].sum() < persons[2025].sum()
    for year in nation.index.intersection(persons.columns[1:]):
        assert persons[year].sum() == pytest.approx(nation[year], rel=1e-5)
