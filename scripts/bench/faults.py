"""
Is a job lost, done twice, half written or stuck, whatever dies?

    python scripts/bench/faults.py [--kills 40] [--disk 1024] [--freeze 60] [--seed 1]

Makes a private cluster with the small world of the tests in a tmpfs of DISK megabytes (needs
root; 0: an ordinary folder, and no full disk), serves the dashboard over it beside another
worker, and asks for assessments through the API without pause, each under an Idempotency-Key.
Meanwhile it kills (SIGKILL) the server, the worker process, the postmaster or a nightly run,
KILLS times; then it fills the disk, stops the database for FREEZE seconds, stops the worker for
as long with its sockets open, and ends the lock session of a nightly run while a second one
starts. Prints one JSON line: of the accepted jobs how many were lost (not there, or not
completed), doubled (two jobs of one request, two ends of one job, two nightly runs at once), half
written (rows missing) and stuck (not ended 60 s after the last fault).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path

from measure import ROOT, report, tell
from sqlalchemy import text

from modelops_core.bootstrap import App
from modelops_core.db.migrate import migrate
from modelops_core.settings import Settings
from tests import world

PATH = "/api/v1/risk-assessment/calculate"
CLIENTS = 2
#: seconds between two kills, at least and at most
APART = (4.0, 12.0)
#: seconds after the last fault in which everything must have ended
SETTLED = 60.0
#: seconds until a service manager starts a program again
RESTART = 2.0
#: seconds that the disk is full
FULL = 20.0
NIGHT_LOCK = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
       AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('modelops nightly', 0)"""
STATES = "SELECT batch_id::text, status::text FROM modelops.batch_jobs"
TABLES = ("exposure_results", "vulnerability_results", "aal_scaled_results")
HALF_CELLS = """
    SELECT count(*) FROM (
        SELECT grid_id FROM modelops.{table}
         GROUP BY grid_id, risk_type HAVING count(*) <> 20) AS half"""
NOTHING_WRITTEN = """
    SELECT count(*) FROM modelops.batch_jobs AS job
     WHERE job_type = 'ondemand_risk_calculation' AND status = 'completed'
       AND NOT EXISTS (
           SELECT FROM modelops.{table} AS written WHERE written.batch_id = job.batch_id)"""
TWO_NIGHTS = """
    SELECT count(*) FROM modelops.runs AS one
      JOIN modelops.runs AS other ON one.run_id < other.run_id
     WHERE other.started_at < one.finished_at AND other.finished_at IS NOT NULL"""


@dataclass
class Storm:
    """One installation, what it was asked for and what it accepted."""

    app: App
    folder: Path
    port: int
    random: random.Random
    server: subprocess.Popen[bytes] | None = None
    #: a worker as on another machine, which nothing happens to
    elsewhere: subprocess.Popen[bytes] | None = None
    accepted: dict[str, int] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    #: no more requests; no more server
    asked: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def log(self) -> Path:
        """What server and workers log; outside of the disk that is filled."""
        return self.folder.parent / f"{self.folder.name}.log"

    def environment(self) -> dict[str, str]:
        """The settings of all processes."""
        own = {"MODELOPS_VAR": str(self.folder), "MODELOPS_NIGHT_SCHEDULE": "false"}
        return {**os.environ, **own, "MODELOPS_TILE_CELLS": "1", "MODELOPS_PROCESSES": "2"}

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command of the program."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "modelops_core", *words],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
            )

    def serve(self) -> None:
        """Keep the server running, as a service manager does, until all is over."""
        while not self.over.wait(0.5):
            if self.server is None or self.server.poll() is not None:
                time.sleep(RESTART)
                self.server = self.command("serve", "--port", str(self.port))

    def ask(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """Rows of a query by the owner, once the database answers."""
        while True:
            try:
                with self.app.owner.connect() as connection:
                    return [tuple(row) for row in connection.execute(text(query), values)]
            except Exception as error:  # noqa: BLE001 - of whatever kind: it has been killed
                tell(f"waiting for the database: {str(error).splitlines()[0][:90]}")
                self.app.owner.dispose()
                time.sleep(2)

    def number(self, query: str) -> int:
        """The one number of a query."""
        return int(str(self.ask(query)[0][0] or 0))

    # --- who asks ------------------------------------------------------------------------------

    def client(self, first: int) -> None:
        """Ask for one place after the other; the same request again until it is accepted."""
        number = first
        while not self.asked.is_set():
            if (found := self.accepted_as(number)) is None:
                time.sleep(0.2)
                continue
            self.accepted[found] = number
            number += CLIENTS
            time.sleep(0.4)

    def accepted_as(self, number: int) -> str | None:
        """The job that the server names for a request; None where it did not answer."""
        latitude, longitude = world.SEOUL[0] - number * 1e-6, world.SEOUL[1]
        body = {"latitude": latitude, "longitude": longitude}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{PATH}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Idempotency-Key": f"storm-{number}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["request_id"])
        except (OSError, HTTPException, ValueError):  # also an answer that was cut off
            return None

    # --- what happens --------------------------------------------------------------------------

    def kill_server(self) -> None:
        """SIGKILL; its worker process ends by itself."""
        if self.server is None:
            return
        self.server.kill()
        self.server.wait()

    def workers(self) -> list[int]:
        """Worker processes of the server."""
        if self.server is None:
            return []
        return [pid for pid in children(self.server.pid) if b"worker" in command_line(pid)]

    def kill_worker(self) -> None:
        """SIGKILL; the server starts another one."""
        for pid in self.workers():
            send(pid, signal.SIGKILL)

    def kill_database(self) -> None:
        """SIGKILL to the postmaster; the supervisor starts it again."""
        if (pid := self.app.cluster.status().pid) is not None:  # type: ignore[union-attr]
            send(pid, signal.SIGKILL)

    def kill_night(self) -> None:
        """SIGKILL to a nightly run that goes on."""
        night = self.command("nightly", "--all")
        time.sleep(self.random.uniform(1.5, 6))
        night.kill()
        night.wait()

    def fill_disk(self, seconds: float) -> None:
        """Leave no byte on the cluster's disk for a while."""
        ballast = self.folder / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(1024**2)):
                pass
        time.sleep(seconds)
        ballast.unlink()

    def freeze_database(self, seconds: float) -> None:
        """Stop the postmaster and all its children."""
        pid = self.app.cluster.status().pid  # type: ignore[union-attr]
        if pid is not None:
            freeze([pid, *children(pid)], seconds)

    def freeze_worker(self, seconds: float) -> None:
        """Stop the worker process; its sockets stay open."""
        freeze(self.workers(), seconds)

    def end_lock_session(self) -> None:
        """Two nightly runs: the first one's lock session is ended, then the second one starts."""
        first = self.command("nightly", "--all")
        while first.poll() is None and not (held := self.ask(NIGHT_LOCK)):
            time.sleep(0.05)
        if first.poll() is None:
            self.ask("SELECT pg_terminate_backend(:pid)", pid=held[0][0])
        second = self.command("nightly", "--all")
        tell(f"nightly runs ended with {first.wait()}, {second.wait()}")

    # --- what became of it ---------------------------------------------------------------------

    def settle(self) -> tuple[int, float]:
        """Wait until every accepted job has ended; jobs that had not in time, and the seconds."""
        began, stuck = time.monotonic(), -1
        while True:
            waiting = {row[0] for row in self.ask(STATES) if row[1] in ("queued", "running")}
            waiting &= set(self.accepted)
            seconds = time.monotonic() - began
            if stuck < 0 and (not waiting or seconds > SETTLED):
                stuck = len(waiting)
            if not waiting or seconds > 4 * SETTLED:
                return stuck, seconds
            time.sleep(1)

    def lost(self) -> int:
        """Accepted jobs that are not completed."""
        completed = {row[0] for row in self.ask(STATES) if row[1] == "completed"}
        return len(set(self.accepted) - completed)

    def doubled(self) -> dict[str, int]:
        """Requests with two jobs, jobs with two ends, nightly runs that finished beside another."""
        per_request = Counter(self.accepted.values())
        rows = self.ask(
            "SELECT count(*) FROM modelops.batch_jobs WHERE job_type <> 'nightly'"
            " GROUP BY input_params -> 'latitude' HAVING count(*) > 1"
        )
        ends = Counter(
            json.loads(line)["batch_id"]
            for line in self.log.read_text(errors="replace").splitlines()
            if '"event": "job completed"' in line and line.startswith("{")
        )
        return {
            "requests": max(len(rows), sum(n > 1 for n in per_request.values())),
            "ends": sum(n > 1 for n in ends.values()),
            "nights": self.number(TWO_NIGHTS),
        }

    def half_written(self) -> int:
        """Places whose rows are not as many as those of most, and cells with part of theirs."""
        found = 0
        for table in TABLES:
            places = f"SELECT count(*) FROM modelops.{table} GROUP BY latitude, longitude"
            counts = Counter(row[0] for row in self.ask(places))
            found += sum(counts.values()) - max(counts.values(), default=0)
            found += self.number(NOTHING_WRITTEN.format(table=table))
        for table in ("hazard_results", "probability_results"):
            found += self.number(HALF_CELLS.format(table=table))
        return found


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def freeze(pids: list[int], seconds: float) -> None:
    """Stop processes for a while."""
    for pid in pids:
        send(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        send(pid, signal.SIGCONT)


def children(pid: int) -> list[int]:
    """Processes that *pid* started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def command_line(pid: int) -> bytes:
    """The words of a process; nothing of one that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def disk(megabytes: int) -> Iterator[Path]:
    """A folder that any user may enter, on a disk of its own where *megabytes* is not 0."""
    folder = Path(tempfile.mkdtemp(prefix="mo-faults-"))
    if megabytes:  # a new cluster wants more room than it takes, which is taken away again
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4g", "tmpfs", folder], check=True)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if megabytes:
            subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def installed(folder: Path, seed: int, megabytes: int) -> Iterator[Storm]:
    """The small world with a finished nightly run, served from a disk of *megabytes*."""
    app = App(Settings(MODELOPS_VAR=folder))  # type: ignore[call-arg]
    assert app.cluster is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    storm = Storm(app, folder, port, random.Random(seed))
    keeper = threading.Thread(target=storm.serve)
    try:
        app.cluster.ensure()
        migrate(app.owner, tuple(app.perils))
        world.fill(app.owner)
        assert storm.command("nightly").wait() == 0, storm.log.read_text()[-2000:]
        if megabytes:
            size = f"remount,size={megabytes}m"
            subprocess.run(["mount", "-o", size, folder], check=True)
        keeper.start()
        storm.elsewhere = storm.command("jobs", "worker")
        yield storm
    finally:
        storm.over.set()
        if keeper.is_alive():
            keeper.join()
        for process in (storm.server, storm.elsewhere):
            if process is not None:
                process.terminate()
                process.wait(60)
        app.cluster.stop(immediate=True)
        app.dispose()


def blow(storm: Storm, given: argparse.Namespace) -> None:
    """All faults, one after the other, while clients ask."""
    kills = [storm.kill_server, storm.kill_worker, storm.kill_database, storm.kill_night]
    drawn = [kills[n % len(kills)] for n in range(given.kills)]
    storm.random.shuffle(drawn)  # as many of each, in any order
    for number, act in enumerate(drawn, start=1):
        happen(storm, act, f"kill {number} of {given.kills}")
        time.sleep(storm.random.uniform(*APART))
    if given.disk:
        happen(storm, partial(storm.fill_disk, FULL), f"for {FULL:g} s", "fill_disk")
        time.sleep(15)
    if given.freeze:
        for act in (storm.freeze_database, storm.freeze_worker):
            happen(storm, partial(act, given.freeze), f"for {given.freeze:g} s", act.__name__)
            time.sleep(10)
    happen(storm, storm.end_lock_session, "two nightly runs")


def happen(storm: Storm, act: Callable[[], None], what: str, name: str | None = None) -> None:
    """Let one fault happen."""
    name = name or getattr(act, "__name__", "fault")
    tell(f"{name}: {what}; {len(storm.accepted)} jobs accepted")
    storm.faults[name] += 1
    act()


def main() -> None:
    """Blow, wait, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--disk", type=int, default=1024)
    parser.add_argument("--freeze", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with disk(given.disk) as folder, installed(folder, given.seed, given.disk) as storm:
        clients = [threading.Thread(target=storm.client, args=(n,)) for n in range(CLIENTS)]
        for one in clients:
            one.start()
        try:
            while not storm.accepted:
                time.sleep(0.5)
            blow(storm, given)
        finally:
            storm.asked.set()
            for one in clients:
                one.join()
        stuck, seconds = storm.settle()
        report(
            "faults",
            faults=dict(storm.faults),
            disk=f"tmpfs of {given.disk} MB" if given.disk else "not filled",
            accepted=len(storm.accepted),
            lost=storm.lost(),
            doubled=storm.doubled(),
            half_written=storm.half_written(),
            stuck=stuck,
            settled_s=seconds,
            rescues=storm.number("SELECT sum(rescues) FROM modelops.batch_jobs"),
            retries=storm.number("SELECT sum(retries) FROM modelops.batch_jobs"),
        )


if __name__ == "__main__":
    main()
