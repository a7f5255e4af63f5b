"""Distributes the database's notices about jobs to all WebSockets by one listening session."""

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

#: seconds after which the listening thread checks whether any socket is still subscribed
POLL_INTERVAL = 5.0
#: seconds between two attempts to reach an unavailable database
RETRY_SECONDS = 1.0
#: notices queued for a slow socket; the oldest is dropped, a later one holds the newer state
MAX_PENDING = 256
Notice = dict[str, Any]


class Subscription:
    """The queue of one job's notices for one socket."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Notice | None] = asyncio.Queue(MAX_PENDING)

    def push(self, notice: Notice | None) -> None:
        """Queue a notice, from the listening thread; None: notices may have been missed."""
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._put, notice)

    def _put(self, notice: Notice | None) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(notice)

    async def next(self, seconds: float) -> Notice | None:
        """Wait for the next notice; None after *seconds*, or where some may have been missed."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._queue.get(), seconds)
        return None


class Hub:
    """Passes each notice to the sockets of its job; a thread listens while there are sockets."""

    def __init__(self, make: Callable[[], Notices]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._subscribed: dict[str, set[Subscription]] = {}
        self._thread: threading.Thread | None = None
        self._notices: Notices | None = None

    @contextmanager
    def subscribed(self, batch_id: str) -> Iterator[Subscription]:
        """Receive the notices of one job inside the block."""
        subscription = Subscription()
        with self._lock:
            self._subscribed.setdefault(batch_id, set()).add(subscription)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()
        try:
            yield subscription
        finally:
            self._unsubscribe(batch_id, subscription)

    def _unsubscribe(self, batch_id: str, subscription: Subscription) -> None:
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
            connected = False
            while not self._idle():
                try:
                    payloads = notices.received(POLL_INTERVAL if connected else 0.0)
                except DatabaseUnavailable:
                    connected = False
                    time.sleep(RETRY_SECONDS)
                    continue
                if not connected:
                    self._resync()
                connected = True
                for payload in payloads:
                    self._hand_out(orjson.loads(payload))
        finally:
            notices.close()

    def _idle(self) -> bool:
        """Whether no socket is subscribed any more; the thread must then end."""
        with self._lock:
            if self._subscribed:
                return False
            self._thread = None
            return True

    def _hand_out(self, notice: Notice) -> None:
        with self._lock:
            for subscription in self._subscribed.get(notice["batch_id"], ()):
                subscription.push(notice)

    def _resync(self) -> None:
        """Tell every subscription that notices may have been missed: it reads the table again."""
        with self._lock:
            for subscriptions in self._subscribed.values():
                for subscription in subscriptions:
                    subscription.push(None)
