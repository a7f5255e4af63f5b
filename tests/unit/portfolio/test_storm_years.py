"""The years of the storms' catalogue add up to the stored loss, and are joint over all sites."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core.perils import PERILS
from modelops_core.services.portfolio.storm_years import (
    Stake,
    StormYears,
    as_row,
    at_stake,
    behind,
    storm_years,
)
from tests.parameters import PARAMETERS
from tests.unit.method.test_flags_of_horizons import last, storms

P = PARAMETERS.params("typhoon")
HERE = Stake(np.array([35.2]), np.array([129.0]), np.ones(1), np.array([3]), 0.0)


def test_the_years_give_the_loss_of_the_cell():
    """One cell with 1 KRW behind it: the mean of all years and shifts is its AAL, scenario by name."""
    risk = last("typhoon", storm_tracks=storms())
    found = storm_years(PERILS["typhoon"], storms(), HERE, ("ssp2", risk.horizon), P)

    assert found is not None
    assert found.mean == pytest.approx(float(risk.estimate.aal[0, 0]) / 100, rel=1e-6)
    assert found.mean > 0
    assert found.years[found.of_year > 0].tolist() == [2003]


def test_sites_lose_together():
    """Three years and two shifts: a rare year is the sum of all sites in the same year and shift."""
    loss = np.array([[0.0, 0.0], [10.0, 2.0], [4.0, 4.0]])
    years = np.arange(2001, 2004)
    sites, names = np.array([0, 7, 5]), ("", "MAEMI", "RUSA")
    found = StormYears(years, loss, np.array([0.75, 0.25]), 1.0, 4.0, sites, names)

    assert found.of_year == pytest.approx([0, 8 / 3, 4 / 3])
    assert found.mean == pytest.approx(found.expected)
    # 10 in a quarter of the years, 4 or more in seven twelfths, 2 or more in two thirds
    assert [found.exceeded(period) for period in (5.0, 2.0, 1.6)] == [10, 4, 2]
    assert found.exceeded(1000) == 10
    assert found.exceeded(1.01) == 0
    rarer = dataclasses.replace(found, often=0.5)  # half as many storms: years of twice the period
    assert [rarer.exceeded(period) for period in (10.0, 4.0, 3.2)] == [10, 4, 2]
    first, second = as_row(found)["years"]  # a year without loss is none of them
    assert (first["year"], first["storm"], first["sites"]) == (2002, "MAEMI", 7)
    assert (first["loss_in_year"], first["share"]) == pytest.approx((8.0, 2 / 3))
    assert second["up_to"] == pytest.approx(1.0)


def test_a_year_is_named_after_the_storm_that_costs_most():
    """Two storms of a year, one far away: the near one's name; without a name its id."""
    near = storms()
    size = near.time.size
    both = dataclasses.replace(
        near,
        ids=("far", *near.ids),
        season=np.append(near.season[:1], near.season),
        start=np.append(0, near.start + size),
        latitude=np.append(near.latitude - 30, near.latitude),
        **{name: np.tile(getattr(near, name), 2) for name in ("time", "longitude", "pressure")},
    )
    for names, called in (((), near.ids[0]), (("FAR", "NEAR"), "NEAR")):
        own = dataclasses.replace(both, names=names)
        found = storm_years(PERILS["typhoon"], own, HERE, ("ssp2", "2050s"), P)
        assert found is not None
        lost = found.of_year > 0
        assert [name for name, hit in zip(found.names, lost, strict=True) if hit] == [called]
        assert found.sites[lost].tolist() == [3]
    nowhere = dataclasses.replace(HERE, amount=np.empty(0))
    assert storm_years(PERILS["typhoon"], both, nowhere, ("ssp2", "2050s"), P) is None


def test_sites_of_a_cell_stand_together():
    """Two sites in cell 7, one in cell 9, one without a cell: amounts and counts by cell."""
    grid = SimpleNamespace(
        grid_id=np.array([5, 7, 9]), latitude=np.array([1.0, 2, 3]), longitude=np.zeros(3)
    )
    loss, rate = np.array([1.0, 2.0, 3.0, np.nan]), np.array([0.1, 0.1, 0.3, np.nan])
    found = at_stake(grid, np.array([7, 7, 9, -1]), loss, rate, np.full(4, 1e4))
    assert found.latitude.tolist() == [2.0, 3.0]
    assert found.amount == pytest.approx([3000.0, 1000.0])
    assert found.sites.tolist() == [2, 1]
    assert found.expected == 6.0


def test_what_is_unknown_stands_behind_nothing():
    """A loss of 2 % of a site's rate is a stake of its value; unknown value or loss: none."""
    loss, rate = np.array([2.0, np.nan, 5.0, 0.0]), np.array([0.1, 0.1, 0.1, 0.0])
    value = np.array([1e3, 1e3, np.nan, 1e3])
    assert behind(loss, rate, value).tolist() == [2000.0, 0.0, 0.0, 0.0]
