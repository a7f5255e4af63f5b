"""Sessions of their own: locks of jobs and notices of the database."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from sqlalchemy import Engine

from modelops_core.db import jobs
from modelops_core.db.engine import explained
from modelops_core.errors import DatabaseUnavailable

CHANNEL = "modelops_jobs"


class JobLocks:
    """Locks jobs, one session each, so that a dead process lets go."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def __call__(self, batch_id: str) -> Iterator[bool]:
        """Hold the job's lock inside the block; gives False where another session has it."""
        with explained(), self._engine.connect() as connection:
            held = jobs.hold(connection, batch_id)
            connection.commit()
            try:
                yield held
            finally:
                if held and not connection.invalidated:
                    jobs.release(connection, batch_id)
                    connection.commit()


class Notices:
    """Waits for NOTIFY on the jobs' channel; one listening session."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._raw: Any = None
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)

    def wake(self) -> None:
        """End a wait, from another thread or a signal handler."""
        self._ringer.send(b"!")

    def wait(self, seconds: float) -> None:
        """Return at the next notice, at the latest after *seconds*."""
        with explained():
            if self._raw is None:
                self._listen()
            try:
                select.select([self._raw, self._bell], [], [], seconds)
                self._silence()
                self._raw.poll()
            except psycopg2.Error:
                self.close()
                raise
            except (OSError, ValueError) as error:  # the socket is gone
                self.close()
                raise DatabaseUnavailable(f"The database went away: {error}") from error
            self._raw.notifies.clear()

    def _silence(self) -> None:
        with suppress(BlockingIOError):
            self._bell.recv(64)

    def close(self) -> None:
        """Give the session back."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _listen(self) -> None:
        connection = self._engine.raw_connection()
        connection.detach()  # not the pool's any more
        raw: Any = connection.driver_connection
        raw.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_AUTOCOMMIT)
        with raw.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._raw = raw
