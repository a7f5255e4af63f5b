"""Reference evapotranspiration and SPEI-12 against xclim; the water balance against a root finder."""

from __future__ import annotations

import calendar
from types import SimpleNamespace

import lmoments3.distr
import numpy as np
import pytest
from scipy import integrate

from modelops_core.indicators import budyko, evapotranspiration
from modelops_core.sources.demo.climate import spei
from modelops_core.sources.demo.climate.scenarios import YEARS
from tests.verification.references import converters, indices, series, xclim, xr


def korean_months(n=600):
    """Months of the Korean range: temperature, humidity, wind, radiation, latitude, elevation, day."""
    rng = np.random.default_rng(2)
    day = rng.choice(evapotranspiration.MID_MONTH, n)
    season = -np.cos(2 * np.pi * day / 365)
    return SimpleNamespace(
        t=13 + 13 * season + rng.normal(0, 3, n),
        rh=rng.uniform(35, 95, n),
        wind=rng.uniform(0.5, 6, n),
        latitude=rng.uniform(33, 38.6, n),
        elevation=rng.uniform(0, 800, n),
        day=day,
        clearness=rng.uniform(0.15, 0.7, n),
    )


def quantity(values, units):
    return xr.DataArray(values, attrs={"units": units})


def fao_allen98(m, kelvin):
    """xclim's E₀ of the months, with T + *kelvin* in its aerodynamic term."""
    outside = evapotranspiration.extraterrestrial_radiation(m.latitude, m.day)
    saturated = 0.6108 * np.exp(17.27 * m.t / (m.t + 237.3))
    vapour = saturated * m.rh / 100
    clear = (0.75 + 2e-5 * m.elevation) * outside
    net = evapotranspiration.net_radiation(m.t, vapour, m.clearness * outside, clear)
    gamma = 0.665e-3 * 101.3 * ((293 - 0.0065 * m.elevation) / 293) ** 5.26
    return converters.fao_allen98(
        quantity(net, "MJ m-2 day-1"),
        quantity(m.t + kelvin, "K"),
        quantity(m.wind * 4.87 / np.log(67.8 * 10 - 5.42), "m s-1"),
        quantity(saturated, "kPa"),
        quantity(vapour, "kPa"),
        quantity(4098 * saturated / (m.t + 237.3) ** 2, "kPa degC-1"),
        quantity(gamma, "kPa degC"),
    ).values


@pytest.mark.parametrize(("kelvin", "tolerance"), [(273.0, 1e-9), (273.15, 7e-4)])
def test_penman_monteith_is_xclims(kelvin, tolerance):
    """600 months; FAO-56 writes T + 273, xclim T + 273.15."""
    m = korean_months()
    outside = evapotranspiration.extraterrestrial_radiation(m.latitude, m.day)
    found = evapotranspiration.reference_et(
        m.t, m.rh, m.wind, m.clearness * outside, outside, m.elevation
    )
    reference = fao_allen98(m, kelvin)

    assert reference.min() > 0
    np.testing.assert_allclose(found, reference, rtol=tolerance)
    assert np.median(np.abs(found / reference - 1)) < 3e-4


def test_wind_at_two_metres_is_xclims():
    """FAO-56 rounds ln(67.8·2 − 5.42) to 4.87."""
    lower = converters.wind_speed_height_conversion(
        quantity(np.array([2.5]), "m s-1"), h_source="10 m", h_target="2 m"
    )
    assert lower.values[0] == pytest.approx(2.5 * 4.87 / np.log(67.8 * 10 - 5.42), rel=3e-4)


def test_radiation_outside_the_atmosphere_is_xclims():
    """xclim's finer astronomy agrees within 4 % on every day of the year, at both ends of Korea."""
    days = series(np.zeros(365), "1").time
    for latitude in (33.2, 38.5):
        reference = xclim.indices.helpers.extraterrestrial_solar_radiation(
            days, xr.DataArray(latitude, attrs={"units": "degrees_north"})
        )
        found = evapotranspiration.extraterrestrial_radiation(
            np.asarray(latitude), np.arange(1.0, 366)
        )
        np.testing.assert_allclose(found, reference.values / 1e6, rtol=0.04)


def test_longwave_loss_is_stefan_boltzmanns():
    """A body of the air's temperature loses σT⁴; the rest are the sky's factors of FAO-56."""
    t, vapour = np.array([-5.0, 12.0, 30.0]), np.array([0.3, 0.9, 2.8])
    solar, clear = np.array([6.0, 12.0, 18.0]), np.array([12.0, 16.0, 30.0])
    net = evapotranspiration.net_radiation(t, vapour, solar, clear)
    sigma = 5.670374419e-8 * 86400 / 1e6
    sky = (0.34 - 0.14 * np.sqrt(vapour)) * (1.35 * solar / clear - 0.35)

    np.testing.assert_allclose(0.77 * solar - net, sigma * (t + 273.16) ** 4 * sky, rtol=1e-3)


@pytest.mark.parametrize("n", [0.8, 1.10, 2.0, 3.5])
def test_runoff_solves_the_differential_form(n):
    """
    Choudhury's curve is the solution of ∂E/∂P = (1 − (E/E₀)ⁿ)^((n+1)/n), ∂E(0) = 0 (Yang et al. 2008).

    scipy integrates it from a desert to 1,800 mm of rain.
    """
    demand = 900.0
    rain = np.linspace(200, 1800, 9)
    start = rain[0] - budyko.runoff(rain[:1], np.array([demand]), n)
    solved = integrate.solve_ivp(
        lambda p, e: (1 - (e / demand) ** n) ** ((n + 1) / n),
        (rain[0], rain[-1]),
        start,
        t_eval=rain,
        rtol=1e-10,
    )
    near_zero = budyko.runoff(np.array([1e-6]), np.array([demand]), n)

    np.testing.assert_allclose(
        rain - budyko.runoff(rain, np.full(9, demand), n), solved.y[0], rtol=1e-7
    )
    assert near_zero[0] < 1e-6 * (0.01 if n >= 1 else 1)


@pytest.fixture(scope="module")
def made_up():
    """Two cells, one scenario: 110 years of months with a wet and a dry cell."""
    rng = np.random.default_rng(3)
    season = -np.cos(2 * np.pi * np.arange(12) / 12)
    shape = (1, 2, YEARS.size, 12)
    weather = SimpleNamespace(
        ta=12 + 13 * season + rng.normal(0, 1.2, shape),
        rn=rng.gamma(2.5, 40 + 32 * season, shape),
        ws=rng.uniform(1.5, 3, shape),
        rhm=np.clip(62 + 12 * season + rng.normal(0, 5, shape), 20, 98),
        si=13 + 5 * season + rng.uniform(-2, 2, shape),
    )
    latitude = np.array([34.0, 38.0])[:, None]
    clear = evapotranspiration.extraterrestrial_radiation(latitude, evapotranspiration.MID_MONTH)
    return weather, SimpleNamespace(
        extraterrestrial_radiation=clear, elevation=np.array([20.0, 400.0])
    )


@pytest.mark.parametrize("cell", [0, 1])
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_spei_of_the_demonstration_data_is_xclims(made_up, cell):
    """SPEI-12 on the generalised logistic fitted to 1991–2020, 1,309 months, to 1e-6 within ±4."""
    weather, normals = made_up
    found = spei.spei12(weather, normals)[0, cell].ravel()
    daily = evapotranspiration.reference_et(
        weather.ta[0, cell],
        weather.rhm[0, cell],
        weather.ws[0, cell],
        weather.si[0, cell],
        normals.extraterrestrial_radiation[cell],
        np.asarray(normals.elevation[cell]),
    )
    lengths = np.array([[calendar.monthrange(year, m + 1)[1] for m in range(12)] for year in YEARS])
    balance = series(
        (weather.rn[0, cell] - daily * lengths).ravel(), "mm/month", "1991-01-01", "MS"
    )
    reference = indices.standardized_precipitation_evapotranspiration_index(
        balance,
        freq=None,
        window=12,
        dist=lmoments3.distr.glo,
        method="PWM",
        cal_start="1991-01-01",
        cal_end="2020-12-31",
    ).values
    inside = np.abs(reference) < 4

    np.testing.assert_array_equal(np.isnan(found), np.isnan(reference))
    assert np.isfinite(found).sum() == 12 * YEARS.size - 11
    assert inside.sum() > 1290
    np.testing.assert_allclose(found[inside], reference[inside], atol=1e-6)
    assert (np.abs(found[~inside & np.isfinite(reference)]) > 3.9).all()
