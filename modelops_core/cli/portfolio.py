"""
The commands of portfolios.

``portfolio FILE --out DIR`` calculates a file, ``portfolio check`` says what is wrong with it, and
``portfolio files`` writes the files of a calculation again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from modelops_core.bootstrap import app
from modelops_core.cli import portfolio_report
from modelops_core.cli.shared import Json, print_json, print_line, progress_bar
from modelops_core.domain import horizons
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.job import Step
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import (
    Finding,
    Language,
    counted,
    findings,
)
from modelops_core.errors import InvalidInput
from modelops_core.services.portfolio.validation import Validated
from modelops_core.sources import whole_file


class FileOrVerb(TyperGroup):
    """What is no command is a file to calculate: ``portfolio FILE`` is ``portfolio run FILE``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command of *args*, ``run`` where the first of them is none."""
        known = self.get_command(ctx, args[0]) is not None
        return super().resolve_command(ctx, args if known else ["run", *args])


verbs = typer.Typer(
    help="Portfolios: FILE --out DIR calculates one.", cls=FileOrVerb, no_args_is_help=True
)

#: exit code where something must be corrected
WRONG = 2
#: findings that are printed; a file has them all
SHOWN = 50
SEVERITIES = {
    "ko": {"error": "오류", "warning": "확인", "note": "참고"},
    "en": {"error": "error", "warning": "warning", "note": "note"},
}
SUMMARIES = {
    "ko": "사업장 {sites:,}곳 · 오류 {error:,} · 확인 {warning:,} · 참고 {note:,}",
    "en": "{sites:,} sites · {error:,} errors · {warning:,} warnings · {note:,} notes",
}
ROW = {"ko": "{}행", "en": "row {}"}
MORE = {
    "ko": "… {left:,}건 더 있습니다. --errors 파일에 모두 적습니다.",
    "en": "… {left:,} more: --errors FILE.csv has them all.",
}


def register(program: typer.Typer) -> None:
    """Add the commands."""
    portfolio_report.register(verbs)
    program.add_typer(verbs, name="portfolio")


@verbs.callback()
def portfolio() -> None:
    """Portfolios: FILE --out DIR calculates one, check says what is wrong with it."""


Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Our template, OED, CLIMADA or physrisk: CSV, XLSX, Parquet, GeoJSON …"),
]
Currency = Annotated[
    str | None, typer.Option(help="Of money where the file does not say it, such as KRW.")
]
Rates = Annotated[list[str] | None, typer.Option(help="KRW for one unit: USD=1390.")]
Crs = Annotated[str | None, typer.Option(help="Of coordinates in metres, such as EPSG:5179.")]
Encoding = Annotated[str | None, typer.Option(help="Of text, such as cp949.")]
AsOf = Annotated[str | None, typer.Option(help="Reporting date, 2027-12-31. [today]")]
OfFindings = Annotated[Language, typer.Option(help="Of what is found.")]
Out = Annotated[Path, typer.Option(help="Folder for the files; made where it lacks.")]
Scenario = Annotated[str, typer.Option(help="Of the table of sites: ssp1, ssp2, ssp3 or ssp5.")]
Horizon = Annotated[
    str, typer.Option(help="Of the table of sites: baseline, 2030s, 2050s, 2070s or 2090s.")
]


@verbs.command()
def check(
    files: Files = None,
    errors: Annotated[Path | None, typer.Option(help="CSV for all that was found.")] = None,
    template: Annotated[
        Path | None, typer.Option(help="Write the template here, .xlsx or .csv, and end.")
    ] = None,
    currency: Currency = None,
    rate: Rates = None,
    crs: Crs = None,
    encoding: Encoding = None,
    as_of: AsOf = None,
    language: OfFindings = "ko",
    as_json: Json = False,
) -> None:
    """Say of every cell that is wrong what it holds, what is allowed and what to do."""
    if template is not None:
        app().portfolio_files.template(template)
        print_line(str(template))
        return
    if not files:
        raise InvalidInput("portfolio_needs_file")
    choices = Choices(
        as_of=_day(as_of), currency=currency, rates=_rates(rate or ()), crs=crs, encoding=encoding
    )
    draft = app().portfolio_files.read(files, choices)
    found = app().portfolio_files.check(draft, choices)
    if errors is not None:
        app().portfolio_files.list_findings(errors, found)
    _say(found, language, as_json)
    if found.errors:
        raise typer.Exit(WRONG)


@verbs.command()
def run(
    files: Files = None,
    out: Out = Path("portfolio"),
    currency: Currency = None,
    rate: Rates = None,
    crs: Crs = None,
    encoding: Encoding = None,
    as_of: AsOf = None,
    scenario: Scenario = horizons.DEFAULT_SCENARIO,
    horizon: Horizon = horizons.DEFAULT_HORIZON,
    language: OfFindings = "ko",
) -> None:
    """Check a file, calculate its sites and write what came out into a folder."""
    if not files:
        raise InvalidInput("portfolio_needs_file")
    horizons.scenario(scenario)
    horizons.horizon(horizon)
    choices = Choices(
        as_of=_day(as_of), currency=currency, rates=_rates(rate or ()), crs=crs, encoding=encoding
    )
    a = app()
    found = a.portfolio_files.check(a.portfolio_files.read(files, choices), choices)
    whole_file.folder(out)
    a.portfolio_files.list_findings(out / "findings.csv", found)
    _say(found, language, as_json=False)
    if found.portfolio is None:
        raise typer.Exit(WRONG)
    version = a.portfolio_jobs.keep(found.portfolio, COMMAND_LINE)
    with progress_bar("portfolio") as bar:

        def shown(progress: int, step: Step, completed: int | None = None) -> None:
            bar(progress, 100, str(step))

        summary = a.portfolio_jobs.calculate(version, choices.as_of.year, shown)
    _write(summary["run_id"], out, scenario, horizon)


@verbs.command("files")
def files_of_run(
    run_id: Annotated[int, typer.Argument(help="As run.json or the API says it.")],
    out: Out = Path("portfolio"),
    scenario: Scenario = horizons.DEFAULT_SCENARIO,
    horizon: Horizon = horizons.DEFAULT_HORIZON,
) -> None:
    """Write the files of a finished calculation again."""
    horizons.scenario(scenario)
    horizons.horizon(horizon)
    whole_file.folder(out)
    _write(run_id, out, scenario, horizon)


def _write(run_id: int, out: Path, scenario: str, horizon: str) -> None:
    for path in app().portfolio_exports.write_all(run_id, out, scenario, horizon):
        print_line(str(path))


def _say(found: Validated, language: Language, as_json: bool) -> None:
    if as_json:
        rows = [finding.as_row() for finding in findings(found.problems)]
        print_json({"sites": found.sites, **counted(found.problems), "findings": rows})
        return
    for finding in findings(found.problems, SHOWN):
        print_line(_line(finding, language))
    counts = counted(found.problems)
    left = sum(counts.values()) - SHOWN
    if left > 0:
        print_line(MORE[language].format(left=left))
    print_line(SUMMARIES[language].format(sites=found.sites, **counts))


def _line(finding: Finding, language: Language) -> str:
    """Severity, cell, what is wrong, what to do and what is proposed."""
    problem = finding.problem
    row = problem.column.header if finding.row is None else ROW[language].format(finding.row)
    place = "!".join(part for part in (problem.sheet, finding.cell or row) if part) or "–"
    proposed = f" → {finding.proposal}" if finding.proposal else ""
    message = f"{finding.message(language)} {finding.fix(language)}{proposed}"
    return f"{SEVERITIES[language][problem.severity]:7} {place:14} {message}"


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise InvalidInput("not_a_day", field="as-of", value=text) from None


def _rates(given: Sequence[str]) -> dict[str, float]:
    rates = {}
    for text in given:
        code, _, number = text.partition("=")
        try:
            rates[code.strip().upper()] = float(number)
        except ValueError:
            raise InvalidInput("rate_form", value=text) from None
    return rates
