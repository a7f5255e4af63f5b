"""
Does a click wait behind what nobody waits for?

    python scripts/bench/fairness.py [--queued 200] [--clicks 20]

Serves the dashboard over the cluster in MODELOPS_VAR, queues QUEUED assessments as the API does and
then CLICKS at once as pages do. Prints one JSON line: seconds from asked to completed by the
database's clock, of the clicks and of the others, and the same for as many API jobs of another
owner.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from measure import percentile, report
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
    parser.add_argument("--clicks", type=int, default=20)
    given = parser.parse_args()
    a = app()
    places = sites(a, given.queued + 2 * given.clicks + 1, str(time.time()))
    first, places = places[:1], places[1:]
    clicked, few = places[: given.clicks], places[given.clicks : 2 * given.clicks]
    with served(Path(a.settings.var)):
        until_done(a, asked(a, first))  # the workers have imported the program
        many = asked(a, places[2 * given.clicks :], owner="many", priority=Priority.batch)
        other = asked(a, few, owner="few", priority=Priority.batch)
        clicks = asked(a, clicked)
        until_done(a, many + other + clicks)
    found = {"clicks": clicks, "few": other, "many": many}
    seconds = {name: taken(a, ids) for name, ids in found.items()}
    report(
        "fairness",
        queued=given.queued,
        clicks=given.clicks,
        p50_s={name: percentile(values, 0.5) for name, values in seconds.items()},
        p95_s={name: percentile(values, 0.95) for name, values in seconds.items()},
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
