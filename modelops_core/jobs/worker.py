"""
Workers: each claims queued jobs and performs them in one thread.

A worker claims a queued job, holds the job's lock for as long as it works on it and writes its
result or error into the job. The lock belongs to a database session, so the server releases it
when a worker dies; another worker then puts the job back into the queue (``jobs.rescue``). What a
worker writes counts only under its claim: whoever lost the job writes nothing more.
"""

from __future__ import annotations

import os
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, Self

import structlog
from structlog.contextvars import bound_contextvars

from modelops_core.domain.job import Step, WorkItem
from modelops_core.errors import (
    ClaimLost,
    DatabaseFull,
    DatabaseUnavailable,
    ModelOpsError,
    RunLost,
    SchemaNewer,
    coded,
)
from modelops_core.jobs.heartbeat import Heartbeat
from modelops_core.jobs.job_log import JobLog
from modelops_core.jobs.progress_writer import ProgressWriter
from modelops_core.ports import JobStore, Progress, Row

log = structlog.get_logger()
#: seconds between two attempts to claim a job where no notice of the database came
POLL_INTERVAL = 5.0
#: seconds to wait for a database that is unavailable
RETRY_SECONDS = 2.0
#: seconds to wait where a newer program has migrated the database: only an update of this one helps
NEWER_SECONDS = 30.0
#: seconds that a job may take where neither the job nor the settings give a limit
DEFAULT_TIMEOUT = 3600.0
#: errors that pass by themselves: the job is put back and begins again after a pause
PASSING = (DatabaseUnavailable, DatabaseFull, RunLost)
#: pauses before a job is tried again [s]: the first, doubled each time, and the longest
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0
#: times that a job is tried again: about six minutes with the pauses above
MAX_RETRIES = 8

Handler = Callable[[str, Row, Progress], Row]


class JobHandedBack(ModelOpsError):
    """Raised inside a handler when the worker stops and gives its job back to the queue."""


class ClaimedJobs(JobStore, Protocol):
    """The operations on ``batch_jobs`` that performing one claimed job needs."""

    def complete(self, batch_id: str, results: Row, notes: Row | None = None) -> None: ...

    def fail(
        self,
        batch_id: str,
        why: ModelOpsError | str,
        trace: str | None = None,
        notes: Row | None = None,
    ) -> None: ...

    def heartbeat(self, batch_id: str) -> None: ...

    def requeue(
        self,
        batch_id: str,
        uncounted_attempts: int = 0,
        *,
        retry: tuple[float, ModelOpsError] | None = None,
    ) -> bool: ...


class WorkerQueue(ClaimedJobs, Protocol):
    """The operations on ``batch_jobs`` that a worker needs."""

    def claim(self, job_types: list[str], worker: str) -> WorkItem | None: ...

    def begin(self, batch_id: str) -> bool: ...

    def under(self, fence: int) -> Self: ...


class Locks(Protocol):
    """Makes a context manager that holds a job's lock and its claim, the *fence*."""

    def __call__(self, batch_id: str, fence: int = 0) -> AbstractContextManager[bool]: ...


class Notices(Protocol):
    """Waits for the database to notify that a job was queued."""

    def wait(self, seconds: float) -> None: ...

    def wake(self) -> None: ...


def name() -> str:
    """Return this worker's name: host, process id and thread id."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def perform(
    batch_id: str,
    params: Row,
    handler: Handler,
    queue: ClaimedJobs,
    timeout: float = DEFAULT_TIMEOUT,
    hand_back: Callable[[], bool] = lambda: False,
    unrecorded: tuple[type[ModelOpsError], ...] = (DatabaseUnavailable,),
) -> Row:
    """
    Run one job to its end; raises what the handler raised, after writing it into the job.

    *timeout* is in seconds. Where *hand_back* returns True at a step, the job goes back into the
    queue. Errors that are *unrecorded* are left to the caller.
    """
    job_log = JobLog()
    with (
        _recorded(batch_id, queue, job_log, unrecorded),
        Heartbeat(queue, batch_id, timeout) as heartbeat,
        ProgressWriter(queue, batch_id) as writer,
    ):

        def report(progress: int, step: Step, completed: int | None = None) -> None:
            job_log.step(progress, step)
            heartbeat.check()
            if hand_back():
                raise JobHandedBack
            writer.write(progress, step, completed)

        results = handler(batch_id, params, report)
        writer.finish()
        queue.complete(batch_id, results, job_log.notes())
    return results


@contextmanager
def _recorded(
    batch_id: str,
    queue: ClaimedJobs,
    job_log: JobLog,
    unrecorded: tuple[type[ModelOpsError], ...],
) -> Iterator[None]:
    """Write the error that ends the block into the job, and raise it again."""
    left_alone: tuple[type[ModelOpsError], ...] = (ClaimLost, *unrecorded)
    try:
        yield
    except left_alone:
        raise
    except JobHandedBack:
        queue.requeue(batch_id, uncounted_attempts=1)
        raise
    except Exception as error:
        trace = None if isinstance(error, ModelOpsError) else traceback.format_exc()
        queue.fail(batch_id, coded(error), trace, job_log.notes())
        raise


@dataclass(frozen=True)
class Owed:
    """An interrupted job, to be put back or failed once the database takes writes again."""

    job: WorkItem
    error: ModelOpsError
    #: whether its handler had begun
    begun: bool


@dataclass
class Worker:
    """Works on jobs in one thread until it is stopped."""

    queue: WorkerQueue
    lock: Locks
    notices: Notices
    handlers: Mapping[str, Handler]
    #: called between two jobs
    maintenance: Callable[[], object] = lambda: None
    timeout: float = DEFAULT_TIMEOUT
    _hand_back: threading.Event = field(default_factory=threading.Event)
    _owed: list[Owed] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Claim and perform jobs until *stop* is set; go on after the database was unavailable."""
        while not stop.is_set():
            try:
                self.maintenance()
                if not self.step():
                    self.notices.wait(POLL_INTERVAL)
            except (DatabaseUnavailable, DatabaseFull) as error:
                log.warning("database unavailable", reason=str(error))
                stop.wait(RETRY_SECONDS)
            except SchemaNewer as error:
                log.error("database newer than this worker", reason=str(error))
                stop.wait(NEWER_SECONDS)
            except Exception as error:  # noqa: BLE001 - such as a schema that is not migrated yet
                log.error(
                    "worker failed, trying again", reason=str(error), error=type(error).__name__
                )
                stop.wait(RETRY_SECONDS)

    def wake(self) -> None:
        """End the current wait for a job at once."""
        self.notices.wake()

    def hand_back(self) -> None:
        """Give the running job back to the queue at its next step instead of ending it."""
        self._hand_back.set()

    def step(self) -> bool:
        """Claim and perform one job; return False where none was due."""
        self._settle()
        job = self.queue.claim(list(self.handlers), name())
        if job is None:
            return False
        begun = False
        try:
            with self.lock(job.batch_id, job.fence):
                if begun := self.queue.under(job.fence).begin(job.batch_id):
                    self._perform(job)
        except PASSING as error:
            log.warning("job interrupted", batch_id=job.batch_id, reason=str(error))
            self._owed.append(Owed(job, error, begun))
            self._settle()
            if not begun:
                raise  # no connection was left for its lock: there is none for the next job either
        return True

    def _perform(self, job: WorkItem) -> None:
        known = {"batch_id": job.batch_id, "job_type": job.job_type, "request_id": job.request_id}
        with bound_contextvars(**known):
            try:
                perform(
                    job.batch_id,
                    job.input_params,
                    self.handlers[job.job_type],
                    self.queue.under(job.fence),
                    job.timeout_s or self.timeout,
                    self._hand_back.is_set,
                    PASSING,
                )
            except PASSING:
                raise
            except Exception as error:  # noqa: BLE001 - a worker outlives any job; the job holds the reason
                log.warning("job failed", reason=str(error))
            else:
                log.info("job completed")

    def _settle(self) -> None:
        """Put interrupted jobs back, with a pause that grows; fail those that were tried enough."""
        while self._owed:
            owed = self._owed[0]
            job, mine = owed.job, self.queue.under(owed.job.fence)
            if not owed.begun:
                mine.requeue(job.batch_id)
            elif job.retries >= MAX_RETRIES:
                mine.fail(job.batch_id, owed.error)
            else:
                pause = min(FIRST_PAUSE * 2**job.retries, LONGEST_PAUSE)
                mine.requeue(job.batch_id, uncounted_attempts=1, retry=(pause, owed.error))
            self._owed.pop(0)
