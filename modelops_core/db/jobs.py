"""batch_jobs: a ports.JobStore."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.errors import JobNotFound
from modelops_core.ports import Row

#: progress is told often and may be lost in a crash; results may not
RELAXED = "SET LOCAL synchronous_commit = off"
MESSAGE_LIMIT = 4000
TRACE_LIMIT = 20_000


class Jobs:
    """Create, move and read jobs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self, job_type: str, params: Row, total: int | None = None, *, running: bool = False, worker: str | None = None
    ) -> str:
        """A new job, queued or already *running* under *worker*; its id."""
        with explained(), self._engine.begin() as connection:
            found = queries.row(
                connection,
                "create_job",
                job_type=job_type,
                input_params=dump(params),
                total_items=total,
                status="running" if running else "queued",
                worker=worker,
            )
        assert found is not None
        return str(found["batch_id"])

    def progress(self, batch_id: str, progress: int, step: str | None = None, **items: int | None) -> None:
        """Say how far a job is; ended jobs stay as they are."""
        counts = {name: items.get(name) for name in ("completed_items", "failed_items", "total_items")}
        with explained(), self._engine.begin() as connection:
            connection.exec_driver_sql(RELAXED)
            queries.run(
                connection, "job_progress", batch_id=checked(batch_id), progress=progress, current_step=step, **counts
            )

    def complete(self, batch_id: str, results: Row) -> None:
        """End a job well; its results are kept whole."""
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "complete_job", batch_id=checked(batch_id), results=dump(results))

    def fail(self, batch_id: str, message: str, trace: str | None = None) -> None:
        """End a job with a reason."""
        with explained(), self._engine.begin() as connection:
            queries.run(
                connection,
                "fail_job",
                batch_id=checked(batch_id),
                error_message=message[:MESSAGE_LIMIT],
                error_stack_trace=None if trace is None else trace[-TRACE_LIMIT:],
            )

    def get(self, batch_id: str) -> Row:
        """One job with its results; raises JobNotFound."""
        return self._one("job", batch_id)

    def state(self, batch_id: str) -> Row:
        """Status, progress, current step and error of a job; raises JobNotFound."""
        return self._one("job_state", batch_id)

    def recent(self, limit: int = 50, status: str | None = None) -> list[Row]:
        """The latest jobs, without their results."""
        with explained(), self._engine.connect() as connection:
            return queries.rows(connection, "jobs", limit=limit, status=status)

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
            return [job for job in silent if _free(connection, job["batch_id"])]

    def requeue(self, batch_id: str) -> None:
        """Give a dead worker's job to another."""
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "requeue_job", batch_id=checked(batch_id))

    def _one(self, query: str, batch_id: str) -> Row:
        with explained(), self._engine.connect() as connection:
            found = queries.row(connection, query, batch_id=checked(batch_id))
        if found is None:
            raise JobNotFound(f"job {batch_id}: there is no job with that id.")
        return found


def hold(connection: Connection, batch_id: str) -> bool:
    """Lock a job for this session; False where another holds it."""
    found = queries.row(connection, "job_lock", batch_id=batch_id)
    return bool(found and found["locked"])


def release(connection: Connection, batch_id: str) -> None:
    """Let a job of this session go."""
    queries.row(connection, "job_unlock", batch_id=batch_id)


def _free(connection: Connection, batch_id: str) -> bool:
    if not hold(connection, batch_id):
        return False
    release(connection, batch_id)
    return True


def checked(batch_id: str) -> str:
    """*batch_id* as the database writes it; raises JobNotFound for anything but a UUID."""
    try:
        return str(uuid.UUID(str(batch_id)))
    except ValueError:
        raise JobNotFound(f"job {str(batch_id)[:60]!r}: not a job id.") from None


def dump(value: Any) -> str:
    """JSON text; NaN becomes null, numpy numbers become numbers."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS, default=str).decode()
