"""Collects the steps of one job in memory, with the seconds that each took."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from modelops_core.domain.job import Step, StepKind
from modelops_core.ports import Row

#: lines kept of one job; of a longer one the first and the last
MAX_LINES = 400


class JobLog:
    """Records the steps of one job and sums their seconds by kind; a step ends with the next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = self._since = clock()
        self._kind: StepKind | None = None
        self._seconds: dict[StepKind, float] = {}
        self._lines: list[Row] = []

    def step(self, progress: int, step: Step) -> None:
        """Record that *step* begins, at *progress* 0 to 100 %."""
        self._close()
        self._kind = step.kind
        self._lines.append(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "progress": progress,
                "step": str(step),
                **step.as_row(),
            }
        )
        if len(self._lines) > MAX_LINES:
            del self._lines[MAX_LINES // 2]

    def notes(self) -> Row:
        """Return ``durations`` [s] by kind of step with a total, and ``logs``, one dict a step."""
        self._close()
        seconds = {kind.value: round(spent, 4) for kind, spent in self._seconds.items()}
        return {
            "durations": {**seconds, "total": round(self._clock() - self._began, 4)},
            "logs": self._lines,
        }

    def _close(self) -> None:
        now = self._clock()
        if self._kind is not None:
            self._seconds[self._kind] = self._seconds.get(self._kind, 0.0) + now - self._since
        self._since = now
