"""Starts and stops the worker threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog

from modelops_core.errors import ModelOpsError

log = structlog.get_logger()
#: seconds that running jobs may go on when the pool stops
GRACE_PERIOD = 3.0
#: seconds after that in which the remaining jobs may reach a step and return to the queue
HAND_BACK_PERIOD = 20.0
#: seconds between two attempts to create a worker
RETRY_SECONDS = 2.0


class PoolWorker(Protocol):
    """The methods of a worker that the pool calls."""

    def run(self, stop: threading.Event) -> None: ...

    def wake(self) -> None: ...

    def hand_back(self) -> None: ...


class WorkerPool:
    """
    *size* worker threads, started and stopped together.

    *beside* makes a further one, for jobs that take long: they take no thread from the others.
    """

    def __init__(
        self,
        make: Callable[[], PoolWorker],
        size: int,
        beside: Callable[[], PoolWorker] | None = None,
    ) -> None:
        self._stop = threading.Event()
        self._workers: list[PoolWorker] = []
        makers = [make] * size + ([] if beside is None else [beside])
        self._threads = [
            threading.Thread(target=self._run, args=(one,), name=f"worker-{i}", daemon=True)
            for i, one in enumerate(makers)
        ]

    def start(self) -> None:
        """Start the threads; they retry where the database is unavailable."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Claim no more jobs; running ones end within GRACE_PERIOD or go back into the queue."""
        self._stop.set()
        for worker in self._workers:
            worker.wake()
        self._join(GRACE_PERIOD)
        for worker in self._workers:
            worker.hand_back()
        self._join(HAND_BACK_PERIOD)

    def join(self) -> None:
        """Wait until all threads have ended."""
        for thread in self._threads:
            thread.join()

    def _join(self, seconds: float) -> None:
        for thread in self._threads:
            if thread.ident is not None:  # asked to stop before it was started: it will not begin
                thread.join(seconds)

    def _run(self, make: Callable[[], PoolWorker]) -> None:
        while not self._stop.is_set():
            with suppress(ModelOpsError):
                worker = make()
                self._workers.append(worker)
                return worker.run(self._stop)
            log.warning("worker not started, trying again", seconds=RETRY_SECONDS)
            self._stop.wait(RETRY_SECONDS)
