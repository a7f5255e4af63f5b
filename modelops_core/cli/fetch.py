"""The command ``fetch``: rows of a provider's service, where the settings allow it."""

from __future__ import annotations

from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, print_json, print_line
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.errors import InvalidInput


def register(program: typer.Typer) -> None:
    """Add the command."""
    program.command()(fetch)


def fetch(
    kind: Annotated[str, typer.Argument(help="What to ask for: buildings, typhoon or wamis.")],
    wanted: Annotated[
        list[str] | None, typer.Argument(help="NAME=VALUE …; without any it says which.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask a provider's service for rows (MODELOPS_LIVE=true, keys from the settings)."""
    found = app().live_data.fetch(COMMAND_LINE, kind, dict(map(_pair, wanted or ())))
    if as_json:
        print_json(
            {
                "rows": dict(found.rows),
                "rejects": [reject._asdict() for reject in found.rejects],
                "files": [str(path) for path in found.files],
            }
        )
        return
    for table, rows in found.rows.items():
        print_line(f"{table}: {rows:,} rows more")
    for path in found.files:
        print_line(f"kept as  {path}")
    for one in found.rejects[:10]:
        print_line(f"not taken  row {one.row}, {one.column}: {one.value!r} {one.reason}")


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise InvalidInput("pair_needed", value=text)
    return name, value
