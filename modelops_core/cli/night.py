"""The commands ``nightly`` (run the nightly run) and ``perils`` (list the perils)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, print_json, print_line, step_progress_bar
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.parameters import ALL_SETS
from modelops_core.errors import InvalidInput
from modelops_core.services.night.tiles import STAGES


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.command(name="nightly")(night)
    program.command()(perils)


def night(
    stage: Annotated[
        list[str] | None, typer.Option(help=f"Only this stage: {', '.join(STAGES)}.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Recalculate unchanged tiles too.")
    ] = False,
    parameters: Annotated[
        str, typer.Option(help=f"Parameter set: {', '.join(ALL_SETS)}.")
    ] = "central",
    dask: Annotated[
        str | None,
        typer.Option(
            help="Scheduler of a Dask cluster that takes the tiles, such as tcp://host:8786."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Calculate H and P(H) for every cell, skip unchanged tiles. Exit code 3: one runs already."""
    if unknown := set(stage or ()) - set(STAGES):
        raise InvalidInput("not_one_of", field="stage", value=unknown, known=STAGES)
    a = app()
    request = a.nightly_request(
        stages=tuple(stage or STAGES), force=everything, set_name=_set_name(parameters)
    )
    with step_progress_bar("nightly run") as progress:
        report = a.operations.run_night(COMMAND_LINE, a.nightly_ports_on(dask), request, progress)
    if as_json:
        print_json(asdict(report))
        return
    print_line(
        f"run {report.run_id}: {report.cells:,} cells in {report.tiles} tiles, {report.skipped}"
        f" unchanged, {sum(report.changed.values()):,} rows changed, {report.seconds['wall']:.1f}"
        " s"
    )


def _set_name(name: str) -> str:
    if name not in ALL_SETS:
        raise InvalidInput("not_one_of", field="parameters", value=name, known=ALL_SETS)
    return name


def perils(as_json: Json = False) -> None:
    """The perils that this installation knows."""
    known = [
        {
            "risk_type": p.key,
            "label": p.label,
            "label_ko": p.label_ko,
            "intensity": p.intensity,
            "unit": p.unit,
            "kind": p.kind,
            "grade": p.grade,
            "requires": sorted(p.requires),
            "references": list(p.references),
        }
        for p in app().perils.values()
    ]
    if as_json:
        print_json(known)
        return
    for p in known:
        print_line(
            f"{p['risk_type']:16} {p['label_ko']:8} {p['kind']:9} grade {p['grade']}"
            f"  {p['intensity']} [{p['unit']}]"
        )
