"""
Times the server's work for every page: `python scripts/bench/pages.py CELLS [--keep FOLDER]`.

Up to 10,000 cells are the demonstration data (its own 1,231, fewer or copies) after a real
nightly run; above that the country has 0.01° cells (100,539 of them, see fine.py). Each page is
served by a fresh process: its first view is `cold`; then RUNS views follow in the same session,
each of a peril, scenario, horizon, place or part not seen before. Time runs from the request on
the websocket to the last message of the run: everything but the browser.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import cycle, product
from pathlib import Path

import country
import fine
from measure import MEGABYTE, percentile, report, tell
from measure import median as middle
from reader import Answer, reader, served

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from screens import SITES

from modelops_core.bootstrap import App, korean_year
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.services.night import nightly
from modelops_core.sources.demo.places import grid

FINE = 10_000
#: p95 of a page [s], up to so many cells
TARGETS = ((5_000, 0.5), (200_000, 1.0))
VIEWS = ("cells", "smooth", "districts", "heat")
METRICS = ("hazard", "aal", "integrated")
Queries = list[dict[str, str]]


@contextmanager
def prepared(options: argparse.Namespace) -> Iterator[App]:
    """The country with a finished nightly run and ten saved sites."""
    with ExitStack() as stack:
        if options.cells < FINE:
            yield _demo(stack.enter_context(_country(options.cells, options)))
            return
        made = stack.enter_context(
            country.cluster(options.folder, options.keep and options.keep / "fine")
        )
        if made.runs.last() is None:
            with _country(grid.grid().latitude.size, options) as coarse:
                fine.fill(made, _demo(coarse))
        yield _with_sites(made)


def _country(cells: int, options: argparse.Namespace) -> AbstractContextManager[App]:
    return country.app(cells, options.folder, keep=options.keep and options.keep / str(cells))


def _demo(made: App) -> App:
    """The demonstration after its nightly run."""
    if made.runs.last() is None:
        tell("the night")
        nightly.run(made.nightly_ports, made.nightly_request())
    return _with_sites(made)


def _with_sites(made: App) -> App:
    if not made.portfolios.places():
        for i, (name, latitude, longitude, corrections) in enumerate(4 * SITES):
            at = {"latitude": round(latitude + 0.02 * (i // len(SITES)), 4), "longitude": longitude}
            found = made.assess({**at, "as_of": korean_year(), "corrections": corrections})
            made.portfolios.save(
                f"{name} {i}", at["latitude"], longitude, corrections, found["batch_id"]
            )
    return made


def pages(made: App) -> Mapping[str, tuple[str, Queries]]:
    """Name → page and the views of it, none twice."""
    chance = random.Random(7)
    combinations = [
        {"peril": p, "ssp": s, "horizon": h}
        for p, s, h in product(made.perils, SCENARIOS, HORIZONS)
    ]
    chance.shuffle(combinations)
    maps = {
        f"map {view} {metric}": (
            "assess",
            [{**one, "view": view, "metric": metric} for one in combinations],
        )
        for view, metric in product(VIEWS, METRICS)
        if view in ("cells", "districts") or metric == "hazard"
    }
    site = made.portfolios.places()[0]
    chosen = {
        "lat": str(site.latitude),
        "lon": str(site.longitude),
        "job": str(site.batch_id),
        "view": "smooth",
    }
    return {
        **maps,
        "map with a site": ("assess", [{**one, **chosen} for one in combinations]),
        "compare": ("compare", _compare(made)),
        **{
            f"projections {unit}": ("projections", _projections(made, unit))
            for unit in ("cell", "sigungu", "sido")
        },
        "population": ("population", _population()),
        "sites": (
            "sites",
            [
                {"ssp": s, "horizon": h, "order": o}
                for s, h, o in product(SCENARIOS, HORIZONS, ("loss", "name"))
            ],
        ),
        "data inputs": (
            "data",
            [{"part": "inputs", "kind": k} for k in ("all", "observed", "derived", "synthetic")],
        ),
        "data results": ("data", [{"part": "results", "ssp": s} for s in SCENARIOS]),
        "data checks": (
            "data",
            [{"part": "checks", "verdict": v} for v in ("all", "pass", "warn", "fail")],
        ),
        "method": (
            "method",
            [
                {"part": p, "peril": k}
                for k, p in product(made.perils, ("perils", "numbers", "frame", "limits"))
            ],
        ),
        "jobs": ("jobs", [{"part": p} for p in ("jobs", "nights")]),
    }


def _compare(made: App) -> Queries:
    return [
        {"quantity": q, "ssp": s, "horizon": h, "show": v}
        for q, s, h, v in product(
            made.perils, SCENARIOS, HORIZONS, ("lines", "heat", "change", "spread", "table")
        )
    ][::7]


def _projections(made: App, unit: str) -> Queries:
    """Districts (of different provinces first) by turns with both variables."""
    places = made.layers.districts("sido" if unit == "sido" else "sigungu")
    random.Random(7).shuffle(places)
    return [
        {"lat": f"{p['latitude']:.4f}", "lon": f"{p['longitude']:.4f}", "unit": unit, "variable": v}
        for v, p in product(fine.VARIABLES, places)
    ]


def _population() -> Queries:
    return [
        {"measure": m, "level": level, "year": str(y)}
        for m, level, y in product(
            ("population", "density", "change"), ("sigungu", "sido"), (2020, 2030, 2040, 2050)
        )
    ]


def measured(var: Path, page: str, queries: Queries, runs: int) -> dict[str, object]:
    """The first view of a fresh server, then *runs* others; they repeat where there are fewer."""
    with served(var) as (url, pid), reader(url) as session:
        cold = session.open(page, queries[0])
        others = cycle(queries[1:] or queries)
        before = _processor(pid)
        warm: list[Answer] = [session.open(page, next(others)) for _ in range(runs)]
        processor, resident = (_processor(pid) - before) / runs, _resident(pid)
    seconds = [answer.seconds for answer in warm]
    return {
        "n": runs,
        "views": len(queries),
        "p50_s": middle(seconds),
        "p95_s": percentile(seconds, 0.95),
        "worst_s": max(seconds),
        "cold_s": cold.seconds,
        "cpu_s": processor,
        "sent_kb": max(a.sent for a in warm) / 1000,
        "packed_kb": max(a.packed for a in warm) / 1000,
        "server_mb": resident,
    }


def _processor(pid: int) -> float:
    """Seconds of processor of a process, without the database's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    """MB of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / MEGABYTE


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=int, help="number of cells; from 10,000 on all of 0.01°")
    parser.add_argument("--runs", type=int, default=30, help="views of each page after the first")
    parser.add_argument(
        "--only", default="", help="pages whose name holds one of these words, by commas"
    )
    parser.add_argument("--folder", type=Path, help="where the clusters lie")
    parser.add_argument("--keep", type=Path, help="where the clusters stay for the next time")
    return parser.parse_args()


def main() -> None:
    """Measure and print one line."""
    options = _options()
    target = next(seconds for cells, seconds in TARGETS if options.cells <= cells)
    found: dict[str, dict[str, object]] = {}
    with prepared(options) as made:
        cells = made.layers.cells().grid_id.size
        for name, (page, queries) in pages(made).items():
            if not any(word in name for word in options.only.split(",")):
                continue
            found[name] = measured(made.settings.var, page, queries, options.runs)
            tell(f"{name}: " + ", ".join(f"{k} {v:.3g}" for k, v in found[name].items()))  # type: ignore[str-format]
    worst = max(found, key=lambda name: found[name]["p95_s"])  # type: ignore[arg-type,return-value]
    ratio = found[worst]["p95_s"] / target  # type: ignore[operator]
    report("pages", cells=cells, pages=found, worst=worst, target_s=target, ratio=ratio)


if __name__ == "__main__":
    main()
