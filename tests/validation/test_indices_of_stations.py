"""Indices that the product is given, computed by xclim from real days of Korean stations."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from modelops_core.domain.climate import Climate
from modelops_core.indicators import evapotranspiration, gev, lmoments
from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from modelops_core.sources.demo import reference
from modelops_core.sources.demo.climate import spei, spells
from modelops_core.sources.demo.climate.scenarios import HISTORY, YEARS
from tests.parameters import PARAMETERS
from tests.validation.conftest import DATA
from tests.verification.references import indices, xclim, xr

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason=f"raw observations are not at {DATA}"),
    pytest.mark.filterwarnings("ignore:The 'name' property is deprecated"),  # xclim on pandas 3
]
OBSERVED = DATA / "climate_obs"
FIRST, LAST = 1986, 2015
SEOUL = (37.5714, 126.9658)


@pytest.fixture(scope="module")
def rain() -> pd.DataFrame:
    """(day, station id) [mm] of stations whose record covers all thirty years."""
    table = pd.read_csv(OBSERVED / "asos_rain69_stations.csv").set_index("stn_id")
    whole = table.index[(table["first_valid_year"] <= FIRST) & table["suspect_years"].isna()]
    days = pd.read_csv(
        OBSERVED / "asos_rain69_daily_1976_2015.csv.gz", parse_dates=["date"], index_col="date"
    )
    days.columns = days.columns.astype(int)
    return days.loc[f"{FIRST}" : f"{LAST}", whole]


@pytest.fixture(scope="module")
def normals() -> pd.DataFrame:
    """The stored normals by station."""
    return reference.table("station_rain_normals").set_index("stn_id")


def as_xarray(days: pd.DataFrame, units: str) -> xr.DataArray:
    return xr.DataArray(
        days.to_numpy(),
        dims=("time", "station"),
        coords={"time": days.index.to_numpy()},
        attrs={"units": units},
    )


def test_stored_rain_indices_are_those_of_the_days(
    rain: pd.DataFrame, normals: pd.DataFrame, report
) -> None:
    """Means of RX1DAY, RX5DAY, SDII and CDD of sixty stations, 1986–2015, by xclim."""
    days = as_xarray(rain, "mm/d")
    found = {
        "rx1day_mean": indices.max_1day_precipitation_amount(days),
        "rx5day_mean": indices.max_n_day_precipitation_amount(days, window=5),
        "sdii_mean": indices.daily_pr_intensity(days, thresh="1 mm/day"),
        "cdd_mean": indices.maximum_consecutive_dry_days(days, thresh="1 mm/day"),
    }
    assert rain.shape[1] >= 55
    for name, tolerance in {
        "rx1day_mean": 2e-3,
        "rx5day_mean": 0.01,
        "sdii_mean": 0.01,
        "cdd_mean": 0.06,
    }.items():
        mean = found[name].mean("time").values
        report(
            f"{name}: largest difference {np.abs(mean / normals.loc[rain.columns, name] - 1).max():.4f}"
        )
        np.testing.assert_allclose(
            mean, normals.loc[rain.columns, name], rtol=tolerance, err_msg=name
        )


def test_stored_return_levels_are_those_of_our_fit(
    rain: pd.DataFrame, normals: pd.DataFrame, report
) -> None:
    """10-, 50- and 100-year RX1DAY with the free shape; the fixed shape of the method is near them."""
    maxima = rain.groupby(rain.index.year).max().to_numpy()
    l1, l2, t3 = lmoments.l_moments(maxima)
    free = gev.from_l_moments(l1, l2, gev.shape_from_t3(t3))
    fixed = gev.from_l_moments(l1, l2, PARAMETERS.params("river_flood")["rain_shape"])
    for period, tolerance in ((10, 0.01), (50, 0.01), (100, 0.01)):
        stored = normals.loc[rain.columns, f"rx1day_{period}yr"].to_numpy()
        ratio = fixed.level(period) / stored
        report(
            f"{period} years: fixed ÷ free shape, median {np.median(ratio):.3f}, 5–95 % {np.quantile(ratio, [0.05, 0.95])}"
        )
        np.testing.assert_allclose(free.level(period), stored, rtol=tolerance, atol=1)
        assert 0.9 < np.median(ratio) < 1.1


def test_annual_maxima_have_the_shape_that_the_method_fixes(rain: pd.DataFrame, report) -> None:
    """Papalexiou & Koutsoyiannis give ξ = 0.114 for daily rain; Korea's stations agree on the average."""
    _, _, t3 = lmoments.l_moments(rain.groupby(rain.index.year).max().to_numpy())
    xi = -gev.shape_from_t3(t3)
    report(f"shape ξ of {xi.size} stations: mean {xi.mean():.3f}, sd {xi.std():.3f}")
    assert xi.mean() == pytest.approx(0.114, abs=0.08)


@pytest.fixture(scope="module")
def seoul() -> pd.DataFrame:
    """Daily temperatures of Seoul without the war's gap, 1954–2019 [°C]."""
    days = pd.read_csv(
        OBSERVED / "seoul108_temp_daily_1907_2019.csv.gz", parse_dates=["date"], index_col="date"
    )
    return days.loc["1954":"2019"].asfreq("D")


@pytest.fixture(scope="module")
def seoul_spells(seoul: pd.DataFrame) -> pd.DataFrame:
    """WSDI, CSDI [d] and mean temperature [°C] of each year by xclim; base period 1991–2019."""
    columns = {}
    for name, series, percentile, index in (
        ("wsdi", "tmax", 90, indices.warm_spell_duration_index),
        ("csdi", "tmin", 10, indices.cold_spell_duration_index),
    ):
        days = xr.DataArray(
            seoul[series].to_numpy(),
            dims="time",
            coords={"time": seoul.index.to_numpy()},
            attrs={"units": "degC"},
        )
        base = days.sel(time=slice("1991", "2019"))
        limit = xclim.core.calendar.percentile_doy(base, window=5, per=percentile).isel(
            percentiles=0
        )
        columns[name] = index(days, limit).values
    years = seoul.index.year.unique()
    return pd.DataFrame(columns, index=years).assign(
        tavg=seoul["tavg"].groupby(seoul.index.year).mean()
    )


def test_spells_of_seoul_bear_out_the_demonstrations_assumption(
    seoul_spells, series, report
) -> None:
    """
    Fewer warm and more cold days in the colder years before 1991, as its curves assume. The level is
    reported, with a wide bound: in-base percentiles give Seoul a third of the demonstration's warm days.
    """
    cell = np.hypot(*(series.cells.latitude - SEOUL[0], series.cells.longitude - SEOUL[1])).argmin()
    late, early = seoul_spells.loc[1991:], seoul_spells.loc[:1990]
    drawn = {name: series.yearly(name)[0, cell, HISTORY].mean() for name in ("wsdi", "csdi")}
    anomaly = early["tavg"].mean() - late["tavg"].mean()
    report(
        f"Seoul 1991–2019: WSDI {late['wsdi'].mean():.1f}, CSDI {late['csdi'].mean():.1f} d; "
        f"demonstration {drawn['wsdi']:.1f}, {drawn['csdi']:.1f} d"
    )
    curves = (
        np.interp(anomaly, spells.WARM_ANOMALY, spells.WARM_DAYS),
        spells.COLD_DAYS * np.exp(-spells.COLD_DECLINE * anomaly),
    )
    report(
        f"Seoul 1954–1990, {anomaly:.2f} °C: WSDI {early['wsdi'].mean():.1f}, CSDI {early['csdi'].mean():.1f} d; curves {curves[0]:.1f}, {curves[1]:.1f} d"
    )
    for name in ("wsdi", "csdi"):
        assert 0.25 < drawn[name] / late[name].mean() < 4
    assert early["wsdi"].mean() < late["wsdi"].mean()
    assert early["csdi"].mean() > late["csdi"].mean()


def test_spells_are_none_or_at_least_six_days(seoul_spells: pd.DataFrame) -> None:
    """By definition of both indices, in reality as in the demonstration."""
    for name in ("wsdi", "csdi"):
        assert (seoul_spells[name].isin([0]) | (seoul_spells[name] >= 6)).all()


@pytest.fixture(scope="module")
def dryness(rain: pd.DataFrame, normals: pd.DataFrame) -> tuple[pd.Index, np.ndarray]:
    """Stations, and SPEI-12 (station, year, month) of real rain 1986–2015 less FAO-56 E₀ of a normal year."""
    monthly = rain.groupby([rain.index.year, rain.index.month]).sum()
    years = LAST - FIRST + 1
    rn = np.full((1, rain.shape[1], YEARS.size, 12), np.nan)
    rn[0, :, :years] = monthly.to_numpy().T.reshape(-1, years, 12)
    typical = (
        reference.table("station_monthly_climatology")
        .groupby("month")[["tavg", "rh", "ws", "gsr_mj_m2_day"]]
        .mean()
    )
    ta, rhm, ws, si = (np.broadcast_to(typical[c].to_numpy(), rn.shape) for c in typical.columns)
    latitude = normals.loc[rain.columns, "lat"].to_numpy()
    clear = evapotranspiration.extraterrestrial_radiation(
        latitude[:, None], evapotranspiration.MID_MONTH
    )
    weather = SimpleNamespace(ta=ta, rn=rn, ws=ws, rhm=rhm, si=si)
    places = SimpleNamespace(
        extraterrestrial_radiation=clear, elevation=normals.loc[rain.columns, "elev_m"].to_numpy()
    )
    return rain.columns, spei.spei12(weather, places)[0, :, :years]


def test_droughts_of_record_are_in_the_index(dryness, report) -> None:
    """1988–89, 1994–95, 2001, 2008–09 and 2014–15: the years that Korea remembers as dry stand out."""
    stations, index = dryness
    driest = np.nanmin(index, axis=2)
    national = pd.Series(np.mean(driest, axis=0), index=range(FIRST, LAST + 1))
    report(f"nationally driest years: {national.sort_values().head(6).round(2).to_dict()}")
    assert {1988, 1994, 1995, 2001, 2008, 2009, 2014, 2015} >= set(national.sort_values().index[:4])
    seoul = driest[list(stations).index(108)]
    assert FIRST + int(seoul.argmin()) in (2014, 2015)


def test_demonstration_droughts_are_as_deep_as_those_of_stations(dryness, series, report) -> None:
    """Yearly minimum SPEI-12: mean and spread over stations, and the peril's loss, against the demonstration's cells."""
    _, index = dryness
    drawn = series.monthly("spei12")[0][:, HISTORY]
    found = {
        name: loss_and_minimum(values)
        for name, values in (("stations", index), ("demonstration", drawn[::16]))
    }
    report(
        f"yearly minimum SPEI-12 (mean, sd) and AAL of drought [%]: { {k: np.round(v, 4).tolist() for k, v in found.items()} }"
    )
    stations, cells = found["stations"], found["demonstration"]
    assert stations[0] == pytest.approx(cells[0], abs=0.25)
    assert stations[1] == pytest.approx(cells[1], abs=0.25)
    assert stations[2] == pytest.approx(cells[2], rel=0.8)


def loss_and_minimum(index: np.ndarray) -> tuple[float, float, float]:
    """(cell, year, month) → mean and sd of the yearly minima, mean AAL."""
    years = np.arange(1991, 1991 + index.shape[1])
    p, peril = PARAMETERS.params("drought"), PERILS["drought"]
    tile = Climate(
        ("ssp2",), years, np.arange(len(index)), {"spei12": index.transpose(1, 2, 0)[None]}
    )
    minima = -peril.indices(tile, p)["dryness"]
    loss = own_series.calculate(peril, tile, p).estimate.aal
    return float(np.nanmean(minima)), float(np.nanstd(minima)), float(np.nanmean(loss))
