"""What other parameter sets and other attributes make of a site's number."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import SET_NAMES, ParameterFile
from modelops_core.domain.result import Status
from modelops_core.domain.site import Site, Sites
from modelops_core.perils import PERILS
from modelops_core.services.site import whatif, whatif_attributes
from modelops_core.stages import asset
from modelops_core.stages.site import CellValues
from tests import answers
from tests.parameters import PARAMETERS as FILE
from tests.warming import warmed

KEY = ("ssp2", "2050s")
YEARS = np.arange(1991, 2101)
AS_OF = 2026
#: an office of 25 years, ten storeys and one basement, on the bank of a local river
OFFICE = Site(
    latitude=37.5,
    longitude=127.0,
    structure="철근콘크리트구조",
    purpose="업무시설",
    built_year=2001.0,
    floors_above=10.0,
    floors_below=1.0,
    total_area=5000.0,
    coast_distance_m=500.0,
    elevation_m=8.0,
    river_distance_m=20.0,
    river_class="local",
    hand_m=0.0,
    is_urban=True,
)


def climate(**values):
    """One cell, four scenarios, 110 years; *values* by year, equal in all scenarios."""
    place = {
        "latitude": np.array([37.5]),
        "longitude": np.array([127.0]),
        "coast_distance_m": np.array([500.0]),
        "elevation_m": np.array([8.0]),
    }
    series = {
        name: np.tile(np.asarray(v, float)[None, :, None], (4, 1, 1)) for name, v in values.items()
    }
    monthly = {
        name: np.full((4, YEARS.size, 12, 1), value)
        for name, value in (("ta", 23.0), ("rhm", 70.0))
    }
    tile = Climate(
        ("ssp1", "ssp2", "ssp3", "ssp5"),
        YEARS,
        np.array([1]),
        {**place, **monthly, **series},
        shared_years=30,
    )
    return warmed(tile)


def described(site=OFFICE):
    return asset.described(Sites.of([site]), AS_OF)


def stored(aal=0.01, status=Status.ok):
    """What a nightly run would have left of a counted peril."""
    value = np.array([[aal]])
    return CellValues(
        hazard=np.array([[0.5]]),
        hazard_status=np.array([[status]], np.int8),
        aal=value,
        aal_p05=value / 2,
        aal_p95=value * 2,
        aal_status=np.array([[status]], np.int8),
        details={"n": np.array([[20.0]])},
    )


def rain():
    rng = np.random.default_rng(3)
    return climate(rx1day=140 * np.exp(0.3 * rng.normal(size=YEARS.size)))


def answer(peril, tile, cell=None, file=FILE, site=OFFICE):
    return whatif.by_set(PERILS[peril], tile, cell or stored(), KEY, described(site), file)


def test_heat_by_hand():
    """20 warm-spell days every year: AAL = days × cost a day ÷ 1.5 × (1 + V), V moved by ±0.15."""
    found = answer("extreme_heat", climate(wsdi=np.full(YEARS.size, 20.0)))
    v = found.outcomes["central"].vulnerability_scale
    for name, cost, shift in (("low", 2e-5, -0.15), ("central", 6e-5, 0.0), ("high", 1.5e-4, 0.15)):
        outcome = found.outcomes[name]
        assert outcome.base_aal == pytest.approx(100 * 20 * cost / 1.5)
        assert outcome.vulnerability_scale == pytest.approx(v + shift)
        assert outcome.final_aal == pytest.approx(outcome.base_aal * (v + shift))
    assert {d.key for d in found.differences} == {
        "extreme_heat.damage_per_day",
        "frame.vulnerability_shift",
    }
    assert tuple(found.cells) == SET_NAMES


def test_flood_sets_move_protection_and_shape_too():
    """Low and high lie on both sides; everything that was read and differs is named with its source."""
    found = answer("river_flood", rain())
    low, central, high = (found.outcomes[name].final_aal for name in SET_NAMES)
    assert 0 < low < central < high
    keys = {d.key for d in found.differences}
    assert keys == {
        "river_flood.protection_period",
        "flood.maximum_damage",
        "flood.rain_shape",
        "frame.vulnerability_shift",
    }
    assert all(d.source and d.unit for d in found.differences)


def test_basins_are_scaled_exactly():
    """Water stress: the sets differ in the bill alone, 3e-4, 6e-4 and 15e-4 of the value."""
    found = answer("water_stress", None)
    assert [found.outcomes[name].base_aal for name in SET_NAMES] == pytest.approx(
        [0.005, 0.01, 0.025]
    )
    for outcome in found.outcomes.values():  # stored from half to twice
        assert outcome.aal_p05 == pytest.approx(outcome.final_aal / 2)
        assert outcome.aal_p95 == pytest.approx(outcome.final_aal * 2)
    assert {d.key for d in found.differences} == {
        "water_stress.bill_ratio",
        "frame.vulnerability_shift",
    }


def test_basins_are_not_scaled_where_the_index_moves():
    """A set with another Budyko exponent needs the whole basin: no answer rather than a wrong one."""
    section = dict(FILE.sections["water_stress"])
    section["budyko_n"] = replace(section["budyko_n"], low=1.0)
    changed = ParameterFile(FILE.version, {**FILE.sections, "water_stress": section})
    found = answer("water_stress", None, file=changed)
    assert (found.outcomes, found.differences) == ({}, ())


def test_unknown_stays_unknown():
    """Years without data: not assessed under any set."""
    found = answer("extreme_heat", climate(wsdi=np.full(YEARS.size, np.nan)))
    assert {o.status for o in found.outcomes.values()} == {"not_assessed"}
    assert {o.final_aal for o in found.outcomes.values()} == {None}
    assert {
        o.expected_loss
        for o in answer(
            "water_stress", None, stored(math.nan, Status.not_assessed)
        ).outcomes.values()
    } == {None}


def test_an_estimated_value_is_not_taken_for_a_given_one():
    """The answer holds the estimate under the same name."""
    building = {
        "structure": "목구조",
        "floors_above": 3.0,
        "asset_value": 5e9,
        "corrections": {},
        "age": 3.0,
        "as_of": AS_OF,
    }
    found = answers.answer(building=building)
    assert math.isnan(whatif.site_of(found).asset_value)
    assert whatif.site_of(found).structure == "목구조"
    given = answers.answer(building={**building, "corrections": {"asset_value": 7e9}})
    assert whatif.site_of(given).asset_value == 7e9


def swings(peril="river_flood", site=OFFICE, cell=None, value=None):
    p = FILE.params(peril)
    tile = rain()
    cell = cell or answer(peril, tile, site=site).cells["central"]
    return whatif_attributes.one_at_a_time(
        PERILS[peril], cell, site, AS_OF, whatif_attributes.options(site, AS_OF, value), p
    )


def by_name(found):
    return {s.attribute: s for s in found.moves}


def test_attributes_of_a_flood():
    """A basement costs, height above the bank saves, distance saves; forest does not matter."""
    found = swings()
    moves = by_name(found)
    assert (moves["floors_below"].least.value, moves["floors_below"].largest.value) == (0, 2)
    assert moves["river_distance_m"].least.value == 40.0
    assert moves["river_distance_m"].largest.value == 10.0
    assert moves["hand_m"].least.value == 1.0
    assert "forest_distance_m" in found.still
    spans = [s.span for s in found.moves]
    assert spans == sorted(spans, reverse=True)


def test_twice_the_value_is_twice_the_loss():
    """The value that was estimated is the middle."""
    found = swings(value=1e10)
    move = by_name(found)["asset_value"]
    assert (move.least.value, move.largest.value) == (5e9, 2e10)
    assert move.largest.outcome.expected_loss == pytest.approx(4 * move.least.outcome.expected_loss)
    assert move.largest.outcome.final_aal == move.least.outcome.final_aal


def test_what_is_unknown_is_tried_at_usual_values():
    """Without the river's distance nothing is assessed; with it there is a number."""
    site = replace(OFFICE, river_distance_m=math.nan)
    found = swings(site=site, cell=answer("river_flood", rain()).cells["central"])
    assert found.now.status == "not_assessed"
    move = by_name(found)["river_distance_m"]
    assert move.current is None
    assert {move.least.value, move.largest.value} == {100.0, 1000.0}
    assert move.largest.outcome.final_aal > 0
    assert "structure" not in by_name(found)


def test_storeys_are_whole_and_ranges_hold():
    """Half of one storey is one; a value at the edge of its range stays inside."""
    site = replace(OFFICE, floors_above=1.0, elevation_m=2000.0)
    tried = whatif_attributes.options(site, AS_OF)
    assert tried["floors_above"] == (1.0, 2.0)
    assert tried["elevation_m"] == (1999.0, 2000.0)


def test_a_basin_peril_has_attributes_too():
    """From the stored values: use matters most, water is nowhere."""
    found = swings("water_stress", cell=stored())
    assert {"purpose", "built_year"} <= set(by_name(found))
    assert {"river_distance_m", "floors_below"} <= set(found.still)
