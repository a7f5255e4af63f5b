"""
How far jobs are, for all sessions of this process: the database notifies, it is not polled.

One thread listens to NOTIFY while pages look; the table itself is read when a job is first
looked at, when it ends, and at most once a second in between, in case a notice was missed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from modelops_core.db.queue.listen import Notices
from modelops_core.domain.job import JobState
from modelops_core.errors import DatabaseUnavailable

#: seconds that a reading is trusted without a notice
TRUST = 1.0
#: seconds after which nobody looking ends the listening
IDLE = 30.0


@dataclass(frozen=True, slots=True)
class _Reading:
    state: JobState
    at: float


class JobStatusCache:
    """What is known of jobs that pages look at."""

    def __init__(self, read: Callable[[str], JobState], listen: Callable[[], Notices]) -> None:
        self._read, self._make = read, listen
        self._lock = threading.Lock()
        self._known: dict[str, _Reading] = {}
        self._looked = 0.0
        self._thread: threading.Thread | None = None

    def state(self, batch_id: str) -> JobState:
        """How far a job is; raises JobNotFound."""
        self._listen()
        with self._lock:
            known = self._known.get(batch_id)
        if known is None or time.monotonic() - known.at > TRUST:
            known = _Reading(self._read(batch_id), time.monotonic())
            with self._lock:
                self._known[batch_id] = known
        return known.state

    def hear(self, payload: str) -> None:
        """Apply one notice of the database."""
        notice = orjson.loads(payload)
        batch_id, new = notice["batch_id"], JobState.from_row(notice)
        with self._lock:
            known = self._known.get(batch_id)
            if known is None:
                return
            if new.status.ended:
                del self._known[batch_id]  # how it ended is in the table
                return
            state = replace(
                known.state,
                status=new.status,
                progress=new.progress,
                current_step=new.current_step,
                step=new.step,
            )
            self._known[batch_id] = _Reading(state, time.monotonic())

    def _listen(self) -> None:
        with self._lock:
            self._looked = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="job status cache", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        notices = self._make()
        try:
            while not self._over():
                try:
                    for payload in notices.received(TRUST):
                        self.hear(payload)
                except DatabaseUnavailable:
                    time.sleep(TRUST)
        finally:
            notices.close()

    def _over(self) -> bool:
        """Whether nobody looks any more; then this thread ends and forgets."""
        with self._lock:
            if time.monotonic() - self._looked < IDLE:
                return False
            self._thread = None
            self._known.clear()
            return True
