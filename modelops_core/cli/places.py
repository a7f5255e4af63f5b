"""The commands ``find`` and ``load``: search for a place, and load what it is searched in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, console, print_json, print_line
from modelops_core.errors import InvalidInput
from modelops_core.services.site import place_search


class Table(StrEnum):
    """What can be loaded from a file of one's own."""

    places = "places"
    postcodes = "postcodes"
    addresses = "addresses"


#: what the command calls a table → its name in the database
NAMES = {Table.places: "place_names"}
UNSTATED = "not stated"


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.command()(find)
    program.command()(load)


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


def load(
    table: Annotated[Table, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="CSV, also .gz; docs/data.md names the columns.")],
    provider: Annotated[str, typer.Option(help="Who published it.")] = UNSTATED,
    licence: Annotated[str, typer.Option(help="Under which licence.")] = UNSTATED,
    version: Annotated[str, typer.Option(help="Its date or version.")] = UNSTATED,
    replace: Annotated[bool, typer.Option(help="In place of what is loaded.")] = False,
) -> None:
    """Load places, postal codes or addresses, which the search then finds."""
    from modelops_core.sources import place_tables  # slow to import, needed here only

    name = NAMES.get(table, str(table))
    dataset = place_tables.read(name, file, provider, licence, version)
    if replace or table is Table.places:
        app().tables.clear(name)
    console.print(f"{table}  {app().tables.write(dataset):,} rows")
