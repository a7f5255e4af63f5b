"""The commands ``jobs``: list, show, worker, cancel, retry."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from modelops_core.bootstrap import app
from modelops_core.cli.shared import Json, console, print_json, print_line
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.job import JobStatus
from modelops_core.jobs import logs
from modelops_core.jobs.worker_process import give_signs

verbs = typer.Typer(help="Jobs: list them, look at one, work on them.", no_args_is_help=True)

BatchId = Annotated[str, typer.Argument(help="Identifier of the job.")]


def register(program: typer.Typer) -> None:
    """Add the commands."""
    program.add_typer(verbs, name="jobs")


@verbs.command(name="list")
def list_jobs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    status: Annotated[JobStatus | None, typer.Option(help="Only jobs of this status.")] = None,
    as_json: Json = False,
) -> None:
    """The latest jobs."""
    jobs = app().jobs.recent(limit, status)
    if as_json:
        print_json([job.as_row() for job in jobs])
        return
    for job in jobs:
        print_line(
            f"{job.batch_id}  {job.status:9} {job.progress:3d} %  {job.job_type:28}"
            f" {job.created_at:%Y-%m-%d %H:%M:%S}"
        )


@verbs.command()
def show(batch_id: BatchId, as_json: Json = False) -> None:
    """One job with its results."""
    job = app().jobs.get(batch_id).as_row()
    if as_json:
        print_json(job)
        return
    for name, value in job.items():
        print_line(f"{name:18} {'(see --json)' if name == 'results' and value else value}")


@verbs.command()
def worker(
    threads: Annotated[int, typer.Option(min=1, max=32, help="Jobs at the same time.")] = 1,
    until_input_ends: Annotated[
        bool,
        typer.Option(
            help="Beside a server: stop also when the standard input ends, and give signs of life"
            " on the standard output."
        ),
    ] = False,
) -> None:
    """
    Work on queued jobs until stopped (SIGTERM or Ctrl-C).

    Running jobs then get a moment to end before they go back into the queue.
    """
    logs.configure()
    pool = app().worker_pool(threads)
    supervisors = app().supervisors()

    def end(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=pool.stop).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    if until_input_ends:
        threading.Thread(target=_stop_at_end_of_input, args=(pool.stop,), daemon=True).start()
        threading.Thread(target=give_signs, name="signs of life", daemon=True).start()
    for supervisor in supervisors:
        supervisor.start()
    pool.start()
    console.print(f"worker     {threads} thread{'s' if threads > 1 else ''}")
    pool.join()
    for supervisor in supervisors:
        supervisor.stop()


def _stop_at_end_of_input(stop: Callable[[], None]) -> None:
    sys.stdin.buffer.read()
    stop()


@verbs.command()
def cancel(batch_id: BatchId) -> None:
    """Cancel a job: a waiting one at once, a running one at its next step."""
    status = app().job_access.cancel(batch_id, COMMAND_LINE)
    print_line("cancelled" if status.ended else "will stop at its next step")


@verbs.command()
def retry(batch_id: BatchId) -> None:
    """Ask for an ended job again; prints the new job's id."""
    print_line(app().job_access.retry(batch_id, COMMAND_LINE))
