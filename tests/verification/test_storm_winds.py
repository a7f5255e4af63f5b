"""Storm winds and their damage against CLIMADA 6.1.0, which the damage curve was calibrated on."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from modelops_core.domain.climate import Storms
from modelops_core.indicators import holland
from modelops_core.perils import PERILS
from tests.parameters import PARAMETERS
from tests.verification.references import climada_storms, compiled, package_file, xr

P = PARAMETERS.params("typhoon")
THIRTY_KNOTS = 30 * 1852 / 3600
EXAMPLE = (
    [31, 33.5, 35.5, 37.3, 39.5],
    [126.6, 127, 128.2, 129.8, 132.5],
    [940.0, 945, 955, 970, 980],
)


def storm(latitude, longitude, pressure):
    """One storm with six-hourly nodes."""
    n = len(latitude)
    return Storms(
        ("X",),
        np.array([2000]),
        np.array([0, n]),
        6.0 * np.arange(n),
        np.array(latitude, float),
        np.array(longitude, float),
        np.array(pressure, float),
        np.array([2000]),
    )


def wandering(seed):
    """A made-up storm of a week that crosses Korea: deepens, fills, turns, stalls, hurries."""
    rng = np.random.default_rng(seed)
    n = 25
    latitude = 26 + np.cumsum(rng.uniform(-0.1, 1.3, n))
    longitude = 124 + np.cumsum(rng.uniform(-0.6, 1.0, n))
    return latitude, longitude, np.clip(930 + np.cumsum(rng.normal(2, 8, n)), 890, 1004)


def ours(track, places, reach=300.0):
    """(cell,) strongest wind."""
    found = holland.yearly_maximum(
        tuple(places.T),
        [holland.nodes(track, {**P, "translation_limit": THIRTY_KNOTS})],
        np.zeros(1),
        track.years,
        P["air_density"],
        reach,
    )
    return found[0, 0]


def theirs(track, places):
    """(cell,) strongest wind by CLIMADA's Holland 2008 model on the same hourly nodes."""
    n = track.time.size
    missing = np.full(n, np.nan)
    dataset = xr.Dataset(
        {
            "time_step": ("time", np.gradient(track.time) * 1.0),
            "environmental_pressure": ("time", np.full(n, float(P["environment_pressure"]))),
            "central_pressure": ("time", track.pressure.copy()),
            "max_sustained_wind": ("time", missing.copy()),
            "radius_max_wind": ("time", missing.copy()),
            "lat": ("time", track.latitude.copy()),
            "lon": ("time", track.longitude.copy()),
        },
        coords={"time": pd.Timestamp("2000-08-01") + pd.to_timedelta(track.time, unit="h")},
        attrs={"central_pressure_unit": "mb", "max_sustained_wind_unit": "kn"},
    )
    climada = climada_storms()
    track_si = climada.tctrack_to_si(dataset)
    close, mask, _ = climada.get_close_centroids(track_si, places, 300)
    fields, reachable = climada._compute_windfields(
        track_si, close, climada.MODEL_VANG["H08"], model_kwargs=None, max_dist_eye_km=300
    )
    out = np.zeros(len(places))
    out[np.flatnonzero(mask)[reachable]] = np.linalg.norm(fields, axis=-1).max(axis=0)
    return out


def grid():
    return np.array(
        [(a, b) for a in np.arange(33.05, 39, 0.5) for b in np.arange(125.05, 131.5, 0.5)]
    )


@pytest.mark.filterwarnings("ignore:The 'cyclostrophic' argument:DeprecationWarning")
@pytest.mark.parametrize(
    "track", [EXAMPLE, *map(wandering, range(6))], ids=["example", *map(str, range(6))]
)
def test_strongest_winds_are_climadas(track):
    """156 places under the worked example and six made-up storms, to rounding."""
    hourly = holland.hourly(storm(*track))
    reference = theirs(hourly, grid())

    assert reference.max() > 15
    np.testing.assert_allclose(ours(hourly, grid()), reference, rtol=1e-10, atol=1e-10)


def test_the_limit_of_the_translation_is_thirty_knots():
    """CLIMADA's exact figure is used above; ours is rounded to a millimetre a second."""
    assert P["translation_limit"] == pytest.approx(THIRTY_KNOTS, abs=5e-4)


@pytest.mark.filterwarnings("ignore:The 'cyclostrophic' argument:DeprecationWarning")
def test_a_storm_without_deficit_has_no_wind_here():
    """
    The one deliberate difference: where the eye's pressure reaches the environment's, CLIMADA
    still turns the translation into wind around the eye; a storm that is none has none here.
    """
    hourly = holland.hourly(
        storm([34.0, 35.0, 36.0], [126.0, 127.0, 128.0], [1006.0, 1007.0, 1008.0])
    )

    assert theirs(hourly, grid()).max() > 5
    assert ours(hourly, grid()).max() == 0


def test_wind_damage_is_emanuels_as_climada_has_it():
    """z³/(1 + z³) with the Korean half-damage speed; ÷ 1.5 is the base curve."""
    curves = compiled(
        package_file("climada", "climada/entity/impact_funcs/trop_cyclone.py"),
        ["ImpfTropCyclone"],
        {"np": np, "ImpactFunc": object, "__name__": "climada"},
    )
    speed = np.linspace(0, 120, 241)
    their = curves["ImpfTropCyclone"].from_emanuel_usa(intensity=speed, v_half=P["half_damage"]).mdd

    np.testing.assert_allclose(
        1.5 * PERILS["typhoon"].damage(speed, P), their, rtol=1e-12, atol=1e-15
    )


def test_half_damage_speed_is_the_median_of_the_korean_events():
    """Eberenz et al. 2021 fitted one speed an event; twelve events struck Korea."""
    path = package_file("climada", "climada/data/system/tc_impf_cal_v01_EDR.csv")
    rows = csv.DictReader(path.read_text("utf-8-sig").splitlines())
    speeds = [float(row["v_half"]) for row in rows if row["country"] == "KOR"]

    assert len(speeds) == 12
    assert np.median(speeds) == pytest.approx(P["half_damage"], abs=0.05)
