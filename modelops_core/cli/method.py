"""The command ``method``: prints the method, every number with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from modelops_core import data
from modelops_core.bootstrap import app
from modelops_core.cli.method_markdown import markdown
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.services.method.method_page import Section, sections
from modelops_core.sources import whole_file


def register(program: typer.Typer) -> None:
    """Add the command."""
    program.command()(method)


def method(
    write: Annotated[
        Path | None, typer.Option(help="Write it to this file, mostly docs/method.md.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The method: perils, curves, every number with source, provenance and grade; limits; flags."""
    found = sections(app().perils, app().parameters, data.worked_examples())
    if as_json:
        print_json([_plain(section) for section in found])
        return
    page = markdown(found, app().parameters.version, app().parameters.digest())
    if write is None:
        print_line(page)
        return
    whole_file.write(write, page.encode())
    print_line(
        f"{write}: {len(found)} sections, {sum(len(t.rows) for s in found for t in s.tables)}"
        " numbers"
    )


def _plain(section: Section) -> dict[str, Any]:
    """A section for programs: the declaration becomes its own words."""
    fields = (
        "number",
        "key",
        "title",
        "title_ko",
        "words",
        "tables",
        "classes",
        "curve",
        "statistics",
        "weights",
        "limits",
        "references",
        "example",
    )
    out = {name: getattr(section, name) for name in fields}
    if section.peril is not None:
        p = section.peril
        out |= {
            "kind": p.kind,
            "grade": p.grade,
            "intensity": p.intensity,
            "intensity_ko": p.intensity_ko,
            "unit": p.unit,
        }
    return out
