"""The deliberate faults of ``tests/mutation`` still fit the code that they were written for."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_fault_can_still_be_put_in():
    """What a fault replaces stands once in its file, and the tests that should notice are there."""
    stale = []
    for table in sorted((ROOT / "tests" / "mutation").glob("*.toml")):
        for fault in tomllib.loads(table.read_text("utf-8"))["fault"]:
            code = ROOT / fault["file"]
            places = code.read_text("utf-8").count(fault["find"]) if code.exists() else 0
            tests = [ROOT / name.split("::")[0] for name in fault["tests"]]
            if places != 1 or not all(path.exists() for path in tests):
                stale.append(f"{table.name}: {fault['name']}")
    assert stale == [], "adapt `find` and `replace`, or leave a fault out whose code is gone"
