"""One assessment in memory: warnings, stored cells, intervals and rows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from modelops_core.domain.peril import Factor
from modelops_core.errors import InvalidInput, NoResults
from modelops_core.perils import PERILS
from modelops_core.services.site import ondemand
from modelops_core.services.site.site_rows import exposure_row
from modelops_core.stages.site import SiteExposure
from tests.parameters import PARAMETERS
from tests.unit.services.one_cell import Readers, hazard, probability, site

HEAT, STRESS = "extreme_heat", "water_stress"
REGISTERED = {"kind": "synthetic", "distance_m": 12.34, "structure": "RC"}


def stored(*perils, **more):
    """Stored results of *perils* at one scenario and horizon."""
    return [hazard(key) for key in perils], [probability(key, **more) for key in perils]


def assessed(
    readers, in_force=None, perils=(HEAT,), progress=lambda *_: None, replaced=(), **asked
):
    """The answer of an assessment; *in_force*: the parameters of the nightly run, today's if None."""
    ports = ondemand.Ports(
        places=readers,
        cells=readers,
        climate=readers,
        gauges=readers,
        writer=readers,
        perils={key: PERILS[key] for key in perils},
        parameters=PARAMETERS,
        in_force=lambda: in_force,
        replaced=lambda: frozenset(replaced),
    )
    params = {"latitude": 37.5, "longitude": 127.0, "as_of": 2025, **asked}
    return ondemand.run(ondemand.request(params), ports, progress, "b1")


def codes(answer):
    return {warning["code"]: warning["perils"] for warning in answer["warnings"]}


@pytest.mark.parametrize(
    ("building", "corrections", "code"),
    [
        (None, {}, "building_unknown"),
        (None, {"floors_above": 3}, "building_unknown"),
        (REGISTERED, {}, "building_synthetic"),
        (REGISTERED, {"floors_above": 3}, None),
        ({**REGISTERED, "kind": "observed"}, {}, None),
    ],
)
def test_what_is_said_of_the_building(building, corrections, code):
    """A made-up one is warned of until the analyst knows better."""
    answer = assessed(Readers(rows=stored(HEAT), building=building), corrections=corrections)
    said = {name for name in codes(answer) if name.startswith("building_")}
    assert said == ({code} if code else set())
    assert answer["building"]["corrections"] == corrections


def test_both_ends_of_an_interval_are_scaled_like_the_number():
    """Stored .01, .02 and .06: half and three times the final number, in their places."""
    answer = assessed(Readers(rows=stored(HEAT)))
    [row] = answer["results"]
    v = 1 + row["vulnerability_score"]
    assert row["final_aal"] == pytest.approx(0.02 * v * row["site_factor"])
    assert row["aal_p05"] == pytest.approx(row["final_aal"] / 2)
    assert row["aal_p95"] == pytest.approx(row["final_aal"] * 3)
    assert row["vulnerability_scale"] == pytest.approx(v)
    assert row["insurance_rate"] == pytest.approx(row["final_aal"] / 100)


def test_a_nightly_run_with_other_parameters_is_not_taken_over():
    """The cell is evaluated anew: 21 days a year at 6e-5 of the value, ÷ 1.5, instead of .02 %."""
    answer = assessed(Readers(rows=stored(HEAT)), in_force="other")
    [row] = answer["results"]
    assert row["base_aal"] == pytest.approx(100 * 21 * 6e-5 / 1.5)
    assert codes(answer)["parameters_outdated"] == []


@pytest.mark.parametrize("in_force", [None, PARAMETERS.digest()])
def test_a_nightly_run_with_todays_parameters_stands(in_force):
    """So does one that says nothing of its parameters."""
    answer = assessed(Readers(rows=stored(HEAT)), in_force=in_force)
    assert answer["results"][0]["base_aal"] == 0.02
    assert "parameters_outdated" not in codes(answer)


def test_a_basin_under_other_parameters_is_not_assessed():
    """It cannot be evaluated from one cell: no number rather than an old one."""
    answer = assessed(Readers(rows=stored(STRESS)), in_force="other", perils=(STRESS,))
    [row] = answer["results"]
    assert (row["status"], row["final_aal"], row["expected_loss"]) == ("not_assessed", None, None)
    assert codes(answer)["not_assessed"] == [STRESS]


def test_perils_without_stored_results_are_named():
    """Of those that were asked for; none at all is an error."""
    answer = assessed(Readers(rows=stored(HEAT)), perils=(HEAT, STRESS))
    assert codes(answer)["not_calculated"] == [STRESS]
    only = assessed(Readers(rows=stored(HEAT)), perils=(HEAT, STRESS), risk_types=[HEAT])
    assert "not_calculated" not in codes(only)
    with pytest.raises(NoResults):
        assessed(Readers(rows=stored(STRESS)), perils=(HEAT,))


def test_only_the_central_set_is_written():
    """Three tables with the answer's numbers; another set leaves them alone."""
    central, high = Readers(rows=stored(HEAT)), Readers(rows=stored(HEAT))
    answer = assessed(central)
    other = assessed(high, parameter_set="high")

    [row] = central.written["aal_scaled"]
    assert row["final_aal"] == answer["results"][0]["final_aal"]
    assert (row["batch_id"], row["latitude"], row["longitude"]) == ("b1", 37.5, 127.0)
    assert {len(rows) for rows in central.written.values()} == {1}
    assert high.written == {}
    assert other["results"][0]["final_aal"] > answer["results"][0]["final_aal"]
    assert other["parameter_hash"] == PARAMETERS.digest("high")


def test_flags_of_every_part_stand_once():
    """Of H, P(H), E and V, in that order, none twice."""
    rows = ([hazard(HEAT, flags=["a", "b"])], [probability(HEAT, flags=["b", "c"])])
    found = site(urban_share=0.5)
    flags = assessed(Readers(rows=rows, found=found))["results"][0]["flags"]
    assert flags[:3] == ["a", "b", "c"]
    assert len(flags) == len(set(flags))


def test_corrections_beat_what_was_found():
    """The age counts to the year asked, the value is the analyst's."""
    corrections = {"built_year": 1995.0, "asset_value": 3e9}
    answer = assessed(Readers(rows=stored(HEAT), building=REGISTERED), corrections=corrections)
    building = answer["building"]
    assert (building["age"], building["asset_value"], building["as_of"]) == (30.0, 3e9, 2025)
    assert building["floors_above"] == 10.0
    assert building["found"]["distance_m"] == 12.3
    [row] = answer["results"]
    assert row["exposed_value"] == 3e9
    assert row["expected_loss"] == pytest.approx(row["final_aal"] / 100 * 3e9)


def test_progress_reaches_each_steps_end():
    """Of two perils the first ends half way."""
    reached = []
    assessed(
        Readers(rows=stored(HEAT, STRESS)),
        perils=(HEAT, STRESS),
        progress=lambda percent, step, done=None: reached.append((percent, step.kind, step.of)),
    )
    by_kind = {(kind, of): percent for percent, kind, of in reached}
    assert by_kind["exposure", HEAT] == 30
    assert by_kind["exposure", STRESS] == 50
    assert by_kind["vulnerability", STRESS] == 80
    assert by_kind["scaled_aal", STRESS] == 95
    assert [percent for percent, _, _ in reached] == sorted(percent for percent, _, _ in reached)


@pytest.mark.parametrize(
    "wrong",
    [{"longitude": None}, {"parameter_set": "best"}, {"colour": 1}, {"corrections": {"x": 1}}],
)
def test_a_wrong_request_is_refused(wrong):
    """Before anything is read."""
    with pytest.raises(InvalidInput):
        ondemand.request({"latitude": 37.5, "longitude": 127.0, "as_of": 2025, **wrong})


def exposure(value, *, excluded=False, weak=False):
    """E of one site with a proximity of *value*."""
    one = np.array([1.0])
    return SiteExposure(
        score=one * value,
        proximity=Factor(
            one * value,
            {"roughly": np.array([weak])},
            np.array([excluded]),
            frozenset({"roughly"}),
        ),
        asset_value=one * 1e9,
        normalized=one * 0.5,
        exposed_share=one,
        flags={"roughly": np.array([weak])},
    )


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"value": 0.5}, "ok"),
        ({"value": 0.5, "weak": True}, "low_confidence"),
        ({"value": math.nan}, "not_assessed"),
        ({"value": math.nan, "weak": True}, "not_assessed"),
        ({"value": 0.0, "excluded": True}, "not_applicable"),
        ({"value": math.nan, "excluded": True}, "not_applicable"),
    ],
)
def test_how_far_an_exposure_may_be_trusted(given, status):
    """The worst that holds: excluded, unknown, weak."""
    row = exposure_row({}, HEAT, exposure(**given))
    assert row["status"] == status
    assert row["flags"] == (["roughly"] if given.get("weak") else [])


@pytest.mark.parametrize(
    ("distance", "corrections", "said"),
    [
        (12.0, {}, False),
        (100.0, {}, False),
        (100.1, {}, True),
        (466.0, {"structure": "RC", "purpose": "office", "built_year": 2000}, True),
        (466.0, {"floors_above": 3, "floors_below": 0, "total_area": 300, "purpose": "창고"}, True),
        (
            466.0,
            {
                "structure": "RC",
                "purpose": "창고",
                "built_year": 2000,
                "floors_above": 3,
                "floors_below": 0,
                "total_area": 300,
            },
            False,
        ),
    ],
)
def test_a_distant_building_is_warned_of(distance, corrections, said):
    """Beyond 100 m, while anything of it counts; the distance stands in the answer."""
    building = {**REGISTERED, "kind": "observed", "distance_m": distance}
    answer = assessed(Readers(rows=stored(HEAT), building=building), corrections=corrections)
    assert ("building_distant" in codes(answer)) == said
    assert answer["building"]["found"]["distance_m"] == distance


@pytest.mark.parametrize(
    ("value", "area", "said"),
    [
        (14_205.0, 5000.0, True),  # million KRW
        (1.42e10, 5000.0, False),
        (14_205_114.0, 5000.0, True),  # thousand KRW
        (9.6e6, 5000.0, True),  # US dollars
        (1.42e8 * 1.01, 5000.0, False),
        (1.42e12 * 1.01, 5000.0, True),
        (1.42e13, 500_000.0, False),
    ],
)
def test_a_value_far_from_the_cost_of_the_area(value, area, said):
    """A hundred times 2.84 million KRW/m² or a hundredth: flag and warning; the value is taken."""
    answer = assessed(
        Readers(rows=stored(HEAT)), corrections={"asset_value": value, "total_area": area}
    )
    [row] = answer["results"]
    assert ("asset_value_implausible" in codes(answer)) == said
    assert ("asset_value_implausible" in row["flags"]) == said
    assert answer["building"]["asset_value"] == value


def test_a_peril_named_twice_counts_once():
    """In the order of the first mention."""
    perils = (HEAT, "drought")
    readers = Readers(rows=stored(*perils))
    once, twice = (
        assessed(readers, perils=perils, risk_types=names)
        for names in (["drought", HEAT], ["drought", HEAT, "drought", HEAT])
    )
    assert once["results"] == twice["results"]
    assert [row["risk_type"] for row in twice["results"]] == ["drought", HEAT]


def test_replaced_inputs_are_a_warning_of_the_perils_that_read_them():
    """The summer's temperatures changed after the nightly run; names of places do not matter."""
    found = codes(assessed(Readers(rows=stored(HEAT)), replaced={"ta_data", "place_names"}))
    assert found["inputs_replaced"] == [HEAT]
    assert "inputs_replaced" not in codes(
        assessed(Readers(rows=stored(HEAT)), replaced={"place_names"})
    )
