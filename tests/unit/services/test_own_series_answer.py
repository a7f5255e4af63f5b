"""What ``calc`` prints of one cell: each number under its own name."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.perils import PERILS
from modelops_core.services.series import own_series
from tests.parameters import PARAMETERS
from tests.unit.services.one_cell import climate

HEAT = PERILS["extreme_heat"]
P = PARAMETERS.params("extreme_heat")


def one_scenario(days):
    """One cell and scenario with *days* of warm spells, (year,)."""
    whole = climate()
    values = {
        name: array[:1, : days.size] if array.ndim > 1 else array
        for name, array in whole.values.items()
    }
    own = type(whole)(("ssp1",), whole.years[: days.size], whole.cells, values)
    return own.with_values(wsdi=days[None, :, None].astype(float))


def answer(days, **more):
    place = {"elevation_m": None, "latitude": 37.5, "longitude": 127.0}
    return own_series.answer(HEAT, one_scenario(days), P, None, place, more, 2025)


def test_the_interval_stands_around_the_number():
    """Lower end, number, upper end; twenty years from 1991 on."""
    found = answer(np.arange(20) * 3)
    assert 0 < found["aal_p05"] < found["base_aal"] < found["aal_p95"]
    assert found["base_aal"] == pytest.approx(100 * 28.5 * 6e-5 / 1.5)
    assert (found["years"], found["n"]) == ([1991, 2010], 20)
    assert "final_aal" not in found


def test_classes_lie_edge_to_edge_and_hold_all_years():
    """Open at both ends; their probabilities sum to one, each between its bounds."""
    bins = answer(np.arange(20) * 3)["bins"]
    assert (bins[0]["lower"], bins[-1]["upper"]) == (None, None)
    assert [one["upper"] for one in bins[:-1]] == [one["lower"] for one in bins[1:]]
    assert sum(one["p"] for one in bins) == pytest.approx(1)
    assert all(one["p_low"] <= one["p"] <= one["p_high"] for one in bins)
    damages = [one["dr"] for one in bins if one["p"] > 0]
    assert damages == sorted(damages)


def test_a_described_site_has_its_part():
    """Value, V and the final number; the rate is a hundredth of it."""
    found = answer(np.full(20, 30), asset_value=2e9, structure="timber")
    assert found["asset_value"] == found["exposed_value"] == 2e9
    v = 1 + found["vulnerability_score"]
    assert found["vulnerability_scale"] == pytest.approx(v)
    assert found["final_aal"] == pytest.approx(found["base_aal"] * found["site_factor"] * v)
    assert found["insurance_rate"] == pytest.approx(found["final_aal"] / 100)
    assert found["expected_loss"] == pytest.approx(found["insurance_rate"] * 2e9)
    assert found["integrated_risk"] == pytest.approx(
        found["hazard_score"] * found["exposure_score"] * found["vulnerability_score"]
    )
