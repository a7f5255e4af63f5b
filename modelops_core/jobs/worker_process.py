"""Runs the job workers in a process of their own beside a server."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence

import structlog

from modelops_core.jobs.worker_pool import GRACE_PERIOD, HAND_BACK_PERIOD, RETRY_SECONDS

log = structlog.get_logger()
#: seconds after which a process that was asked to stop is killed
PATIENCE = GRACE_PERIOD + HAND_BACK_PERIOD + 5.0


def worker_command(threads: int) -> list[str]:
    """The command that works on jobs until its standard input ends."""
    module = [sys.executable, "-m", "modelops_core", "jobs", "worker"]
    return [*module, "--threads", str(threads), "--until-input-ends"]


class WorkerProcess:
    """
    A process that runs *command*; where it ends by itself it is started again.

    Calculations and pages of one process wait for each other at the interpreter's lock. The
    process is asked to stop by the end of its standard input, which also comes when the server is
    killed.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="worker process", daemon=True)

    @property
    def pid(self) -> int | None:
        """Identifier of the process that runs now."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process and watch over it."""
        self._begin()
        self._watcher.start()

    def stop(self) -> None:
        """Ask the process to stop and wait for it; kill it where it does not."""
        with self._lock:
            self._stop.set()
            process = self._process
        if process is None:
            return
        _close_input(process)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            log.warning("worker process killed", pid=process.pid)
            process.kill()
        self._watcher.join()

    def _begin(self) -> None:
        with self._lock:
            if not self._stop.is_set():
                self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE)

    def _watch(self) -> None:
        while (process := self._process) is not None:
            code = process.wait()
            if self._stop.is_set():
                return
            _close_input(process)
            log.warning("worker process ended, starting again", pid=process.pid, code=code)
            self._stop.wait(RETRY_SECONDS)
            self._begin()


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
