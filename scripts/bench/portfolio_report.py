"""
The report of a portfolio: `python scripts/bench/portfolio_report.py N [--runs R]`.

N buildings of the register as in ``portfolio.py``, each with a loan, calculated once; then what
its report takes: reading the stored results, the content, and each file. The wanted 15 s are those
of reading, content, workbook and PDF together. The database named by MODELOPS_VAR or DATABASE_URL
is used; what was written is deleted.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import time
from typing import Any

import numpy as np
from measure import Family, median, report, tell
from portfolio import AS_OF, FORGET, portfolio
from sqlalchemy import text

from modelops_core.bootstrap import App, app
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.portfolio import Loans, Pledges, Portfolio
from modelops_core.services.portfolio import run
from modelops_core.services.report.portfolio.gather import Choice

#: seconds that reading, content, workbook and PDF of 10,000 sites may take
SECONDS = 15.0
KINDS = ("xlsx", "pdf", "docx")
WANTED = ("content", "xlsx", "pdf")


def with_loans(own: Portfolio, seed: int = 2) -> Portfolio:
    """A loan on each site, half of its value, of all sections and stages."""
    n, rng = len(own), np.random.default_rng(seed)
    every, none = np.arange(n), np.full(n, "", dtype=object)
    loans = Loans(
        source_row=every + 2,
        loan_id=np.array([f"L{i}" for i in range(n)], dtype=object),
        borrower_id=none.copy(),
        ksic_code=rng.choice(np.array(["C26", "G47", "L68", ""], dtype=object), n),
        product=rng.choice(np.array(["주담대", "기업담보", "PF"], dtype=object), n),
        exposure=own.given["asset_value"] / 2,
        collateral_value=own.given["asset_value"].copy(),
        ltv=np.full(n, 50.0),
        origination=np.full(n, np.datetime64("2020-01-01", "D")),
        maturity=np.datetime64("2027-01-01", "D") + rng.integers(0, 9000, n),
        stage=rng.integers(1, 4, n).astype(float),
        npl=(rng.random(n) < 0.02).astype(float),
        provision=own.given["asset_value"] / 1000,
        insured=np.full(n, np.nan),
        insurance_limit=np.full(n, np.nan),
        region=none.copy(),
        collateral=Pledges(row=every.copy(), site=every.copy()),
    )
    return dataclasses.replace(own, loans=loans)


def calculated(a: App, many: int) -> tuple[int, int]:
    """Version and run of a portfolio of that many sites."""
    jobs = a.portfolio_jobs
    version = jobs.keep(with_loans(portfolio(a, many)), COMMAND_LINE)
    batch_id = a.jobs.create(run.JOB, {"version_id": version}, running=True)
    made = run.run(run.Request(version, AS_OF), jobs.ports, lambda *_: None, batch_id)
    a.jobs.complete(batch_id, {})
    return version, made["run_id"]


Spent = tuple[float, float]


def once(a: App, run_id: int) -> tuple[dict[str, Spent], dict[str, int]]:
    """Seconds by the clock and of the processor of each part, and the bytes of the files."""
    reports, began = a.portfolio_reports, _now()
    found = reports.content(run_id, Choice(), COMMAND_LINE)
    seconds, sizes = {"content": _since(began)}, dict[str, int]()
    for kind in KINDS:
        began = _now()
        sizes[kind] = len(reports.file(found, kind))
        seconds[kind] = _since(began)
    assert not reports.failed(found)
    return seconds, sizes


def _now() -> Spent:
    return time.perf_counter(), time.process_time()


def _since(began: Spent) -> Spent:
    clock, processor = _now()
    return clock - began[0], processor - began[1]


def measured(a: App, many: int, runs: int) -> dict[str, Any]:
    """Medians over the runs; every row is deleted again."""
    version, run_id = calculated(a, many)
    tell("calculated")
    family = Family(os.getpid())
    try:
        with family.watched():
            passes = [once(a, run_id) for _ in range(runs)]
    finally:
        with a.owner.begin() as connection:
            for statement in FORGET:
                connection.execute(text(statement), {"version": version})
    clock, processor = (
        {name: median([one[name][i] for one, _ in passes]) for name in ("content", *KINDS)}
        for i in (0, 1)
    )
    return {
        "sites": many,
        "seconds": sum(clock[name] for name in WANTED),
        "processor_s": sum(processor[name] for name in WANTED),
        "parts_s": clock,
        "parts_processor_s": processor,
        "bytes": passes[0][1],
        "peak_mb": family.peak_mb,
    }


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sites", type=int)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    a = app()
    measured(a, 100, 1)
    tell("warm")
    found = measured(a, options.sites, options.runs)
    wanted = SECONDS * options.sites / 10_000
    report("portfolio_report", **found, ratio_s=found["seconds"] / wanted)


if __name__ == "__main__":
    main()
