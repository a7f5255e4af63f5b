"""The workers' operations on batch_jobs: claim, heartbeat, requeue, schedule, delete old jobs."""

from __future__ import annotations

from sqlalchemy import Connection

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import (
    ASYNCHRONOUS_COMMIT,
    Jobs,
    error_columns,
    fingerprint,
    step_columns,
    to_json,
)
from modelops_core.domain.job import Priority, SignOfLife, Step, StepKind, WorkItem
from modelops_core.errors import ModelOpsError
from modelops_core.ports import Row


class JobQueue(Jobs):
    """All operations on ``batch_jobs``: those of Jobs, and the workers' own."""

    def claim(self, job_types: list[str], worker: str) -> WorkItem | None:
        """
        Claim the queued job of *job_types* that is due for *worker*; None where there is none.

        Higher priorities come first, then the owner who wants least, then the one who was served
        least recently, then the oldest.
        """
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(connection, "claim_job", job_types=job_types, worker=worker)
        return None if found is None else WorkItem(**found)

    def begin(self, batch_id: str) -> bool:
        """Count an attempt: the handler begins. False where the claim is lost."""
        with translated_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql(ASYNCHRONOUS_COMMIT)
            return queries.run(connection, "begin_job", **self._key(batch_id)) > 0

    def heartbeat(self, batch_id: str) -> None:
        """Write the present time as the job's heartbeat."""
        with translated_errors(), self._engine.begin() as connection:
            connection.exec_driver_sql(ASYNCHRONOUS_COMMIT)
            queries.run(connection, "heartbeat", **self._key(batch_id))

    def running(self) -> list[SignOfLife]:
        """The last sign of life of each running job, the oldest job first."""
        with translated_errors(), self._engine.begin() as connection:
            return [SignOfLife(**row) for row in queries.rows(connection, "running_jobs")]

    def abandoned(self, sign: SignOfLife) -> bool:
        """Whether no session holds the job's lock; a nightly run also holds its own."""
        with translated_errors(), self._engine.begin() as connection:
            if not try_lock(connection, sign.batch_id):
                return False
            unlock(connection, sign.batch_id)
            return sign.job_type != "nightly" or _no_nightly_run(connection)

    def end_nightly_session(self) -> None:
        """End the session that holds the nightly run's lock, of a process that stands still."""
        with translated_errors(), self._engine.connect() as connection:
            connection.detach()  # RESET ROLE, as the login role owns sessions, not for the pool
            connection.exec_driver_sql("RESET ROLE")
            queries.rows(connection, "end_nightly_session")

    def requeue(
        self,
        batch_id: str,
        uncounted_attempts: int = 0,
        *,
        rescued: bool = False,
        retry: tuple[float, ModelOpsError] | None = None,
    ) -> bool:
        """
        Put a job back into the queue; False where the claim is lost or its row is being written.

        *uncounted_attempts* are taken off its attempts. *rescued*: its worker died or vanished.
        *retry*: seconds to wait and the error that is thought to pass until then.
        """
        pause, error = retry or (0.0, None)
        waiting = Step(StepKind.another_try if retry else StepKind.other_worker)
        values = {
            "uncounted_attempts": uncounted_attempts,
            "rescued": int(rescued),
            "retried": int(retry is not None),
            "pause": pause,
            **(error_columns(error) if error else {"error_message": None, "error": None}),
            **_steps_after(waiting),
        }
        with translated_errors(), self._engine.begin() as connection:
            return queries.run(connection, "requeue_job", **self._key(batch_id), **values) > 0

    def schedule_nightly_run(
        self, params: Row, timeout: int, again: int = 0, pause: float = 0.0
    ) -> str | None:
        """
        Queue today's nightly run where it is due and return its id; None where it is not.

        One that failed is queued *again* times more, *pause* seconds after each failure.
        """
        values = {"input_params": to_json(params), "timeout_s": timeout}
        values |= {"again": again, "pause": pause, "priority": Priority.night}
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(connection, "schedule_nightly_run", **values)
        return None if found is None else str(found["batch_id"])

    def unreported_failures(self) -> list[Row]:
        """Nightly runs that failed within a day; each is given once, to one caller."""
        with translated_errors(), self._engine.begin() as connection:
            return queries.rows(connection, "unreported_failures")

    def unreported(self, batch_id: str) -> None:
        """Give the failure of a nightly run again: its report did not arrive."""
        with translated_errors(), self._engine.begin() as connection:
            queries.run(connection, "unreported_again", batch_id=batch_id)

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
            queries.run(connection, "forget_requests")
            return queries.run(connection, "prune_jobs", days=days)


def try_lock(connection: Connection, batch_id: str) -> bool:
    """Lock a job for this session; return False where another session holds the lock."""
    found = queries.row(connection, "job_lock", batch_id=batch_id)
    return bool(found and found["locked"])


def unlock(connection: Connection, batch_id: str) -> None:
    """Release the lock of a job that this session holds."""
    queries.row(connection, "job_unlock", batch_id=batch_id)


def _steps_after(waiting: Step) -> Row:
    """The columns of the step that a job put back is in, and of the one that a cancelled one is."""
    here, ended = step_columns(waiting), step_columns(Step(StepKind.cancelled))
    return {
        "waiting_step": here["current_step"],
        "waiting": here["step"],
        "cancelled_step": ended["current_step"],
        "cancelled": ended["step"],
    }


def _no_nightly_run(connection: Connection) -> bool:
    found = queries.row(connection, "nightly_lock")
    if not (found and found["locked"]):
        return False
    queries.row(connection, "nightly_unlock")
    return True
