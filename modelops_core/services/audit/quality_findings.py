"""The quality checks as findings of the command ``check``: verdict, numbers, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelops_core.services.audit.finding import Finding
from modelops_core.services.audit.quality import Check

#: kind of a check → what to do where it does not pass
TO_DO = {
    "coverage": "load the years that lack: with fewer than 15 a horizon is not assessed",
    "gaps": "load the file again with its code for missing; gaps are never filled",
    "range": "load the file again with its unit and its code for missing",
    "history": "load one history for all scenarios: else data differ, not the climate",
    "five_days": "load one-day and five-day rain of the same cells and years",
    "heavy_days": "load one-day rain and days of 80 mm of one provider; no loss rests on the days",
    "spei": "load an SPEI-12 that was calibrated on the baseline; drought is low confidence",
    "sea_level": "load the sum of all components; such nodes get no coastal number",
    "warming": "load the scenarios again: their columns may be exchanged",
    "registered": "load the table by `load`, so that its rows have a source",
    "orphans": "load the table that the keys belong to, or load both from one provider",
    "population": "load provinces and districts of the same date together",
    "twins": "load the register once; entries of one geocoded address are no fault",
    "rain_spread": "load with --members if it is a mean of models: its spread is then observed",
    "tides": "a dynamic part alone (zos) is no sea-level rise: load the sum of all components",
    "gauges": "say the code for missing to the provider; such a gauge is not used",
    "scenarios": "load the scenarios that lack; horizons without data are not assessed",
}


def findings(made: Iterable[Check]) -> Iterator[Finding]:
    """One finding a check; a warning and what cannot be checked are no failure."""
    for one in made:
        numbers = ", ".join(f"{name} {value:.6g}" for name, value in one.numbers.items())
        says = f"{one.verdict}: {numbers or 'nothing to compare'}"
        if one.verdict in ("warn", "fail"):
            says += f"; {TO_DO[one.key]}"
        yield Finding(f"data:{one.key}:{one.subject}", one.verdict != "fail", says)
