"""The command ``portfolio check``: what is wrong with a file, before any calculation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import (
    Finding,
    Language,
    counted,
    findings,
)
from modelops_core.errors import InvalidInput
from modelops_core.services.portfolio.validation import Validated

verbs = typer.Typer(help="Portfolios: check their files.", no_args_is_help=True)

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
MORE = {
    "ko": "… {left:,}건 더 있습니다. --errors 파일에 모두 적습니다.",
    "en": "… {left:,} more: --errors FILE.csv has them all.",
}


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.add_typer(verbs, name="portfolio")


@verbs.callback()
def portfolio() -> None:
    """Portfolios: check their files."""


@verbs.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Our template, OED, CLIMADA or physrisk: CSV, XLSX, Parquet, GeoJSON …"
        ),
    ] = None,
    errors: Annotated[Path | None, typer.Option(help="CSV for all that was found.")] = None,
    template: Annotated[
        Path | None, typer.Option(help="Write the template here, .xlsx or .csv, and end.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="Of money where the file does not say it, such as KRW.")
    ] = None,
    rate: Annotated[list[str] | None, typer.Option(help="KRW for one unit: USD=1390.")] = None,
    crs: Annotated[
        str | None, typer.Option(help="Of coordinates in metres, such as EPSG:5179.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text, such as cp949.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Reporting date, 2027-12-31. [today]")] = None,
    language: Annotated[Language, typer.Option(help="Of what is found.")] = "ko",
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
    row = f"row {finding.row}" if finding.row is not None else problem.column.header
    place = "!".join(part for part in (problem.sheet, finding.cell or row) if part) or "–"
    proposed = f" → {finding.proposal}" if finding.proposal else ""
    said = f"{finding.message(language)} {finding.fix(language)}{proposed}"
    return f"{SEVERITIES[language][problem.severity]:7} {place:14} {said}"


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
