"""Writes a job's heartbeat while one of its steps runs, and fails the job at its deadline."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Protocol

from modelops_core.errors import DatabaseFull, DatabaseUnavailable, JobTimedOut, ModelOpsError

#: seconds between two heartbeats
HEARTBEAT_INTERVAL = 2.0


class HeartbeatStore(Protocol):
    """Where heartbeats are written."""

    def heartbeat(self, batch_id: str) -> None: ...

    def fail(self, batch_id: str, why: ModelOpsError | str) -> None: ...


class Heartbeat:
    """
    Writes heartbeats from a thread of its own inside the ``with`` block.

    At the deadline, *timeout* seconds after the start, the job is failed at once, though
    its step may go on for a while: :meth:`check` ends it at its next progress report.
    """

    def __init__(self, store: HeartbeatStore, batch_id: str, timeout: float) -> None:
        self._store = store
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
            raise self._timed_out

    @property
    def _timed_out(self) -> JobTimedOut:
        return JobTimedOut("too_long", seconds=self._timeout)

    def _run(self) -> None:
        while not self._over.wait(
            min(HEARTBEAT_INTERVAL, max(0.0, self._deadline - time.monotonic()))
        ):
            # a database that is away or full is an error of the job's own next write
            with suppress(DatabaseUnavailable, DatabaseFull):
                if time.monotonic() >= self._deadline:
                    self._store.fail(self._batch_id, self._timed_out)
                    return
                self._store.heartbeat(self._batch_id)
