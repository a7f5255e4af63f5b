"""
The nightly run as the requirements sketch it: `python scripts/bench/night_per_cell.py CELLS`.

For each cell, peril, scenario and horizon: fetch_climate_data through DatabaseConnection,
the calculation for this one cell and scenario, and each row saved by a call of its own.
The mathematics is the product's, so that the rows are those of the nightly run. Generous to
this way: typhoons are read once, and a cell stands for its basin. At most 50 cells; the
time for 1,000 is extrapolated, and labelled so. Beside it, in the same run and over a
cluster of its own, the product's nightly run over the cells of the demonstration grid.
"""

from __future__ import annotations

import argparse
import time

import country
import night
import numpy as np
from measure import median, report, tell

from modelops_core.bootstrap import App
from modelops_core.db.connection import DatabaseConnection
from modelops_core.domain.climate import Climate
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk
from modelops_core.domain.variables import MONTHLY
from modelops_core.services.series.own_series import cell_answer, prepared
from modelops_core.stages.evaluate import cell_risks

MOST, BASE, TARGET = 50, 963, 100.0
CELL = (
    "SELECT latitude, longitude, elevation_m, coast_distance_m, basin_code"
    " FROM modelops.location_grid ORDER BY grid_id"
)


def climate_of(peril: Peril, place: dict, scenario: str, storms: object) -> Climate:
    """One cell and one scenario, from the requirements' dictionary of lists."""
    found = DatabaseConnection.fetch_climate_data(
        place["latitude"], place["longitude"], peril.key, scenario
    )
    years = np.array(found["years"])
    values = {
        name: np.array([np.nan if v is None else v for v in series], float)
        for name, series in found["climate_data"].items()
    }
    shaped = {
        n: v.reshape((1, years.size, 12, 1) if n in MONTHLY else (1, years.size, 1))
        for n, v in values.items()
    }
    static = {
        n: np.array([np.nan if place[n] is None else place[n]]) for n in place if n != "basin_code"
    }
    climate = Climate(
        (scenario,),
        years,
        np.array([1]),
        {**shaped, **static, "basin_code": np.array([place["basin_code"] or ""], object)},
    )
    return climate.with_values(storm_tracks=storms) if "storm_tracks" in peril.requires else climate


def one(a: App, peril: Peril, place: dict, scenario: str, horizon: str, storms: object) -> None:
    """Fetch, calculate, save two rows."""
    p = a.parameters.params(peril.key)
    climate = prepared(peril, climate_of(peril, place, scenario, storms), p)
    [risk] = [r for r in cell_risks(peril, climate, p) if r.horizon == horizon]
    save(risk, place, scenario, p)


def save(risk: CellRisk, place: dict, scenario: str, p: object) -> None:
    """The requirements' two rows, each by its own call."""
    found = cell_answer(risk, p)  # type: ignore[arg-type]
    key = {
        "latitude": place["latitude"],
        "longitude": place["longitude"],
        "risk_type": risk.peril,
        "ssp_scenario": scenario,
        "horizon": risk.horizon,
        "status": found["status"],
        "flags": found["flags"],
    }
    score = found["hazard_score"]
    DatabaseConnection.save_hazard_results(
        [
            {
                **key,
                "hazard_score": score,
                "hazard_score_100": None if score is None else round(100 * score),
                "hazard_level": found["hazard_level"],
                "statistic": found["statistics"],
            }
        ]
    )
    bins = {f"bin{i + 1}": b["p"] for i, b in enumerate(found["bins"])}
    DatabaseConnection.save_probability_results(
        [
            {
                **key,
                "aal": found["base_aal"],
                "aal_p05": found["aal_p05"],
                "aal_p95": found["aal_p95"],
                "bin_probabilities": bins,
                "bin_data": {"bins": found["bins"]},
                "calculation_details": {"n": found["n"], "estimator": found["estimator"]},
            }
        ]
    )


def main() -> None:
    """Measure both ways and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "cells", type=int, choices=range(1, MOST + 1), metavar=f"CELLS (1 to {MOST})"
    )
    parser.add_argument("--nights", type=int, default=5)
    options = parser.parse_args()
    with country.app(BASE) as a:
        nights = [night.one(a, 0) for _ in range(options.nights)]
        DatabaseConnection.bind(a.worker)
        with a.owner.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {night.RESULTS}")
            places = [dict(row) for row in connection.exec_driver_sql(CELL).mappings()]
        chosen, storms, seconds = (
            places[:: max(1, BASE // options.cells)][: options.cells],
            a.climate.storms(),
            [],
        )
        for place in chosen:
            began = time.perf_counter()
            for peril in a.perils.values():
                for scenario in SCENARIOS:
                    for horizon in HORIZONS:
                        one(a, peril, place, scenario, horizon, storms)
            seconds.append(time.perf_counter() - began)
            tell(f"cell {len(seconds)} of {options.cells}: {seconds[-1]:.1f} s")
    per_cell, by_night = median(seconds), median([run.wall for run in nights]) / BASE
    report(
        "night_per_cell",
        cells=options.cells,
        s_per_cell=per_cell,
        extrapolated_s_for_1000_cells=1000 * per_cell,
        extrapolated=True,
        night_cells=BASE,
        night_runs=options.nights,
        night_s_per_cell=by_night,
        times_faster=per_cell / by_night,
        ratio=TARGET / (per_cell / by_night),
    )


if __name__ == "__main__":
    main()
