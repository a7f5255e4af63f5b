"""One listening session for all sockets of the process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import orjson

from modelops_core.api.backend import Notices
from modelops_core.errors import DatabaseUnavailable

#: seconds after which the listening thread looks whether anybody still listens
SLICE = 5.0
#: seconds to wait for a database that is away
RETRY = 1.0
#: notices kept for a slow socket; what is dropped is read from the table again
KEPT = 256
Notice = dict[str, Any]


class Subscription:
    """Notices of one job, for one socket."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Notice | None] = asyncio.Queue(KEPT)

    def give(self, notice: Notice | None) -> None:
        """From the listening thread; None: something may have been missed."""
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._put, notice)

    def _put(self, notice: Notice | None) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(notice)

    async def next(self, seconds: float) -> Notice | None:
        """The next notice; None after *seconds*, or where something may have been missed."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._queue.get(), seconds)
        return None


class Hub:
    """Hands the database's notices to the sockets they concern; listens while there are any."""

    def __init__(self, make: Callable[[], Notices]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._subscribed: dict[str, set[Subscription]] = {}
        self._thread: threading.Thread | None = None
        self._notices: Notices | None = None

    @contextmanager
    def subscribed(self, batch_id: str) -> Iterator[Subscription]:
        """Listen to one job inside the block."""
        subscription = Subscription()
        with self._lock:
            self._subscribed.setdefault(batch_id, set()).add(subscription)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()
        try:
            yield subscription
        finally:
            self._leave(batch_id, subscription)

    def _leave(self, batch_id: str, subscription: Subscription) -> None:
        with self._lock:
            rest = self._subscribed[batch_id]
            rest.discard(subscription)
            if not rest:
                del self._subscribed[batch_id]
            if not self._subscribed and self._notices is not None:
                self._notices.wake()

    def _run(self) -> None:
        notices = self._notices = self._make()
        try:
            heard = False
            while not self._idle():
                try:
                    said = notices.received(SLICE if heard else 0.0)
                except DatabaseUnavailable:
                    heard = False
                    time.sleep(RETRY)
                    continue
                if not heard:
                    self._resync()
                heard = True
                for payload in said:
                    self._hand_out(orjson.loads(payload))
        finally:
            notices.close()

    def _idle(self) -> bool:
        """Whether nobody listens any more; then this thread is over."""
        with self._lock:
            if self._subscribed:
                return False
            self._thread = None
            return True

    def _hand_out(self, notice: Notice) -> None:
        with self._lock:
            for subscription in self._subscribed.get(notice["batch_id"], ()):
                subscription.give(notice)

    def _resync(self) -> None:
        """After a gap everybody looks at the table."""
        with self._lock:
            for subscriptions in self._subscribed.values():
                for subscription in subscriptions:
                    subscription.give(None)
