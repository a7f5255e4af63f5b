"""What a report consists of: tables with typed columns, figures, and what each is of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from modelops_core.domain.stamp import SEPARATOR, Language

Kind = Literal["text", "whole", "number", "money", "percent", "day"]
Value = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, what its values are, and whether pages of paper show it."""

    code: str
    kind: Kind = "text"
    paper: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """
    A table: ``key`` T0 … T18, rows of values in the order of the columns.

    Money is in KRW, percentages in %; None is unknown. ``paper_rows`` are the rows that fit on
    paper, None: all of them. ``draft`` says that the layout of the duty could not be read,
    ``empty`` what stands in place of rows where there are none.
    """

    key: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = ()
    paper_rows: Sequence[int] | None = None
    draft: bool = False
    strong: Sequence[int] = ()
    empty: str = ""

    def position(self, code: str) -> int:
        """The position of a column."""
        return [column.code for column in self.columns].index(code)

    def values(self, code: str, **where: Value) -> list[Value]:
        """The values of a column in the rows that hold *where*: column → value."""
        tests = [(self.position(name), value) for name, value in where.items()]
        at = self.position(code)
        return [row[at] for row in self.rows if all(row[i] == v for i, v in tests)]

    def total(self, code: str, **where: Value) -> float:
        """The sum of the numbers of a column; unknown ones are left out."""
        return float(sum(v for v in self.values(code, **where) if isinstance(v, int | float)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """A drawing F1 … F7 as SVG, with the text that stands in for it."""

    key: str
    svg: str
    alt: str
    #: of the drawing [px]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Unit:
    """What money is divided by on paper and in workbooks: a million or 100 million KRW."""

    key: str
    size: float


UNITS: Mapping[str, Unit] = {
    name: Unit(name, size) for name, size in (("million", 1e6), ("eok", 1e8))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """
    A whole report in one language.

    ``stamp`` is said by every table and figure: source, date, kind of data, method version, and
    that no adaptation is in it.
    """

    language: Language
    title: str
    subtitle: str
    stamp: str
    footer: str
    banner: str
    made_of: datetime | None
    unit: Unit
    tables: Sequence[ReportTable]
    figures: Sequence[ReportFigure]
    #: figures and tables that this report cannot have, with the reason
    lacking: Sequence[tuple[str, str]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: scenario and horizon, or the horizon alone, of the tables and figures that are of one
    views: Mapping[str, str] = field(default_factory=dict)

    def stamp_of(self, key: str) -> str:
        """The stamp of a table or figure, with the scenario and horizon that it is of."""
        view = self.views.get(key)
        return self.stamp if view is None else SEPARATOR.join((view, self.stamp))

    def table(self, key: str) -> ReportTable:
        """The table of a key; raises KeyError for an unknown one."""
        return {table.key: table for table in self.tables}[key]


def digest(tables: Sequence[ReportTable]) -> str:
    """A hash of all rows: equal tables of one language have equal ones."""
    rows = [[table.key, [list(row) for row in table.rows]] for table in tables]
    text = orjson.dumps(rows, default=str, option=orjson.OPT_SERIALIZE_NUMPY)
    return hashlib.sha256(text).hexdigest()
