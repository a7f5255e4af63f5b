"""What was counted in Korea beside stored results: cold days of Seoul, burned areas by province."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.window_means import Places
from modelops_core.perils import PERILS
from modelops_core.services.audit import counts_check
from modelops_core.services.audit.stock import CellColumns, StoredCells
from tests.parameters import PARAMETERS

#: Seoul, Gangneung, Andong, Gwangju
PLACES = Places(
    np.arange(1, 5), np.array([37.57, 37.75, 36.57, 35.16]), np.array([126.98, 128.9, 128.7, 126.9])
)
PROVINCES = {1: "11", 2: "51", 3: "47", 4: "29"}


def found(peril, aal, provinces=PROVINCES):
    """The findings where the baseline's AAL is *aal* [% a year] at the four places."""
    status = np.zeros(4, np.int8)
    column = CellColumns(
        ids=np.arange(1, 5),
        hazard=np.full(4, 0.5),
        hazard_status=status,
        aal=np.asarray(aal, float),
        aal_status=status,
        details={},
    )
    cells = StoredCells({(peril, "ssp2", "baseline"): column})
    return list(
        counts_check.check_counts(cells, PLACES, provinces, {peril: PERILS[peril]}, PARAMETERS)
    )


@pytest.mark.parametrize(("days", "ok"), [(5.0, True), (9.9, True), (10.1, False), (2.4, False)])
def test_cold_days_of_seoul(days, ok):
    """The stored loss over the damage of one day gives the days back; half to twice is allowed."""
    p = PARAMETERS.params("extreme_cold")
    aal = 100 * days * p["damage_per_day"] / (1 + p["reference_vulnerability"])
    [finding] = found("extreme_cold", [aal, np.nan, 9.0, 9.0])
    assert finding.ok is ok
    assert f"{days:.3g} days" in finding.says


def test_burned_areas_by_province():
    """Rates as the counts over the forests give 1; the same rate everywhere fails."""
    rates = [24.4 / 57.0, 47.6 / 21.8, 28.0 / 21.2, 24.4 / 57.0]
    [counted] = found("wildfire", rates)
    assert counted.ok
    assert "Gangwon 47.6 % (1 times 47.6 %)" in counted.says
    [level] = found("wildfire", [1.0, 1.0, 1.0, 1.0])
    assert not level.ok
    assert "Gangwon 21.8 %" in level.says


def test_without_provinces_nothing_is_said_of_them():
    """A grid without districts cannot be compared; it does not fail."""
    assert found("wildfire", [1.0] * 4, {}) == []
