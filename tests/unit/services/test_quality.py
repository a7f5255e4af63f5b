"""Quality checks: what the tables hold → verdicts, with numbers one can do in the head."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from modelops_core.perils import PERILS
from modelops_core.services.audit import links, quality
from modelops_core.services.audit.quality import Check, InputProfiles
from modelops_core.services.audit.quality_findings import TO_DO, findings
from tests.parameters import PARAMETERS as FILE


def series(name, *, first=1991, last=2100, cells=2, **other):
    """A whole, sound table over *cells* cells."""
    steps = (last - first + 1) * (12 if name in quality.MONTHLY else 1)
    rows = cells * steps
    sound = {
        "row_count": rows,
        "first": first,
        "last": last,
        "known": 4 * rows,
        "lowest": 1.0,
        "highest": 2.0,
        "outside": 0,
        "history": cells * 30,
        "unequal": 0,
    }
    return {**sound, **other}


def sound(**other):
    """Findings without a fault: two cells, one node."""
    names = (*quality.CLIMATE, "sea_level")
    found = InputProfiles(
        cells=2,
        grid=2,
        profiles={
            n: series(n, first=2015, cells=1) if n == "sea_level" else series(n) for n in names
        },
        rows={"ta_data": 2640, "sea_level_grid": 1},
        registered={"ta_data": 2640, "sea_level_grid": 1},
        rain_days={"compared": 220, "less_than_a_day": 0, "days_differ": 0},
        spei={"cells": 2, "mean": 0.0, "spread": 1.0, "outside": 0},
        warming={"cells": 2, "ssp1": 14.0, "ssp2": 15.0, "ssp3": 16.0, "ssp5": 17.0, "reversed": 0},
        sea_level={
            "nodes": 1,
            "year": 2100,
            "ssp1": 47.0,
            "ssp5": 82.0,
            "lowest": 82.0,
            "suspect": 0,
        },
    )
    return replace(found, **other)


def check(found, key, subject=None):
    """The one check of a kind, or of a kind and subject."""
    made = [
        c
        for c in quality.checks(found, PERILS, FILE)
        if c.key == key and subject in (None, c.subject)
    ]
    assert len(made) == 1
    return made[0]


def with_series(name, **other):
    whole = sound()
    return replace(whole, profiles={**whole.profiles, name: series(name, **other)})


def test_sound_data_pass():
    """Nothing to say about tables without a fault."""
    made = quality.checks(sound(), PERILS, FILE)
    assert {c.verdict for c in made} == {"pass"}
    assert {c.key for c in made} == {
        "coverage",
        "gaps",
        "range",
        "history",
        "five_days",
        "heavy_days",
        "spei",
        "sea_level",
        "warming",
        "registered",
    }


def test_thirty_years_cover_one_horizon():
    """2021–2050: the 2030s whole, ten years of the 2050s are too few, no history is a warning."""
    found = sound(
        profiles={n: series(n, first=2021, last=2050, history=0) for n in quality.CLIMATE}
    )
    years = {
        key: check(found, "coverage", key)
        for key in ("baseline", "2030s", "2050s", "2070s", "2090s")
    }
    assert {key: c.numbers["years"] for key, c in years.items()} == {
        "baseline": 0,
        "2030s": 20,
        "2050s": 10,
        "2070s": 0,
        "2090s": 0,
    }
    assert {key: c.verdict for key, c in years.items()} == {
        "baseline": "warn",
        "2030s": "pass",
        "2050s": "fail",
        "2070s": "fail",
        "2090s": "fail",
    }
    assert check(found, "history", "ta").verdict == "unknown"


def test_the_shortest_table_covers_a_window():
    """One table that ends in 2050 leaves ten years of the 2050s, whatever the others hold."""
    found = with_series("rn", last=2050)
    assert check(found, "coverage", "2050s").numbers["years"] == 10
    assert check(found, "coverage", "2050s").verdict == "fail"
    assert check(found, "coverage", "2030s").verdict == "pass"


def test_fifteen_years_are_a_warning():
    """2041–2055 gives the 2050s fifteen years: low confidence."""
    found = sound(profiles={n: series(n, first=1991, last=2055) for n in quality.CLIMATE})
    assert check(found, "coverage", "2050s").verdict == "warn"


@pytest.mark.parametrize(
    ("missing", "verdict"),
    [(0, "pass"), (105, "pass"), (106, "warn"), (528, "warn"), (529, "fail")],
)
def test_gaps_count_values(missing, verdict):
    """Of 10,560 values 1 % is 105.6 and 5 % is 528."""
    found = with_series("ta", known=4 * 2640 - missing)
    made = check(found, "gaps", "ta")
    assert (made.numbers["missing"], made.numbers["expected"]) == (missing, 10_560)
    assert made.verdict == verdict


def test_rows_that_are_not_there_are_gaps():
    """One of two cells: half of the values are missing."""
    found = with_series("wsdi", row_count=110, known=440)
    made = check(found, "gaps", "wsdi")
    assert made.numbers["share"] == pytest.approx(50.0)
    assert made.verdict == "fail"


def test_values_out_of_range_fail():
    """One row is enough; the perils that read the table are named."""
    made = check(with_series("rhm", outside=1, highest=140.0), "range", "rhm")
    assert made.verdict == "fail"
    assert made.numbers["highest"] == 140.0
    assert set(made.perils) == {"extreme_heat", "wildfire", "water_stress"}


def test_history_must_be_equal():
    """A row of history in which scenarios differ is a warning."""
    assert check(with_series("rn", unequal=3), "history", "rn").verdict == "warn"


@pytest.mark.parametrize(
    ("contradict", "verdict"), [(0, "pass"), (1, "warn"), (11, "warn"), (12, "fail")]
)
def test_heavy_days(contradict, verdict):
    """5 % of 220 rows is 11."""
    found = sound(rain_days={"compared": 220, "less_than_a_day": 0, "days_differ": contradict})
    assert check(found, "heavy_days").verdict == verdict


def test_five_days_hold_at_least_one():
    """A single contradiction fails."""
    found = sound(rain_days={"compared": 220, "less_than_a_day": 1, "days_differ": 0})
    assert check(found, "five_days").verdict == "fail"


@pytest.mark.parametrize(("outside", "verdict"), [(0, "pass"), (1, "warn"), (2, "fail")])
def test_spei(outside, verdict):
    """Some cells: a warning; all cells: calibrated on something else."""
    found = sound(spei={"cells": 2, "mean": 0.4, "spread": 1.0, "outside": outside})
    made = check(found, "spei")
    assert made.verdict == verdict
    assert made.perils == ("drought",)


def test_a_dynamic_sea_level_fails():
    """Nodes below the limit of the parameter file get no coastal number."""
    low = {"nodes": 4, "year": 2100, "ssp1": 5.0, "ssp5": 12.0, "lowest": 11.0, "suspect": 4}
    made = check(sound(sea_level=low), "sea_level")
    assert made.verdict == "fail"
    assert made.numbers["least"] == 40.0
    assert made.perils == ("sea_level_rise",)


def test_scenarios_in_the_wrong_order():
    """A reversed mean fails; a reversed cell under a sound mean is a warning."""
    means = {"cells": 2, "ssp1": 14.0, "ssp2": 16.0, "ssp3": 15.0, "ssp5": 17.0, "reversed": 2}
    assert check(sound(warming=means), "warming").verdict == "fail"
    assert (
        check(
            sound(warming={**means, "ssp2": 15.0, "ssp3": 16.0, "reversed": 1}), "warming"
        ).verdict
        == "warn"
    )


def test_rows_without_a_source():
    """Rows nobody registered fail; a difference warns; an empty table that nobody named is not mentioned."""
    found = sound(rows={"a": 5, "b": 5, "c": 0}, registered={"b": 4})
    made = {
        c.subject: c.verdict for c in quality.checks(found, PERILS, FILE) if c.key == "registered"
    }
    assert made == {"a": "fail", "b": "warn"}


def test_an_empty_database_cannot_be_checked():
    """Unknown everywhere, never a pass."""
    nothing = {
        "row_count": 0,
        "first": None,
        "last": None,
        "known": 0,
        "lowest": None,
        "highest": None,
        "outside": 0,
        "history": 0,
        "unequal": 0,
    }
    found = InputProfiles(
        cells=0,
        grid=0,
        profiles=dict.fromkeys((*quality.CLIMATE, "sea_level"), nothing),
        rows={},
        registered={},
        rain_days={"compared": 0, "less_than_a_day": 0, "days_differ": 0},
        spei={"cells": 0},
        warming={"cells": 0, "ssp1": None, "ssp2": None, "ssp3": None, "ssp5": None},
        sea_level={"nodes": 0},
    )
    made = quality.checks(found, PERILS, FILE)
    assert made
    assert {c.verdict for c in made} == {"unknown"}


def test_the_worst_of_nothing_is_unknown():
    """And a failure outranks everything."""
    assert quality.worst([]) == "unknown"
    assert quality.worst(["pass", "fail", "warn"]) == "fail"
    assert quality.worst(["pass", "unknown"]) == "unknown"


def test_a_failure_says_its_numbers_and_what_to_do():
    """A warning is no failure, but says what to do as well; what passes does not."""
    numbers = {"missing": 72.0, "share": 1.5}
    failed, warned, passed, unknown = findings(
        [
            Check("gaps", "ta", "fail", numbers),
            Check("gaps", "rn", "warn", numbers),
            Check("gaps", "si", "pass", numbers),
            Check("spei", "spei12", "unknown"),
        ]
    )
    assert (failed.name, failed.ok) == ("data:gaps:ta", False)
    assert failed.says.startswith("fail: missing 72, share 1.5; load the file again")
    assert (warned.ok, "; load" in warned.says) == (True, True)
    assert (passed.ok, passed.says) == (True, "pass: missing 72, share 1.5")
    assert (unknown.ok, unknown.says) == (True, "unknown: nothing to compare")


def test_every_kind_of_check_says_what_to_do():
    """All but plausible values, whose findings have sentences of their own."""
    kinds = {
        kind
        for module in (quality, links)
        for kind in re.findall(r"Check\(\s*\"(\w+)\"", Path(module.__file__).read_text("utf-8"))
    }
    assert kinds - {"plausible"} == set(TO_DO)
