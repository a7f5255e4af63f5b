"""
A portfolio through the real stages and tables: `python scripts/bench/portfolio.py N`.

N buildings of the register, moved a little so that none is alone at its place, half of them with
what a bank's file gives (distance to the river, ground, storeys, sealed surroundings): what all
of that costs to read, calculate and write, every peril, scenario and horizon. ``ALL`` runs
also N/10, to say how far the time is from linear. The database named by MODELOPS_VAR or
DATABASE_URL is used; what was written is deleted.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from measure import Family, report, tell
from sqlalchemy import text

from modelops_core.bootstrap import App, app
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.portfolio import Portfolio
from modelops_core.services.portfolio import run

SITES = """
    SELECT latitude, longitude FROM modelops.api_buildings
     ORDER BY md5(building_id::text || 'portfolio') LIMIT :many"""
FORGET = (
    "DELETE FROM modelops.portfolio_runs WHERE version_id = :version",
    "DELETE FROM modelops.portfolio_versions WHERE version_id = :version",
)
AS_OF = 2025
#: seconds that 10,000 sites may take, and memory [MB]
SECONDS, MEMORY = 30.0, 2048.0


@dataclass
class Clock:
    """Seconds spent in some functions, by name; calls may overlap."""

    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its seconds added up under *name*."""

        def call(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                spent = time.perf_counter() - began
                self.seconds[name] = self.seconds.get(name, 0.0) + spent

        return call


class Watched:
    """A port whose methods are timed under one name."""

    def __init__(self, port: Any, name: str, clock: Clock) -> None:
        self._port, self._name, self._clock = port, name, clock

    def __getattr__(self, method: str) -> Any:
        return self._clock.timed(self._name, getattr(self._port, method))


def portfolio(a: App, many: int, seed: int = 1) -> Portfolio:
    """*many* sites, the same for the same seed."""
    with a.reader.connect() as connection:
        points = np.array(connection.execute(text(SITES), {"many": many}).all(), dtype=float)
    rng = np.random.default_rng(seed)
    points = points[np.arange(many) % len(points)] + rng.uniform(-2e-4, 2e-4, (many, 2))
    known = rng.random(many) < 0.5

    def given(low: float, high: float) -> np.ndarray:
        return np.where(known, rng.uniform(low, high, many), np.nan)

    return Portfolio.of_points(
        f"bench {many}",
        points[:, 0].copy(),
        points[:, 1].copy(),
        industry=rng.choice(np.array(list("CFGHIL"), dtype=object), many),
        given={
            "asset_value": 10 ** rng.uniform(8, 11, many),
            "river_distance_m": given(0, 2000),
            "hand_m": given(0, 8),
            "elevation_m": given(0, 60),
            "impervious": given(0, 1),
            "floors_above": np.where(known, rng.integers(1, 30, many), np.nan),
            "floors_below": np.where(known, rng.integers(0, 4, many), np.nan),
        },
    )


def measured(a: App, many: int) -> dict[str, Any]:
    """Seconds of one run by part, and the peak of memory; every row is deleted again."""
    clock, jobs = Clock(), a.portfolio_jobs
    version = jobs.keep(portfolio(a, many), COMMAND_LINE)
    names = ("portfolios", "places", "gauges", "cells", "runs")
    watched = {name: Watched(getattr(jobs.ports, name), name, clock) for name in names}
    ports = replace(jobs.ports, **watched)
    batch_id = a.jobs.create(run.JOB, {"version_id": version}, running=True)
    family = Family(os.getpid())
    began = time.perf_counter()
    with family.watched():
        run.run(run.Request(version, AS_OF), ports, lambda *_: None, batch_id)
    seconds = time.perf_counter() - began
    with a.owner.begin() as connection:
        for statement in FORGET:
            connection.execute(text(statement), {"version": version})
    a.jobs.complete(batch_id, {})
    read = sum(clock.seconds.get(name, 0.0) for name in ("portfolios", "places", "gauges", "cells"))
    write = clock.seconds.get("runs", 0.0)
    return {
        "sites": many,
        "seconds": seconds,
        "read_s": read,
        "write_s": write,
        "calculate_s": family.cpu_s,
        "parts_s": clock.seconds,
        "peak_mb": family.peak_mb,
    }


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sites", type=int)
    parser.add_argument("--linear", action="store_true", help="measure a tenth of the sites too")
    options = parser.parse_args()
    a, many = app(), options.sites
    measured(a, 500)
    tell("warm")
    found = measured(a, many)
    share = many / 10_000
    ratios = {
        "ratio_s": found["seconds"] / (SECONDS * share),
        "ratio_mb": found["peak_mb"] / MEMORY,
    }
    if options.linear:
        tenth = measured(a, many // 10)
        ratios |= {"tenth_s": tenth["seconds"]}
        ratios |= {"over_linear": found["seconds"] / (10 * tenth["seconds"]) - 1}
    report("portfolio", **found, **ratios)


if __name__ == "__main__":
    main()
