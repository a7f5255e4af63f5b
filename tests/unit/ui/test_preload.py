"""What the pages need is there before the first reader, and garbage collection passes it by."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from modelops_core.ui.frame import preload

PAGES = Path(__file__).parents[3] / "pages"


@pytest.fixture
def done(monkeypatch) -> list[str]:
    """What a preload does, in its order; nothing of it is really done."""
    steps: list[str] = []
    collector = SimpleNamespace(
        collect=lambda: steps.append("collect"), freeze=lambda: steps.append("freeze")
    )
    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=steps.append))
    monkeypatch.setattr(preload, "gc", collector)
    preload.preload()
    return steps


def test_garbage_goes_before_the_rest_is_kept_for_ever(done):
    """What is frozen is never collected, so that nothing dead may be among it."""
    assert done[-2:] == ["collect", "freeze"]


def test_every_module_that_a_page_imports_is_there(done):
    """The frame's script is not: it would draw a page."""
    wanted = {
        node.module
        for page in PAGES.glob("*.py")
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("modelops_core.ui")
    }
    assert len(wanted) > 10
    assert wanted <= set(done)
    assert preload.SCRIPT not in done
