"""Progress is told, not asked: the table is read when it must be."""

from __future__ import annotations

import json
import time

from modelops_core.ui.kit import job_status_cache
from modelops_core.ui.kit.job_status_cache import JobStatusCache


class Quiet:
    """A listening session that hears nothing."""

    def received(self, seconds: float) -> list[str]:
        time.sleep(0.01)
        return []

    def close(self) -> None: ...


class Table:
    """batch_jobs with one job, and how often it was read."""

    def __init__(self) -> None:
        self.reads, self.status = 0, "running"

    def __call__(self, batch_id: str) -> dict[str, object]:
        self.reads += 1
        return {"status": self.status, "progress": 10, "current_step": "E", "error_message": None}


def notice(**values: object) -> str:
    return json.dumps({"batch_id": "a", "status": "running", "progress": 40, "step": "V", **values})


def test_ten_looks_are_one_read(monkeypatch):
    """Within a second the table is read once, however many sessions look."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    for _ in range(10):
        board.state("a")

    assert table.reads == 1


def test_a_notice_needs_no_read():
    """What the database told is shown at once."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    board.state("a")
    board.hear(notice())

    assert (board.state("a")["progress"], board.state("a")["current_step"]) == (40, "V")
    assert table.reads == 1


def test_an_end_is_read_from_the_table():
    """A notice of the end makes the next look read how it ended."""
    table = Table()
    board = JobStatusCache(table, Quiet)
    board.state("a")
    table.status = "failed"
    board.hear(notice(status="failed"))

    assert board.state("a")["status"] == "failed"
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


def test_other_jobs_are_not_collected():
    """Notices of jobs that nobody looks at are let go."""
    board = JobStatusCache(Table(), Quiet)
    board.hear(notice(batch_id="b"))

    assert board._known == {}
