"""
Times the first look at return levels and classes: `python scripts/bench/levels.py CELLS`.

A private cluster has CELLS cells of 0.01° with made-up results as wide as a nightly run's, of a
peril whose distribution is stored and of one whose levels are, in two scenarios and horizons. Timed
is what a layer reads, beside the AAL; the first of the runs is the first in its process.
"""

from __future__ import annotations

import argparse
import math
import time

import country
import numpy as np
from measure import median, report, tell

from modelops_core.bootstrap import App
from modelops_core.domain.peril import Ensemble
from modelops_core.domain.result import PERIODS, level_name
from modelops_core.stages import return_periods

VIEWS = (("ssp2", "2050s"), ("ssp5", "2090s"))
PERILS = ("river_flood", "typhoon")
PERIOD = 100
GRID = """
INSERT INTO modelops.location_grid (grid_id, latitude, longitude)
SELECT i + 1, 33 + 0.01 * (i / {wide}), 125 + 0.01 * mod(i, {wide})
  FROM generate_series(0, {cells} - 1) AS i"""
#: five classes and a distribution; 10 figures a number, as a nightly run writes them
RESULTS = """
INSERT INTO modelops.probability_results
       (grid_id, risk_type, ssp_scenario, horizon, latitude, longitude, aal, aal_p05, aal_p95,
        bin_probabilities, bin_data, calculation_details, status, method_version)
SELECT grid_id, '{peril}', '{scenario}', '{horizon}', latitude, longitude, x, x / 2, 2 * x,
       jsonb_build_object('bin1', x, 'bin2', x / 2, 'bin3', x / 3, 'bin4', x / 5, 'bin5', x / 7),
       jsonb_build_object('edges', jsonb_build_array(0.1, 0.3, 0.8, 2), 'p', five,
                          'p_low', five, 'p_high', five, 'dr', five),
       jsonb_build_object('years', jsonb_build_array(2041, 2060), 'estimator', 'made_up',
                          'n', 20, 'slope', x, 'warming', x * 2, 'regional', x / 3) || {details},
       'ok', 'bench'
  FROM (SELECT *, round((2 + sin(grid_id / 77.0))::numeric, 9)::float8 AS x
          FROM modelops.location_grid) AS cell
 CROSS JOIN LATERAL jsonb_build_array(x / 4, x / 8, x / 16, x / 32, x / 64) AS five"""


def fill(made: App, cells: int) -> None:
    """Cells and results, as a nightly run leaves them."""
    with made.owner.begin() as connection:
        connection.exec_driver_sql(GRID.format(cells=cells, wide=math.isqrt(cells)))
        for scenario, horizon in VIEWS:
            for peril in PERILS:
                named = {"peril": peril, "scenario": scenario, "horizon": horizon}
                text = RESULTS.format(details=_details(made, peril), **named)
                connection.exec_driver_sql(text)
    with made.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _details(made: App, peril: str) -> str:
    """SQL of the members from which a peril's levels follow."""
    if isinstance(made.perils[peril].frequency, Ensemble):
        pairs = ", ".join(f"'{level_name(t)}', {10 + t / 20} * x" for t in PERIODS)
        return f"jsonb_build_object({pairs})"
    return "jsonb_build_object('mu', 100 * x, 'alpha', 30 * x, 'kappa', -0.1)"


def look(made: App, peril: str) -> np.ndarray:
    """What the map draws of the return levels."""
    declared = made.perils[peril]
    names = return_periods.stored_names(declared, PERIOD)
    read = made.layers.details(peril, *VIEWS[0], names)
    return return_periods.stored_level(declared, read.values, PERIOD)


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=int, help="number of cells")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {}
    with country.cluster() as made:
        tell("filling")
        fill(made, options.cells)
        works = {f"level_{peril}": lambda peril=peril: look(made, peril) for peril in PERILS}
        works |= {
            "class": lambda: made.layers.classes(PERILS[0], *VIEWS[0], 1).values["p"],
            "aal": lambda: made.layers.values(PERILS[0], *VIEWS[0]).aal,
        }
        tell("timing")
        for _ in range(options.runs):
            for name, work in works.items():
                began = time.perf_counter()
                values = work()
                seconds.setdefault(name, []).append(time.perf_counter() - began)
                assert np.isfinite(values).all()
                assert values.size == options.cells
    slowest = max(median(taken) for name, taken in seconds.items() if name != "aal")
    report(
        "levels",
        cells=options.cells,
        seconds={name: median(taken) for name, taken in seconds.items()},
        first_s={name: taken[0] for name, taken in seconds.items()},
        target_s=1.0,
        ratio=slowest,
    )


if __name__ == "__main__":
    main()
