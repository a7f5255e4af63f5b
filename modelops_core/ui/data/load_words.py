"""Words about files that are loaded; what no text has stands for itself."""

from __future__ import annotations

from modelops_core.domain.source import Source
from modelops_core.ui.kit.i18n import catalogue, t

#: facts in the order of what must be right first; others follow
FACTS = ("format", "variable", "scenario", "set", "unit", "period", "times", "crs", "encoding")


def kind_label(kind: str) -> str:
    """A kind in the reader's language; its own name where no text has it."""
    key = f"load.kind_{kind.replace('-', '_')}"
    return t(key) if key in catalogue() else kind


def file_description(source: Source) -> str:
    """Which files a kind takes."""
    key = f"load.files_{source.kind.replace('-', '_')}"
    return t(key) if key in catalogue() else source.summary


def size_text(size: int) -> str:
    """A file's size in kB or MB."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"


def fact_label(name: str) -> str:
    """What a fact is, in the reader's language; its own name where no text has it."""
    key = f"load.fact_{name.replace(' ', '_')}"
    return t(key) if key in catalogue() else name


def reason_text(code: str) -> str:
    """Why a value is not taken, in the reader's language."""
    key = f"load.reason_{code}"
    return t(key) if key in catalogue() else code


def fact_place(name: str) -> tuple[int, str]:
    """Where a fact stands among the others."""
    return (FACTS.index(name) if name in FACTS else len(FACTS), name)
