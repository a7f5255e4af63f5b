"""What a job did and how long each of its steps took."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from modelops_core.ports import Row

#: lines kept of one job; of a longer one the first and the last
LINES = 400
#: what tells two steps of one kind apart: a count, or the peril after "for"
_ONE_OF_MANY = re.compile(r"\s+(for \S+|\d+ of \d+)$")


class JobLog:
    """Notes the steps of one job. A step lasts until the next one is told."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._since = clock()
        self._kind: str | None = None
        self._seconds: dict[str, float] = {}
        self._lines: list[Row] = []

    def step(self, progress: int, step: str) -> None:
        """The job begins a step."""
        self._close()
        self._kind = _ONE_OF_MANY.sub("", step)
        self._lines.append(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "progress": progress,
                "step": step,
            }
        )
        if len(self._lines) > LINES:
            del self._lines[LINES // 2]

    def notes(self) -> Row:
        """Durations by kind of step and in all [s], and the lines."""
        self._close()
        seconds = {kind: round(spent, 4) for kind, spent in self._seconds.items()}
        return {
            "durations": {**seconds, "total": round(self._clock() - self._began, 4)},
            "logs": self._lines,
        }

    def _close(self) -> None:
        now = self._clock()
        if self._kind is not None:
            self._seconds[self._kind] = self._seconds.get(self._kind, 0.0) + now - self._since
        self._since = now
