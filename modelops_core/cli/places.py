"""The command ``find``: search for a place by its name, address, code or coordinates."""

from __future__ import annotations

from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.errors import InvalidInput
from modelops_core.services.site import place_search


def register(program: typer.Typer) -> None:
    """Add the command."""
    program.command()(find)


def find(
    words: Annotated[
        list[str],
        typer.Argument(help="A name, an address, a postal code, a PNU or coordinates of any form."),
    ],
    limit: Annotated[
        int, typer.Option(min=1, max=100, help="At most so many.")
    ] = place_search.LIMIT,
    as_json: Json = False,
) -> None:
    """Find a place: its coordinates are what `assess` takes."""
    text = " ".join(words)
    found = place_search.find(text, app().place_names, limit)
    if as_json:
        print_json([place.to_row() for place in found])
        return
    if not found:
        raise InvalidInput("place_unknown", value=text)
    for place in found:
        former = f" (formerly {place.former})" if place.former else ""
        named = " · ".join(part for part in (place.name + former, place.detail) if part)
        print_line(f"{place.latitude:9.5f} {place.longitude:10.5f}  {place.kind:9} {named}")
