"""
A kind of file that can be loaded, as a value: its columns, its tables, and how it is opened.

A module of ``sources/kinds`` declares one as ``SOURCE``. ``services/load_files.py`` loads any of
them: a source knows files, never the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, Self, runtime_checkable

from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.window_means import Places
from modelops_core.errors import InvalidInput

INF = float("inf")
#: column of a chunk that says in which row of its file a row stood; it is no column of the table
SOURCE_ROW = "source_row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    One column that is read of a file; columns that no field names are left alone.

    ``headers`` are the names under which it is published, compared without regard to case, blanks,
    ``_`` and what stands in brackets. A number outside ``low`` … ``high`` [``unit``] or a text that
    is none is unknown, and said; of a ``needed`` field the row is left out. ``missing`` are values
    that stand for unknown, besides blanks.
    """

    name: str
    headers: tuple[str, ...] = ()
    kind: Literal["number", "whole", "text", "time"] = "number"
    unit: str = ""
    low: float = -INF
    high: float = INF
    missing: tuple[float | str, ...] = ()
    needed: bool = False
    #: of a time: how it may be written, as ``strptime`` says it
    formats: tuple[str, ...] = ()


class Reject(NamedTuple):
    """A value that was not taken: a row of the rejects file. ``dropped``: its row neither."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    allowed: str
    dropped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """
    Rows of one or several tables, and the values that were not taken on the way.

    ``rows`` maps table → column → values as :class:`~modelops_core.domain.dataset.Dataset` has
    them; ``read`` counts the rows of the file behind the chunk, ``share`` is the part of all
    files that has been read up to its end, 0 to 1.
    """

    rows: Mapping[str, Mapping[str, Column]]
    rejects: Sequence[Reject] = ()
    read: int = 0
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user says about the files; None where they say nothing."""

    provider: str | None = None
    licence: str | None = None
    version: str | None = None
    period: str | None = None
    encoding: str | None = None
    crs: str | None = None
    unit: str | None = None
    timezone: str | None = None
    scenario: str | None = None
    variable: str | None = None
    members: int | None = None
    resolution: float | None = None

    def named(self) -> dict[str, str]:
        """What was given, by name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}


#: what every source takes
ALWAYS = frozenset({"provider", "licence", "version", "period", "encoding"})


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to load, and what its bytes are."""

    path: Path
    sha256: str
    size: int

    @property
    def name(self) -> str:
        return self.path.name


def only(files: Sequence[InputFile]) -> Sequence[InputFile]:
    """*files* where it is one; raises InvalidInput for a kind that takes one file at a time."""
    if len(files) != 1:
        raise InvalidInput("one_file", count=len(files))
    return files


class Reading(Protocol):
    """
    Files that a source has recognised.

    ``facts`` says what was found (format, encoding, unit, CRS, scenario, period …): those that only
    the whole file tells are there once ``chunks`` has ended, and so is ``provenance``: the rows of
    ``data_sources`` by table. Reading twice gives the same chunks.
    """

    @property
    def facts(self) -> Mapping[str, str]: ...

    def chunks(self) -> Iterator[Chunk]: ...

    def provenance(self) -> Mapping[str, Sequence[Provenance]]: ...


@runtime_checkable
class OnGrid(Protocol):
    """A reading whose values belong to cells of the product's grid, which it gets first."""

    def place(self, places: Places) -> None: ...


@dataclass(frozen=True, slots=True)
class Publication:
    """
    What a load replaces of its tables; all rows where nothing is said.

    ``scope`` limits it to the rows with these values in one column: table → (column, values).
    ``fills`` are columns that are filled in rows that stay, such as one scenario of a series;
    a table that no load has filled, such as a demonstration's, is replaced whole. ``within`` limits
    them to rows whose value of one column lies in a range: table → (column, first, last).
    """

    tables: tuple[str, ...]
    scope: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    fills: tuple[str, ...] = ()
    within: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    A kind of file: what it is, which tables it fills, and how it is opened.

    ``tables`` stand in the order of their foreign keys. ``open`` recognises the files, reads none
    of their rows, and raises SourceUnreadable for what it cannot read; ``publication`` says what of
    the tables a reading replaces (all of them where None). ``takes`` are the fields of ``Given``
    that it understands besides ALWAYS.
    """

    kind: str
    summary: str
    tables: tuple[str, ...]
    open: Callable[[Sequence[InputFile], Given], Reading]
    publication: Callable[[Reading], Publication] | None = None
    takes: frozenset[str] = frozenset()

    def publishes(self, reading: Reading) -> Publication:
        """What a load of *reading* replaces."""
        return self.publication(reading) if self.publication else Publication(self.tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A row of ``loads``: one version of the tables that a load filled."""

    load_id: int
    kind: str
    tables: tuple[str, ...]
    state: Literal["staged", "published", "undone", "dropped"]
    fingerprint: str
    files: tuple[Mapping[str, object], ...]
    chunks: int
    rows: Mapping[str, int]
    rejects: int
    #: when it was begun, published or undone
    at: datetime
    #: who asked for it, and who took it back
    by: str | None = None
    undone_by: str | None = None
    #: the rows of ``data_sources`` that it brought, and those that it replaced
    sources: tuple[Mapping[str, Any], ...] = ()
    replaced: tuple[Mapping[str, Any], ...] = ()
    #: whether it can be undone now
    undoable: bool = False

    def after_chunk(self, rows: Mapping[str, int]) -> Self:
        """The load with one chunk more and these rows in all."""
        return replace(self, chunks=self.chunks + 1, rows=rows)

    def as_row(self) -> dict[str, object]:
        """All fields by name, for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}
