"""Words that pages, figures, files and reports share, from one catalogue: ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

Words = Mapping[str, Mapping[str, str]]


def of(group: str) -> Words:
    """Key → language → word, of what *group* names: ``horizon``, ``status``, ``level``, …"""
    return _catalogue()[group]


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Words]:
    file = resources.files("modelops_core.data") / "words.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
