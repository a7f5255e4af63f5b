"""
Ends calls that wait for a database server which stands still.

The driver waits for an answer without end, and a statement may rightly take minutes: its length
alone tells nothing. So a thread asks the same server for another connection when a call has
lasted PATIENCE seconds. Where that is not answered either, the server stands still (a frozen
machine, a dead network), and the sockets of the calls to it are shut down: they raise
OperationalError, as if the server had gone.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
import structlog
from psycopg2 import extensions

log = structlog.get_logger()
#: seconds that a call may last before its server is tried, and between two tries
PATIENCE = 10.0
#: seconds in which a server must answer somebody new
PROBE_TIMEOUT = 5


class Calls:
    """The calls that this process waits for, and the thread that watches them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: dict[WatchedConnection, float] = {}
        self._thread: threading.Thread | None = None
        self._any = threading.Event()

    @contextmanager
    def waiting(self, connection: WatchedConnection) -> Iterator[None]:
        """Note that this thread waits for the server of *connection* inside the block."""
        with self._lock:
            self._since[connection] = time.monotonic()
            self._any.set()
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._watch, name="stalls", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._since.pop(connection, None)

    def _watch(self) -> None:
        while True:
            self._any.wait()
            time.sleep(PATIENCE / 4)
            for address in self._slow():
                if _stands_still(address):
                    self._shut_down(address)
            with self._lock:
                if not self._since:
                    self._any.clear()

    def _slow(self) -> set[str]:
        """The addresses of the servers of all calls that last longer than PATIENCE."""
        limit = time.monotonic() - PATIENCE
        with self._lock:
            return {one.address for one, since in self._since.items() if since < limit}

    def _shut_down(self, address: str) -> None:
        limit, count = time.monotonic() - PATIENCE, 0
        with self._lock:  # a call that ends meanwhile waits here, so that its socket is still its
            for connection, since in self._since.items():
                if connection.address == address and since < limit:
                    count += _shut(connection)
        log.error("database server stands still", calls_ended=count)


CALLS = Calls()


class WatchedCursor(extensions.cursor):  # type: ignore[misc]
    """A cursor whose waiting is watched."""

    connection: WatchedConnection

    def execute(self, query: Any, vars: Any = None) -> None:
        with CALLS.waiting(self.connection):
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        with CALLS.waiting(self.connection):
            super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        with CALLS.waiting(self.connection):
            super().copy_expert(sql, file, size)


class WatchedConnection(extensions.connection):  # type: ignore[misc]
    """A connection whose cursors are watched; *address* is how another one is asked for."""

    def __init__(self, dsn: str, async_: int = 0) -> None:
        super().__init__(dsn, async_)
        self.address = dsn
        self.cursor_factory = WatchedCursor

    def commit(self) -> None:
        with CALLS.waiting(self):
            super().commit()

    def rollback(self) -> None:
        with CALLS.waiting(self):
            super().rollback()


def _stands_still(address: str) -> bool:
    """Whether the server gives no answer at all; a refusal is an answer."""
    try:
        psycopg2.connect(address, connect_timeout=PROBE_TIMEOUT).close()
    except psycopg2.OperationalError as error:
        return "timeout expired" in str(error)
    return False


def _shut(connection: WatchedConnection) -> bool:
    with suppress(OSError, psycopg2.InterfaceError):
        with socket.socket(fileno=os.dup(connection.fileno())) as copied:
            copied.shutdown(socket.SHUT_RDWR)
        return True
    return False
