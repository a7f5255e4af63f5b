"""The judgement of the results as a whole: order along the scenarios, and what fails by name."""

from __future__ import annotations

import numpy as np
import pytest

from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.site import Site
from modelops_core.domain.window_means import Places
from modelops_core.perils import PERILS
from modelops_core.services.audit import check
from modelops_core.services.audit.ordering import order
from modelops_core.services.audit.stock import CellColumns, Cells, Stock, values_by_cell
from modelops_core.services.site.site_rows import FITTED
from tests.parameters import PARAMETERS

HEAT = {"extreme_heat": PERILS["extreme_heat"]}


def along(*values):
    return dict(zip(SCENARIOS, values, strict=True))


@pytest.mark.parametrize(
    ("values", "direction", "reversed_pairs"),
    [
        ((1, 2, 3, 4), 1, []),
        ((4, 3, 3, 1), -1, []),
        ((1, 3, 2, 4), 1, [("ssp2", "ssp3")]),
        ((2, 2, 2, 2), 0, []),
        ((4, 3, 3.5, 1), -1, [("ssp2", "ssp3")]),
    ],
)
def test_order_along_the_scenarios(values, direction, reversed_pairs):
    """Rising, falling, level; a step back is found where it is."""
    found = order(along(*values), {})
    assert found.direction == direction
    assert [(r.lower, r.higher) for r in found.reversals] == reversed_pairs


def test_a_reversal_is_explained_by_what_turns_round_with_it():
    """Rain falls between SSP2 and SSP3 as the loss does; wind does not."""
    causes = {"rain": along(10, 12, 11, 15), "wind": along(1, 2, 3, 4)}
    [reversal] = order(along(1, 3, 2, 4), causes).reversals
    assert reversal.because == {"rain": (12, 11)}
    [bare] = order(along(1, 3, 2, 4), {"wind": causes["wind"]}).reversals
    assert not bare.explained


class Fake:
    """Two cells, three buildings; *aal* gives (cell,) by scenario and horizon."""

    def __init__(self, aal, causes=None):
        self.aal, self.given = aal, causes or {}

    def stock(self, most):
        office = Site(
            latitude=37.5,
            longitude=127.0,
            purpose="업무시설",
            total_area=1000.0,
            coast_distance_m=50_000.0,
        )
        unknown = Site(latitude=37.5, longitude=127.0)
        return Stock((office, office, unknown)[:most], np.array([1, 2, 2])[:most], 300)

    def cells(self):
        status = np.zeros(2, np.int8)
        return Cells(
            {
                ("extreme_heat", s, h): CellColumns(
                    ids=np.array([1, 2]),
                    hazard=np.full(2, 0.5),
                    hazard_status=status,
                    aal=np.asarray(self.aal(s, h), float),
                    aal_status=status,
                    details={name: np.full(2, np.nan) for name in FITTED},
                )
                for s in SCENARIOS
                for h in HORIZONS
            }
        )

    def places(self):
        return Places(np.arange(1, 3), np.array([37.5, 35.1]), np.array([127.0, 129.0]))

    def causes(self, weights):
        assert set(weights) == {1, 2}
        return self.given


def judged(reader):
    found = check.run(reader, HEAT, PARAMETERS, 2025)
    return found, {f["name"]: f for f in found["findings"]}


def rising(scenario, horizon):
    step = (
        0
        if horizon == "baseline"
        else list(SCENARIOS).index(scenario) + list(HORIZONS).index(horizon)
    )
    return 0.04 + 0.01 * step, 0.06 + 0.01 * step


def test_value_weighted_by_hand():
    """Two equal offices of unknown age and structure: final = mean of the cells × (1 + V)."""
    found, _ = judged(Fake(rising))
    row = found["perils"]["extreme_heat"]["rows"][0]
    v = 0.4 * 0.5 + 0.2 * 0.5 + 0.2 * 0.8 + 0.2 * 0.5
    assert row["cells_aal"] == pytest.approx(0.05)
    assert row["sites_aal"] == pytest.approx(0.05 * (1 + v))
    assert (row["minimum"], row["median"], row["maximum"]) == pytest.approx((0.04, 0.05, 0.06))
    assert row["assessed_share"] == 1.0
    assert found["buildings"] == {"looked_at": 3, "in_the_register": 300}


def test_equal_cells_fail_by_name():
    """A peril that gives every cell the same number is named, with where."""
    found, by_name = judged(Fake(lambda s, h: (0.05, 0.05) if h == "2050s" else rising(s, h)))
    assert not found["ok"]
    assert not by_name["spread:extreme_heat"]["ok"]
    assert "ssp1 2050s" in by_name["spread:extreme_heat"]["says"]


def test_too_much_everywhere_fails():
    """2 % a year at every site is wrong by orders."""
    _, by_name = judged(Fake(lambda _s, _h: (1.9, 2.1)))
    assert not by_name["magnitude:stock"]["ok"]
    assert not by_name["magnitude:sites"]["ok"]


def test_an_order_that_nothing_explains_fails():
    """SSP3 below SSP2 at the 2050s: fails alone, passes with a statistic that does the same."""

    def dented(s, h):
        return (0.01, 0.02) if (s, h) == ("ssp3", "2050s") else rising(s, h)

    _, alone = judged(Fake(dented))
    assert not alone["order:extreme_heat"]["ok"]
    causes = {
        ("extreme_heat", s, "2050s"): {"mean wsdi": m} for s, m in along(20, 30, 10, 40).items()
    }
    _, told = judged(Fake(dented, causes))
    assert told["order:extreme_heat"]["ok"]
    assert "mean wsdi 30 → 10" in told["order:extreme_heat"]["says"]


def test_unknown_values_weigh_nothing():
    """A building without value is in no sum."""
    stock = Fake(rising).stock(3)
    assert values_by_cell(stock, np.array([5.0, 7.0, np.nan])) == {1: 5.0, 2: 7.0}
