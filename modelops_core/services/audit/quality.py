"""
Checks the quality of the loaded input data.

Pure: profiles of the tables (db/inputs/inventory.py) → checks, each with its verdict, the
numbers behind it and the perils that it concerns. The data page makes the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from modelops_core.domain.data_source import table
from modelops_core.domain.horizons import BASELINE, HORIZONS
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.domain.plausible_tables import TRACKS, Judged, Statistics, judged
from modelops_core.domain.variables import MONTHLY, VARIABLES, YEARLY
from modelops_core.ports import Row

Verdict = Literal["pass", "warn", "fail", "unknown"]
#: from the best to the worst
VERDICTS: tuple[Verdict, ...] = ("pass", "unknown", "warn", "fail")
CLIMATE = (*MONTHLY, *YEARLY)
#: columns that are no variable of their own → the variable that they are read as
TABLES = dict.fromkeys(TRACKS, "storm_tracks")
#: scenarios in a row
SCENARIOS = 4
MONTHS = 12
#: share of unknown values up to which a table passes, and up to which it is a warning: SPEI-12
#: has no value in its first eleven months
GAPS = (0.01, 0.05)
#: share of rows up to which a contradiction is a warning: block averages of finer grids make some
CONTRADICTIONS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class InputProfiles:
    """What was read; a table that is not there has no profile."""

    #: cells looked at, and cells of the grid
    cells: int
    grid: int
    #: variable → db.inputs.inventory.Inventory.profile
    profiles: Mapping[str, Row]
    #: table → rows that are there, and rows that its data sources name
    rows: Mapping[str, int]
    registered: Mapping[str, int]
    rain_days: Row
    spei: Row
    warming: Row
    sea_level: Row
    #: variable or column of the tracks → its statistics
    plausible: Mapping[str, Statistics] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one *subject* (a variable, a table, a horizon)."""

    key: str
    subject: str
    verdict: Verdict
    #: the numbers behind the verdict, by name
    numbers: Mapping[str, float] = field(default_factory=dict)
    perils: tuple[str, ...] = ()
    #: of several rules for one subject, which statistic this one is of
    statistic: str = ""


def checks(found: InputProfiles, perils: Mapping[str, Peril], file: ParameterFile) -> list[Check]:
    """Every check, in a fixed order."""
    made = [
        *_coverage(found, file),
        *_gaps(found),
        *_ranges(found),
        *plausibility_checks(found.plausible),
        *_history(found),
        _five_days(found),
        _heavy_days(found),
        _spei(found),
        _sea_level(found, file),
        _warming(found),
        *_registered(found),
    ]
    return [
        replace(c, perils=perils_reading(TABLES.get(c.subject, c.subject), perils)) for c in made
    ]


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of some verdicts."""
    return max(verdicts, key=VERDICTS.index, default="unknown")


def perils_reading(subject: str, perils: Mapping[str, Peril]) -> tuple[str, ...]:
    """The perils that read a variable or table; for a horizon those that read any series."""

    def reads(peril: Peril) -> bool:
        read = peril.requires | peril.regional_requires
        return (
            bool(read & set(CLIMATE))
            if subject in HORIZONS
            else any(subject in (name, table(name)) for name in read)
        )

    return tuple(key for key, peril in perils.items() if reads(peril))


def _here(found: InputProfiles, names: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """Variables whose table has rows."""
    for name in names:
        row = found.profiles.get(name)
        if row is not None and row["row_count"]:
            yield name, row


def _coverage(found: InputProfiles, file: ParameterFile) -> Iterator[Check]:
    """Years of each window that the climate tables hold: those of the shortest table."""
    p = file.params("frame")
    spans = [(int(row["first"]), int(row["last"])) for _, row in _here(found, CLIMATE)]
    for key, window in HORIZONS.items():
        years = min((_overlap(span, window.first, window.last) for span in spans), default=0)
        needed, full = int(p["minimum_years"]), int(p["full_years"])
        verdict: Verdict = (
            "pass" if years >= full else "warn" if years >= needed or key == BASELINE else "fail"
        )
        yield Check(
            "coverage",
            key,
            verdict if spans else "unknown",
            {"years": years, "needed": needed, "full": full},
        )


def _overlap(span: tuple[int, int], first: int, last: int) -> int:
    return max(0, min(span[1], last) - max(span[0], first) + 1)


def _gaps(found: InputProfiles) -> Iterator[Check]:
    """Unknown values and rows that are not there, of all that the span of years would hold."""
    for name in (*CLIMATE, "sea_level"):
        row = found.profiles.get(name)
        if row is None or not row["row_count"]:
            yield Check("gaps", name, "unknown")
            continue
        places = found.rows.get("sea_level_grid", 0) if name == "sea_level" else found.cells
        steps = (row["last"] - row["first"] + 1) * (MONTHS if name in MONTHLY else 1)
        expected = max(SCENARIOS * places * steps, SCENARIOS * row["row_count"])
        missing = expected - row["known"]
        yield Check(
            "gaps",
            name,
            _up_to(missing / expected, *GAPS),
            {"missing": missing, "expected": expected, "share": 100 * missing / expected},
        )


def _up_to(share: float, good: float, bearable: float) -> Verdict:
    return "pass" if share <= good else "warn" if share <= bearable else "fail"


def _ranges(found: InputProfiles) -> Iterator[Check]:
    """Rows with a value that the variable cannot take."""
    for name, row in _here(found, (*CLIMATE, "sea_level")):
        v = VARIABLES[name]
        if row["lowest"] is None:
            yield Check("range", name, "unknown")
            continue
        numbers = {
            "outside": row["outside"],
            "lowest": row["lowest"],
            "highest": row["highest"],
            "low": v.low,
            "high": v.high,
        }
        yield Check("range", name, "fail" if row["outside"] else "pass", numbers)


def plausibility_checks(found: Mapping[str, Statistics]) -> Iterator[Check]:
    """
    Rules of plausible values that a table breaks, or that it keeps them.

    The statistic of a check says which rule it is about.
    """
    for name, statistics in found.items():
        every = list(judged(name, statistics))
        broken = [one for one in every if not one.kept]
        for one in broken or every[:1]:
            yield Check("plausible", name, verdict(one), _held(one), statistic=one.rule.statistic)
        if not every:
            yield Check("plausible", name, "unknown")


def verdict(one: Judged) -> Verdict:
    """A refusal fails, a doubt is a warning; so are nodes of tracks, which follow from others."""
    soft = one.rule.action == "flag" or one.rule.variable in TRACKS
    return "pass" if one.kept else "warn" if soft else "fail"


def _held(one: Judged) -> dict[str, float]:
    """The value, the rule's limits, and the rows beyond them where single rows are."""
    rows = {} if one.rows is None else {"rows": float(one.rows)}
    return {"value": one.value, "low": one.rule.low, "high": one.rule.high, **rows}


def _history(found: InputProfiles) -> Iterator[Check]:
    """Years before the scenarios part must be equal in all of them."""
    for name, row in _here(found, CLIMATE):
        if not row["history"]:
            yield Check("history", name, "unknown")
            continue
        numbers = {"unequal": row["unequal"], "rows": row["history"]}
        yield Check("history", name, "warn" if row["unequal"] else "pass", numbers)


def _five_days(found: InputProfiles) -> Check:
    """Five days hold at least the wettest of them."""
    row, both = found.rain_days, _loaded(found, "rx1day", "rx5day")
    if not both:
        return Check("five_days", "rx5day", "unknown")
    numbers = {"rows": row["compared"], "contradict": row["less_than_a_day"]}
    return Check("five_days", "rx5day", "fail" if row["less_than_a_day"] else "pass", numbers)


def _heavy_days(found: InputProfiles) -> Check:
    """A day of 80 mm is counted exactly where the wettest day reaches it."""
    row, both = found.rain_days, _loaded(found, "rx1day", "rain80")
    if not both:
        return Check("heavy_days", "rain80", "unknown")
    share = row["days_differ"] / row["compared"]
    numbers = {"rows": row["compared"], "contradict": row["days_differ"], "share": 100 * share}
    return Check("heavy_days", "rain80", _up_to(share, 0.0, CONTRADICTIONS), numbers)


def _loaded(found: InputProfiles, *names: str) -> bool:
    return len(list(_here(found, names))) == len(names)


def _spei(found: InputProfiles) -> Check:
    """SPEI-12 is standard normal over the years that it was calibrated on."""
    row = found.spei
    if not row["cells"]:
        return Check("spei", "spei12", "unknown")
    share = row["outside"] / row["cells"]
    numbers = {
        "mean": row["mean"],
        "spread": row["spread"],
        "outside": row["outside"],
        "cells": row["cells"],
    }
    return Check(
        "spei", "spei12", "pass" if share == 0 else "warn" if share < 1 else "fail", numbers
    )


def _sea_level(found: InputProfiles, file: ParameterFile) -> Check:
    """A rise that is too small is the dynamic part alone; such nodes get no coastal number."""
    row, p = found.sea_level, file.params("sea_level_rise")
    if not row["nodes"]:
        return Check("sea_level", "sea_level", "unknown")
    numbers = {
        "year": row["year"],
        "ssp1": row["ssp1"],
        "ssp5": row["ssp5"],
        "lowest": row["lowest"],
        "least": float(p["suspect_rise"]),
        "suspect": row["suspect"],
        "nodes": row["nodes"],
    }
    return Check("sea_level", "sea_level", "fail" if row["suspect"] else "pass", numbers)


def _warming(found: InputProfiles) -> Check:
    """A stronger scenario is warmer at the end of the century, in the mean and in each cell."""
    row = found.warming
    means = [row[code] for code in ("ssp1", "ssp2", "ssp3", "ssp5")]
    if not row["cells"] or None in means:
        return Check("warming", "ta", "unknown")
    numbers = {
        **{code: row[code] for code in ("ssp1", "ssp2", "ssp3", "ssp5")},
        "reversed": row["reversed"],
        "cells": row["cells"],
    }
    if means != sorted(means):
        return Check("warming", "ta", "fail", numbers)
    return Check("warming", "ta", "warn" if row["reversed"] else "pass", numbers)


def _registered(found: InputProfiles) -> Iterator[Check]:
    """Rows of a table are those that its data sources brought; none without a source."""
    for name, rows in found.rows.items():
        named = found.registered.get(name)
        if not rows and named is None:
            continue
        verdict: Verdict = "fail" if named is None else "pass" if rows == named else "warn"
        yield Check("registered", name, verdict, {"rows": rows, "named": float(named or 0)})
