"""Two assessments of one place, and what makes them differ."""

from __future__ import annotations

import pytest

from modelops_core.services.portfolio import changes
from modelops_core.services.portfolio.changes import Difference
from tests.answers import HORIZON, SCENARIO, answer, result

KEY = (SCENARIO, HORIZON)


def total(grand):
    return {
        "ssp_scenario": SCENARIO,
        "horizon": HORIZON,
        "physical": None,
        "physical_no_overlap": None,
        "operating": None,
        "grand": grand,
    }


def made(aal=0.2, grand=2e6, value=1e9, base=0.1, **more):
    """One peril and a total; more of the answer or the building's facts."""
    facts = {name: more.pop(name) for name in list(more) if name in changes.FACTS}
    building = {"asset_value": value, "as_of": 2025, **facts}
    found = [result("typhoon", aal, base_aal=base)]
    return answer(found, [total(grand)], building, **more)


def test_nothing_changed():
    """The same numbers before and after, no cause."""
    found = changes.between(made(), made(), KEY)
    assert found.loss == Difference("loss", 2e6, 2e6)
    assert found.rate == Difference("rate", 0.2, 0.2)
    assert (found.perils, found.facts, found.calculation) == ((), (), ())


def test_facts_of_the_building_and_what_they_moved():
    """Value and floors; the total doubles at the same rate."""
    after = made(aal=0.3, grand=4e6, value=2e9, floors_above=3.0)
    found = changes.between(made(), after, KEY)
    assert found.loss == Difference("loss", 2e6, 4e6)
    assert found.rate == Difference("rate", 0.2, 0.2)
    assert found.facts == (
        Difference("asset_value", 1e9, 2e9),
        Difference("floors_above", None, 3.0),
    )
    assert found.perils == (Difference("typhoon", 0.2, 0.3),)
    assert found.calculation == ()


def test_parameters_method_and_year():
    """Each by its name; the cell's numbers differ because of them."""
    after = made(base=0.2, parameter_set="high", parameter_hash="g", method_version="2")
    found = changes.between(made(), after, KEY).calculation
    assert [one.what for one in found] == ["parameter_set", "parameters", "method"]
    assert found[0] == Difference("parameter_set", "central", "high")


@pytest.mark.parametrize("status", ["ok", "low_confidence", "not_assessed"])
def test_other_data_are_what_is_left(status):
    """The cell's base AAL differs although method and parameters do not, whatever the site's status."""
    before, after = (answer([result("typhoon", base_aal=b, status=status)]) for b in (0.1, 0.2))
    found = changes.between(before, after, KEY)
    assert [one.what for one in found.calculation] == ["cells"]


def test_a_hazard_that_follows_from_the_analysts_ground_is_no_other_data():
    """Of the coast, H is the site's own: another elevation changes it, not the data."""
    before, after = (
        answer([result("sea_level_rise", base_aal=0.1, hazard_score=h)]) for h in (0.4, 0.7)
    )
    assert changes.between(before, after, KEY).calculation == ()


def test_the_perils_that_moved_most_come_first():
    """To the unknown first, then by how far; three at most."""
    rates = {"typhoon": (0.2, 0.3), "drought": (0.1, None), "wildfire": (0.1, 0.5)}
    rates |= {"extreme_heat": (0.1, 0.11), "extreme_cold": (0.1, 0.1)}
    before, after = (
        answer([result(peril, pair[i]) for peril, pair in rates.items()]) for i in (0, 1)
    )
    found = changes.between(before, after, KEY)
    assert [one.what for one in found.perils] == ["drought", "wildfire", "typhoon"]
    assert found.loss == Difference("loss", None, None)
