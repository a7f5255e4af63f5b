"""
Times the first look at all perils together: `python scripts/bench/totals.py CELLS`.

A private cluster has CELLS cells of 0.01° with made-up AALs of all perils in two scenarios and
horizons. Timed in turns: totals added from the perils (before the nightly run stored them) and read
as stored, each with the national percentiles and in a connection that did the same before; and
what storing costs the nightly run.
"""

from __future__ import annotations

import argparse
import math
import time

import country
import numpy as np
from measure import median, report, tell

from modelops_core.bootstrap import App
from modelops_core.db.results.totals import Totals
from modelops_core.domain.climate import IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.services.night import totals
from modelops_core.services.portfolio import rating
from modelops_core.stages.totals import CellTotals

VIEWS = (("ssp2", "2050s"), ("ssp5", "2090s"))
GRID = """
INSERT INTO modelops.location_grid (grid_id, latitude, longitude)
SELECT i + 1, 33 + 0.01 * (i / {wide}), 125 + 0.01 * mod(i, {wide})
  FROM generate_series(0, {cells} - 1) AS i"""
#: one AAL in 50 is unknown, one cell in ten is not concerned by a peril
LOSSES = """
INSERT INTO modelops.probability_results
       (grid_id, risk_type, ssp_scenario, horizon, latitude, longitude, aal, status, method_version)
SELECT grid_id, '{peril}', '{scenario}', '{horizon}', latitude, longitude,
       CASE status WHEN 'ok' THEN exp(2 * sin(grid_id / 77.0 + {place}) - 4)
                   WHEN 'not_applicable' THEN 0 END,
       CAST(status AS modelops.result_status), 'bench'
  FROM (SELECT *, CASE WHEN mod(grid_id + {place}, 50) = 0 THEN 'not_assessed'
                       WHEN mod(grid_id / 900 + {place}, 10) = 0 THEN 'not_applicable'
                       ELSE 'ok' END AS status
          FROM modelops.location_grid) AS cell"""


def fill(made: App, cells: int) -> None:
    """Cells and losses, as a nightly run leaves them."""
    with made.owner.begin() as connection:
        connection.exec_driver_sql(GRID.format(cells=cells, wide=math.isqrt(cells)))
        for scenario, horizon in VIEWS:
            for place, peril in enumerate(made.perils):
                named = {"peril": peril, "scenario": scenario, "horizon": horizon}
                connection.exec_driver_sql(LOSSES.format(place=place, **named))
    with made.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def store(made: App, cells: IntArray) -> float:
    """A finished run with stored totals; returns the seconds that storing took."""
    batch_id = made.jobs.create("nightly", {}, 1, running=True)
    numbers = {"parameter_hash": "bench", "name": "central", "version": "0", "content": {}}
    run_id = made.runs.begin(batch_id, ["hazard", "probability"], numbers)
    kept, names = Totals(made.worker), tuple(made.perils)
    began = time.perf_counter()
    parts = ((*view, totals.added(kept, made.perils, *view, cells)) for view in VIEWS)
    kept.store(run_id, names, cells, parts)
    seconds = time.perf_counter() - began
    made.runs.finish(run_id, inputs={}, counts={}, durations={})
    return seconds


def ranked(found: CellTotals | None) -> np.ndarray:
    """What the first map draws."""
    assert found is not None
    return rating.percentiles(found.aal, ~np.isnan(found.aal))


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=int, help="number of cells")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {"added": [], "stored": []}
    with country.cluster() as made:
        tell("filling")
        fill(made, options.cells)
        cells = made.layers.cells().grid_id
        storing = store(made, cells)
        tell("timing")
        asked = tuple(made.perils), *VIEWS[0], cells
        for _ in range(options.runs):
            began = time.perf_counter()
            before = ranked(totals.added(made.layers, made.perils, *asked[1:]))
            between = time.perf_counter()
            after = ranked(made.layers.stored(*asked))
            seconds["added"].append(between - began)
            seconds["stored"].append(time.perf_counter() - between)
        np.testing.assert_allclose(before, after, atol=0.01)
    report(
        "totals",
        cells=options.cells,
        added_s=median(seconds["added"]),
        stored_s=median(seconds["stored"]),
        first_s={name: taken[0] for name, taken in seconds.items()},
        times=median(seconds["added"]) / median(seconds["stored"]),
        storing_s=storing / len(VIEWS) * len(SCENARIOS) * len(HORIZONS),
        target_s=1.0,
        ratio=median(seconds["stored"]),
    )


if __name__ == "__main__":
    main()
