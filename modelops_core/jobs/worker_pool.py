"""The workers of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog

from modelops_core.errors import ModelOpsError

log = structlog.get_logger()
#: seconds that jobs get to end by themselves, then to stop at their next step
GRACE = 3.0
HURRY = 20.0
#: seconds before a worker that cannot be made is made again
RETRY = 2.0


class Loop(Protocol):
    """A worker of one thread."""

    def run(self, stop: threading.Event) -> None: ...

    def wake(self) -> None: ...

    def hurry(self) -> None: ...


class WorkerPool:
    """Some worker threads, started and stopped together."""

    def __init__(self, make: Callable[[], Loop], size: int) -> None:
        self._make = make
        self._stop = threading.Event()
        self._loops: list[Loop] = []
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{i}", daemon=True) for i in range(size)
        ]

    def start(self) -> None:
        """Begin to work; a database that is away is waited for."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs; what does not end soon goes back into the queue."""
        self._stop.set()
        for loop in self._loops:
            loop.wake()
        self._join(GRACE)
        for loop in self._loops:
            loop.hurry()
        self._join(HURRY)

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
                loop = self._make()
                self._loops.append(loop)
                return loop.run(self._stop)
            log.warning("no worker yet")
            self._stop.wait(RETRY)
