"""
Time to read and validate a portfolio of many sites, as JSON.

    python scripts/bench/portfolio_validation.py [--rows 100000] [--runs 3]

The file is made up: some rows in a hundred are wrong, so that findings are made too. Without a
database; sea and districts are looked up where ``MODELOPS_VAR`` or ``DATABASE_URL`` names one and
``--places`` is given. Seconds are the median of the runs, ``validate`` is what is left after
reading the text.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from modelops_core.bootstrap import app
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import counted
from modelops_core.services.portfolio.validation import validate
from modelops_core.sources.portfolio import draft

UNIT_COST = 2_174_000.0


def made(rows: int) -> pd.DataFrame:
    """A table of the template; of a hundred rows one each is exchanged, repeated, in a unit …"""
    rng = np.random.default_rng(7)
    area = rng.uniform(100, 20_000, rows).round(1)
    number = np.arange(rows)
    frame = pd.DataFrame(
        {
            "사업장번호": [f"{n:07d}" for n in number],
            "사업장명": [f"담보 {n}" for n in number],
            "위도": rng.uniform(35.2, 37.4, rows).round(6),
            "경도": rng.uniform(127.2, 128.9, rows).round(6),
            "용도": rng.choice(["업무시설", "공장", "창고시설", "공동주택", "근린생활시설"], rows),
            "구조": rng.choice(["철근콘크리트구조", "일반철골구조", "벽돌구조", "미상"], rows),
            "준공연도": rng.integers(1970, 2026, rows),
            "지상층수": rng.integers(0, 25, rows),
            "지하층수": rng.integers(0, 4, rows),
            "연면적(㎡)": area,
            "자산가액": (area * rng.uniform(5e5, 4e6, rows)).round(),
            "동산가액": (area * rng.uniform(0, 1e6, rows)).round(),
            "매출액": rng.integers(0, 10**11, rows),
            "자가사용": rng.choice(["Y", "N", ""], rows),
            "차수판높이": rng.choice(["", "0.5", "1.0"], rows),
        }
    ).astype(object)
    at = number % 100
    frame.loc[at == 1, ["위도", "경도"]] = frame.loc[at == 1, ["경도", "위도"]].to_numpy()
    frame.loc[at == 2, "자산가액"] = (frame.loc[at == 2, "자산가액"].astype(float) / 1e6).round()
    frame.loc[at == 3, "준공연도"] = 2035
    frame.loc[at == 4, "연면적(㎡)"] = "#REF!"
    frame.loc[at == 5, "사업장번호"] = frame.loc[at == 6, "사업장번호"].to_numpy()
    frame.loc[at == 7, "자산가액"] = "12억"
    return frame


def measured(path: Path, places: Any, clock: Callable[[], float]) -> dict[str, Any]:
    """Seconds of one pass by *clock*, and what was found."""
    choices = Choices(as_of=date(2026, 11, 29))
    began = clock()
    read = draft.read([path], choices)
    opened = clock()
    tables, problems = draft.tables(read, choices)
    typed = clock()
    found = validate(read.name, tables, problems, choices, places, UNIT_COST)
    ended = clock()
    return {
        "read": opened - began,
        "type": typed - opened,
        "check": ended - typed,
        "validate": ended - opened,
        "whole": ended - began,
        "cells": counted(found.problems),
    }


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--places", action="store_true")
    parser.add_argument("--cpu", action="store_true", help="CPU time, on a machine that is busy")
    asked = parser.parse_args()
    clock = time.process_time if asked.cpu else time.perf_counter
    places = app().portfolio_files.places() if asked.places else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.csv"
        made(asked.rows).to_csv(path, index=False)
        passes = [measured(path, places, clock) for _ in range(asked.runs)]
    seconds = {
        name: round(statistics.median(one[name] for one in passes), 3)
        for name in ("read", "type", "check", "validate", "whole")
    }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        json.dumps(
            {
                "rows": asked.rows,
                "seconds": seconds,
                "cells": passes[0]["cells"],
                "places": asked.places,
                "clock": "cpu" if asked.cpu else "wall",
                "peak_mb": memory,
            }
        )
    )


if __name__ == "__main__":
    main()
