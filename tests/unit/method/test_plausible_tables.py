"""Tables held against the rules of plausible values, by their statistics."""

from __future__ import annotations

import math

import pytest

from modelops_core.domain.plausibility import WHY
from modelops_core.domain.plausible_tables import TABLE_RULES, Statistics, judged, limits
from modelops_core.perils import PERILS
from modelops_core.services.audit import quality
from modelops_core.services.audit.input_findings import input_findings
from tests.parameters import PARAMETERS
from tests.unit.services.test_quality import sound

NAN = math.nan


def statistics(lowest, highest, *, below=0, above=0, coded=0, code=NAN, known=100, **values):
    return Statistics(
        known=known,
        lowest=lowest,
        highest=highest,
        below=below,
        above=above,
        coded=coded,
        code=code,
        values=values,
    )


RAIN = {"median": (120.0,) * 4, "spread": (0.3,), "all_zero": (0.0,), "rise_per_decade": (1.0, 4.0)}
#: variable, statistics of its table, broken statistics with the value that is said, worst verdict
TABLES = [
    ("rn", statistics(0, 900, maximum=(900.0,) * 4, mean_year_total=(1300.0,) * 4), {}, "pass"),
    (
        "rn",  # five months among millions are a coincidence, five among a few hundred a code
        statistics(
            0,
            1400,
            coded=5,
            code=999.9,
            known=1_600_000,
            maximum=(1400.0,) * 4,
            mean_year_total=(1300.0,) * 4,
        ),
        {},
        "pass",
    ),
    (
        "rn",
        statistics(
            0,
            1400,
            coded=5,
            code=999.9,
            known=360,
            maximum=(1400.0,) * 4,
            mean_year_total=(1300.0,) * 4,
        ),
        {"code": 999.9},
        "fail",
    ),
    (
        "rn",  # one scenario as a flux [kg/m²/s]
        statistics(0, 900, maximum=(900, 900, 900, 1e-4), mean_year_total=(1300, 1300, 1300, 1e-3)),
        {"mean_year_total": 1e-3, "maximum": 1e-4},
        "fail",
    ),
    ("rhm", statistics(0.2, 0.95, maximum=(0.95,) * 4), {"maximum": 0.95}, "fail"),
    ("rhm", statistics(20, 95, maximum=(95.0, NAN, 95.0, 95.0)), {}, "pass"),
    ("ws", statistics(0, 60, maximum=(60.0,) * 4), {"maximum": 60.0}, "fail"),
    ("si", statistics(2, 30, july_median=(16.0,) * 4), {}, "pass"),
    ("si", statistics(20, 300, july_median=(190.0,) * 4), {"july_median": 190.0}, "warn"),
    (
        "si",
        statistics(90, 800, july_median=(16.0, 500.0, 16.0, 16.0)),
        {"july_median": 500},
        "warn",
    ),
    ("spei12", statistics(-9, 3, below=7), {"value": -9}, "fail"),
    (
        "spei12",
        statistics(-3, 99.9, above=2, coded=2, code=99.9),
        {"value": 99.9, "code": 99.9},
        "fail",
    ),
    ("rx1day", statistics(30, 600, **RAIN), {}, "pass"),
    ("rx1day", statistics(0, 600, below=3, **RAIN), {"value": 0}, "fail"),
    ("rx1day", statistics(30, 871, above=1, **RAIN), {"value": 871}, "warn"),
    ("rx1day", statistics(3, 60, **{**RAIN, "median": (12.0,) * 4}), {"median": 12.0}, "fail"),
    ("rx1day", statistics(30, 600, **{**RAIN, "spread": (0.0,)}), {"spread": 0.0}, "warn"),
    (
        "rx1day",
        statistics(0, 9, below=5, **{**RAIN, "all_zero": (2.0,)}),
        {"value": 0, "all_zero": 2.0},
        "fail",
    ),
    ("sea_level", statistics(0, 80, rise_per_decade=(1.0, 12.0)), {}, "pass"),
    (
        "sea_level",
        statistics(0, 800, rise_per_decade=(1.0, 120.0)),
        {"rise_per_decade": 120.0},
        "fail",
    ),
    (
        "sea_level",
        statistics(-500, 0, rise_per_decade=(-90.0, 1.0)),
        {"rise_per_decade": -90},
        "fail",
    ),
    ("pressure_hpa", statistics(870, 1012), {}, "pass"),
    ("pressure_hpa", statistics(0, 1012, below=1), {"value": 0}, "warn"),
    (
        "pressure_hpa",
        statistics(900, 9999, above=1, coded=1, code=9999.0),
        {"value": 9999, "code": 9999},
        "warn",
    ),
    (
        "wind_kt",
        statistics(-999, 120, below=4, coded=4, code=-999.0),
        {"value": -999, "code": -999},
        "warn",
    ),
    ("csdi", statistics(0, 12), {}, "pass"),
    ("rx1day", statistics(NAN, NAN, known=0), {}, "unknown"),
]


@pytest.mark.parametrize(("variable", "found", "expected", "worst"), TABLES)
def test_what_a_table_may_not_hold(variable, found, expected, worst):
    """Statistic and value of each broken rule, as a check of the data and as a finding."""
    broken = {one.rule.statistic: one.value for one in judged(variable, found) if not one.kept}
    checks = list(quality.plausibility_checks({variable: found}))
    said = list(input_findings({variable: found}))

    assert broken == expected
    assert quality.worst([c.verdict for c in checks]) == worst
    assert all(c.subject == variable for c in checks)
    assert {
        c.statistic: c.numbers["value"] for c in checks if c.verdict in ("warn", "fail")
    } == expected
    assert all(finding.ok for finding in said) == (worst != "fail")
    assert all(any(f"{v:.6g}" in f.says for f in said) for v in expected.values())


def test_a_finding_says_table_value_and_range():
    """As one reads it in a terminal."""
    found = statistics(0, 900, maximum=(900.0,) * 4, mean_year_total=(0.5,) * 4)
    [finding] = input_findings({"rn": found})
    assert (finding.name, finding.ok) == ("plausible:rn", False)
    assert finding.says == "rn_data: mean year total 0.5 mm, allowed 200 to 6000: another unit?"
    [node] = input_findings({"pressure_hpa": statistics(0, 1012, below=3)})
    assert node.says.startswith(
        "api_typhoon_tracks.pressure_hpa: value 0, allowed 860 to 1100 in 3 rows"
    )


def test_every_rule_says_what_it_may_mean():
    """And the limits of a variable are those of its rules for single values."""
    assert {rule.name for rule in TABLE_RULES} <= set(WHY)
    assert limits("rx1day") == (0.1, 870.5)
    assert limits("ta") == (-math.inf, math.inf)


def test_the_unit_of_radiation_is_judged_as_the_peril_reads_it():
    """A table is warned of exactly where the nightly run guesses."""
    [rule] = [rule for rule in TABLE_RULES if rule.variable == "si"]
    p = PARAMETERS.params("water_stress")
    assert rule.high == p["solar_monthly_total"]
    assert str(p["solar_watts"]) in WHY[rule.name]


def test_tracks_concern_the_typhoon():
    """A column of the tracks stands for them."""
    found = {"wind_kt": statistics(5, 120)}
    [check] = [
        c
        for c in quality.checks(sound(plausible=found), PERILS, PARAMETERS)
        if c.key == "plausible"
    ]
    assert check.perils == ("typhoon",)
