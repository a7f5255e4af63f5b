"""What tables say of each other → verdicts, with numbers one can do in the head."""

from __future__ import annotations

import pytest

from modelops_core.services.audit import links
from modelops_core.services.audit.quality_findings import findings

SOUND = {
    "orphans": {"any_rows": True, "cells": 0, "districts": 0, "storms": 0, "nodes": 0},
    "population_sums": {"provinces": 1000, "districts": 1000, "differing": 0},
    "building_twins": {"buildings": 10, "keys": 0, "alike": 0},
    "rain_spread": {"cells": 4, "spread": 0.4, "stations": 69, "observed": 0.41},
    "tide_rise": {"gauges": 8, "observed": 3.0, "jumps": 1, "modelled": 4.0},
    "gauge_outliers": {"gauges": 3, "suspect": 0},
}
WHOLE = [{"scenario": s, "first": 1991, "last": 2100} for s in ("ssp1", "ssp2", "ssp3", "ssp5")]


def verdicts(found=(), coverage=None):
    made = links.checks(SOUND | dict(found), {"ta": WHOLE} if coverage is None else coverage)
    return {check.key: check.verdict for check in made}


def test_sound_tables_pass():
    """One verdict of each kind."""
    assert set(verdicts().values()) == {"pass"}


@pytest.mark.parametrize(
    ("key", "name", "changed", "expected"),
    [
        ("orphans", "orphans", {"cells": 1}, "warn"),
        ("orphans", "orphans", {"any_rows": False}, "unknown"),
        ("population", "population_sums", {"districts": 998}, "fail"),
        ("population", "population_sums", {"differing": 1}, "warn"),
        ("population", "population_sums", {"provinces": None}, "unknown"),
        ("twins", "building_twins", {"keys": 1}, "fail"),
        ("twins", "building_twins", {"alike": 1}, "warn"),
        ("twins", "building_twins", {"buildings": 0}, "unknown"),
        ("rain_spread", "rain_spread", {"spread": 0.18}, "warn"),
        ("rain_spread", "rain_spread", {"spread": None}, "unknown"),
        ("tides", "tide_rise", {"modelled": 1.4}, "warn"),
        ("tides", "tide_rise", {"observed": None}, "unknown"),
        ("gauges", "gauge_outliers", {"suspect": 1}, "warn"),
        ("gauges", "gauge_outliers", {"gauges": 0}, "unknown"),
    ],
)
def test_what_does_not_fit_is_named(key, name, changed, expected):
    """A sum that is off and a key that stands twice fail; doubts are warnings."""
    assert verdicts({name: SOUND[name] | changed})[key] == expected


def test_a_scenario_that_lacks_is_a_warning_and_says_what_to_do():
    """Three whole ones and a shorter one; none at all is unknown."""
    rows = [*WHOLE[:3], WHOLE[3] | {"last": 2050}]
    [*_, one] = links.checks(SOUND, {"ta": rows})
    assert (one.verdict, one.numbers["whole"], one.numbers["last"]) == ("warn", 3, 2100)
    [said] = findings([one])
    assert said.name == "data:scenarios:ta"
    assert said.ok
    assert said.says.endswith(
        "load the scenarios that lack; horizons without data are not assessed"
    )
    assert verdicts(coverage={"ta": []})["scenarios"] == "unknown"
