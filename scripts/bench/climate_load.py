"""
A full-size climate file into its table: `python scripts/bench/climate_load.py [--months 960]`.

The file has the form of KMA's scenario grids: 601 × 751 points at 0.01°, a masked sea, one
scenario, compressed plane by plane. It is written by this script, loaded by the command line into a
cluster of its own as one scenario and then as another, which fills a column beside the first, and
compared with a bare COPY: of as many bytes as the file has values for, and of the rows alone.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import netCDF4
import numpy as np
from country import cluster
from measure import ROOT, Family, report, tell

from modelops_core.bootstrap import App
from modelops_core.db import bulk
from modelops_core.services import loading
from modelops_core.sources.demo.places import grid

ROWS, COLUMNS, STEP = 601, 751, 0.01
SOUTH, WEST = 33.0, 124.5
FIRST_YEAR = 2021
NAME = "AR6_{scenario}_5ENSMN_skorea_TA_gridraw_monthly_{first}_{last}.nc"
#: share of the bytes that the bare COPY really writes
SAMPLE = 0.1


def main() -> None:
    """Write the file, load it twice, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=960)
    parser.add_argument("--folder", type=Path, help="where the file and the cluster are made")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="climate-", dir=given.folder) as folder,
        cluster(given.folder) as made,
    ):
        loading.fill([grid.dataset(grid.grid())], made.tables, lambda *_: None)
        path = write(Path(folder), given.months)
        second = path.with_name(path.name.replace("SSP245", "SSP585"))
        os.link(path, second)
        loads = [loaded(made, one) for one in (path, second)]
        values = given.months * ROWS * COLUMNS
        copied = copy_seconds(made, values * 4)
        rows = loads[0]["rows"]["ta_data"]
        report(
            "climate_load",
            months=given.months,
            file_mb=path.stat().st_size / 1e6,
            values=values,
            values_mb=values * 4 / 1e6,
            rows=rows,
            seconds=[one["seconds"] for one in loads],
            values_per_s=values / loads[0]["seconds"],
            rows_per_s=rows / loads[0]["seconds"],
            peak_mb=[one["peak_mb"] for one in loads],
            copy_of_same_bytes_s=copied,
            ratio=[one["seconds"] / copied for one in loads],
        )


def write(folder: Path, months: int) -> Path:
    """Write a grid of *months* months; half of its points are sea."""
    last = FIRST_YEAR + months // 12 - 1
    path = folder / NAME.format(scenario="SSP245", first=FIRST_YEAR, last=last)
    tell(f"writing {path.name}")
    rng = np.random.default_rng(1)
    sea = rng.random((ROWS // 20 + 1, COLUMNS // 20 + 1)).repeat(20, 0).repeat(20, 1) < 0.5
    sea = sea[:ROWS, :COLUMNS]
    noise = rng.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    with netCDF4.Dataset(path, "w") as data:
        for name, size in (("time", months), ("latitude", ROWS), ("longitude", COLUMNS)):
            data.createDimension(name, size)
        time_axis = data.createVariable("time", "f8", ("time",))
        time_axis.units = f"months since {FIRST_YEAR}-01-01"
        time_axis[:] = np.arange(months)
        for name, start, size in (("latitude", SOUTH, ROWS), ("longitude", WEST, COLUMNS)):
            data.createVariable(name, "f4", (name,))[:] = start + STEP * np.arange(size)
        values = data.createVariable(
            "TA",
            "f4",
            ("time", "latitude", "longitude"),
            zlib=True,
            complevel=1,
            chunksizes=(1, ROWS, COLUMNS),
        )
        values.units = "degC"
        for month in range(months):
            plane = 12 - 14 * np.cos(month % 12 / 6 * np.pi) + np.roll(noise, month, 1)
            values[month] = np.where(sea, np.float32(-9990), plane.round(1))
    return path


def loaded(made: App, path: Path) -> dict[str, object]:
    """Load *path* by the command line; its report with seconds and peak memory."""
    tell(f"loading {path.name}")
    command = [sys.executable, "-m", "modelops_core", "load", "climate", str(path), "--json"]
    surroundings = {**os.environ, "MODELOPS_VAR": str(made.settings.var), "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE)
    family = Family(process.pid)
    with family.watched():
        said, _ = process.communicate()
    assert process.returncode == 0, f"the load failed with {process.returncode}"
    seconds = time.perf_counter() - began
    return {**json.loads(said), "seconds": seconds, "peak_mb": family.peak_mb}


def copy_seconds(made: App, size: int) -> float:
    """Seconds of a binary COPY of *size* bytes into a table like that of the series, by a part."""
    tell("a bare COPY")
    with made.owner.begin() as connection:
        connection.exec_driver_sql(
            "CREATE UNLOGGED TABLE bare (grid_id int4, observation_date date, ssp1 real)"
        )
        record = np.dtype(
            [("n", ">i2"), *((f, ">i4") for f in ("a", "id", "b", "day", "c")), ("v", ">f4")]
        )
        rows = np.zeros(bulk.CHUNK, record)
        rows["n"], rows["a"], rows["b"], rows["c"] = 3, 4, 4, 4
        rows["id"], rows["v"] = np.arange(bulk.CHUNK), 12.3
        body = b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"
        many = max(int(size * SAMPLE / len(body)), 1)
        cursor = connection.connection.cursor()
        began = time.perf_counter()
        for _ in range(many):
            cursor.copy_expert("COPY bare FROM STDIN (FORMAT binary)", io.BytesIO(body))
        seconds = time.perf_counter() - began
        connection.exec_driver_sql("DROP TABLE bare")
    return seconds * size / (many * len(body))


if __name__ == "__main__":
    main()
