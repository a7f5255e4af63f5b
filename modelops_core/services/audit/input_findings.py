"""Finds input tables that hold what no Korean climate and no storm can be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from modelops_core.domain.plausibility import WHY
from modelops_core.domain.plausible_tables import TRACKS, Judged, Statistics, judged
from modelops_core.domain.variables import VARIABLES
from modelops_core.services.audit import quality
from modelops_core.services.audit.finding import Finding

#: statistics that have no unit of their variable
BARE = ("spread", "all_zero")


def input_findings(found: Mapping[str, Statistics]) -> Iterator[Finding]:
    """Yield a finding for each rule that a table breaks, and one for each table that keeps all."""
    for name, statistics in found.items():
        every = list(judged(name, statistics))
        broken = [one for one in every if not one.kept]
        for one in broken:
            yield Finding(f"plausible:{name}", quality.verdict(one) != "fail", _sentence(name, one))
        if every and not broken:
            yield Finding(f"plausible:{name}", True, f"{len(every)} rules are kept")


def _sentence(name: str, one: Judged) -> str:
    """Table, statistic, value, allowed range, rows beyond it, and what it may mean."""
    table = f"api_typhoon_tracks.{name}" if name in TRACKS else f"{name}_data"
    unit = "" if name in TRACKS or one.rule.statistic in BARE else f" {VARIABLES[name].unit}"
    rows = "" if one.rows is None else f" in {one.rows:,} rows"
    low, high = one.rule.low, one.rule.high
    allowed = f", allowed {low:g} " + ("or more" if math.isinf(high) else f"to {high:g}")
    statistic = one.rule.statistic.replace("_", " ")
    limits = "" if one.rule.statistic == "code" else allowed
    return f"{table}: {statistic} {one.value:.6g}{unit}{limits}{rows}: {WHY[one.rule.name]}"
