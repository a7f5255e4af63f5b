"""A sheet is a declaration: its name and the blocks that it is made of, in their order."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Generic, TypeVar

from modelops_core.domain.stamp import Language
from modelops_core.services.report.blocks import Block, Document

Material = TypeVar("Material")


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the sheets in one language."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Return the text *key*, ``sheet.name``, with *values* put in."""
        text = _catalogue()[key][self.language]
        return text.format(**values) if values else text


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    source = resources.files("modelops_core.services.report") / "report.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Sheet(Generic[Material]):
    """
    One kind of report.

    ``heading`` makes the document without its blocks; each of ``blocks`` looks at the material and
    gives a block, or None where there is nothing to say.
    """

    heading: Callable[[Material, Words], Document]
    blocks: tuple[Callable[[Material, Words], Block | None], ...]

    def document(self, material: Material, language: Language) -> Document:
        """Return the sheet of *material* in words of *language*."""
        words = Words(language)
        found = (block(material, words) for block in self.blocks)
        known = tuple(block for block in found if block is not None)
        return replace(self.heading(material, words), blocks=known)
