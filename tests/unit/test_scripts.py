"""Scripts and benchmarks, which no test runs as a whole, ask the package for what it has."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
FILES = sorted(SCRIPTS.rglob("*.py"))


def named(module: str, name: str) -> Any:
    """What ``from module import name`` brings; raises ImportError."""
    found = importlib.import_module(module)
    if hasattr(found, name):
        return getattr(found, name)
    return importlib.import_module(f"{module}.{name}")


def imported(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Local name, module and name of everything a script takes from the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("modelops_core"):
            for one in node.names:
                yield one.asname or one.name, str(node.module), one.name


def used(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every ``name.attribute`` of a script."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_what_a_script_takes_from_the_package_is_there(path):
    """Each import, and each attribute of a module that it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    taken = {local: named(module, name) for local, module, name in imported(tree)}

    lacking = {
        f"{local}.{attribute}"
        for local, attribute in used(tree)
        if isinstance(taken.get(local), ModuleType) and not hasattr(taken[local], attribute)
    }
    assert not lacking
