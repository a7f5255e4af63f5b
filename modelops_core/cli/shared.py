"""The Typer program to which all commands are added, JSON output, and progress bars."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from modelops_core import __version__
from modelops_core.domain.job import Step

program = typer.Typer(
    name="modelops",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def print_json(value: Any) -> None:
    """Print *value* as JSON on stdout; unknown is null."""
    text = orjson.dumps(
        value,
        option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS,
        default=str,
    )
    sys.stdout.write(text.decode() + "\n")


def print_line(text: str) -> None:
    """Print a line on stdout."""
    sys.stdout.write(text + "\n")


def _version(asked: bool) -> None:
    """Print the version and end, where *asked*."""
    if asked:
        print_line(__version__)
        raise typer.Exit


@program.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Physical climate risk of sites in South Korea."""


@contextmanager
def progress_bar(label: str) -> Iterator[Any]:
    """
    Show a progress bar on a terminal, elsewhere one line at the end.

    Gives a function that is called with (done, total, text).
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=None)

        def report(done: int | None, total: int | None, text: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{label}: {text}")

        yield report


@contextmanager
def step_progress_bar(label: str) -> Iterator[Callable[[Step], None]]:
    """Show a progress bar; gives a progress callback that is called with steps."""
    with progress_bar(label) as report:
        yield lambda step: report(step.done, step.total, str(step))
