"""Writes a running job's progress into the queue, no more often than somebody can see."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Protocol

from modelops_core.domain.job import Step
from modelops_core.errors import ClaimLost

#: seconds between two writes of one job's progress; the pages ask for it less often than that
MIN_INTERVAL = 0.05


class ProgressStore(Protocol):
    """Where progress is written; it returns False where the job has ended."""

    def progress(
        self, batch_id: str, progress: int, step: Step | None = None, **items: int | None
    ) -> bool: ...


class ProgressWriter:
    """
    Writes the latest step of one job inside the ``with`` block, at most one each *interval* [s].

    A step that comes sooner after the last write waits for its turn in a thread of its own; a step
    of the same kind that follows it may take its place, one of another kind has it written first.
    So an assessment of thirty short steps writes the end of each stage, and a long step is always
    seen. An error of a write by the thread is raised at the next step.
    """

    def __init__(self, store: ProgressStore, batch_id: str, interval: float = MIN_INTERVAL) -> None:
        self._store = store
        self._batch_id = batch_id
        self._interval = interval
        self._written = float("-inf")
        self._waiting: tuple[int, Step, int | None] | None = None
        self._error: Exception | None = None
        self._over = False
        #: guards all of the above; held during a write, so that writes keep their order
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"progress {batch_id}", daemon=True)

    def __enter__(self) -> ProgressWriter:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()
        if error is not None and self._error is None:
            self._flush()  # a job that failed shows the step in which it did

    def write(self, progress: int, step: Step, completed: int | None = None) -> None:
        """Write *step* now or soon; raises ClaimLost, JobCancelled or a database error."""
        with self._changed:
            if self._waiting is not None and self._waiting[1].kind != step.kind:
                self._flush()
            self._raise_error()
            self._waiting = (progress, step, completed)
            if self._due() <= 0:
                self._flush()
            else:
                self._changed.notify()
            self._raise_error()

    def finish(self) -> None:
        """Write the step that still waits: who cancelled the job before it must not be missed."""
        with self._changed:
            self._raise_error()
            self._flush()
            self._raise_error()

    def _run(self) -> None:
        with self._changed:
            while not self._over:
                if self._waiting is None:
                    self._changed.wait()
                elif (due := self._due()) > 0:
                    self._changed.wait(due)
                else:
                    self._flush()

    def _due(self) -> float:
        """Return the seconds until the next write."""
        return self._written + self._interval - time.monotonic()

    def _flush(self) -> None:
        """Write the waiting step, if any; the caller holds the condition."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        progress, step, completed = waiting
        try:
            if not self._store.progress(self._batch_id, progress, step, completed_items=completed):
                raise ClaimLost
        except Exception as error:  # noqa: BLE001 - raised in the job's own thread
            self._error = error
        self._written = time.monotonic()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error
