"""
The nightly run over CELLS cells, in a cluster of its own: `python scripts/bench/night.py CELLS`.

Each run is the command `nightly` in a new process, into empty result tables. Time is
judged against 30 s for some 1,000 cells (for more, in proportion), memory against 1.5 GB:
the sum over the nightly run's processes, where pages that they share count in each. The
database server's memory is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import country
from measure import ROOT, Family, median, report, tell

from modelops_core.bootstrap import App

TARGET_SECONDS, TARGET_CELLS, TARGET_MB = 30.0, 1000, 1536
RESULTS = "modelops.hazard_results, modelops.probability_results, modelops.run_tiles"


@dataclass(frozen=True)
class Run:
    """One nightly run: wall time of the command [s], memory, processor time, its own report."""

    wall: float
    peak_mb: float
    cpu_s: float
    said: dict[str, object]


def one(app: App, processes: int) -> Run:
    """A nightly run into empty result tables."""
    with app.owner.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {RESULTS}")
    environment = {
        **os.environ,
        "MODELOPS_VAR": str(app.settings.var),
        "MODELOPS_PROCESSES": str(processes),
    }
    began = time.perf_counter()
    command = [sys.executable, "-m", "modelops_core", "nightly", "--all", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        with Family(process.pid).watched() as family:
            answer, _ = process.communicate()
        wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"the nightly run ended with exit code {process.returncode}")
    tell(f"night: {wall:.1f} s, {family.cpu_s:.1f} s of processor, {family.peak_mb:.0f} MB")
    return Run(wall, family.peak_mb, family.cpu_s, json.loads(answer))


def figures(cells: int, runs: list[Run]) -> dict[str, object]:
    """Medians, and what they are judged by."""
    wall, peak = median([run.wall for run in runs]), max(run.peak_mb for run in runs)
    steps: dict[str, float] = {}
    for name in runs[0].said["seconds"]:  # type: ignore[attr-defined]
        steps[name] = median([run.said["seconds"][name] for run in runs])  # type: ignore[index]
    return {
        "cells": cells,
        "runs": len(runs),
        "rows": sum(runs[0].said["changed"].values()),  # type: ignore[attr-defined]
        "wall_s": wall,
        "wall_all": [run.wall for run in runs],
        "cpu_s": median([run.cpu_s for run in runs]),
        "cells_per_s": cells / wall,
        "peak_mb": peak,
        "steps_s": steps,
        "ratio_time": wall / (TARGET_SECONDS * max(1.0, cells / TARGET_CELLS)),
        "ratio_memory": peak / TARGET_MB,
    }


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=int, help="number of cells, at least 1")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--processes", type=int, default=0, help="0: one a core")
    parser.add_argument("--folder", type=Path, help="where the cluster lies")
    options = parser.parse_args()
    with country.app(options.cells, options.folder) as app:
        runs = [one(app, options.processes) for _ in range(options.runs)]
    report("night", processes=options.processes or os.cpu_count(), **figures(options.cells, runs))


if __name__ == "__main__":
    main()
