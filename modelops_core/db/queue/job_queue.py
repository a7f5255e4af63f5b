"""The workers' operations on batch_jobs: claim, heartbeat, requeue, schedule, delete old jobs."""

from __future__ import annotations

from sqlalchemy import Connection

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import (
    ASYNCHRONOUS_COMMIT,
    Jobs,
    fingerprint,
    step_columns,
    to_json,
    valid_job_id,
)
from modelops_core.domain.job import Step, StepKind, WorkItem
from modelops_core.ports import Row


class JobQueue(Jobs):
    """All operations on ``batch_jobs``: those of Jobs, and the workers' own."""

    def claim(self, job_types: list[str], worker: str) -> WorkItem | None:
        """Claim the oldest queued job of *job_types* for *worker*; None where there is none."""
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(connection, "claim_job", job_types=job_types, worker=worker)
        return None if found is None else WorkItem(**found)

    def heartbeat(self, batch_id: str) -> None:
        """Write the present time as the job's heartbeat."""
        with translated_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql(ASYNCHRONOUS_COMMIT)
            queries.run(connection, "heartbeat", batch_id=valid_job_id(batch_id))

    def orphans(self, silence: float) -> list[WorkItem]:
        """Running jobs without a heartbeat for *silence* seconds whose lock nobody holds."""
        with translated_errors(), self._engine.begin() as connection:
            unheard = [
                WorkItem(**row) for row in queries.rows(connection, "orphans", silence=silence)
            ]
            return [item for item in unheard if _abandoned(connection, item)]

    def requeue(self, batch_id: str, uncounted_attempts: int = 0) -> None:
        """Put a job back into the queue and take *uncounted_attempts* off its attempts."""
        waiting = step_columns(Step(StepKind.other_worker))
        cancelled = step_columns(Step(StepKind.cancelled))
        with translated_errors(), self._engine.begin() as connection:
            queries.run(
                connection,
                "requeue_job",
                batch_id=valid_job_id(batch_id),
                uncounted_attempts=uncounted_attempts,
                waiting_step=waiting["current_step"],
                waiting=waiting["step"],
                cancelled_step=cancelled["current_step"],
                cancelled=cancelled["step"],
            )

    def schedule_nightly_run(self, params: Row, timeout: int) -> str | None:
        """Queue today's nightly run where it is due and return its id; None where it is not."""
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(
                connection, "schedule_nightly_run", input_params=to_json(params), timeout_s=timeout
            )
        return None if found is None else str(found["batch_id"])

    def ever_requested(self, job_type: str, params: Row) -> bool:
        """Whether a job of this type and input was ever queued, in whatever status it is now."""
        with translated_errors(), self._engine.connect() as connection:
            return (
                queries.row(
                    connection, "known_job", request_hash=fingerprint(job_type, params, None)
                )
                is not None
            )

    def prune(self, days: int) -> int:
        """Delete jobs that ended more than *days* days ago (0: none); return their number."""
        with translated_errors(), self._engine.begin() as connection:
            return queries.run(connection, "prune_jobs", days=days)


def try_lock(connection: Connection, batch_id: str) -> bool:
    """Lock a job for this session; return False where another session holds the lock."""
    found = queries.row(connection, "job_lock", batch_id=batch_id)
    return bool(found and found["locked"])


def unlock(connection: Connection, batch_id: str) -> None:
    """Release the lock of a job that this session holds."""
    queries.row(connection, "job_unlock", batch_id=batch_id)


def _abandoned(connection: Connection, item: WorkItem) -> bool:
    """Whether nobody holds the job; a nightly run holds its own lock, whoever started it."""
    if not try_lock(connection, item.batch_id):
        return False
    unlock(connection, item.batch_id)
    return item.job_type != "nightly" or _no_nightly_run(connection)


def _no_nightly_run(connection: Connection) -> bool:
    found = queries.row(connection, "nightly_lock")
    if not (found and found["locked"]):
        return False
    queries.row(connection, "nightly_unlock")
    return True
