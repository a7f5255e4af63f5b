"""
Vector tiles of many buildings: `python scripts/bench/tiles.py [--buildings 1000000] [--tiles 200]`.

A throw-away database is filled with invented buildings, as dense as the population, and
their tiles are made ahead as a worker does. Then, at every zoom, tiles are asked for over
HTTP on this machine, each the tile of a building drawn by chance, so that crowded tiles
come as often as they are looked at. Kept answers are not used; every request is a new one.
"""

from __future__ import annotations

import argparse
import http.client
import math
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import uvicorn
from measure import percentile, report, tell

from modelops_core.api import create
from modelops_core.bootstrap import App
from modelops_core.db.migrate import migrate
from modelops_core.services import loading
from modelops_core.settings import Settings
from modelops_core.sources import demo
from modelops_core.sources.demo.places import buildings as invented
from modelops_core.sources.demo.places.boundaries import south_korea

TARGET = 0.050
ZOOMS = range(17)
Point = tuple[float, float]


def filled(app: App, buildings: int) -> tuple[list[Point], dict[str, float]]:
    """Load the buildings and make their tiles; where they stand, and the seconds of both."""
    migrate(app.owner, tuple(app.perils))
    began = time.perf_counter()
    made = invented.dataset(south_korea(), buildings, demo.DEFAULT_SEED)
    loading.fill([*demo.places(), made], app.tables)
    loaded = time.perf_counter()
    with app.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE modelops.api_buildings")
    version, ready = app.tiles.due(), time.perf_counter()
    assert version is not None
    app.tiles.make(version, lambda _progress, step, _completed=None: tell(step))
    seconds = {
        "load": round(loaded - began, 1),
        "make_tiles": round(time.perf_counter() - ready, 1),
    }
    columns = made.columns
    return list(zip(columns["latitude"], columns["longitude"], strict=True)), seconds


def address(point: Point, z: int) -> str:
    """The path of the tile that holds a point."""
    latitude, longitude = point
    n = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * n
    return f"/tiles/buildings/{z}/{int((longitude + 180) / 360 * n)}/{int(y)}.mvt"


@contextmanager
def served(app: App) -> Iterator[int]:
    """The API on a free port; the port."""
    server = uvicorn.Server(
        uvicorn.Config(create(app), "127.0.0.1", 0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


def asked(port: int, paths: list[str]) -> tuple[list[float], list[int]]:
    """Seconds and bytes of each answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    seconds, sizes = [], []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        seconds.append(time.perf_counter() - began)
        sizes.append(len(body))
        assert answer.status == 200, (path, answer.status, body[:200])
    connection.close()
    return seconds, sizes


def by_zoom(port: int, points: list[Point], many: int) -> dict[str, dict[str, float]]:
    """Times [ms] and sizes [kB] at each zoom."""
    random = np.random.default_rng(7)
    found = {}
    for z in ZOOMS:
        paths = [address(points[i], z) for i in random.integers(len(points), size=many)]
        seconds, sizes = asked(port, paths)
        found[str(z)] = {
            "p50_ms": round(percentile(seconds, 0.5) * 1000, 2),
            "p95_ms": round(percentile(seconds, 0.95) * 1000, 2),
            "max_ms": round(max(seconds) * 1000, 2),
            "largest_kb": round(max(sizes) / 1000, 1),
        }
        tell(f"zoom {z}: {found[str(z)]}")
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buildings", type=int, default=1_000_000)
    parser.add_argument("--tiles", type=int, default=200, help="tiles asked for at each zoom")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mo-") as folder:
        Path(folder).chmod(0o755)
        app = App(Settings(MODELOPS_VAR=folder))
        assert app.cluster is not None
        try:
            app.cluster.ensure()
            points, seconds = filled(app, given.buildings)
            with served(app) as port:
                zooms = by_zoom(port, points, given.tiles)
        finally:
            app.dispose()
            app.cluster.stop(immediate=True)
    worst = max(zoom["p95_ms"] for zoom in zooms.values())
    report(
        "tiles",
        buildings=given.buildings,
        tiles_a_zoom=given.tiles,
        seconds=seconds,
        zooms=zooms,
        worst_p95_ms=worst,
        target_p95_ms=TARGET * 1000,
        ratio=round(worst / (TARGET * 1000), 3),
    )


if __name__ == "__main__":
    main()
