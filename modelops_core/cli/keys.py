"""The commands ``keys``: add, list and revoke API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, console, print_json, print_line
from modelops_core.db.access.keys import SCOPES, Keys
from modelops_core.domain.access import COMMAND_LINE

verbs = typer.Typer(help="API keys: make, list, revoke.", no_args_is_help=True)
ACTOR = COMMAND_LINE.name


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.add_typer(verbs, name="keys")


@verbs.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(SCOPES)}; each holds those before it.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Valid for; until revoked where left out.")
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(help="Address of who holds it, for signatures; a system's where left out."),
    ] = None,
) -> None:
    """Make a key and print it, this once."""
    scopes = scope or ["read"]
    key = Keys(app().owner).add(name, scopes, days, person)
    about: dict[str, object] = {"name": name, "scopes": scopes, "person": person}
    app().audit.note(ACTOR, "add key", key.split("_")[1], None, **about)
    console.print("Keep it now: it cannot be shown again.")
    print_line(key)


@verbs.command(name="list")
def list_keys(as_json: Json = False) -> None:
    """All keys, the revoked and the expired ones too."""
    keys = Keys(app().owner).all()
    if as_json:
        print_json(keys)
        return
    for key in keys:
        used = f"{key['last_used_at']:%Y-%m-%d %H:%M}" if key["last_used_at"] else "never used"
        print_line(
            f"{key['key_id']}  {key['state']:8} {','.join(key['scopes']):15} {used:17}"
            f" {key['name']}" + (f" <{key['person']}>" if key["person"] else "")
        )


@verbs.command()
def revoke(
    key_id: Annotated[
        str, typer.Argument(help="The eight characters after mo_, as in `keys list`.")
    ],
) -> None:
    """Make a key worthless from now on."""
    Keys(app().owner).revoke(key_id)
    app().audit.note(ACTOR, "revoke key", key_id)
    print_line("revoked")
