"""Creates, cancels and reads jobs in batch_jobs and writes their ends: a ports.JobStore."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from copy import copy
from datetime import UTC, datetime
from typing import Any, Self

import orjson
from sqlalchemy import Connection, Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims, requests
from modelops_core.domain.job import Job, JobState, JobStatus, Priority, Step, StepKind
from modelops_core.errors import (
    ClaimLost,
    InvalidInput,
    JobCancelled,
    JobNotFound,
    ModelOpsError,
    QueueFull,
)
from modelops_core.ports import Row

#: progress is written often and may be lost in a crash; results may not
ASYNCHRONOUS_COMMIT = "SET LOCAL synchronous_commit = off"
JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
MESSAGE_LIMIT = 4000
TRACE_LIMIT = 20_000
#: jobs that may wait in the queue, where the settings do not say
QUEUE_LIMIT = 1000
#: years in which a job may have been made; at the calendar's ends other zones have no date
FIRST_YEAR, LAST_YEAR = 2000, 2200
#: attempts to add a job while an equal one ends at the same moment
ENQUEUE_ATTEMPTS = 3


class Jobs:
    """Creates, cancels, retries and reads jobs; writes their progress and how they ended."""

    def __init__(
        self, engine: Engine, queue_limit: int = QUEUE_LIMIT, owner_limit: int = QUEUE_LIMIT
    ) -> None:
        self._engine = engine
        self._queue_limit = queue_limit
        self._owner_limit = owner_limit
        self._fence: int | None = None

    def under(self, fence: int) -> Self:
        """
        The same table; what it writes of a job counts only while the job has this *fence*.

        Without it a write counts for a job that no worker has taken, or under the claim that this
        thread holds.
        """
        other = copy(self)
        other._fence = fence
        return other

    def _key(self, batch_id: str) -> Row:
        """The columns by which a write finds its job: the id, and the fence that it must have."""
        fence = claims.fence_of(batch_id) if self._fence is None else self._fence
        return {"batch_id": valid_job_id(batch_id), "fence": fence}

    def create(
        self,
        job_type: str,
        params: Row,
        total: int | None = None,
        *,
        running: bool = False,
        worker: str | None = None,
    ) -> str:
        """Create a job, queued or already *running* under *worker*, and return its id."""
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(
                connection,
                "create_job",
                job_type=job_type,
                input_params=to_json(params),
                total_items=total,
                status=JobStatus.running if running else JobStatus.queued,
                worker=worker,
            )
        assert found is not None
        return str(found["batch_id"])

    def enqueue(
        self,
        job_type: str,
        params: Row,
        *,
        total: int | None = None,
        owner: str | None = None,
        retry_of: str | None = None,
        timeout: int | None = None,
        priority: Priority = Priority.batch,
        request_id: str | None = None,
        key: str | None = None,
    ) -> str:
        """
        Queue a job and return its id; an equal request that waits or runs is the same job.

        *request_id* names the HTTP request in logs. *key* is an Idempotency-Key: for a day it gives
        the same job, ended or not, and InvalidInput for another request. Raises QueueFull where too
        many jobs wait, in all or of this owner. Callers that come at the same instant may each get
        one job beyond the limit into the queue.
        """
        request = fingerprint(job_type, params, owner)
        values = {
            "job_type": job_type,
            "input_params": to_json(params),
            "total_items": total,
            "owner": owner,
            "request_hash": request,
            "retry_of": retry_of,
            "timeout_s": timeout,
            "priority": priority,
            "request_id": request_id,
        }
        with (
            translated_errors(),
            self._engine.begin() as connection,
            requests.once(connection, owner, key, request) as once,
        ):
            once.batch_id = once.batch_id or self._added(connection, values)
        return once.batch_id

    def _added(self, connection: Connection, values: Row) -> str:
        room = {"room": self._queue_limit, "own_room": self._owner_limit}
        for _ in range(ENQUEUE_ATTEMPTS):
            found = queries.row(connection, "enqueue_job", **values, **room) or queries.row(
                connection, "same_job", request_hash=values["request_hash"]
            )
            if found is not None:
                return str(found["batch_id"])
        own = queries.row(connection, "own_queue_length", owner=values["owner"])
        if own is not None and own["waiting"] >= self._owner_limit:
            raise QueueFull("too_many_own_jobs", count=self._owner_limit)
        raise QueueFull("too_many_jobs", count=self._queue_limit)

    def cancel(self, batch_id: str) -> JobStatus:
        """
        Cancel a job, a running one at its next step, and return its status.

        Raises InvalidInput for a job that has ended, JobNotFound for an unknown one.
        """
        with translated_errors(), self._engine.begin() as connection:
            found = queries.row(
                connection,
                "cancel_job",
                batch_id=valid_job_id(batch_id),
                **error_columns(JobCancelled("cancelled_before")),
                **step_columns(Step(StepKind.cancelled)),
            )
        if found is None:
            status = self.state(batch_id).status
            raise InvalidInput("not_cancellable", job=batch_id, status=status)
        return JobStatus(found["status"])

    def retry(self, batch_id: str, owner: str | None = None, **queued: Any) -> str:
        """
        Queue a new job with the input of an ended one and return its id.

        *queued*: priority, request_id and key as :meth:`enqueue` has them.
        """
        job = self.get(batch_id)
        if not job.status.ended:
            raise InvalidInput("not_repeatable", job=batch_id, status=job.status)
        return self.enqueue(
            job.job_type, dict(job.input_params), owner=owner, retry_of=job.batch_id, **queued
        )

    def progress(
        self, batch_id: str, progress: int, step: Step | str | None = None, **items: int | None
    ) -> bool:
        """
        Write a job's progress [%]; False where it has ended. Raises JobCancelled.

        A step that is only a text (the requirements' callers give one) is kept as it stands.
        """
        counts = {
            name: items.get(name) for name in ("completed_items", "failed_items", "total_items")
        }
        # called thirty times a job: one statement and no transaction of its own is one round trip
        with (
            translated_errors(),
            self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection,
        ):
            found = queries.row(
                connection,
                "job_progress",
                **self._key(batch_id),
                progress=progress,
                **step_columns(step),
                **counts,
            )
        if found is not None and found["cancel_requested"]:
            raise JobCancelled
        return found is not None

    def complete(self, batch_id: str, results: Row, notes: Row | None = None) -> None:
        """
        Complete a job with its results; *notes* are its ``durations`` and ``logs``.

        Nothing is written of a job that has ended; raises ClaimLost where this is a worker's write
        and the worker has lost the job.
        """
        with translated_errors(), self._engine.begin() as connection:
            done = queries.run(
                connection,
                "complete_job",
                **self._key(batch_id),
                results=to_json(results),
                **step_columns(Step(StepKind.completed)),
                **_log_columns(notes),
            )
        if self._fence is not None and not done:
            raise ClaimLost

    def fail(
        self,
        batch_id: str,
        why: ModelOpsError | str,
        trace: str | None = None,
        notes: Row | None = None,
    ) -> None:
        """Fail a job with the error *why* or a reason in words; *trace* is a stack trace."""
        with translated_errors(), self._engine.begin() as connection:
            queries.run(
                connection,
                "fail_job",
                **self._key(batch_id),
                **error_columns(why),
                error_stack_trace=None if trace is None else _storable(trace)[-TRACE_LIMIT:],
                **_log_columns(notes),
            )

    def get(self, batch_id: str) -> Job:
        """One job with its results; raises JobNotFound."""
        return Job.from_row(self._one("job", batch_id))

    def state(self, batch_id: str) -> JobState:
        """A job's status and progress; raises JobNotFound."""
        return JobState.from_row(self._one("job_state", batch_id))

    def recent(self, limit: int = 50, status: str | None = None) -> list[Job]:
        """The latest jobs, without their results."""
        return self._listed(limit, status=status)

    def page(
        self, limit: int, cursor: str | None = None, **filters: str | None
    ) -> tuple[list[Job], str | None]:
        """One page of jobs by *filters* (status, job_type, owner), and the cursor of the next."""
        after_time, after_id = _position(cursor) if cursor else (None, None)
        found = self._listed(limit + 1, after_time=after_time, after_id=after_id, **filters)
        following = _cursor(found[limit - 1]) if len(found) > limit else None
        return found[:limit], following

    def counts(self, owner: str | None = None) -> list[Row]:
        """Jobs by type and status, of one owner where one is named."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "job_counts", owner=owner)

    def health(self) -> Row:
        """The longest wait [s], attempts, rescues, retries, end and failures of nightly runs."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.row(connection, "queue_health") or {}

    def step_seconds(self) -> list[Row]:
        """Mean seconds of each step of the jobs that ended within the last hour."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "step_seconds")

    def _listed(self, limit: int, **filters: Any) -> list[Job]:
        names = ("status", "job_type", "owner", "after_time", "after_id")
        with translated_errors(), self._engine.connect() as connection:
            found = queries.rows(
                connection, "jobs", limit=limit, **{name: filters.get(name) for name in names}
            )
        return [Job.from_row(row) for row in found]

    def _one(self, query: str, batch_id: str) -> Row:
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, query, batch_id=valid_job_id(batch_id))
        if found is None:
            raise JobNotFound("no_such_job", job=batch_id)
        return found


def valid_job_id(batch_id: str) -> str:
    """*batch_id* as the database writes it; raises JobNotFound for any other form of a UUID."""
    if not JOB_ID.fullmatch(str(batch_id)):
        raise JobNotFound("not_a_job_id", job=str(batch_id)[:60])
    return str(batch_id).lower()


def to_json(value: Any) -> str:
    """Serialise *value* as JSON; NaN becomes null, numpy numbers become numbers."""
    return orjson.dumps(
        value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS, default=str
    ).decode()


def step_columns(step: Step | str | None) -> dict[str, str | None]:
    """The columns of a step: its sentence, and its value as JSON where it is a Step."""
    return {
        "current_step": None if step is None else str(step),
        "step": to_json(step.as_row()) if isinstance(step, Step) else None,
    }


def fingerprint(job_type: str, params: Row, owner: str | None) -> str:
    """Hash a request: equal type, parameters (in any order) and owner give an equal hash."""
    plain = orjson.loads(to_json(params))
    return hashlib.sha256(
        orjson.dumps([job_type, plain, owner], option=orjson.OPT_SORT_KEYS)
    ).hexdigest()


def error_columns(why: ModelOpsError | str) -> Row:
    """The columns of the error that ended a job: an English sentence, code and values as JSON."""
    return {
        "error_message": _storable(str(why))[:MESSAGE_LIMIT],
        "error": None if isinstance(why, str) else to_json(why.as_dict()),
    }


def _log_columns(notes: Row | None) -> Row:
    given = notes or {}
    return {name: to_json(given[name]) if name in given else None for name in ("durations", "logs")}


def _storable(text: str) -> str:
    """Replace NUL, which PostgreSQL's text cannot hold."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _cursor(job: Job) -> str:
    return base64.urlsafe_b64encode(
        f"{job.created_at.isoformat()}|{job.batch_id}".encode()
    ).decode()


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        time, batch_id = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").split("|")
        moment, job = datetime.fromisoformat(time), str(uuid.UUID(batch_id))
    except ValueError:  # also what base64 and the codecs raise
        raise InvalidInput("invalid_cursor") from None
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise InvalidInput("invalid_cursor")
    return moment.astimezone(UTC), job  # the database knows no zones beyond 16 hours
