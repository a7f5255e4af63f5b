"""The same building in every cell of the integrated map."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.climate import Climate
from modelops_core.perils import PERILS
from modelops_core.services.site import reference_site
from tests.parameters import PARAMETERS


def cells(coast):
    place = {
        "latitude": np.full(len(coast), 35.1),
        "longitude": np.full(len(coast), 129.0),
        "elevation_m": np.full(len(coast), np.nan),
        "coast_distance_m": np.array(coast, float),
    }
    return Climate(("ssp2",), np.array([], dtype=int), np.arange(len(coast)), place)


def integrated(key, hazard, coast=(500.0, 5000.0)):
    return reference_site.integrated(
        PERILS[key], cells(coast), np.asarray(hazard, float), PARAMETERS.params(key)
    )


def test_heat_is_the_methods_worked_example():
    """METHOD §11: H .75, E .681902 and V .553333 make .282989, whose cube root is .6565."""
    assert integrated("extreme_heat", [0.75, 0.75]) == pytest.approx([0.6565, 0.6565], abs=1e-4)


def test_the_coast_is_a_reference_quay():
    """Near the shore there is a score although the cell's elevation is unknown; far from it the score is zero."""
    near, far = integrated("sea_level_rise", [0.7, 0.7], coast=(100.0, 15_000.0))
    assert near > 0.3
    assert far == 0


def test_the_river_is_at_the_door():
    """Every cell stands on the bank: E is the building's own."""
    assert (integrated("river_flood", [0.5, 0.5]) > 0.4).all()


def test_an_unknown_hazard_stays_unknown():
    """NaN in, NaN out."""
    found = integrated("typhoon", [np.nan, 0.4])
    assert np.isnan(found[0])
    assert found[1] > 0
