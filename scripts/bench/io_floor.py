"""
Compares the nightly run's reading and writing with the least possible.

Run `python scripts/bench/io_floor.py`.

The floor, tile by tile on one connection: the nightly run's own queries by COPY to /dev/null,
and the nightly run's own lines by COPY into empty tables of the same keys and indexes. The
nightly run's share is measured on one process, so that both have the machine to themselves:
reading into arrays; turning results into lines, merging, committing. Judged: ≤ 2.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

import country
import night
from measure import median, report, tell

from modelops_core.bootstrap import App
from modelops_core.db import bulk
from modelops_core.services.night import nightly

CELLS, TARGET = 963, 2.0
COPIES = ("hazard_results", "probability_results")
#: of the queries of a tile alone; those of the signals before them have a time of their own
OF_TILE = "grid_id BETWEEN"


@contextmanager
def recorded() -> Iterator[dict[str, list]]:
    """The queries the nightly run reads with and the bodies it writes."""
    seen: dict[str, list] = {"queries": [], "bodies": []}
    read, merge = bulk.read_records, bulk.merge

    def reading(connection, query, fields):
        if OF_TILE in query:
            seen["queries"].append(query)
        return read(connection, query, fields)

    def merging(connection, table, key, columns, body, volatile=()):
        if table.removeprefix("modelops.") in COPIES:
            seen["bodies"].append((table, columns, body))
        return merge(connection, table, key, columns, body, volatile)

    bulk.read_records, bulk.merge = reading, merging
    try:
        yield seen
    finally:
        bulk.read_records, bulk.merge = read, merge


def floor(a: App, seen: dict[str, list]) -> tuple[float, float]:
    """Seconds of COPY out to nowhere and of COPY in of the same bytes."""
    with a.owner.begin() as connection:
        for table in COPIES:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS modelops.floor_{table}")
            connection.exec_driver_sql(
                f"CREATE TABLE modelops.floor_{table} (LIKE modelops.{table} INCLUDING ALL)"
            )
    raw = a.owner.raw_connection()
    try:
        with raw.cursor() as cursor, open("/dev/null", "wb") as nowhere:
            began = time.perf_counter()
            for query in seen["queries"]:
                cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", nowhere)
            out = time.perf_counter() - began
            began = time.perf_counter()
            for table, columns, body in seen["bodies"]:
                target = table.replace("modelops.", "modelops.floor_")
                cursor.copy_expert(
                    f"COPY {target} ({', '.join(columns)}) FROM STDIN", io.StringIO(body)
                )
                raw.commit()
            return out, time.perf_counter() - began
    finally:
        raw.close()


def share(a: App) -> tuple[float, float]:
    """Seconds the nightly run reads and writes, on one process."""
    with a.owner.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {night.RESULTS}")
    done = nightly.run(a.nightly_ports, a.nightly_request(force=True))
    tell(f"night: {done.seconds}")
    return done.seconds["read"], done.seconds["write"]


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with country.app(CELLS, MODELOPS_PROCESSES=1) as a:
        with recorded() as seen:
            share(a)
        pairs = [(share(a), floor(a, seen)) for _ in range(options.runs)]
    read, write, out, into = (
        median([pair[i][j] for pair in pairs]) for i in (0, 1) for j in (0, 1)
    )
    ratio = median([sum(ours) / sum(least) for ours, least in pairs])
    report(
        "io_floor",
        cells=CELLS,
        runs=options.runs,
        megabytes_in=sum(len(b) for _, _, b in seen["bodies"]) / 1e6,
        night_read_s=read,
        night_write_s=write,
        copy_out_s=out,
        copy_in_s=into,
        ratio_read=read / out,
        ratio_write=write / into,
        ratio=ratio,
        target=TARGET,
    )


if __name__ == "__main__":
    main()
