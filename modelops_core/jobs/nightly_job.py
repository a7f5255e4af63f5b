"""A night that a worker runs: its row in batch_jobs exists already."""

from __future__ import annotations

from typing import Protocol

from modelops_core.ports import Progress, Row


class Rows(Protocol):
    """batch_jobs."""

    def get(self, batch_id: str) -> Row: ...

    def progress(
        self, batch_id: str, progress: int, step: str | None = None, **items: int | None
    ) -> bool: ...


class Adopted:
    """A ports.JobStore of one job: what a night writes goes to the job it runs as."""

    def __init__(self, rows: Rows, batch_id: str, tell: Progress) -> None:
        self._rows = rows
        self._batch_id = batch_id
        self._tell = tell
        self.results: Row = {}

    def create(
        self, job_type: str, params: Row, total: int | None = None, *, running: bool = False
    ) -> str:
        """The job's id; nothing is made."""
        self._rows.progress(self._batch_id, 0, "Reading inputs", total_items=total)
        return self._batch_id

    def progress(
        self, batch_id: str, progress: int, step: str | None = None, **items: int | None
    ) -> bool:
        """As the worker tells it: cancelling and the deadline take effect here."""
        self._tell(progress, step or "", items.get("completed_items"))
        return True

    def complete(self, batch_id: str, results: Row) -> None:
        """Keep the results for the worker, which ends the job."""
        self.results = results

    def fail(self, batch_id: str, message: str, trace: str | None = None) -> None:
        """The worker writes why."""

    def get(self, batch_id: str) -> Row:
        """The job's row."""
        return self._rows.get(batch_id)
