"""The command ``portfolio report``: the workbook, PDF and DOCX of a finished run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import print_line
from modelops_core.domain import horizons
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.errors import InvalidInput
from modelops_core.services.report.portfolio.gather import Choice

KINDS = ("xlsx", "pdf", "docx")
#: exit code where a control total does not add up
WRONG = 3


def register(verbs: typer.Typer) -> None:
    """Add the command to the group."""
    verbs.command()(report)


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


def report(
    run_id: Annotated[int, typer.Argument(help="Number of a finished run.")],
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
    signer: Annotated[str, typer.Option(help="Who signs.")] = "",
    equity: Annotated[float | None, typer.Option(help="Of the entity, KRW.")] = None,
    former: Former = None,
) -> None:
    """Write the report of a finished run; ends with 3 where a control total fails."""
    choice = Choice(
        language=language,
        scenario=scenario,
        horizon=horizon,
        lens=lens,
        threshold=threshold,
        unit=unit,
        reporting_date=_day(as_of),
        entity=entity,
        signer=signer,
        equity=equity,
    )
    _write(run_id, choice, former, out, tuple(kind or KINDS))


def _write(
    run_id: int, choice: Choice, former: int | None, out: Path, kinds: tuple[str, ...]
) -> None:
    reports = app().portfolio_reports
    content = reports.content(run_id, choice, COMMAND_LINE, former)
    for path in reports.write(content, out, kinds):
        print_line(str(path))
    for name in reports.failed(content):
        print_line(f"FAIL {name}")
    if reports.failed(content):
        raise typer.Exit(WRONG)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("not_a_day", field="as-of", value=text) from None
