"""batch_jobs as workers see it: claim, heartbeat, requeue, schedule, delete what is old."""

from __future__ import annotations

from sqlalchemy import Connection

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.db.queue.jobs import (
    RELAXED,
    Jobs,
    checked,
    dump,
    fingerprint,
    step_columns,
)
from modelops_core.domain.job import Step, StepKind, WorkItem
from modelops_core.ports import Row


class JobQueue(Jobs):
    """The queue's both ends."""

    def claim(self, job_types: list[str], worker: str) -> WorkItem | None:
        """Take the oldest queued job; None where there is none."""
        with explained(), self._engine.begin() as connection:
            found = queries.row(connection, "claim_job", job_types=job_types, worker=worker)
        return None if found is None else WorkItem(**found)

    def heartbeat(self, batch_id: str) -> None:
        """The job's worker is alive."""
        with explained(), self._engine.begin() as connection:
            connection.exec_driver_sql(RELAXED)
            queries.run(connection, "heartbeat", batch_id=checked(batch_id))

    def orphans(self, silence: float) -> list[WorkItem]:
        """Running jobs without a heartbeat for *silence* seconds whose lock nobody holds."""
        with explained(), self._engine.begin() as connection:
            silent = [
                WorkItem(**row) for row in queries.rows(connection, "orphans", silence=silence)
            ]
            return [item for item in silent if _abandoned(connection, item)]

    def requeue(self, batch_id: str, uncounted_attempts: int = 0) -> None:
        """Put a job back into the queue; *uncounted_attempts* attempts do not count."""
        waiting = step_columns(Step(StepKind.other_worker))
        cancelled = step_columns(Step(StepKind.cancelled))
        with explained(), self._engine.begin() as connection:
            queries.run(
                connection,
                "requeue_job",
                batch_id=checked(batch_id),
                uncounted_attempts=uncounted_attempts,
                waiting_step=waiting["current_step"],
                waiting=waiting["step"],
                cancelled_step=cancelled["current_step"],
                cancelled=cancelled["step"],
            )

    def schedule_nightly_run(self, params: Row, timeout: int) -> str | None:
        """Queue today's nightly run where it is due; its id, None where it is not."""
        with explained(), self._engine.begin() as connection:
            found = queries.row(
                connection, "schedule_nightly_run", input_params=dump(params), timeout_s=timeout
            )
        return None if found is None else str(found["batch_id"])

    def known(self, job_type: str, params: Row) -> bool:
        """Whether such a job was ever asked for, whatever became of it."""
        with explained(), self._engine.connect() as connection:
            return (
                queries.row(
                    connection, "known_job", request_hash=fingerprint(job_type, params, None)
                )
                is not None
            )

    def prune(self, days: int) -> int:
        """Delete jobs that ended more than *days* days ago, none for 0; how many."""
        with explained(), self._engine.begin() as connection:
            return queries.run(connection, "prune_jobs", days=days)


def hold(connection: Connection, batch_id: str) -> bool:
    """Lock a job for this session; False where another holds it."""
    found = queries.row(connection, "job_lock", batch_id=batch_id)
    return bool(found and found["locked"])


def release(connection: Connection, batch_id: str) -> None:
    """Release the lock of a job that this session holds."""
    queries.row(connection, "job_unlock", batch_id=batch_id)


def _abandoned(connection: Connection, item: WorkItem) -> bool:
    """Whether nobody holds the job; a nightly run holds its own lock, whoever started it."""
    if not hold(connection, item.batch_id):
        return False
    release(connection, item.batch_id)
    return item.job_type != "nightly" or _no_nightly_run(connection)


def _no_nightly_run(connection: Connection) -> bool:
    found = queries.row(connection, "nightly_lock")
    if not (found and found["locked"]):
        return False
    queries.row(connection, "nightly_unlock")
    return True
