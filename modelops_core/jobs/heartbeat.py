"""Signs of life of a job while a long step runs, and its end when it takes too long."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Protocol

from modelops_core.errors import DatabaseFull, DatabaseUnavailable, JobTimedOut

#: seconds between two signs of life
BEAT = 2.0


class Patient(Protocol):
    """Where signs of life are left."""

    def heartbeat(self, batch_id: str) -> None: ...

    def fail(self, batch_id: str, message: str) -> None: ...


class Heartbeat:
    """
    Beats inside the block. At the deadline the job is failed at once, though its step
    may go on for a while: :meth:`check` ends it where it next says how far it is.
    """

    def __init__(self, queue: Patient, batch_id: str, timeout: float) -> None:
        self._queue = queue
        self._batch_id = batch_id
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout  # a wall clock may jump
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat {batch_id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Raise JobTimedOut after the deadline."""
        if time.monotonic() > self._deadline:
            raise JobTimedOut(self._message)

    @property
    def _message(self) -> str:
        return f"The job took longer than {self._timeout:g} s and was stopped."

    def _run(self) -> None:
        while not self._over.wait(min(BEAT, max(0.0, self._deadline - time.monotonic()))):
            with suppress(DatabaseUnavailable, DatabaseFull):  # the job's own writes will tell
                if time.monotonic() >= self._deadline:
                    self._queue.fail(self._batch_id, self._message)
                    return
                self._queue.heartbeat(self._batch_id)
