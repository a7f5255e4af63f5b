"""What a result says about its horizon."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.result import Status
from modelops_core.domain.variables import VARIABLES
from modelops_core.domain.warming import Warming
from modelops_core.perils import PERILS
from modelops_core.stages.evaluate import cell_risks
from tests.parameters import PARAMETERS
from tests.warming import warmed

YEARS = np.arange(1991, 2021)


def storms() -> Storms:
    one = np.array([0.0, 6.0, 12.0])
    return Storms(
        ids=("A",),
        season=np.array([2003]),
        start=np.array([0, 3]),
        time=one,
        latitude=33 + one / 6,
        longitude=128 + 0 * one,
        pressure=950 + one,
        years=np.arange(1980, 2020),
    )


def last(peril: str, **values: object):
    place = {"latitude": np.array([35.2]), "longitude": np.array([129.0])}
    climate = warmed(Climate(("ssp2",), YEARS, np.array([1]), {**place, **values}))
    climate = climate.with_values(warming=Warming())  # the data end in 2020
    return list(cell_risks(PERILS[peril], climate, PARAMETERS.params(peril)))[-1]


def test_a_storm_catalogue_covers_every_horizon():
    """Typhoon in the 2090s stands on 40 observed years: nothing is missing, nothing is said."""
    risk = last("typhoon", storm_tracks=storms())

    assert risk.horizon == "2090s"
    assert (risk.estimate_status == Status.ok).all()
    assert not risk.flags.get("horizon_not_covered", np.zeros(1, bool)).any()


def test_a_series_that_ends_early_says_so():
    """Heat in the 2090s from a series that ends in 2020: no number, and the reason."""
    risk = last(
        "extreme_heat",
        wsdi=np.ones((1, 30, 1)),
        ta=np.ones((1, 30, 12, 1)),
        rhm=np.full((1, 30, 12, 1), 60.0),
    )

    assert (risk.estimate_status == Status.not_assessed).all()
    assert risk.flags["horizon_not_covered"].all()


@pytest.mark.parametrize("key", [key for key, peril in PERILS.items() if peril.regional is None])
def test_no_peril_stumbles_over_windows_without_a_single_year(key):
    """A series of 1991–2020 alone: every later window is answered, without a number or from a catalogue."""
    rng = np.random.default_rng(1)
    shapes = {"year": (1, YEARS.size, 1), "month": (1, YEARS.size, 12, 1)}
    values = {
        name: rng.uniform(5, 20, shapes[VARIABLES[name].cadence])
        for name in PERILS[key].requires
        if VARIABLES[name].cadence in shapes
    }
    place = {
        "elevation_m": np.array([5.0]),
        "coast_distance_m": np.array([500.0]),
        "basin_code": np.array(["Han"]),
    }
    found = last(key, storm_tracks=storms(), **place, **values)

    expected = Status.ok if key == "typhoon" else Status.not_assessed
    assert (found.estimate_status == expected).all()
    assert np.isnan(found.estimate.aal).all() == (expected == Status.not_assessed)


def risks(peril: str, years: np.ndarray, **values: object):
    """horizon → the risk of a series over *years*."""
    place = {"latitude": np.array([35.2, 35.2]), "longitude": np.array([129.0, 129.0])}
    climate = warmed(Climate(("ssp2",), years, np.array([1, 2]), {**place, **values}))
    return {r.horizon: r for r in cell_risks(PERILS[peril], climate, PARAMETERS.params(peril))}


def heat(years: np.ndarray, gaps: int) -> dict[str, np.ndarray]:
    """Heat's input: the second cell lacks the last *gaps* years."""
    wsdi = np.tile(np.arange(years.size) % 7.0, (1, 2, 1)).transpose(0, 2, 1).copy()
    wsdi[:, years.size - gaps :, 1] = np.nan
    monthly = np.full((1, years.size, 12, 2), 20.0)
    return {"wsdi": wsdi, "ta": monthly, "rhm": monthly + 40}


@pytest.mark.parametrize(
    ("gaps", "status", "flag"),
    [
        (0, Status.ok, None),
        (2, Status.low_confidence, "short_window"),
        (8, Status.not_assessed, "input_missing"),
    ],
)
def test_a_cell_with_gaps_says_how_short_it_is(gaps, status, flag):
    """20, 18 and 12 of 20 years at one cell; its neighbour is whole and says nothing."""
    years = np.arange(2021, 2041)
    found = risks("extreme_heat", years, **heat(years, gaps))["2030s"]
    said = {
        name
        for name in ("short_window", "input_missing", "horizon_not_covered")
        if found.flags.get(name, np.zeros((1, 2), bool))[0, 1]
    }

    assert found.estimate_status.tolist() == [[Status.ok, status]]
    assert said == ({flag} if flag else set())
    assert not any(
        found.flags.get(name, np.zeros((1, 2), bool))[0, 0]
        for name in ("short_window", "input_missing")
    )


def test_a_reason_of_its_own_is_no_missing_input():
    """Inland cells have no coast, whatever the series holds."""
    found = risks(
        "sea_level_rise",
        YEARS,
        sea_level=np.tile([1.0, np.nan], (1, 30, 1)),
        coast_distance_m=np.array([90_000.0, 100.0]),
    )["baseline"]

    assert found.flags["input_missing"].tolist() == [[False, True]]


def test_the_years_are_those_the_number_rests_on():
    """The catalogue's of a storm, the first known ones of a rise, the window's of all else."""
    storm = risks("typhoon", YEARS, storm_tracks=storms())
    assert {(r.first_year, r.last_year) for r in storm.values()} == {(1980, 2019)}

    years = np.arange(1991, 2101)
    level = np.where(
        years[None, :, None] >= 2015, (years[None, :, None] - 2015) * 0.5, np.nan
    ) + np.zeros((1, 1, 2))
    coast = risks(
        "sea_level_rise", years, sea_level=level, coast_distance_m=np.array([100.0, 100.0])
    )
    assert (coast["baseline"].first_year, coast["baseline"].last_year) == (2015, 2020)
    assert (coast["2050s"].first_year, coast["2050s"].last_year) == (2041, 2060)
    assert coast["2050s"].flags["no_sampling_interval"].all()
    assert np.isnan(coast["2050s"].estimate.aal_p05).all()
    later = np.where(years[None, :, None] >= 2023, level, np.nan)
    late = risks(
        "sea_level_rise", years, sea_level=later, coast_distance_m=np.array([100.0, 100.0])
    )["baseline"]
    assert (late.first_year, late.last_year) == (2023, 2027)


def test_a_baseline_of_the_series_own_is_said_and_lowers_nothing():
    """Thirty years from 2021: the 2030s are as certain as any twenty years; the change against them is what is doubtful."""
    years = np.arange(2021, 2051)
    found = risks("extreme_heat", years, **heat(years, 0))

    assert (found["baseline"].first_year, found["baseline"].last_year) == (2021, 2040)
    assert found["2030s"].flags["baseline_model_start"].all()
    assert (found["2030s"].estimate_status == Status.ok).all()
    assert (found["2090s"].estimate_status == Status.not_assessed).all()


def water(years: np.ndarray, basins: tuple[str, str]):
    """Water stress of two cells: people are known in all years, the climate from 2021."""
    known = (years >= 2021)[None, :, None] & np.ones((1, 1, 2), bool)
    names = ("volume", "known", "median", "maximum")
    gauge = {f"outlet_{name}": np.full((years.size, 2), np.nan) for name in names}
    return risks(
        "water_stress",
        years,
        **gauge,
        outlet_kind=np.array(["", ""]),
        outlet_station=np.array(["", ""]),
        basin_code=np.array(basins),
        regional_precipitation=np.where(known, 1200.0, np.nan),
        regional_reference_et=np.where(known, 900.0, np.nan),
        domestic_demand=np.ones((1, years.size, 2)),
    )


def test_a_baseline_begins_where_all_of_the_input_does():
    """People are known from 2015, the climate from 2021: the first twenty years of water stress are 2021–2040."""
    found = water(np.arange(2015, 2051), ("Han", "Han"))

    assert (found["baseline"].first_year, found["baseline"].last_year) == (2021, 2040)
    assert (found["baseline"].estimate_status == Status.ok).all()


def test_a_basin_without_figures_lacks_no_data():
    """Jeju: no published withdrawal is the reason, and the only one."""
    found = water(np.arange(2015, 2051), ("Han", "Jeju"))["2030s"]

    assert found.estimate_status.tolist() == [[Status.ok, Status.not_assessed]]
    assert found.flags["no_withdrawal_figures"].tolist() == [[False, True]]
    assert not found.flags.get("input_missing", np.zeros((1, 2), bool)).any()
