"""A database server that stands still: calls to it end, though nobody closes their sockets."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from modelops_core.db import engine as engines
from modelops_core.db import stalls
from modelops_core.errors import DatabaseUnavailable


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/stat") if parent(p) == pid]
    return [pid, *children]


def parent(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a server with all of its processes inside the block."""
    os.kill(pid, signal.SIGSTOP)  # first: it starts no more processes
    processes = family(pid)
    try:
        send(processes, signal.SIGSTOP)
        yield
    finally:
        send(processes, signal.SIGCONT)


def send(processes: list[int], number: signal.Signals) -> None:
    """Send a signal; a process may have ended since it was listed."""
    for one in processes:
        with suppress(ProcessLookupError):
            os.kill(one, number)


def test_a_call_to_a_frozen_server_ends(database, monkeypatch):
    """A connection that is checked out already; a statement that only takes long goes on."""
    monkeypatch.setattr(stalls, "PATIENCE", 0.2)
    monkeypatch.setattr(stalls, "PROBE_TIMEOUT", 2)
    engine = engines.make(database.url("modelops_worker"), "modelops_worker")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 7 FROM pg_sleep(0.7)").scalar() == 7
    with engine.connect() as held, frozen(database.cluster.status().pid):
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable), engines.translated_errors():
            held.exec_driver_sql("SELECT 1")
        assert time.monotonic() - began < 20
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        shown = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
    assert shown == "25s"  # less than until another worker takes its jobs up
    engine.dispose()


def test_a_partner_that_vanished_is_noticed_by_keepalives(monkeypatch):
    """Every connection asks for them, of the client's system and of the server."""
    asked = []

    def refuse(*_, **how):
        asked.append(how)
        raise psycopg2.OperationalError("no server here")

    monkeypatch.setattr(psycopg2, "connect", refuse)
    engine = engines.make("postgresql://somebody@elsewhere/db")
    with pytest.raises(DatabaseUnavailable), engines.translated_errors(), engine.connect():
        raise AssertionError
    assert asked[0].items() >= engines.KEEPALIVES.items()
    silent = engines.KEEPALIVES["keepalives_idle"] + 3 * engines.KEEPALIVES["keepalives_interval"]
    assert silent <= 30
    assert "tcp_user_timeout" in engines.SESSION
