"""
Starts and stops the server process of a cluster, and finds out whether it is alive.

The postmaster inherits an open, locked file and hands it to its children, so the
kernel itself says whether any of them is left: however they died, whatever
became of their process ids, and also from inside a container.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelops_core.db.cluster.place import MEGABYTE, PORT, Place
from modelops_core.db.cluster.settings import rendered, settings
from modelops_core.errors import ClusterUnavailable

CONFIGURATION = "modelops.conf"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": os.defpath}
LOG_BYTES = 10 * MEGABYTE
STAMP = re.compile(r"^\d{4}-\S+ \S+ \w+ \[\d+\] ")
IN_THE_BACKGROUND = '"$0" -D "$1" >>"$2" 2>&1 </dev/null &'


@dataclass(frozen=True)
class Server:
    """The one server that may run in a place."""

    place: Place

    def alive(self) -> bool:
        """Whether the postmaster or any child of it is left."""
        try:
            with self._lock_file.open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False

    def pid(self) -> int | None:
        """The postmaster's process id, as PostgreSQL noted it; maybe of a dead one."""
        try:
            return int((self.place.data / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    def start(self, program: Path, extra: Mapping[str, str]) -> bool:
        """Start a server in the background; False where one is alive."""
        with self._lock_file.open("a") as lock:
            self.place.claim(self._lock_file, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._forget_the_dead()
            self._configure(extra)
            self._rotate_log()
            self._spawn(program, lock.fileno())
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to the postmaster, if it is alive."""
        pid = self.pid()
        if pid is None or not self.alive():
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise ClusterUnavailable("server_belongs", user=self.place.owner.name) from error

    def complaint(self, since: int) -> str:
        """The errors in the server's log after byte *since*, in one line."""
        if not self.place.log.exists():
            return "–"
        if since > self.log_size():  # rotated meanwhile
            since = 0
        return summary(self.place.log.read_bytes()[since:].decode(errors="replace"))

    def log_size(self) -> int:
        """Length of the server's log [bytes]."""
        return self.place.log.stat().st_size if self.place.log.exists() else 0

    @property
    def _lock_file(self) -> Path:
        return self.place.root / "server.lock"

    def _spawn(self, program: Path, lock: int) -> None:
        arguments = [program, self.place.data, self.place.log]
        subprocess.run(
            ["/bin/sh", "-c", IN_THE_BACKGROUND, *arguments],
            check=True,
            cwd=self.place.data,
            env=ENVIRONMENT,
            umask=0o077,
            pass_fds=[lock],
            start_new_session=True,
            **self.place.owner.process(),
        )

    def _forget_the_dead(self) -> None:
        """Remove a dead server's pid file: the pid may be reused and would block a new start."""
        (self.place.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.place.sockets / name).unlink(missing_ok=True)

    def _configure(self, extra: Mapping[str, str]) -> None:
        path = self.place.data / CONFIGURATION
        path.write_text(rendered(settings(self.place, extra)), encoding="utf-8")
        self.place.claim(path, 0o600)

    def _rotate_log(self) -> None:
        if self.log_size() > LOG_BYTES:
            self.place.log.replace(self.place.log.with_suffix(".log.old"))


def summary(text: str) -> str:
    """Join the last error lines of a program's output into one line."""
    lines = [STAMP.sub("", line).strip() for line in text.splitlines() if line.strip()]
    words = ("FATAL", "PANIC", "ERROR", "error:", "HINT", "could not", "invalid")
    telling = [line for line in lines if any(word in line for word in words)]
    return "; ".join((telling or lines)[-3:]).rstrip(".") or "–"
