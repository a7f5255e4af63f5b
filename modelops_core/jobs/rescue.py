"""Finds jobs whose worker died or vanished and puts them back into the queue."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol, Self

import structlog

from modelops_core.domain.job import SignOfLife
from modelops_core.errors import JobFailed, ModelOpsError

log = structlog.get_logger()
#: attempts after which a job whose worker died is failed instead of queued again
MAX_ATTEMPTS = 3
#: seconds without a heartbeat after which a job is put back if its worker's session has ended
HEARTBEAT_TIMEOUT = 5.0
#: seconds after which it is put back though the session is open: a machine that vanished, a
#: process that stands still
VANISHED_TIMEOUT = 30.0
#: seconds between two looks of one process
LOOK_INTERVAL = 4.0
#: a look that comes so long after the one before sees heartbeats that could not be written [s]
GAP = 3 * LOOK_INTERVAL


class RescueQueue(Protocol):
    """The operations on ``batch_jobs`` that a rescue needs."""

    def running(self) -> list[SignOfLife]: ...

    def abandoned(self, sign: SignOfLife) -> bool: ...

    def end_nightly_session(self) -> None: ...

    def under(self, fence: int) -> Self: ...

    def requeue(
        self, batch_id: str, uncounted_attempts: int = 0, *, rescued: bool = False
    ) -> bool: ...

    def fail(self, batch_id: str, why: ModelOpsError | str) -> None: ...


@dataclass
class Rescue:
    """
    Watches the heartbeats of running jobs; one instance for all workers of a process.

    A heartbeat is old when this process has seen the same one for a while by its own clock, so
    that no clock that jumps, no pause of the database and no full disk makes a living worker look
    dead. Should one be mistaken for dead all the same, its claim's fence keeps it from writing.
    """

    queue: RescueQueue
    interval: float = LOOK_INTERVAL
    _seen: dict[SignOfLife, float] = field(default_factory=dict)
    _looked: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> list[str]:
        """Put the jobs of dead workers back and return their ids; nothing before it is time."""
        if time.monotonic() - self._looked < self.interval or not self._lock.acquire(
            blocking=False
        ):
            return []
        try:
            return [sign.batch_id for sign in self._silent() if self._taken_back(sign)]
        except ModelOpsError:
            self._seen = {}  # where we cannot write, no worker could
            raise
        finally:
            self._lock.release()

    def _silent(self) -> list[SignOfLife]:
        began = time.monotonic()
        known = self._seen if began - self._looked < max(GAP, self.interval) else {}
        running = self.queue.running()
        self._looked = now = time.monotonic()
        if now - began > GAP:
            known = {}  # the database stood still, and with it every heartbeat
        self._seen = {sign: known.get(sign, now) for sign in running}
        return [sign for sign in running if now - self._seen[sign] >= HEARTBEAT_TIMEOUT]

    def _taken_back(self, sign: SignOfLife) -> bool:
        if not self.queue.abandoned(sign):
            if not sign.claimed or self._looked - self._seen[sign] < VANISHED_TIMEOUT:
                return False
            if sign.job_type == "nightly":
                self.queue.end_nightly_session()
        mine = self.queue.under(sign.fence)
        if sign.attempts >= MAX_ATTEMPTS:
            mine.fail(sign.batch_id, JobFailed("worker_died", count=sign.attempts))
        elif not mine.requeue(sign.batch_id, rescued=True):
            return False
        log.warning("job rescued", batch_id=sign.batch_id, attempts=sign.attempts)
        return True
