"""
Assessments through the real queue and workers: `python scripts/bench/ondemand.py N_CONCURRENT`.

N jobs at a time are queued, each another building of the register, and worked off by the
command `jobs worker` in processes of its own, as beside the dashboard; a job's time runs
from its being queued to its row being completed, as a page sees it. All nine perils, four
scenarios and five horizons, all writes and progress included. The database named by
MODELOPS_VAR or DATABASE_URL is used; the jobs and results stay there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from measure import ROOT, percentile, report, tell

from modelops_core.bootstrap import App, app
from modelops_core.services.site import ondemand

TARGETS = {1: (0.150, 0.400), 20: (None, 3.0)}
SITES = """
    SELECT latitude, longitude FROM modelops.api_buildings
     ORDER BY md5(building_id::text || :salt) LIMIT :many"""
STATES = """
    SELECT status IN ('completed', 'failed', 'cancelled') AS ended,
           status = 'completed' AS completed,
           extract(epoch FROM completed_at - created_at)::float8 AS seconds
      FROM modelops.batch_jobs WHERE batch_id = ANY(CAST(:ids AS uuid[]))"""
TIMEOUT = 120.0  # seconds
PAUSE = 0.02  # between two looks: the watching must not be what is measured


@contextmanager
def workers(count: int, threads: int) -> Iterator[None]:
    """*count* processes that work on jobs."""
    command = [sys.executable, "-m", "modelops_core", "jobs", "worker", "--threads", str(threads)]
    environment = {
        **os.environ,
        "MODELOPS_NIGHT_SCHEDULE": "false",
    }  # a nightly run in between is another benchmark
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def sites(a: App, many: int, salt: str) -> list[tuple[float, float]]:
    """Points of buildings, the same for the same salt."""
    from sqlalchemy import text

    with a.reader.connect() as connection:
        return [tuple(row) for row in connection.execute(text(SITES), {"many": many, "salt": salt})]


def together(a: App, points: list[tuple[float, float]]) -> tuple[list[float], int]:
    """Seconds of each job queued at once, by the database's clock, and how many were lost."""
    from sqlalchemy import text

    ids = [
        a.jobs.enqueue(ondemand.JOB, {"latitude": y, "longitude": x, "as_of": 2025})
        for y, x in points
    ]
    deadline = time.perf_counter() + TIMEOUT
    with a.reader.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while time.perf_counter() < deadline:
            rows = connection.execute(text(STATES), {"ids": ids}).all()
            if all(row.ended for row in rows):
                break
            time.sleep(PAUSE)
    seconds = [row.seconds for row in rows if row.completed]
    return seconds, len(ids) - len(seconds)


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("concurrent", type=int)
    parser.add_argument(
        "--rounds", type=int, default=0, help="0: 100 jobs one by one, else 10 rounds"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    a, many = app(), options.concurrent
    rounds = options.rounds or (100 if many == 1 else 10)
    seconds: list[float] = []
    lost = 0
    with workers(options.workers, options.threads):
        together(a, sites(a, 8 * options.workers, "warm"))
        tell("workers are warm")
        for number in range(rounds):
            found, gone = together(a, sites(a, many, f"round {number} {time.time()}"))
            seconds += found
            lost += gone
    p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
    target50, target95 = TARGETS.get(many, (None, None))
    ratios = {
        "ratio_p50": p50 / target50 if target50 else None,
        "ratio_p95": p95 / target95 if target95 else None,
    }
    report(
        "ondemand",
        concurrent=many,
        rounds=rounds,
        workers=options.workers,
        threads=options.threads,
        jobs=len(seconds),
        p50_s=p50,
        p95_s=p95,
        max_s=max(seconds),
        lost=lost,
        **ratios,
    )


if __name__ == "__main__":
    main()
