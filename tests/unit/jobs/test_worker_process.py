"""The job workers' own process: stopped by the end of its input, started again when it dies."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from modelops_core.jobs import worker_process
from modelops_core.jobs.worker_process import WorkerProcess, worker_command
from tests.waiting import wait_for

OBEDIENT = [sys.executable, "-c", "import sys; sys.stdin.read()"]
#: gives signs of life, and says in a file that it has begun to
LIVELY = """
import pathlib, sys, threading, time
from modelops_core.jobs import worker_process
worker_process.SIGN_INTERVAL = 0.05
threading.Thread(target=worker_process.give_signs, daemon=True).start()
time.sleep(0.2)
pathlib.Path(sys.argv[1]).touch()
sys.stdin.read()
"""
DEAF = [sys.executable, "-c", "import signal, threading; threading.Event().wait()"]


@pytest.fixture
def started():
    """Starts processes; stops them after the test."""
    made = []

    def start(command):
        made.append(WorkerProcess(command))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


def test_it_stops_when_its_input_ends(started):
    """Nothing is killed, and it does not come back."""
    one = started(OBEDIENT)
    process = one._process
    one.stop()
    assert process.returncode == 0
    assert one._process is process
    assert not one._watcher.is_alive()


def test_a_dead_one_is_replaced(started, monkeypatch):
    """As often as it dies; the last one is stopped."""
    monkeypatch.setattr(worker_process, "RETRY_SECONDS", 0.0)
    one = started(OBEDIENT)
    for _ in range(2):
        before = one.pid
        os.kill(before, signal.SIGKILL)
        wait_for(lambda before=before: one.pid != before)
    last = one._process
    one.stop()
    assert last.returncode == 0


def test_one_that_stands_still_is_replaced(started, monkeypatch, tmp_path):
    """It is killed, though it lives; another one that gives signs is let alone."""
    monkeypatch.setattr(worker_process, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(worker_process, "SILENCE", 1.0)
    one = started([sys.executable, "-c", LIVELY, str(tmp_path / "begun")])
    frozen = one._process
    wait_for((tmp_path / "begun").exists)
    os.kill(frozen.pid, signal.SIGSTOP)
    wait_for(lambda: one.pid != frozen.pid)
    assert frozen.returncode == -signal.SIGKILL
    last = one._process
    one.stop()
    assert last.returncode == 0


def test_one_that_does_not_stop_is_killed(started, monkeypatch):
    """After its time."""
    monkeypatch.setattr(worker_process, "PATIENCE", 0.1)
    one = started(DEAF)
    one.stop()
    assert one._process.returncode == -signal.SIGKILL


def test_the_command_is_one_of_the_product():
    """Its options are those of ``jobs worker``."""
    assert worker_command(3)[1:] == [
        *("-m", "modelops_core", "jobs", "worker"),
        *("--threads", "3", "--until-input-ends"),
    ]
