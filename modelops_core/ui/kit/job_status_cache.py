"""
Caches the progress of jobs for all sessions of this process, kept current by notices.

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

#: seconds for which a read state is used where no notice came
VALID_SECONDS = 1.0
#: seconds without a reading page after which the listening thread ends
IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Reading:
    state: JobState
    at: float


class JobStatusCache:
    """The last known state of each job that pages show."""

    def __init__(self, read: Callable[[str], JobState], listen: Callable[[], Notices]) -> None:
        self._read, self._make = read, listen
        self._lock = threading.Lock()
        self._noticed = threading.Condition(self._lock)
        self._readings: dict[str, _Reading] = {}
        self._last_read = 0.0
        self._thread: threading.Thread | None = None

    def state(self, batch_id: str) -> JobState:
        """Return a job's status and progress; raises JobNotFound."""
        self._listen()
        with self._lock:
            reading = self._readings.get(batch_id)
        if reading is None or time.monotonic() - reading.at > VALID_SECONDS:
            reading = _Reading(self._read(batch_id), time.monotonic())
            with self._lock:
                self._readings[batch_id] = reading
        return reading.state

    def ended(self, batch_id: str, seconds: float) -> JobState:
        """Return a job's state as soon as it has ended, at the latest after *seconds*."""
        self._listen()
        looked = time.monotonic()
        with self._noticed:
            self._noticed.wait_for(lambda: batch_id not in self._readings, seconds)
            reading = self._readings.get(batch_id)
            if reading is not None and reading.at < looked:
                del self._readings[batch_id]  # no notice came: the table knows whether one is due
        return self.state(batch_id)

    def apply_notice(self, payload: str) -> None:
        """Update the state of the job that a notice (JSON text) is about."""
        notice = orjson.loads(payload)
        batch_id, new = notice["batch_id"], JobState.from_row(notice)
        with self._lock:
            reading = self._readings.get(batch_id)
            if reading is None or new.older_than(reading.state):
                return
            if new.status.ended:
                del self._readings[batch_id]  # how it ended is in the table
                self._noticed.notify_all()
                return
            state = replace(
                reading.state,
                status=new.status,
                progress=new.progress,
                fence=new.fence,
                current_step=new.current_step,
                step=new.step,
            )
            self._readings[batch_id] = _Reading(state, time.monotonic())

    def _listen(self) -> None:
        with self._lock:
            self._last_read = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="job status cache", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        notices = self._make()
        try:
            while not self._idle():
                try:
                    for payload in notices.received(VALID_SECONDS):
                        self.apply_notice(payload)
                except DatabaseUnavailable:
                    time.sleep(VALID_SECONDS)
        finally:
            notices.close()

    def _idle(self) -> bool:
        """Whether no page has read for IDLE_SECONDS; the states are then forgotten."""
        with self._lock:
            if time.monotonic() - self._last_read < IDLE_SECONDS:
                return False
            self._thread = None
            self._readings.clear()
            return True
