"""The years of the storms' catalogue add up to the stored loss, and are joint over all sites."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from modelops_core.perils import PERILS
from modelops_core.services.portfolio.storm_years import StormYears, behind, storm_years
from tests.parameters import PARAMETERS
from tests.unit.method.test_flags_of_horizons import last, storms

P = PARAMETERS.params("typhoon")
HERE = (np.array([35.2]), np.array([129.0]))


def test_the_years_give_the_loss_of_the_cell():
    """One cell with 1 KRW behind it: the mean of all years and shifts is its AAL, scenario by name."""
    risk = last("typhoon", storm_tracks=storms())
    found = storm_years(
        PERILS["typhoon"], storms(), HERE, np.ones(1), ("ssp2", risk.horizon), P, 0.0
    )

    assert found.mean == pytest.approx(float(risk.estimate.aal[0, 0]) / 100, rel=1e-6)
    assert found.mean > 0
    assert found.years[found.of_year > 0].tolist() == [2003]


def test_sites_lose_together():
    """Three years and two shifts: a rare year is the sum of all sites in the same year and shift."""
    loss = np.array([[0.0, 0.0], [10.0, 2.0], [4.0, 4.0]])
    found = StormYears(np.arange(3), loss, np.array([0.75, 0.25]), 1.0, 4.0)

    assert found.of_year == pytest.approx([0, 8 / 3, 4 / 3])
    assert found.mean == pytest.approx(found.expected)
    # 10 in a quarter of the years, 4 or more in seven twelfths, 2 or more in two thirds
    assert [found.exceeded(period) for period in (5.0, 2.0, 1.6)] == [10, 4, 2]
    assert found.exceeded(1000) == 10
    assert found.exceeded(1.01) == 0


def test_what_is_unknown_stands_behind_nothing():
    """A loss of 2 % of a site's rate is a stake of its value; unknown value or loss: none."""
    one = SimpleNamespace(
        expected_loss=np.array([[2.0, np.nan, 5.0, 0.0]]), base_aal=np.array([[0.1, 0.1, 0.1, 0.0]])
    )
    value = np.array([1e3, 1e3, np.nan, 1e3])
    assert behind(one, 0, value).tolist() == [2000.0, 0.0, 0.0, 0.0]
