"""
The version of the calculation, from its sources: results of other code are stale.

What counts is the parsed program: comments, docstrings and layout change nothing, any
other change of a module in ``CALCULATION`` or of a peril's own file does. Reading and
parsing takes about 0.2 s, once a process; each process finds the same version by itself.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from modelops_core import perils as registry

ROOT = Path(__file__).resolve().parents[2]
#: folders whose modules all results depend on
CALCULATION = ("domain", "indicators", "stages", "services/night")
WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_version(perils: Iterable[str]) -> str:
    """16 hexadecimal digits over the shared sources and those of the *perils* (keys, any order)."""
    digest = hashlib.blake2b(_shared().encode(), digest_size=8)
    for key in sorted(perils):
        digest.update(f"{key} {_of_file(registry.source(key))}".encode())
    return digest.hexdigest()


def program(source: str) -> str:
    """What *source* does, as text: its syntax tree without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)


@lru_cache(maxsize=1)
def _shared() -> str:
    files = sorted(file for folder in CALCULATION for file in (ROOT / folder).glob("*.py"))
    parts = (f"{file.relative_to(ROOT).as_posix()} {_of_file(file)}" for file in files)
    return _hash("\n".join(parts))


@lru_cache(maxsize=64)
def _of_file(file: Path) -> str:
    return _hash(program(file.read_text("utf-8")))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
