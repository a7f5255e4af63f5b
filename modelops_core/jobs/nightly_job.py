"""Adapts the nightly run to a job that a worker has claimed: its row in batch_jobs exists."""

from __future__ import annotations

from typing import Protocol

from modelops_core.domain.job import Job, Step, StepKind
from modelops_core.errors import ModelOpsError
from modelops_core.ports import Progress, Row


class JobRows(Protocol):
    """What is read and written of ``batch_jobs``."""

    def get(self, batch_id: str) -> Job: ...

    def progress(
        self, batch_id: str, progress: int, step: Step | None = None, **items: int | None
    ) -> bool: ...


class ClaimedJobStore:
    """
    A ports.JobStore that writes to the job which a worker has claimed.

    The nightly run believes that it creates and ends a job of its own; here the worker
    owns the job, so the results are kept for the worker, which ends it.
    """

    def __init__(self, rows: JobRows, batch_id: str, report: Progress) -> None:
        self._rows = rows
        self._batch_id = batch_id
        self._report = report
        self.results: Row = {}

    def create(
        self, job_type: str, params: Row, total: int | None = None, *, running: bool = False
    ) -> str:
        """The claimed job's id, after its number of items was written; no row is made."""
        self._rows.progress(self._batch_id, 0, Step(StepKind.inputs), total_items=total)
        return self._batch_id

    def progress(
        self, batch_id: str, progress: int, step: Step | None = None, **items: int | None
    ) -> bool:
        """Call the worker's progress callback: a cancelled or overdue job is stopped there."""
        if step is not None:
            self._report(progress, step, items.get("completed_items"))
        return True

    def complete(self, batch_id: str, results: Row) -> None:
        """Keep the results for the worker."""
        self.results = results

    def fail(self, batch_id: str, why: ModelOpsError | str, trace: str | None = None) -> None:
        """Do nothing: the worker writes the error that it catches."""

    def get(self, batch_id: str) -> Job:
        """The job's row."""
        return self._rows.get(batch_id)
