"""What a result says about its horizon."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core import data
from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.result import Status
from modelops_core.domain.variables import VARIABLES
from modelops_core.perils import PERILS
from modelops_core.stages.evaluate import cell_risks

PARAMETERS = ParameterFile.parse(data.parameters())
YEARS = np.arange(1991, 2021)


def storms() -> Storms:
    one = np.array([0.0, 6.0, 12.0])
    return Storms(
        ids=("A",), season=np.array([2003]), start=np.array([0, 3]), time=one, latitude=33 + one / 6,
        longitude=128 + 0 * one, pressure=950 + one, years=np.arange(1980, 2020),
    )  # fmt: skip


def last(peril: str, **values: object):
    place = {"latitude": np.array([35.2]), "longitude": np.array([129.0])}
    climate = Climate(("ssp2",), YEARS, np.array([1]), {**place, **values})
    return list(cell_risks(PERILS[peril], climate, PARAMETERS.params(peril)))[-1]


def test_a_storm_catalogue_covers_every_horizon():
    """Typhoon in the 2090s stands on 40 observed years: nothing is missing, nothing is said."""
    risk = last("typhoon", storm_tracks=storms())

    assert risk.horizon == "2090s"
    assert (risk.estimate_status == Status.ok).all()
    assert not risk.flags.get("horizon_not_covered", np.zeros(1, bool)).any()


def test_a_series_that_ends_early_says_so():
    """Heat in the 2090s from a series that ends in 2020: no number, and the reason."""
    risk = last("extreme_heat", wsdi=np.ones((1, 30, 1)), ta=np.ones((1, 30, 12, 1)), rhm=np.full((1, 30, 12, 1), 60.0))

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
    place = {"elevation_m": np.array([5.0]), "coast_distance_m": np.array([500.0]), "basin_code": np.array(["Han"])}
    found = last(key, storm_tracks=storms(), **place, **values)

    expected = Status.ok if key == "typhoon" else Status.not_assessed
    assert (found.estimate_status == expected).all()
    assert np.isnan(found.estimate.aal).all() == (expected == Status.not_assessed)
