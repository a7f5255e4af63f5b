"""The command ``load``: official files into the tables, as versions that can be undone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, console, print_json, print_line, progress_bar
from modelops_core.cli.site_options import with_options
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.job import Step
from modelops_core.domain.source import Given, Load
from modelops_core.errors import InvalidInput
from modelops_core.services.load_files import MOST_REJECTS, Report
from modelops_core.sources import kinds


def _option(kind: Any, name: str, text: str) -> Any:
    return Annotated[kind | None, typer.Option(f"--{name}", help=text)]


#: field of Given → its option
ABOUT = {
    "provider": _option(str, "provider", "Who published the files."),
    "licence": _option(str, "licence", "Under which licence."),
    "version": _option(str, "version", "Their date or version."),
    "period": _option(str, "period", "What they cover, such as 1951-01 to 2024-12."),
    "encoding": _option(str, "encoding", "Encoding of text, such as cp949."),
    "crs": _option(str, "crs", "Coordinates, such as EPSG:5179, where the file does not say."),
    "unit": _option(str, "unit", "Unit of the values, where the file does not say."),
    "timezone": _option(str, "timezone", "Of the times: UTC or KST."),
    "scenario": _option(str, "scenario", "ssp1, ssp2, ssp3 or ssp5."),
    "variable": _option(str, "variable", "What the values are, such as rx1day."),
    "members": _option(int, "members", "Climate: 1 = one model, n = mean of n, 0 = observed."),
    "resolution": _option(float, "resolution", "Degrees of the cells that are averaged."),
}
KINDS = ", ".join(kinds.names())


def register(program: typer.Typer) -> None:
    """Add the command."""
    program.command()(load)


@with_options("about", *ABOUT, of=ABOUT)
def load(
    kind: Annotated[str, typer.Argument(help=f"What the files hold: {KINDS}.")] = "",
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files as published: docs/data.md names them.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be loaded.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="CSV for what is not taken. [var/loads/KIND-rejects.csv]")
    ] = None,
    most_rejects: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rows that may be left out.")
    ] = MOST_REJECTS,
    from_scratch: Annotated[
        bool, typer.Option(help="Forget what was staged; load again what is loaded.")
    ] = False,
    undo: Annotated[bool, typer.Option(help="Bring back what the last load replaced.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the loads.")] = False,
    as_json: Json = False,
    *,
    about: Mapping[str, Any],
) -> None:
    """Load official files; a load is a version of its tables that --undo takes back."""
    if show:
        _list(app().loads.versions.all(), as_json)
    elif undo:
        undone = app().loads.undo(COMMAND_LINE, kind)
        print_line(f"{kind}: load {undone.load_id} undone ({', '.join(undone.tables)})")
    elif not files:
        raise InvalidInput("load_needs_files", kind=kind or "KIND", known=kinds.names())
    else:
        options = {
            "dry_run": dry_run,
            "from_scratch": from_scratch,
            "most_rejects": most_rejects,
        }
        _load(kind, files, Given(**about), rejects, options, as_json)


def _load(
    kind: str,
    files: Sequence[Path],
    given: Given,
    rejects: Path | None,
    options: Mapping[str, bool | float],
    as_json: bool,
) -> None:
    began = time.perf_counter()
    with progress_bar(f"load {kind}") as bar:

        def progress(progress: int, step: Step, completed: int | None = None) -> None:
            bar(progress, 100, str(step))

        report = app().loads.load(COMMAND_LINE, kind, files, given, progress, rejects, **options)
    if as_json:
        print_json(report.as_row())
    else:
        _say(report, rejects or app().loads.rejects(kind), time.perf_counter() - began)


def _say(report: Report, rejects: Path, seconds: float) -> None:
    """What was recognised, what was done, and what was not taken."""
    for name, value in report.facts.items():
        print_line(f"{name:10} {value}")
    rows = ", ".join(f"{table} {count:,}" for table, count in report.rows.items())
    if report.outcome == "unchanged":
        print_line(f"unchanged  loaded already as load {report.load_id}: {rows}")
        return
    outcome = "would load" if report.outcome == "recognised" else f"load {report.load_id}"
    resumed = f", went on behind chunk {report.resumed}" if report.resumed else ""
    pace = f"{report.read / max(seconds, 1e-3):,.0f} rows/s"
    print_line(f"{outcome:10} {rows} ({report.read:,} rows read, {seconds:.1f} s, {pace}{resumed})")
    if report.outcome == "recognised":
        _say_replaced(report.tables)
    if report.dropped or report.unknown:
        print_line(f"not taken  {report.dropped:,} rows, {report.unknown:,} values: {rejects}")
        for one in report.first_rejects:
            print_line(
                f"           row {one.row}, {one.column}: {one.value!r} {one.reason};"
                f" allowed: {one.allowed}"
            )


def _say_replaced(tables: Sequence[str]) -> None:
    """The data sets that the tables hold now."""
    for source in app().sources.all():
        if source.table_name in tables:
            print_line(
                f"replaces   {source.table_name}: {source.name} ({source.kind},"
                f" {source.row_count:,} rows)"
            )


def _list(loads: Sequence[Load], as_json: bool) -> None:
    if as_json:
        print_json([load.as_row() for load in loads])
        return
    for load in loads:
        names = ", ".join(str(file["name"]) for file in load.files)
        rows = ", ".join(f"{table} {count:,}" for table, count in load.rows.items())
        print_line(
            f"{load.load_id:4} {load.kind:12} {load.state:10} {load.at:%Y-%m-%d %H:%M}"
            f"  {rows}  {names}"
        )
    if not loads:
        console.print("nothing was loaded from files yet")
