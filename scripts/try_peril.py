"""
Does a peril of one file and one golden file fit? `python scripts/try_peril.py KEY.py KEY.csv`

Copies the tracked files of this folder to a temporary one, puts the peril in `perils/` and
the golden values in `tests/golden/`, and runs the tests there as if it were shipped: by
default those whose subject is the perils (a minute), with `--all` every test without a
browser. Without files the invented hail of the tests is tried. What follows `--` goes to pytest.
Nothing here is changed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: what reads the registry and needs no browser
ABOUT_PERILS = (
    *("tests/contract", "tests/unit", "tests/db/test_migrate.py", "tests/db/test_connection.py"),
    *("tests/jobs/test_assess.py", "tests/api/test_contract.py", "tests/api/test_assessments.py"),
)
EVERYTHING = ("-m", "not browser", "tests")


def main() -> int:
    """The tests' exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peril", type=Path, nargs="?", help="KEY.py, which declares PERIL")
    parser.add_argument("golden", type=Path, nargs="?", help="KEY.csv, its golden values")
    parser.add_argument("--all", action="store_true", help="every test without a browser")
    own, more = partition(sys.argv[1:])
    options = parser.parse_args(own)
    if (options.peril is None) != (options.golden is None):
        parser.error("a peril is one file and one golden file: give both, or none for hail")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder)
        ship(options.peril, options.golden, folder)
        track(folder)
        tests = EVERYTHING if options.all else ABOUT_PERILS
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, *more]
        return subprocess.run(command, cwd=folder, check=False).returncode


def partition(arguments: list[str]) -> tuple[list[str], list[str]]:
    """This program's arguments, and those after ``--``, which are pytest's."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def copy(folder: Path) -> None:
    """The tracked files of this working copy, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)


def ship(peril: Path | None, golden: Path | None, folder: Path) -> None:
    """Put the two files, or hail's, where shipped ones are."""
    if peril is None or golden is None:
        sys.path.insert(0, str(ROOT))
        from tests.contract.test_tenth_peril import GOLDEN, HAIL, KEY

        declaration, values, key = HAIL, GOLDEN, KEY
    else:
        declaration, values, key = peril.read_text("utf-8"), golden.read_text("utf-8"), peril.stem
    (folder / "modelops_core/perils" / f"{key}.py").write_text(declaration, "utf-8")
    (folder / "tests/golden" / f"{key}.csv").write_text(values, "utf-8")


def track(folder: Path) -> None:
    """Give the copy a repository of its own with all its files."""
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=folder, check=True)


if __name__ == "__main__":
    sys.exit(main())
