"""Jobs: list, show, worker."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, answer, console, say

verbs = typer.Typer(help="Jobs: list them, look at one, work on them.", no_args_is_help=True)


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.add_typer(verbs, name="jobs")


@verbs.command(name="list")
def list_jobs(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    status: Annotated[str | None, typer.Option(help="queued, running, completed, failed or cancelled.")] = None,
    as_json: Json = False,
) -> None:
    """The latest jobs."""
    jobs = app().jobs.recent(limit, status)
    if as_json:
        answer(jobs)
        return
    for job in jobs:
        say(f"{job['batch_id']}  {job['status']:9} {job['progress']:3d} %  {job['job_type']:28} {job['created_at']:%Y-%m-%d %H:%M:%S}")


@verbs.command()
def show(batch_id: str, as_json: Json = False) -> None:
    """One job with its results."""
    job = app().jobs.get(batch_id)
    if as_json:
        answer(job)
        return
    for name, value in job.items():
        say(f"{name:18} {'(see --json)' if name == 'results' and value else value}")


@verbs.command()
def worker(threads: Annotated[int, typer.Option(min=1, max=32)] = 1) -> None:
    """Work on queued jobs until stopped (SIGTERM or Ctrl-C)."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    loops = [threading.Thread(target=app().worker_loop().run, args=(stop,)) for _ in range(threads)]
    for loop in loops:
        loop.start()
    console.print(f"worker     {threads} thread{'s' if threads > 1 else ''}")
    for loop in loops:
        loop.join()
