"""Simulated storm winds against the gusts that Korean stations measured, 2011–2019."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from modelops_core.domain.climate import Storms
from modelops_core.indicators import holland
from modelops_core.sources.demo import reference
from tests.parameters import PARAMETERS
from tests.validation.conftest import DATA

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"raw observations are not at {DATA}")
P = PARAMETERS.params("typhoon")
#: 3-s gust of a 1-minute mean over sea-like ground (Harper, Kepert & Ginger 2010)
GUST = 1.11
KST = pd.Timedelta(hours=9)


@pytest.fixture(scope="module")
def stations() -> pd.DataFrame:
    """Latitude and longitude by station id, of the stations with daily gusts."""
    table = reference.table("station_monthly_climatology").dropna(subset=["stn_id"])
    places = table.groupby(table["stn_id"].astype(int))[["lat", "lon"]].first()
    return places.loc[places.index.intersection(gusts().columns)]


def gusts() -> pd.DataFrame:
    """Daily strongest gust [m/s], (day, station id)."""
    days = pd.read_csv(
        DATA / "climate_obs" / "asos_daily31_2011_2019.csv.gz",
        usecols=["stnId", "tm", "maxInsWs"],
        parse_dates=["tm"],
    )
    return days.pivot(index="tm", columns="stnId", values="maxInsWs")


@pytest.fixture(scope="module")
def tracks() -> pd.DataFrame:
    """Six-hourly positions with a pressure, of storms that came near Korea in 2011–2019."""
    table = pd.read_csv(DATA / "typhoon" / "ibtracs_wp_1951_2025.csv.gz", parse_dates=["time_utc"])
    table = table[table["season"].between(2011, 2019)].dropna(subset=["wmo_pres_hpa"])
    near = table[table["lat"].between(30, 42) & table["lon"].between(121, 135)]
    return table[table["sid"].isin(near["sid"].unique())]


@pytest.fixture(scope="module")
def pairs(stations: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Each storm at each station it passed within 300 km: simulated 1-minute wind, observed gust [m/s]."""
    observed, rows = gusts(), []
    for sid, track in tracks.groupby("sid"):
        simulated = winds(track, stations)
        for station, wind in zip(
            stations.index[simulated > 0], simulated[simulated > 0], strict=True
        ):
            days = days_within_reach(track, stations.loc[station])
            gust = observed.loc[observed.index.isin(days), station].max()
            rows.append((sid, station, wind, gust))
    return pd.DataFrame(rows, columns=["storm", "station", "wind", "gust"]).dropna()


def winds(track: pd.DataFrame, stations: pd.DataFrame) -> np.ndarray:
    """(station,) strongest wind of one storm."""
    hours = ((track["time_utc"] - track["time_utc"].iloc[0]) / pd.Timedelta(hours=1)).to_numpy()
    storm = Storms(
        ("X",),
        np.array([2000]),
        np.array([0, hours.size]),
        hours,
        track["lat"].to_numpy(),
        track["lon"].to_numpy(),
        track["wmo_pres_hpa"].to_numpy(),
        np.array([2000]),
    )
    places = stations["lat"].to_numpy(), stations["lon"].to_numpy()
    nodes = [holland.nodes(holland.hourly(storm), P)]
    return holland.yearly_maximum(
        places, nodes, np.zeros(1), storm.years, P["air_density"], P["storm_radius"]
    )[0, 0]


def days_within_reach(track: pd.DataFrame, place: pd.Series) -> pd.DatetimeIndex:
    """Korean calendar days on which the storm's centre was within reach of a place."""
    dy = track["lat"] - place["lat"]
    dx = (track["lon"] - place["lon"]) * np.cos(np.radians(place["lat"]))
    near = np.hypot(dx, dy) * holland.KM_PER_DEGREE <= P["storm_radius"] + 50
    return pd.DatetimeIndex((track.loc[near, "time_utc"] + KST).dt.normalize().unique())


def test_simulated_winds_go_with_observed_gusts(
    pairs: pd.DataFrame, report: Callable[[str], None]
) -> None:
    """Bias and correlation are reported; the bound only catches a wrong unit or a storm in the wrong place."""
    gust = GUST * pairs["wind"]
    bias, ratio = (gust - pairs["gust"]).mean(), gust.mean() / pairs["gust"].mean()
    correlation, rank = gust.corr(pairs["gust"]), gust.rank().corr(pairs["gust"].rank())
    report(
        f"storm gusts 2011–2019: {len(pairs)} pairs of {pairs['storm'].nunique()} storms and"
        f" {pairs['station'].nunique()} stations; simulated open-ground gust {gust.mean():.1f}, observed"
        f" {pairs['gust'].mean():.1f} m/s; bias {bias:+.1f} m/s, ratio {ratio:.2f}, r {correlation:.2f}, rank r {rank:.2f}"
    )
    assert pairs["storm"].nunique() >= 15
    assert len(pairs) >= 200
    assert 0.5 < ratio < 2.2
    assert correlation > 0.3


def test_strong_storms_are_strong_at_the_stations_they_struck(
    pairs: pd.DataFrame, report: Callable[[str], None]
) -> None:
    """Where more than 25.7 m/s is simulated, gusts are well above those of the other passages."""
    struck = pairs["wind"] > P["damage_onset"]
    inside, outside = pairs.loc[struck], pairs.loc[~struck]
    report(
        f"passages over 25.7 m/s: {len(inside)}; simulated gust {GUST * inside['wind'].mean():.1f}, observed"
        f" {inside['gust'].mean():.1f} m/s; other passages {GUST * outside['wind'].mean():.1f}, {outside['gust'].mean():.1f} m/s"
    )
    assert len(inside) >= 10
    assert inside["gust"].mean() > outside["gust"].mean() + 3


def test_the_strongest_gust_of_each_storm(
    pairs: pd.DataFrame, report: Callable[[str], None]
) -> None:
    """Storm by storm, the largest of all stations: reported, with a wide bound."""
    largest = pairs.groupby("storm")[["wind", "gust"]].max()
    ratio = (GUST * largest["wind"] / largest["gust"]).median()
    correlation = largest["wind"].corr(largest["gust"])
    report(
        f"largest gust of each of {len(largest)} storms: median simulated ÷ observed {ratio:.2f}, r {correlation:.2f}"
    )
    assert 0.5 < ratio < 2.0
    assert correlation > 0.2
