"""The command ``check``: do the stored results make sense as a whole?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from modelops_core.bootstrap import app, korean_year
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.cli.texts import number
from modelops_core.db.inputs.plausible import NAMES
from modelops_core.db.results.check import CheckTables
from modelops_core.domain.horizons import BASELINE, DEFAULT_SCENARIO, HORIZONS, SCENARIOS
from modelops_core.services.audit import check as checking
from modelops_core.services.audit.input_findings import input_findings
from modelops_core.services.audit.quality_findings import findings

Row = Mapping[str, Any]
FAILED = 1


def register(program: typer.Typer) -> None:
    """Add the command."""
    program.command()(check)


def check(
    sites: Annotated[
        int, typer.Option(min=1, max=2_000_000, help="Buildings looked at, evenly chosen.")
    ] = checking.SAMPLE,
    every: Annotated[
        bool, typer.Option("--all", help="Each finding, not only those that fail.")
    ] = False,
    as_json: Json = False,
) -> None:
    """
    What the input tables hold, the stock's AAL by peril, its spread, order and magnitude.

    Exit code 1: a check fails.
    """
    a = app()
    made = a.input_quality.checks(plausible=()).checks
    inputs = [
        *input_findings({name: a.inventory.plausible(name) for name in NAMES}),
        *findings(made),
    ]
    found = checking.run(
        CheckTables(a.worker), a.perils, a.parameters, korean_year(), sites, inputs
    )
    print_json(found) if as_json else print_line("\n".join(text(found, every)))
    if not found["ok"]:
        raise typer.Exit(FAILED)


def text(found: Row, every: bool = False) -> Iterator[str]:
    """Yield the lines of the findings as tables for a terminal; of *every* finding where asked."""
    looked, total = found["buildings"]["looked_at"], found["buildings"]["in_the_register"]
    yield f"{looked:,} of {total:,} buildings. Value-weighted AAL [% of value a year]:"
    yield (
        "sites = the buildings themselves; map = their cells"
        " (on the bank, at the reference quay, average building)"
    )
    for key, peril in found["perils"].items():
        yield ""
        yield from _peril(key, peril["rows"])
    yield ""
    yield f"subtotals (largest of overlapping perils), {SCENARIOS[DEFAULT_SCENARIO]}"
    for row in found["totals"]["rows"]:
        if row["ssp_scenario"] == DEFAULT_SCENARIO:
            yield (
                f"  {row['horizon']:9} operating {number(row['operating']):>9}"
                f"   physical {number(row['physical']):>9}"
            )
    yield ""
    yield from _findings(found["findings"], every)


def _findings(found: Sequence[Row], every: bool) -> Iterator[str]:
    """What fails, each; what holds, counted by kind: the part of a name before its colon."""
    for one in found:
        if every or not one["ok"]:
            yield f"{'ok  ' if one['ok'] else 'FAIL'} {one['name']:26} {one['says']}"
    if not every:
        held = Counter(one["name"].partition(":")[0] for one in found if one["ok"])
        for kind, count in held.items():
            yield f"ok   {kind:26} {count:,} (each by --all)"


def _peril(key: str, rows: list[Row]) -> Iterator[str]:
    at = {(r["ssp_scenario"], r["horizon"]): r for r in rows}
    yield f"{key:16}" + "".join(f"{name:>24}" for name in SCENARIOS.values())
    for horizon in HORIZONS:
        cells = (at.get((s, horizon)) for s in SCENARIOS)
        yield f"  {horizon:14}" + "".join(f"{_pair(r):>24}" for r in cells)
    base = at.get((DEFAULT_SCENARIO, BASELINE))
    if base is not None:
        share = f"{100 * base['assessed_share']:.0f} % of the value assessed"
        extremes = " / ".join(number(base[name]) for name in ("minimum", "median", "maximum"))
        yield f"  baseline, {base['cells']:,} cells: {extremes} (min / median / max); {share}"


def _pair(row: Row | None) -> str:
    return "–" if row is None else f"{number(row['sites_aal'])} | {number(row['cells_aal'])}"
