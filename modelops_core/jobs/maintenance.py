"""What the workers look after between two jobs: the night that is due, what is old."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from modelops_core.ports import Row

log = structlog.get_logger()
#: seconds between two looks at the calendar, and between two clearings
LOOK = 30.0
CLEAR = 3600.0


class Calendar(Protocol):
    """Where due nights and old jobs are found."""

    def schedule_night(self, params: Row, timeout: int) -> str | None: ...

    def prune(self, days: int) -> int: ...


@dataclass
class MaintenanceTasks:
    """
    One for all workers of a process; however many processes look, a night is queued once.

    The night of a day in Korea is due from its midnight on. One that was missed, because
    nothing ran, is due as soon as a worker runs again.
    """

    calendar: Calendar
    #: what a night is asked for; None: nights are not scheduled here
    night: Row | None
    night_timeout: int
    #: days that ended jobs are kept; 0: for ever
    keep_days: int
    more: Sequence[Callable[[], None]] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looked: float | None = None
    _cleared: float | None = None

    def __call__(self) -> None:
        """Look, where the last look is long enough ago; cheap otherwise."""
        if not self._lock.acquire(blocking=False):
            return  # another thread looks
        try:
            if self._due(self._looked, LOOK):
                self._looked = time.monotonic()
                self._look()
            if self._due(self._cleared, CLEAR):
                self._cleared = time.monotonic()
                self._clear()
        finally:
            self._lock.release()

    @staticmethod
    def _due(last: float | None, seconds: float) -> bool:
        return last is None or time.monotonic() - last > seconds

    def _look(self) -> None:
        if self.night is not None:
            batch_id = self.calendar.schedule_night(self.night, self.night_timeout)
            if batch_id is not None:
                log.info("night queued", batch_id=batch_id)
        for task in self.more:
            task()

    def _clear(self) -> None:
        if self.keep_days and (gone := self.calendar.prune(self.keep_days)):
            log.info("old jobs forgotten", jobs=gone, days=self.keep_days)
