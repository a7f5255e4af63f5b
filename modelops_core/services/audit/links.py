"""
Checks what the input tables say of each other: sums, keys, twins, observations beside models.

Pure, as services/audit/quality.py is: rows of db/inputs/inventory.py → checks with their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelops_core.ports import Row
from modelops_core.services.audit.quality import Check, Verdict

#: coefficient of variation of yearly one-day rain: 69 KMA stations have .29 to .62 (5–95 %); a mean
#: of five models has half of that
SPREAD = (0.25, 0.75)
#: persons that levels may differ by, as a share: towns that no district took up
PERSONS = 0.001
#: share of the observed rise that the first decades of projections must reach
RISE = 0.5


def checks(found: Mapping[str, Row], coverage: Mapping[str, Sequence[Row]]) -> list[Check]:
    """
    Every check, in a fixed order.

    *found*: name of a query of links.sql → its row; *coverage*: variable → a row a scenario.
    """
    return [
        _orphans(found["orphans"]),
        _population(found["population_sums"]),
        _twins(found["building_twins"]),
        _rain_spread(found["rain_spread"]),
        _tides(found["tide_rise"]),
        _gauges(found["gauge_outliers"]),
        *(_scenarios(variable, rows) for variable, rows in coverage.items()),
    ]


def _known(row: Row, *names: str) -> dict[str, float]:
    return {name: float(row[name]) for name in names if row[name] is not None}


def _orphans(row: Row) -> Check:
    """Cells of no district, districts of no province, storms without a track, empty nodes."""
    if not row["any_rows"]:
        return Check("orphans", "location_grid", "unknown")
    numbers = _known(row, "cells", "districts", "storms", "nodes")
    verdict: Verdict = "warn" if any(numbers.values()) else "pass"
    return Check("orphans", "location_grid", verdict, numbers)


def _population(row: Row) -> Check:
    """Districts add up to their provinces, and all of them to the nation."""
    numbers = _known(row, "provinces", "districts", "differing")
    if len(numbers) < 3:
        return Check("population", "location_admin", "unknown")
    off = abs(numbers["provinces"] - numbers["districts"]) > PERSONS * numbers["provinces"]
    verdict: Verdict = "fail" if off else "warn" if numbers["differing"] else "pass"
    return Check("population", "location_admin", verdict, numbers)


def _twins(row: Row) -> Check:
    """A register key stands once; rows that are alike in all that is known are few."""
    numbers = _known(row, "buildings", "keys", "alike")
    if not numbers["buildings"]:
        return Check("twins", "api_buildings", "unknown")
    verdict: Verdict = "fail" if numbers["keys"] else "warn" if numbers["alike"] else "pass"
    return Check("twins", "api_buildings", verdict, numbers)


def _rain_spread(row: Row) -> Check:
    """Yearly maxima vary as those of stations do; an average over models has lost it."""
    numbers = _known(row, "cells", "spread", "stations", "observed")
    if "spread" not in numbers:
        return Check("rain_spread", "rx1day", "unknown")
    inside = SPREAD[0] <= numbers["spread"] <= SPREAD[1]
    numbers |= {"low": SPREAD[0], "high": SPREAD[1]}
    return Check("rain_spread", "rx1day", "pass" if inside else "warn", numbers)


def _tides(row: Row) -> Check:
    """Projections begin to rise as gauges have risen: else a component lacks."""
    numbers = _known(row, "gauges", "observed", "jumps", "modelled")
    if "observed" not in numbers or "modelled" not in numbers:
        return Check("tides", "tide_gauge_levels", "unknown")
    slow = numbers["modelled"] < RISE * numbers["observed"]
    return Check("tides", "tide_gauge_levels", "warn" if slow else "pass", numbers)


def _gauges(row: Row) -> Check:
    """No largest flow is thousands of times the usual one, or a code."""
    numbers = _known(row, "gauges", "suspect")
    if not numbers["gauges"]:
        return Check("gauges", "api_wamis_cache", "unknown")
    return Check("gauges", "api_wamis_cache", "warn" if numbers["suspect"] else "pass", numbers)


def _scenarios(variable: str, rows: Sequence[Row]) -> Check:
    """All four scenarios cover the same years."""
    if not rows:
        return Check("scenarios", variable, "unknown")
    first, last = (
        min(float(row["first"]) for row in rows),
        max(float(row["last"]) for row in rows),
    )
    whole = sum((float(r["first"]), float(r["last"])) == (first, last) for r in rows)
    numbers = {"scenarios": float(len(rows)), "whole": float(whole), "first": first, "last": last}
    return Check("scenarios", variable, "pass" if whole == 4 else "warn", numbers)
