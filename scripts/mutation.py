"""
Put small faults into the code, one at a time, and see whether a test notices.

    python scripts/mutation.py tests/mutation/db.toml [--only NAME] [--json FILE]

A fault is a table in a TOML file: ``[[fault]]`` with *name*, *file*, *find* (a text that
stands exactly once in the file), *replace*, and *tests* (arguments of pytest that should
fail). Each fault is put into a scratch copy of the working tree; the copy's file is restored
afterwards. A fault counts as caught when pytest reports a failed test, not when the tests
could not be collected or run. The table of the last run is in docs/verification.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: exit codes of pytest: all passed, some failed
PASSED, FAILED = 0, 1
#: folders that a copy does without
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", ".mypy_cache", ".ruff_cache", "__pycache__"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate fault and the tests that should notice it."""

    name: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a fault: ``caught``, ``survived`` or ``broken`` (the tests could not run)."""

    name: str
    file: str
    verdict: str
    by: str


def read(path: Path) -> list[Fault]:
    """The faults of a file; raises KeyError for a table that lacks an entry."""
    tables = tomllib.loads(path.read_text("utf-8"))["fault"]
    return [Fault(t["name"], t["file"], t["find"], t["replace"], tuple(t["tests"])) for t in tables]


@contextmanager
def planted(copy: Path, fault: Fault) -> Iterator[None]:
    """Put *fault* into the copy for the block; raises ValueError unless its text stands once."""
    path = copy / fault.file
    before = path.read_text("utf-8")
    if before.count(fault.find) != 1:
        raise ValueError(
            f"{fault.name}: {fault.find!r} stands {before.count(fault.find)} times in {fault.file}"
        )
    path.write_text(before.replace(fault.find, fault.replace), "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def tried(copy: Path, fault: Fault) -> Verdict:
    """Run the fault's tests with the fault in place."""
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        *fault.tests,
    ]
    with planted(copy, fault):
        run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED ")]
    if run.returncode == FAILED and failed:
        return Verdict(
            fault.name, fault.file, "caught", failed[0].split(" - ")[0].removeprefix("FAILED ")
        )
    if run.returncode == PASSED:
        return Verdict(fault.name, fault.file, "survived", "")
    return Verdict(fault.name, fault.file, "broken", run.stdout[-300:])


def run(faults: Sequence[Fault]) -> Iterator[Verdict]:
    """Try each fault in one scratch copy of the tree."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        for fault in faults:
            yield tried(copy, fault)


def main() -> None:
    """Print a line a fault, then the sum; exit 1 where a fault survived."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="TOML files of faults")
    parser.add_argument("--only", help="the fault of this name")
    parser.add_argument("--json", type=Path, help="write the verdicts there")
    given = parser.parse_args()
    faults = [f for path in given.files for f in read(path) if given.only in (None, f.name)]
    verdicts = []
    for verdict in run(faults):
        verdicts.append(verdict)
        print(f"{verdict.verdict:9} {verdict.name} ({verdict.file}) {verdict.by}", flush=True)
    caught = sum(v.verdict == "caught" for v in verdicts)
    print(f"{caught} of {len(verdicts)} caught")
    if given.json:
        given.json.write_text(json.dumps([asdict(v) for v in verdicts], indent=1), "utf-8")
    raise SystemExit(caught != len(verdicts))


if __name__ == "__main__":
    main()
