"""Notices on their way to sockets: the newest are kept, and only one's own come."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from modelops_core.api import hub
from modelops_core.api import progress as progress_route
from modelops_core.api.hub import Hub, Subscription
from modelops_core.domain.job import Job, JobState, JobStatus

NOW = datetime(2026, 11, 29, tzinfo=UTC)


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


class Told:
    """A socket, and a table with one row that is read once before its end."""

    def __init__(self, *rows: JobState) -> None:
        self.rows, self.sent = list(rows), []

    async def send_json(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def state(self, _batch_id: str) -> JobState:
        return self.rows.pop(0)

    def get(self, _batch_id: str) -> Job:
        return Job(
            batch_id="a", job_type="t", created_at=NOW, status=JobStatus.completed, progress=100
        )


def test_a_late_notice_takes_nothing_back():
    """The row was read while its notices waited; another worker that begins again is told."""
    told = Told(JobState(status=JobStatus.running, progress=5, fence=1))

    async def send():
        subscription = Subscription()
        for fence, progress, status in (
            (0, 0, "queued"),
            (1, 0, "running"),
            (1, 5, "running"),
            (1, 10, "running"),
            (2, 0, "queued"),
            (3, 100, "completed"),
        ):
            subscription.push({"fence": fence, "progress": progress, "status": status})
        await asyncio.sleep(0)
        await progress_route._send(told, told, "a", subscription)

    run(send())
    assert [(one["status"], one["progress"]) for one in told.sent] == [
        ("running", 5),
        ("running", 10),
        ("queued", 0),
        ("completed", 100),
    ]
