"""Runs the job workers in a process of their own beside a server."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import structlog

from modelops_core.jobs.worker_pool import GRACE_PERIOD, HAND_BACK_PERIOD, RETRY_SECONDS

log = structlog.get_logger()
#: seconds after which a process that was asked to stop is killed
PATIENCE = GRACE_PERIOD + HAND_BACK_PERIOD + 5.0
#: seconds between two signs of life of the process, and between two looks of the server for one
SIGN_INTERVAL, LOOK = 2.0, 0.5
#: seconds without a sign after which the process stands still, and until the first one comes
SILENCE, FIRST_SIGN = 30.0, 120.0


def give_signs() -> None:
    """Write to the standard output, which the server reads, for as long as this process runs."""
    with suppress(OSError):  # the server has ended, and so does this process
        while True:
            os.write(sys.stdout.fileno(), b".")
            time.sleep(SIGN_INTERVAL)


def worker_command(threads: int) -> list[str]:
    """The command that works on jobs until its standard input ends."""
    module = [sys.executable, "-m", "modelops_core", "jobs", "worker"]
    return [*module, "--threads", str(threads), "--until-input-ends"]


class WorkerProcess:
    """
    A process that runs *command*; where it ends by itself or stands still it is started again.

    Calculations and pages of one process wait for each other at the interpreter's lock. The
    process is asked to stop by the end of its standard input, which also comes when the server is
    killed. It gives signs of life on its standard output; one that falls silent is killed, so that
    its jobs are taken up even where no other worker would notice.
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
        _close(process)

    def _begin(self) -> None:
        with self._lock:
            if not self._stop.is_set():
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
                )

    def _watch(self) -> None:
        while (process := self._process) is not None:
            code = _end_of(process)
            if self._stop.is_set():
                return
            _close(process)
            log.warning("worker process ended, starting again", pid=process.pid, code=code)
            self._stop.wait(RETRY_SECONDS)
            self._begin()


def _end_of(process: subprocess.Popen[bytes]) -> int:
    """
    Wait for the end of the process and return its code; kill it where it stands still.

    Silence is counted in looks: a server that stood still itself has not looked meanwhile.
    """
    silent, limit = 0.0, FIRST_SIGN
    while process.poll() is None:
        if _gives_sign(process):
            silent, limit = 0.0, SILENCE
            continue
        silent += LOOK
        if silent >= limit:
            log.error("worker process stands still, killed", pid=process.pid, seconds=silent)
            process.kill()
            process.wait()
    return int(process.returncode)


def _gives_sign(process: subprocess.Popen[bytes]) -> bool:
    """Whether something was written within a look."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], LOOK)[0]:
        return False
    if process.stdout.read(65_536):
        return True
    time.sleep(LOOK)  # it closed its output
    return False


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _close(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes of a process that has ended."""
    _close_input(process)
    if process.stdout is not None:
        process.stdout.close()
