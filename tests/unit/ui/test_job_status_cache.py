"""Progress comes by notices of the database; the table is read only when it must be."""

from __future__ import annotations

import json
import threading
import time

from modelops_core.domain.job import JobState, JobStatus, Step, StepKind
from modelops_core.ui.kit import job_status_cache
from modelops_core.ui.kit.job_status_cache import JobStatusCache

INPUTS, TILE = Step(StepKind.inputs), Step(StepKind.tile, done=3, total=8)


class Quiet:
    """A listening session that hears nothing."""

    def received(self, seconds: float) -> list[str]:
        time.sleep(0.01)
        return []

    def close(self) -> None: ...


class Table:
    """batch_jobs with one job, and how often it was read."""

    def __init__(self) -> None:
        self.reads, self.status = 0, JobStatus.running

    def __call__(self, batch_id: str) -> JobState:
        self.reads += 1
        return JobState(
            status=self.status, progress=10, current_step="Reading inputs", step=INPUTS, owner="me"
        )


def notice(**values: object) -> str:
    said = {"batch_id": "a", "status": "running", "progress": 40}
    step = {"current_step": str(TILE), "step": TILE.as_row()}
    return json.dumps({**said, **step, **values})


def test_ten_looks_are_one_read(monkeypatch):
    """Within a second the table is read once, however many sessions look."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    for _ in range(10):
        board.state("a")

    assert table.reads == 1


def test_a_notice_needs_no_read():
    """What a notice says is shown at once."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    board.state("a")
    board.apply_notice(notice())

    assert board.state("a") == JobState(
        status=JobStatus.running,
        progress=40,
        current_step="Tile 3 of 8",
        step=TILE,
        owner="me",
    )
    assert table.reads == 1


def test_a_late_notice_takes_nothing_back():
    """The row was read after what the notice tells; a worker that begins anew is shown."""
    board = JobStatusCache(Table(), Quiet)
    board.state("a")
    board.apply_notice(notice(progress=5))
    assert board.state("a").progress == 10
    board.apply_notice(notice(progress=0, fence=1))
    assert board.state("a").progress == 0


def test_an_end_is_read_from_the_table():
    """A notice of the end makes the next look read how it ended."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    board.state("a")
    table.status = JobStatus.failed
    board.apply_notice(notice(status="failed"))

    assert board.state("a").status is JobStatus.failed
    assert table.reads == 2


def test_a_missed_notice_is_made_good(monkeypatch):
    """After a second without news the table is read again."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    board.state("a")
    now = time.monotonic()
    monkeypatch.setattr(job_status_cache.time, "monotonic", lambda: now + 1.5)
    board.state("a")

    assert table.reads == 2


def test_the_end_of_a_job_ends_the_wait_for_it():
    """Whoever waits hears of the end at once; progress alone goes on waiting."""
    table, found = Table(), []
    board = JobStatusCache(table, Quiet)
    board.state("a")
    waiting = threading.Thread(target=lambda: found.append(board.ended("a", 600)), daemon=True)
    waiting.start()
    board.apply_notice(notice())
    waiting.join(0.05)
    assert not found
    table.status = JobStatus.completed
    board.apply_notice(notice(status="completed"))
    waiting.join(60)

    assert [state.status for state in found] == [JobStatus.completed]


def test_a_wait_without_news_looks_into_the_table():
    """The notice was missed: after the time that one waits, the table says that the job has ended."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    assert not board.state("a").status.ended
    table.status = JobStatus.completed

    assert board.ended("a", 0.01).status is JobStatus.completed


def test_other_jobs_are_not_collected():
    """Notices of jobs that nobody looks at are let go."""
    board = JobStatusCache(Table(), Quiet)
    board.apply_notice(notice(batch_id="b"))

    assert board._readings == {}
