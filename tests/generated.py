"""
What takes long to generate and depends on source files only, kept between runs.

The first test that needs it makes it, in whichever process; the others wait for that one and
read its file. A change of any module, data file or pinned package it is made from makes it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import grimp

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "var" / "tests"
T = TypeVar("T")


def generated(name: str, package: str, make: Callable[[], T]) -> T:
    """What *make* returns, from the last run if *package* and all it imports are as they were."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = KEPT / f"{name}.{fingerprint(package)}.pickle"
        if not file.exists():
            _write(file, make())
            for former in set(KEPT.glob(f"{name}.*.pickle")) - {file}:
                former.unlink()
    with file.open("rb") as stream:
        made: T = pickle.load(stream)
    return made


@cache
def fingerprint(package: str) -> str:
    """Of the files of *package*, of the modules it imports, and of the versions installed."""
    graph = grimp.build_graph(package.split(".", maxsplit=1)[0], cache_dir=None)
    imported = graph.find_upstream_modules(package, as_package=True)
    folder = ROOT.joinpath(*package.split("."))
    files = {path for path in folder.rglob("*") if path.suffix not in ("", ".pyc")}
    files |= {path for module in imported for path in _files(module)}
    files |= set(ROOT.glob("requirements*.txt"))
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]


def _files(module: str) -> list[Path]:
    """The file of a module, or of a package's own code."""
    path = ROOT.joinpath(*module.split("."))
    return [p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()]


def _write(file: Path, made: object) -> None:
    """Whole or not at all."""
    part = file.with_suffix(".part")
    with part.open("wb") as stream:
        pickle.dump(made, stream, protocol=5)
    part.replace(file)
