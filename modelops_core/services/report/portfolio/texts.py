"""The words of a portfolio's report, from ``portfolio.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from modelops_core.domain.peril import Peril
from modelops_core.domain.stamp import Language


@dataclass(frozen=True, slots=True)
class Say:
    """The texts in one language: ``say("note_overlap")``, groups by a dot: ``use.office``."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text of *key* with *values* put in; raises KeyError for an unknown one."""
        found: Any = catalogue()
        for part in key.split("."):
            found = found[part]
        text: str = found[self.language]
        return text.format(**values) if values else text

    def name(self, group: str, key: str) -> str:
        """The word of a *group* for a code; the code itself where the group lacks it."""
        found = catalogue()[group].get(key)
        return key if found is None else str(found[self.language])

    def peril(self, peril: Peril) -> str:
        """A peril's name."""
        return peril.label_ko if self.language == "ko" else peril.label


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Any]:
    """All texts: key → language → text, or group → key → language → text."""
    file = resources.files("modelops_core.services.report.portfolio") / "portfolio.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
