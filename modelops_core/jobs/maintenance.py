"""Maintenance tasks of the workers: schedule the nightly run, delete old jobs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from modelops_core.ports import Row

log = structlog.get_logger()
#: seconds between two checks whether a nightly run or another task is due
SCHEDULE_INTERVAL = 30.0
#: seconds between two deletions of old jobs
RETENTION_INTERVAL = 3600.0
#: times that a failed nightly run is queued again on its day, and seconds before each
NIGHT_AGAIN, NIGHT_PAUSE = 3, 1800.0


class MaintenanceStore(Protocol):
    """Where nightly runs are scheduled and old jobs are deleted."""

    def schedule_nightly_run(
        self, params: Row, timeout: int, again: int = 0, pause: float = 0.0
    ) -> str | None: ...

    def prune(self, days: int) -> int: ...


@dataclass
class MaintenanceTasks:
    """
    Runs the tasks that are due; one instance for all workers of a process.

    A worker calls it between two jobs. However many processes do so, a nightly run is
    queued once: that of a day in Korea is due from its midnight on, and one that was
    missed, because no worker ran, is due as soon as one runs again. One that failed is queued
    again, NIGHT_AGAIN times at most.
    """

    store: MaintenanceStore
    #: the parameters of the nightly run; None: it is not scheduled here
    nightly_params: Row | None
    #: seconds that a nightly run may take
    nightly_timeout: int
    #: days that ended jobs are kept; 0: for ever
    keep_days: int
    #: further callables that run once in each SCHEDULE_INTERVAL
    tasks: Sequence[Callable[[], None]] = ()
    #: puts the jobs of dead workers back; at every call, it has an interval of its own
    rescue: Callable[[], object] = lambda: None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _scheduled_at: float | None = None
    _pruned_at: float | None = None

    def __call__(self) -> None:
        """Run what is due; cheap where nothing is."""
        self.rescue()
        if not self._lock.acquire(blocking=False):
            return  # another thread runs the tasks already
        try:
            if self._due(self._scheduled_at, SCHEDULE_INTERVAL):
                self._scheduled_at = time.monotonic()
                self._schedule()
            if self._due(self._pruned_at, RETENTION_INTERVAL):
                self._pruned_at = time.monotonic()
                self._prune()
        finally:
            self._lock.release()

    @staticmethod
    def _due(last: float | None, seconds: float) -> bool:
        return last is None or time.monotonic() - last > seconds

    def _schedule(self) -> None:
        if self.nightly_params is not None:
            batch_id = self.store.schedule_nightly_run(
                self.nightly_params, self.nightly_timeout, NIGHT_AGAIN, NIGHT_PAUSE
            )
            if batch_id is not None:
                log.info("nightly run queued", batch_id=batch_id)
        for task in self.tasks:
            task()

    def _prune(self) -> None:
        if self.keep_days and (deleted := self.store.prune(self.keep_days)):
            log.info("old jobs deleted", jobs=deleted, days=self.keep_days)
