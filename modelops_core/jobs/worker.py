"""
Moving jobs forward.

A worker claims a queued job, holds the job's lock for as long as it works on it and
writes how it ended. The lock belongs to a database session, so the server releases it
when a worker dies; the next worker that looks puts the job back into the queue.
"""

from __future__ import annotations

import os
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from modelops_core.domain.job import Step, WorkItem
from modelops_core.errors import DatabaseUnavailable, JobFailed, ModelOpsError, coded
from modelops_core.jobs.heartbeat import Heartbeat
from modelops_core.jobs.job_log import JobLog
from modelops_core.ports import JobStore, Progress, Row

log = structlog.get_logger()
#: a job whose workers died this many times is not tried again
ATTEMPTS = 3
#: seconds without a heartbeat before a running job's lock is looked at
SILENCE = 5.0
#: seconds between two looks for work where no notice came
POLL_INTERVAL = 5.0
#: seconds to wait for a database that is unavailable
RETRY = 2.0
#: seconds that a job may take where neither it nor the settings say
TIMEOUT = 3600.0

Handler = Callable[[str, Row, Progress], Row]


class HandedBack(ModelOpsError):
    """The worker stops and hands its job back to the queue."""


class Ended(ModelOpsError):
    """The job was ended from outside."""


class Store(JobStore, Protocol):
    """What one job needs of batch_jobs."""

    def complete(self, batch_id: str, results: Row, notes: Row | None = None) -> None: ...

    def fail(
        self,
        batch_id: str,
        why: ModelOpsError | str,
        trace: str | None = None,
        notes: Row | None = None,
    ) -> None: ...

    def heartbeat(self, batch_id: str) -> None: ...

    def requeue(self, batch_id: str, given_back: int = 0) -> None: ...


class Queue(Store, Protocol):
    """What a worker needs of batch_jobs."""

    def claim(self, job_types: list[str], worker: str) -> WorkItem | None: ...

    def orphans(self, silence: float) -> list[WorkItem]: ...


class Locks(Protocol):
    """Holds a job's lock for one session."""

    def __call__(self, batch_id: str) -> AbstractContextManager[bool]: ...


class Notices(Protocol):
    """Waits until a job may be queued."""

    def wait(self, seconds: float) -> None: ...

    def wake(self) -> None: ...


def name() -> str:
    """This worker's name: host, process and thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def perform(
    batch_id: str,
    params: Row,
    handler: Handler,
    queue: Store,
    timeout: float = TIMEOUT,
    hand_back: Callable[[], bool] = lambda: False,
) -> Row:
    """
    Run one job to its end; raises what the handler raised, after writing it into the job.

    Where *hand_back* says so the job goes back into the queue at its next step.
    """
    job_log = JobLog()
    with _recorded(batch_id, queue, job_log), Heartbeat(queue, batch_id, timeout) as heartbeat:

        def report(progress: int, step: Step, completed: int | None = None) -> None:
            job_log.step(progress, step)
            heartbeat.check()
            if hand_back():
                raise HandedBack
            if queue.progress(batch_id, progress, step, completed_items=completed) is False:
                raise Ended

        results = handler(batch_id, params, report)
        queue.complete(batch_id, results, job_log.notes())
    return results


@contextmanager
def _recorded(batch_id: str, queue: Store, job_log: JobLog) -> Iterator[None]:
    """Write into the job why it did not end well, and raise on."""
    try:
        yield
    except (DatabaseUnavailable, Ended):
        raise  # nothing can be written; the job is queued again when the database is back
    except HandedBack:
        queue.requeue(batch_id, given_back=1)
        raise
    except Exception as error:
        trace = None if isinstance(error, ModelOpsError) else traceback.format_exc()
        queue.fail(batch_id, coded(error), trace, job_log.notes())
        raise


@dataclass
class Worker:
    """Works on jobs in one thread until it is stopped."""

    queue: Queue
    lock: Locks
    notices: Notices
    handlers: Mapping[str, Handler]
    #: what is run between two jobs
    maintenance: Callable[[], None] = lambda: None
    timeout: float = TIMEOUT
    _hand_back: threading.Event = field(default_factory=threading.Event)

    def run(self, stop: threading.Event) -> None:
        """Take and perform jobs; survives a database that goes away."""
        while not stop.is_set():
            try:
                self.maintenance()
                if not self.step():
                    recover(self.queue)
                    self.notices.wait(POLL_INTERVAL)
            except DatabaseUnavailable as error:
                log.warning("database unavailable", reason=str(error))
                stop.wait(RETRY)
            except Exception as error:  # noqa: BLE001 - such as a schema that is not migrated yet
                log.error(
                    "worker failed, trying again", reason=str(error), error=type(error).__name__
                )
                stop.wait(RETRY)

    def wake(self) -> None:
        """End a wait for work at once."""
        self.notices.wake()

    def hand_back(self) -> None:
        """Give the running job back to the queue at its next step instead of ending it."""
        self._hand_back.set()

    def step(self) -> bool:
        """Perform one job; False where none waits."""
        job = self.queue.claim(list(self.handlers), name())
        if job is None:
            return False
        with self.lock(job.batch_id) as held:
            if not held:
                return True  # its former worker is still alive: leave it to that one
            self._perform(job)
        return True

    def _perform(self, job: WorkItem) -> None:
        timeout, handler = job.timeout_s or self.timeout, self.handlers[job.job_type]
        with bound_contextvars(batch_id=job.batch_id, job_type=job.job_type):
            try:
                perform(
                    job.batch_id,
                    job.input_params,
                    handler,
                    self.queue,
                    timeout,
                    self._hand_back.is_set,
                )
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - a worker outlives any job; the job holds the reason
                log.warning("job failed", reason=str(error))
            else:
                log.info("job completed")


def recover(queue: Queue) -> list[str]:
    """Put the jobs of dead workers back into the queue, fail those that keep killing workers; their ids."""
    found = []
    for job in queue.orphans(SILENCE):
        if job.attempts >= ATTEMPTS:
            queue.fail(job.batch_id, JobFailed("worker_died", count=job.attempts))
        else:
            queue.requeue(job.batch_id)
        found.append(job.batch_id)
    return found
