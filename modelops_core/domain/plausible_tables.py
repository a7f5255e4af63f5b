"""
Holds whole tables against the rules of plausible values, by statistics that SQL makes.

A table is not read: its extremes, means, medians and trends are enough to know a wrong unit or a
code for "missing" among a million values.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelops_core.domain.plausibility import RULES, Rule, codes_of

#: rules of tables; a series of one's own says which unit of radiation was assumed by a flag
TABLE_RULES = (*RULES, Rule("si", "july_median", 5, 60, "flag", "radiation_unit"))
#: columns of the typhoon tracks that have rules
TRACKS = ("pressure_hpa", "wind_kt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """
    What is known of one table's values, NaN where a statistic is unknown.

    ``known`` counts rows with a value; ``below``, ``above`` and ``coded`` those with a value beyond
    the :func:`limits` or written as a code. ``values`` holds each statistic by name, mostly one for
    each scenario.
    """

    known: int
    lowest: float
    highest: float
    below: int
    above: int
    coded: int
    code: float
    values: Mapping[str, tuple[float, ...]]


#: share of a table's values that may look like a code: months of 999.9 mm are among millions
BY_CHANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule, the value that was held against it, whether it keeps it, and rows that do not."""

    rule: Rule
    value: float
    kept: bool
    #: None where the statistic is one of many rows
    rows: int | None = None


def limits(variable: str) -> tuple[float, float]:
    """The lowest and highest single value of a variable that its rules allow."""
    own = [r for r in TABLE_RULES if r.variable == variable and r.statistic == "value"]
    return max((r.low for r in own), default=-math.inf), min(
        (r.high for r in own), default=math.inf
    )


def judged(variable: str, found: Statistics) -> Iterator[Judged]:
    """Each rule of a variable held against a table's statistics; the unknown ones are left out."""
    if not found.known:
        return
    code = Rule(variable, "code", -math.inf, math.inf, "refuse", "code_for_missing")
    if codes_of(variable):
        value = found.code if found.coded else found.highest
        yield Judged(code, value, not found.coded or _by_chance(found), found.coded)
    for rule in TABLE_RULES:
        if rule.variable == variable:
            one = _single(rule, found) if rule.statistic == "value" else _whole(rule, found)
            if one is not None:
                yield one


def _by_chance(found: Statistics) -> bool:
    """Whether so few of many values, among higher and lower ones, look like a code by chance."""
    inside = found.lowest < found.code < found.highest
    return inside and found.coded <= BY_CHANCE * found.known


def _single(rule: Rule, found: Statistics) -> Judged:
    """A rule of each single value."""
    low, high = limits(rule.variable)
    below = found.below if rule.low == low else 0
    above = found.above if rule.high == high else 0
    value = found.lowest if below else found.highest
    return Judged(rule, value, not below + above, below + above)


def _whole(rule: Rule, found: Statistics) -> Judged | None:
    """A rule of a statistic: its value that is farthest outside, else the first."""
    values = [v for v in found.values.get(rule.statistic, ()) if not math.isnan(v)]
    if not values:
        return None
    value = max(values, key=lambda v: max(rule.low - v, v - rule.high))
    return Judged(rule, value, rule.low <= value <= rule.high)
