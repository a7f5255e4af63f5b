"""Limits how often each caller may do something."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

#: capacity of a bucket: the share of a minute's requests that may come at once
BURST_SHARE = 0.25
#: number of callers whose buckets are kept; the least recent is dropped
MAX_CALLERS = 10_000


class TokenBuckets:
    """Limits the rate of each caller by a token bucket of its own."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute * BURST_SHARE)
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> float | None:
        """Take a token; None where there was one, else the seconds until there is one."""
        now = self._clock()
        level, since = self._levels.pop(caller, (self._size, now))
        level = min(self._size, level + max(0.0, now - since) * self._rate)
        allowed = level >= 1
        self._levels[caller] = (level - 1 if allowed else level, now)
        if len(self._levels) > MAX_CALLERS:
            self._levels.popitem(last=False)
        return None if allowed else (1 - level) / self._rate

    def forget(self, caller: str) -> None:
        """Give back what a caller took: their bucket is full again."""
        self._levels.pop(caller, None)
