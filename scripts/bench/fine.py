"""
Fills a database with South Korea in cells of 0.01°, some 97,000 of them, for benchmarks.

Results and series are as a nightly run and a loader leave them. Places are worked out as the
product's own loader does. Results are those of a real nightly run over the 0.1° cells, varied
smoothly within each; rows lie in the order in which a nightly run writes them. Of the climate
tables only what the page of projections needs to be timed is filled: VARIABLES over YEARS.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from measure import tell
from sqlalchemy import Connection

from modelops_core.bootstrap import App
from modelops_core.db.inputs.loading import _without_indexes
from modelops_core.db.results import cells as results
from modelops_core.db.results.totals import Totals
from modelops_core.domain.dataset import Dataset
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.services import loading
from modelops_core.services.night import totals
from modelops_core.sources.demo import sea_level, storms
from modelops_core.sources.demo.climate import climate, tables
from modelops_core.sources.demo.places import admin as districts
from modelops_core.sources.demo.places import boundaries, coastline, grid
from modelops_core.sources.demo.places.geometry import metres

#: cells along an edge of a 0.1° cell
SPLIT = 10
VARIABLES = ("ta", "rx1day")
YEARS = (2021, 2050)
#: cells of a nightly run's tile
TILE = 160
#: how much a result varies within a 0.1° cell, and over how many degrees
SPREAD, WAVE = 0.04, 0.07
#: what varies and what follows from it; everything else is the parent's
VARIED = {
    "hazard_score": "least(1, s.hazard_score * {factor})",
    "hazard_score_100": "round(100 * least(1, s.hazard_score * {factor}))",
    "aal": "s.aal * {factor}",
    "aal_p05": "s.aal_p05 * {factor}",
    "aal_p95": "s.aal_p95 * {factor}",
    "grid_id": "c.grid_id",
    "latitude": "c.latitude",
    "longitude": "c.longitude",
}


def fill(made: App, coarse: App) -> None:
    """
    Load everything into the migrated, empty cluster of *made*.

    *coarse* is the whole demonstration after its nightly run.
    """
    cells, parents = _grid()
    tell(f"{cells.latitude.size:,} cells of 0.01°")
    loading.fill(
        _datasets(cells, parents),
        made.tables,
        lambda table, rows: tell(f"  {table}: {rows:,} rows"),
    )
    with made.owner.begin() as connection:
        _children(connection, parents)
        for table, columns in (
            ("hazard_results", results.HAZARD),
            ("probability_results", results.PROBABILITY),
        ):
            _results(connection, coarse, table, columns)
    with made.owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    _run(made, coarse, cells.latitude.size)
    tell("loaded")


def _grid() -> tuple[grid.Grid, np.ndarray]:
    """The cells whose centre is on land, sorted as the 0.1° cells are, and each one's 0.1° cell."""
    coarse = grid.grid()
    offset = (np.arange(SPLIT) - (SPLIT - 1) / 2) * grid.STEP / SPLIT
    latitude = np.round(coarse.latitude[:, None, None] + offset[:, None], 3) + 0 * offset
    longitude = np.round(coarse.longitude[:, None, None] + offset, 3) + 0 * offset[:, None]
    parent = np.repeat(coarse.cells, SPLIT * SPLIT)
    latitude, longitude = latitude.ravel(), longitude.ravel()
    xy = metres(longitude, latitude)
    country = boundaries.south_korea()
    point, district = shapely.STRtree(country.district_shapes).query(
        shapely.points(xy), predicate="intersects"
    )
    found, first = np.unique(point, return_index=True)
    order = np.lexsort((longitude[found], latitude[found]))
    kept = found[order]
    codes = country.district_codes[district[first]][order]
    cells = grid.Grid(
        latitude[kept],
        longitude[kept],
        xy[kept],
        np.ones(kept.size),
        grid._to_coast(xy[kept]),
        codes,
        grid._basins(codes),
    )
    return cells, parent[kept]


def _datasets(cells: grid.Grid, parents: np.ndarray) -> Iterator[Dataset]:
    yield districts.dataset(boundaries.south_korea())
    yield coastline.dataset()
    yield grid.dataset(cells)
    yield sea_level.grid_dataset(sea_level.nodes())
    yield sea_level.data_dataset(sea_level.nodes())
    yield from storms()
    series = climate.series(grid.grid(), 20240601)
    for name in VARIABLES:
        monthly = name in climate.MONTHLY
        whole = (tables.monthly if monthly else tables.yearly)(series, name)
        yield _of_children(whole, cells, parents, "observation_date" if monthly else "year")


def _of_children(whole: Dataset, cells: grid.Grid, parents: np.ndarray, time: str) -> Dataset:
    """Rows of each 0.01° cell: its 0.1° cell's, changed a little from place to place."""
    count = grid.grid().cells.size
    when = np.asarray(whole.columns[time]).reshape(count, -1)[0]
    year = when.astype("datetime64[Y]").astype(int) + 1970 if time == "observation_date" else when
    chosen = np.flatnonzero((year >= YEARS[0]) & (year <= YEARS[1]))
    factor = (1 + SPREAD * np.sin(cells.latitude / WAVE) * np.cos(cells.longitude / WAVE)).astype(
        np.float32
    )
    columns: dict[str, Any] = {
        "grid_id": np.repeat(cells.cells.astype(np.int32), chosen.size),
        time: np.tile(when[chosen], cells.latitude.size),
    }
    for code in SCENARIOS:
        of_parents = np.asarray(whole.columns[code]).reshape(count, -1)[:, chosen]
        columns[code] = (of_parents[parents - 1] * factor[:, None]).ravel()
    return replace(whole, columns=columns)


def _children(connection: Connection, parents: np.ndarray) -> None:
    """cell → its 0.1° cell, for the inserts."""
    connection.exec_driver_sql(
        "CREATE TEMP TABLE parents (grid_id int PRIMARY KEY, parent int) ON COMMIT DROP"
    )
    raw: Any = connection.connection
    with tempfile.TemporaryFile("w+") as file, raw.cursor() as cursor:
        file.writelines(f"{i + 1}\t{parent}\n" for i, parent in enumerate(parents.tolist()))
        file.seek(0)
        cursor.copy_expert("COPY parents FROM STDIN", file)
    connection.exec_driver_sql(
        "CREATE TEMP TABLE children ON COMMIT DROP AS SELECT g.grid_id, g.latitude, g.longitude,"
        f" p.parent, 1 + {SPREAD} * sin(g.latitude / {WAVE}) * cos(g.longitude / {WAVE}) AS"
        " factor FROM modelops.location_grid AS g JOIN parents AS p USING (grid_id)"
    )
    connection.exec_driver_sql("ALTER TABLE children ADD PRIMARY KEY (grid_id)")


def _results(connection: Connection, coarse: App, table: str, columns: Sequence[str]) -> None:
    """The rows of one result table, tile by tile in a nightly run's order."""
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE stage ON COMMIT DROP AS SELECT * FROM modelops.{table} WITH NO DATA"
    )
    _carry(coarse, connection, f"SELECT {', '.join(columns)} FROM modelops.{table}", columns)
    connection.exec_driver_sql("CREATE INDEX ON stage (grid_id)")
    connection.exec_driver_sql("ANALYZE stage")
    values = ", ".join(VARIED.get(name, f"s.{name}").format(factor="c.factor") for name in columns)
    last = connection.exec_driver_sql("SELECT max(grid_id) FROM children").scalar_one()
    connection.exec_driver_sql(f"ALTER TABLE modelops.{table} SET UNLOGGED")
    rows = 0
    with _without_indexes(connection, f"modelops.{table}"):
        for first in range(1, last + 1, TILE):
            rows += connection.exec_driver_sql(
                f"INSERT INTO modelops.{table} ({', '.join(columns)}) SELECT {values} FROM children"
                f" AS c JOIN stage AS s ON s.grid_id = c.parent WHERE c.grid_id BETWEEN {first}"
                f" AND {first + TILE - 1} ORDER BY s.risk_type, s.horizon, s.ssp_scenario,"
                " c.grid_id"
            ).rowcount
        tell(f"  {table}: {rows:,} rows are in, now the indexes")
    assert rows == last * len(coarse.perils) * len(SCENARIOS) * len(HORIZONS), (
        "a cell has no results: is the coarse country whole?"
    )
    connection.exec_driver_sql("DROP TABLE stage")


def _carry(source: App, target: Connection, query: str, columns: Sequence[str]) -> None:
    raw: Any = target.connection
    with tempfile.TemporaryFile() as file, source.reader.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        reading: Any = connection.connection
        with reading.cursor() as cursor:
            cursor.copy_expert(f"COPY ({query}) TO STDOUT", file)
        file.seek(0)
        with raw.cursor() as cursor:
            cursor.copy_expert(f"COPY stage ({', '.join(columns)}) FROM STDIN", file)


def _run(made: App, coarse: App, cells: int) -> None:
    """A finished nightly run, as the one that the results come from."""
    last = coarse.runs.last()
    assert last is not None
    parameters = made.parameters
    batch_id = made.jobs.create("nightly", {"stages": list(last.stages)}, 1, running=True)
    numbers = {
        "parameter_hash": parameters.digest(),
        "name": "central",
        "version": parameters.version,
        "content": {},
    }
    run_id = made.runs.begin(batch_id, last.stages, numbers)
    totals.keep(Totals(made.worker), made.perils, run_id, changed=True)
    counts = {"cells": cells, "tiles": -(-cells // TILE), "skipped": 0}
    made.runs.finish(run_id, inputs=last.inputs, counts=counts, durations=last.durations)
    made.jobs.complete(batch_id, counts)
