"""What a sheet is made of: blocks of text, tables and pictures, in words already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from modelops_core.domain.stamp import Language

Align = Literal["left", "right", "center"]
Tone = Literal["info", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A row of large numbers, each with what it is and a line below."""

    figures: Sequence[tuple[str, str, str]]
    kind: str = field(default="figures", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and values, in two columns of pairs."""

    title: str
    facts: Sequence[tuple[str, str]]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table; *align* and *shares* of the width by column, *strong* rows.

    It is never cut, unless *breakable*: then its head stands again on each page.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: Sequence[Align]
    shares: Sequence[float]
    strong: Sequence[int] = ()
    note: str = ""
    breakable: bool = False
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing (SVG) with a text that stands in for it."""

    svg: str
    alt: str
    caption: str
    title: str = ""
    kind: str = field(default="picture", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence or two, under a title, in a box where it is a warning."""

    title: str
    lines: Sequence[str]
    tone: Tone = "info"
    kind: str = field(default="note", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Blocks in two columns of which the left has *share* of the width."""

    left: Sequence[Block]
    right: Sequence[Block]
    share: float
    kind: str = field(default="beside", init=False)


Block = Figures | Facts | Table | Picture | Note | Beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole sheet in one language; ``made_of`` is the time that its PDF names, not the clock."""

    title: str
    subtitle: str
    stamp: str
    kind: str
    language: Language
    made_of: datetime | None
    blocks: Sequence[Block]
    footer: str
    banner: str = ""
    landscape: bool = False

    def to_row(self) -> Mapping[str, Any]:
        """As JSON can hold it; the engine gets the time apart."""
        row = asdict(self)
        del row["made_of"]
        return row
