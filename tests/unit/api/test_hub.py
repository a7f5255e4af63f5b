"""Notices on their way to sockets: the newest are kept, and only one's own come."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from modelops_core.api import hub
from modelops_core.api.hub import Hub, Subscription


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread: browser tests of the same process leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_a_slow_socket_loses_the_oldest_notices(monkeypatch):
    """Room for two of three: the first is gone, the last is there."""
    monkeypatch.setattr(hub, "MAX_PENDING", 2)

    async def read():
        subscription = Subscription()
        for n in range(3):
            subscription.push({"n": n})
        await asyncio.sleep(0)
        return [await subscription.next(1.0), await subscription.next(1.0)]

    assert run(read()) == [{"n": 1}, {"n": 2}]


def test_nothing_for_a_while_is_none():
    """So is a gap, after which the table is read."""

    async def read():
        subscription = Subscription()
        subscription.push(None)
        return [await subscription.next(1.0), await subscription.next(0.0)]

    assert run(read()) == [None, None]


class Notices:
    """Says once what it was given, after *ready* is set, and wakes."""

    def __init__(self, *said: str) -> None:
        self.said, self.closed, self.ready = list(said), False, threading.Event()

    def received(self, seconds: float) -> list[str]:
        self.ready.wait()
        said, self.said = self.said, []
        return said

    def wake(self) -> None:
        """Nothing to wake."""

    def close(self) -> None:
        self.closed = True


def test_a_notice_goes_to_the_sockets_of_its_job():
    """After the first look at the table; the other job's socket hears nothing of it."""
    notices = Notices('{"batch_id": "a", "progress": 5}')

    async def listen():
        made = Hub(lambda: notices)
        with made.subscribed("a") as own, made.subscribed("b") as other:
            notices.ready.set()  # a socket that came after the gap would wait for the next
            first, second = await own.next(60.0), await own.next(60.0)
            return first, second, await other.next(60.0), await other.next(0.0)

    first, second, gap, nothing = run(listen())
    assert (first, second) == (None, {"batch_id": "a", "progress": 5})
    assert (gap, nothing) == (None, None)
