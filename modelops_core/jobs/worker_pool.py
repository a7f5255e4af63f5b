"""The workers of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog

from modelops_core.errors import ModelOpsError

log = structlog.get_logger()
#: seconds that running jobs get to end by themselves when the pool stops
GRACE = 3.0
#: seconds that the jobs which are left get to hand themselves back at their next step
HAND_BACK = 20.0
#: seconds before a worker that cannot be made is made again
RETRY = 2.0


class PoolWorker(Protocol):
    """A worker of one thread."""

    def run(self, stop: threading.Event) -> None: ...

    def wake(self) -> None: ...

    def hand_back(self) -> None: ...


class WorkerPool:
    """*size* worker threads, started and stopped together."""

    def __init__(self, make: Callable[[], PoolWorker], size: int) -> None:
        self._make = make
        self._stop = threading.Event()
        self._workers: list[PoolWorker] = []
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{i}", daemon=True) for i in range(size)
        ]

    def start(self) -> None:
        """Begin to work; a database that is unavailable is waited for."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs; those that do not end soon go back into the queue."""
        self._stop.set()
        for worker in self._workers:
            worker.wake()
        self._join(GRACE)
        for worker in self._workers:
            worker.hand_back()
        self._join(HAND_BACK)

    def join(self) -> None:
        """Wait until stopped."""
        for thread in self._threads:
            thread.join()

    def _join(self, seconds: float) -> None:
        for thread in self._threads:
            thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(ModelOpsError):
                worker = self._make()
                self._workers.append(worker)
                return worker.run(self._stop)
            log.warning("worker not started, trying again", seconds=RETRY)
            self._stop.wait(RETRY)
