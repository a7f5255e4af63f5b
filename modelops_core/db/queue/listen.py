"""Database sessions outside the pool: locks of jobs, and LISTEN for notices about jobs."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims, job_queue
from modelops_core.errors import DatabaseUnavailable

CHANNEL = "modelops_jobs"
#: seconds after which a wait checks whether it was woken; the database is not asked
POLL_INTERVAL = 0.25


class JobLocks:
    """
    Locks jobs, one session each, and makes their claims hold in this thread.

    The lock is a sign of life that ends at once with the process; the claim's fence is what keeps
    two workers from writing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def __call__(self, batch_id: str, fence: int = 0) -> Iterator[bool]:
        """
        Hold the job's lock inside the block, and write under the claim of *fence*.

        Gives False where another session holds the lock still, such as that of a frozen process.
        """
        with translated_errors(), self._engine.connect() as connection:
            held = job_queue.try_lock(connection, batch_id)
            connection.commit()
            try:
                with claims.holding(claims.Claim(batch_id, fence)):
                    yield held
            finally:
                if held and not connection.invalidated:
                    _unlock(connection, batch_id)


def _unlock(connection: Connection, batch_id: str) -> None:
    """Release the lock; where the session has ended the server did so."""
    with suppress(DBAPIError):
        job_queue.unlock(connection, batch_id)
        connection.commit()
        return
    connection.invalidate()


class Notices:
    """Waits for NOTIFY on the jobs' channel by one session of its own, opened when first used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._raw: Any = None
        self._woken = threading.Event()

    def wake(self) -> None:
        """End a wait within POLL_INTERVAL, from another thread."""
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Return at the next notice, at the latest after *seconds*; raises DatabaseUnavailable."""
        self.received(seconds)

    def received(self, seconds: float) -> list[str]:
        """Wait as :meth:`wait` and return the payloads of the notices, empty without any."""
        with translated_errors():
            if self._raw is None:
                self._listen()
            try:
                self._until_readable(seconds)
                self._raw.poll()
            except psycopg2.Error:
                self.close()
                raise
            except (OSError, ValueError) as error:  # the socket is gone
                self.close()
                raise DatabaseUnavailable("database_went_away", reason=error) from error
            payloads = [notice.payload for notice in self._raw.notifies]
            self._raw.notifies.clear()
            return payloads

    def _until_readable(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._woken.is_set() and (left := deadline - time.monotonic()) > 0:
            readable, _, _ = select.select([self._raw], [], [], min(left, POLL_INTERVAL))
            if readable:
                break
        self._woken.clear()

    def close(self) -> None:
        """Close the session; the next wait opens another."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _listen(self) -> None:
        connection = self._engine.raw_connection()
        raw: Any = connection.driver_connection
        connection.detach()  # not the pool's any more
        raw.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
        with raw.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._raw = raw
