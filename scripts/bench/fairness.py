"""
Does a click, or a caller with few jobs, wait behind what nobody waits for?

    python scripts/bench/fairness.py [--queued 200] [--few 20]

Serves the dashboard over the cluster in MODELOPS_VAR and asks for FEW assessments at once: by an
idle queue, beside QUEUED jobs of another owner as the API asks for them, and beside as many as
pages do for a click. Prints one JSON line: seconds from asked to completed by the database's
clock, and their ratio to the idle queue.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from measure import percentile, report, tell
from ondemand import sites
from reader import served
from sqlalchemy import text

from modelops_core.bootstrap import App, app
from modelops_core.domain.access import Caller
from modelops_core.domain.job import Priority

SECONDS = """
    SELECT extract(epoch FROM completed_at - created_at)::float8
      FROM modelops.batch_jobs
     WHERE batch_id = ANY(CAST(:ids AS uuid[])) AND status = 'completed'"""
WAITING = """
    SELECT count(*) FROM modelops.batch_jobs
     WHERE batch_id = ANY(CAST(:ids AS uuid[])) AND status IN ('queued', 'running')"""
TIMEOUT = 600.0
Places = list[tuple[float, float]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", type=int, default=200)
    parser.add_argument("--few", type=int, default=20)
    given = parser.parse_args()
    a = app()
    places = iter(sites(a, 1 + 2 * given.queued + 3 * given.few, str(time.time())))

    def some(count: int) -> Places:
        return [next(places) for _ in range(count)]

    with served(Path(a.settings.var)):
        until_done(a, asked(a, some(1)))  # the workers have imported the program
        found = {"idle": asked(a, some(given.few), "idle", priority=Priority.batch)}
        until_done(a, found["idle"])
        for name, how in (("api", {"priority": Priority.batch}), ("click", {})):
            many = asked(a, some(given.queued), f"many beside {name}", priority=Priority.batch)
            found[name] = asked(a, some(given.few), f"few of {name}", **how)
            until_done(a, found[name])
            tell(f"{name}: done")
            until_done(a, many)
            found[f"many beside {name}"] = many
    seconds = {name: taken(a, ids) for name, ids in found.items()}
    p95 = {name: percentile(values, 0.95) for name, values in seconds.items()}
    report(
        "fairness",
        queued=given.queued,
        few=given.few,
        p50_s={name: percentile(values, 0.5) for name, values in seconds.items()},
        p95_s=p95,
        ratio={name: p95[name] / p95["idle"] for name in ("api", "click")},
        lost=sum(len(ids) for ids in found.values()) - sum(map(len, seconds.values())),
    )


def asked(a: App, places: Places, owner: str | None = None, **how: Priority) -> list[str]:
    """Ask for places and return the jobs' ids."""
    caller = Caller(owner or "local", owner, "analyst")
    return [a.submit({"latitude": y, "longitude": x}, caller, **how) for y, x in places]


def until_done(a: App, ids: list[str]) -> None:
    """Wait until none of the jobs waits or runs."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        with a.reader.connect() as connection:
            if not connection.execute(text(WAITING), {"ids": ids}).scalar():
                return
        time.sleep(0.2)
    raise TimeoutError(f"jobs wait after {TIMEOUT:g} s")


def taken(a: App, ids: list[str]) -> list[float]:
    """Seconds of each completed job."""
    with a.reader.connect() as connection:
        return [row[0] for row in connection.execute(text(SECONDS), {"ids": ids})]


if __name__ == "__main__":
    main()
