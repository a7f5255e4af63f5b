"""The judgement of the results as a whole: order along the scenarios, and what fails by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.site import Site
from modelops_core.domain.window_means import Places
from modelops_core.perils import PERILS
from modelops_core.services.audit import check
from modelops_core.services.audit.ordering import scenario_trend
from modelops_core.services.audit.stock import (
    CellColumns,
    PerilLosses,
    Stock,
    StoredCells,
    subtotal,
    values_by_cell,
)
from modelops_core.services.site.site_rows import FITTED
from modelops_core.stages.totals import CellTotals
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
    found = scenario_trend(along(*values), {})
    assert found.direction == direction
    assert [(r.lower, r.higher) for r in found.reversals] == reversed_pairs


def test_a_reversal_is_explained_by_what_turns_round_with_it():
    """Rain falls between SSP2 and SSP3 as the loss does; wind does not."""
    causes = {"rain": along(10, 12, 11, 15), "wind": along(1, 2, 3, 4)}
    [reversal] = scenario_trend(along(1, 3, 2, 4), causes).reversals
    assert reversal.because == {"rain": (12, 11)}
    [bare] = scenario_trend(along(1, 3, 2, 4), {"wind": causes["wind"]}).reversals
    assert not bare.explained


class Fake:
    """Two cells, three buildings; *aal* gives (cell,) by scenario and horizon."""

    def __init__(self, aal, causes=None, stored=None):
        self.aal, self.given, self.kept = aal, causes or {}, stored or {}

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
        return StoredCells(
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

    def signal_store(self):
        return self

    def places(self):
        return Places(np.arange(1, 3), np.array([37.5, 35.1]), np.array([127.0, 129.0]))

    def provinces(self):
        return {}

    def totals(self):
        return self

    def stored(self, perils, scenario, horizon, cells):
        assert (perils, cells.tolist()) == (("extreme_heat",), [1, 2])
        return self.kept.get((scenario, horizon))

    def mean_drivers(self, weights):
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


def test_stored_totals_are_the_sums():
    """As heat is the only peril, its AAL; another value or count in one cell is said with its place."""
    right = CellTotals(np.array([0.06, 0.08]), np.zeros(2, int), np.zeros(2, int), {})
    wrong = replace(right, aal=np.array([0.06, 0.081]))
    lacking = replace(right, lacking=np.array([1, 0]))

    def said(*pairs):
        return judged(Fake(rising, stored=dict(pairs)))[1]["totals"]

    at = ("ssp1", "2050s")
    assert rising(*at) == (0.06, 0.08)
    assert said((at, right)) == {
        "name": "totals",
        "ok": True,
        "says": "the stored totals of 1 scenarios and horizons are the sums of the AALs",
    }
    for other in (wrong, lacking):
        assert not said((at, other))["ok"]
        assert "ssp1 2050s in 1 of 2 cells" in said((at, other))["says"]
    assert said()["ok"]
    assert "stored no totals" in said()["says"]


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


class Partial(Fake):
    """Without the last scenario at the end of the century."""

    def cells(self):
        whole = dict(super().cells().columns)
        del whole["extreme_heat", "ssp5", "2090s"]
        return StoredCells(whole)


def test_a_combination_that_is_not_stored_is_missed():
    """19 of 20 fail the coverage, by name."""
    _, whole = judged(Fake(rising))
    _, part = judged(Partial(rising))
    assert whole["coverage:extreme_heat"]["ok"]
    assert not part["coverage:extreme_heat"]["ok"]
    assert "19 of 20" in part["coverage:extreme_heat"]["says"]


def test_no_loss_anywhere_is_no_constant():
    """Zero in every cell may be true; the same number above zero may not."""
    _, none = judged(Fake(lambda s, h: (0.0, 0.0) if h == "baseline" else rising(s, h)))
    assert none["spread:extreme_heat"]["ok"]


class AtTheCoast(Fake):
    """The second office stands at the sea, and a factory inland."""

    def stock(self, most):
        office, *_ = super().stock(3).rows
        others = replace(office, coast_distance_m=500.0), replace(office, purpose="공장")
        return Stock((office, *others), np.array([1, 2, 2]), 300)


def test_inland_offices_are_offices_inland():
    """One of three: its own number, not those of the coast or of a factory."""
    found, _ = judged(AtTheCoast(rising))
    v = 1 + 0.4 * 0.5 + 0.2 * 0.5 + 0.2 * 0.8 + 0.2 * 0.5
    offices = found["totals"]["inland_offices"]
    assert (offices["sites"], offices["median"]) == (1, pytest.approx(0.04 * v))


def magnitudes(**changed):
    """Findings on totals: physical and operating of the baseline, offices and sites."""
    given = {"physical": 0.001, "operating": 0.05, "median": 0.08, "share": 0.0, **changed}
    row = {"ssp_scenario": "ssp2", "horizon": "baseline"}
    totals = {
        "rows": [
            {**row, "ssp_scenario": "ssp1", "physical": 9.0, "operating": 9.0},
            {**row, "physical": given["physical"], "operating": given["operating"]},
        ],
        "baseline_share_of_sites_at_1_percent": given["share"],
        "inland_offices": {"sites": 3, "median": given["median"]},
    }
    return {f.name.removeprefix("magnitude:"): f.ok for f in check._magnitudes(totals)}


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({}, set()),
        ({"physical": 0.0004}, {"official"}),
        ({"physical": 0.0005}, set()),
        ({"physical": 0.6}, {"official"}),
        ({"operating": 0.9985}, set()),
        ({"operating": 0.9995}, {"stock"}),
        ({"share": 0.49}, set()),
        ({"share": 0.5}, {"sites"}),
        ({"median": 0.009}, {"inland_office"}),
        ({"median": 0.011}, set()),
        ({"median": 0.44}, set()),
        ({"median": 0.46}, {"inland_office"}),
    ],
)
def test_magnitudes_have_their_bounds(changed, failing):
    """Official damage once to a thousand times, under 1 % in all, an office within thrice the usual."""
    assert {name for name, ok in magnitudes(**changed).items() if not ok} == failing


def test_without_offices_nothing_is_said_of_them():
    """No median, no finding."""
    assert "inland_office" not in magnitudes(median=None)


def losses(**by_peril):
    """One combination and site: a loss a peril."""
    one = np.array([1e9])
    return {
        key: PerilLosses([("ssp2", "2050s")], one, np.array([[loss]]), np.array([[0.0]]))
        for key, loss in by_peril.items()
    }


@pytest.mark.parametrize(
    ("given", "physical", "operating"),
    [
        ({"wildfire": 1.0, "typhoon": 5.0, "river_flood": 2.0, "urban_flood": 2.0}, 6.0, 0.0),
        ({"wildfire": 1.0, "typhoon": 3.0, "river_flood": 2.0, "urban_flood": 2.0}, 5.0, 0.0),
        ({"typhoon": 3.0, "river_flood": np.nan}, 3.0, 0.0),
        ({"extreme_heat": 1.0, "drought": 2.0, "water_stress": 7.0}, 0.0, 8.0),
    ],
)
def test_of_overlapping_perils_the_largest_member_counts(given, physical, operating):
    """Water is the sum of its floods, beside wind; unknown adds nothing."""
    found = losses(**given)
    assert float(subtotal(found, PERILS, "physical")[0, 0]) == physical
    assert float(subtotal(found, PERILS, "operating")[0, 0]) == operating


def test_cells_with_a_number_are_the_ones_that_are_spread():
    """Weak numbers count, unknown and excluded ones do not."""
    four = np.arange(4)
    columns = CellColumns(
        ids=four,
        hazard=np.full(4, 0.5),
        hazard_status=np.zeros(4, np.int8),
        aal=np.array([0.1, 0.2, 0.3, 0.4]),
        aal_status=four.astype(np.int8),
        details={},
    )
    assert columns.assessed.tolist() == [0.1, 0.2]


def test_rates_are_weighted_by_known_values():
    """1 % of 1e9 and 3 % of 3e9, and a site that is not assessed: 2.5 % of what is, 4 of 5 assessed."""
    value = np.array([1e9, 3e9, 1e9, np.nan])
    one = PerilLosses(
        [("ssp2", "2050s")], value, np.array([[1e7, 9e7, np.nan, np.nan]]), np.full((1, 4), 2.0)
    )
    assert one.weighted()[0] == pytest.approx(2.5)
    assert one.share()[0] == pytest.approx(0.8)
    assert one.value_weighted_cells()[0] == pytest.approx(2.0)
