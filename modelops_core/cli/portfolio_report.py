"""The commands ``portfolio report`` and ``versions``: workbook, PDF and DOCX of a finished run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.domain import horizons
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.errors import InvalidInput
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.versions import ReportVersion, as_row

KINDS = ("xlsx", "pdf", "docx")
#: exit code where a control total does not add up
WRONG = 3


def register(verbs: typer.Typer) -> None:
    """Add the commands to the group."""
    verbs.command()(report)
    verbs.command()(versions)


Kinds = Annotated[list[str] | None, typer.Option(help="xlsx, pdf or docx, repeated. [all]")]
OfLens = Annotated[str, typer.Option(help="zone, loss_rate or rare_loss. [of the set]")]
Threshold = Annotated[float | None, typer.Option(help="Of the lens. [of the set]")]
Scenario = Annotated[str, typer.Option(help="Of tables of one scenario: ssp1, ssp2, ssp3, ssp5.")]
Horizon = Annotated[
    str, typer.Option(help="Of tables of one horizon: baseline, 2030s, 2050s, 2070s, 2090s.")
]
Unit = Annotated[str, typer.Option(help="Of money: million or eok (100 million).")]
AsOf = Annotated[str | None, typer.Option(help="Reporting date, 2027-12-31. [today]")]
Former = Annotated[int | None, typer.Option(help="Run of the former report.")]
RunId = Annotated[int, typer.Argument(help="Number of a finished run.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep it as the run's next version.")]
Version = Annotated[
    int | None, typer.Option("--version", help="Write this version; other options do not count.")
]


def report(
    run_id: RunId,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("report"),
    kind: Kinds = None,
    language: Annotated[str, typer.Option(help="ko or en.")] = "ko",
    lens: OfLens = "",
    threshold: Threshold = None,
    scenario: Scenario = horizons.DEFAULT_SCENARIO,
    horizon: Horizon = horizons.DEFAULT_HORIZON,
    unit: Unit = "million",
    as_of: AsOf = None,
    entity: Annotated[str, typer.Option(help="Who reports. [the file's name]")] = "",
    equity: Annotated[float | None, typer.Option(help="Of the entity, KRW.")] = None,
    former: Former = None,
    keep: Keep = False,
    note: Annotated[str, typer.Option(help="With --keep: what the version says of itself.")] = "",
    version: Version = None,
) -> None:
    """
    Write the report of a finished run, a draft unless it is kept as a version.

    Ends with 3 where a control total fails, or where a version is not what it was when it was made.
    """
    choice = Choice(
        language=language,
        scenario=scenario,
        horizon=horizon,
        lens=lens,
        threshold=threshold,
        unit=unit,
        reporting_date=_day(as_of),
        entity=entity,
        equity=equity,
    )
    if keep:
        made = app().report_versions.make(run_id, choice, COMMAND_LINE, former, note)
        version = made.number
    _write(run_id, choice, former, version, (out, tuple(kind or KINDS)))


def _write(
    run_id: int,
    choice: Choice,
    former: int | None,
    version: int | None,
    files: tuple[Path, tuple[str, ...]],
) -> None:
    reports, changed = app().portfolio_reports, list[str]()
    if version is None:
        content = reports.content(run_id, choice, COMMAND_LINE, former)
    else:
        content, changed = app().report_versions.content(run_id, version, COMMAND_LINE)
    for path in reports.write(content, *files):
        print_line(str(path))
    wrong = [f"FAIL {name}" for name in reports.failed(content)]
    if changed:
        wrong.append(str(InvalidInput("report_changed", number=version, tables=changed)))
    for line in wrong:
        print_line(line)
    if wrong:
        raise typer.Exit(WRONG)


def versions(run_id: RunId, as_json: Json = False) -> None:
    """List the versions of a run's report: who made and who signed each, and its hash."""
    found = app().report_versions.all(run_id, COMMAND_LINE)
    if as_json:
        print_json([as_row(version) for version in found])
        return
    for one in found:
        print_line(
            f"{one.number:>3}  {one.made_at:%Y-%m-%d %H:%M}  {one.content_hash[:12]}  {_who(one)}"
        )


def _who(version: ReportVersion) -> str:
    signed = "not signed" if version.signed_at is None else f"signed by {version.signed_by}"
    return f"made by {version.made_by}, {signed}"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("not_a_day", field="as-of", value=text) from None
