"""batch_jobs as workers see it: take, keep alive, give back, schedule, forget."""

from __future__ import annotations

from sqlalchemy import Connection

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.db.queue.jobs import RELAXED, Jobs, checked, dump, fingerprint
from modelops_core.ports import Row


class JobQueue(Jobs):
    """The queue's both ends."""

    def claim(self, job_types: list[str], worker: str) -> Row | None:
        """Take the oldest queued job; None where there is none."""
        with explained(), self._engine.begin() as connection:
            return queries.row(connection, "claim_job", job_types=job_types, worker=worker)

    def heartbeat(self, batch_id: str) -> None:
        """The job's worker is alive."""
        with explained(), self._engine.begin() as connection:
            connection.exec_driver_sql(RELAXED)
            queries.run(connection, "heartbeat", batch_id=checked(batch_id))

    def orphans(self, silence: float) -> list[Row]:
        """Running jobs without a sign of life for *silence* seconds whose lock nobody holds."""
        with explained(), self._engine.begin() as connection:
            silent = queries.rows(connection, "orphans", silence=silence)
            return [job for job in silent if _abandoned(connection, job)]

    def requeue(self, batch_id: str, given_back: int = 0) -> None:
        """Give a job to another worker; *given_back* attempts do not count."""
        with explained(), self._engine.begin() as connection:
            queries.run(
                connection, "requeue_job", batch_id=checked(batch_id), given_back=given_back
            )

    def schedule_night(self, params: Row, timeout: int) -> str | None:
        """Queue today's night where it is due; its id, None where it is not."""
        with explained(), self._engine.begin() as connection:
            found = queries.row(
                connection, "schedule_night", input_params=dump(params), timeout_s=timeout
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
        """Forget jobs that ended more than *days* days ago; how many."""
        with explained(), self._engine.begin() as connection:
            return queries.run(connection, "prune_jobs", days=days)


def hold(connection: Connection, batch_id: str) -> bool:
    """Lock a job for this session; False where another holds it."""
    found = queries.row(connection, "job_lock", batch_id=batch_id)
    return bool(found and found["locked"])


def release(connection: Connection, batch_id: str) -> None:
    """Let a job of this session go."""
    queries.row(connection, "job_unlock", batch_id=batch_id)


def _abandoned(connection: Connection, job: Row) -> bool:
    """Whether nobody holds the job; a night holds its own lock, whoever started it."""
    if not hold(connection, job["batch_id"]):
        return False
    release(connection, job["batch_id"])
    return job["job_type"] != "nightly" or _no_night(connection)


def _no_night(connection: Connection) -> bool:
    found = queries.row(connection, "night_lock")
    if not (found and found["locked"]):
        return False
    queries.row(connection, "night_unlock")
    return True
