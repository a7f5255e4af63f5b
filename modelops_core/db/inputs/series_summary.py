"""Reads one climate table in a single pass: what its profile, its years and its rules need."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from modelops_core.db import queries
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.variables import MONTHLY
from modelops_core.ports import Row


@dataclass(frozen=True, slots=True)
class Step:
    """
    All cells in one year or month: rows, those with a value and those unlike in some scenario.

    ``known`` and ``highest`` are by scenario, ``lowest`` is of all; None where nothing is known.
    """

    year: int
    rows: int
    some: int
    known: Sequence[int]
    highest: Sequence[float | None]
    lowest: float | None
    unequal: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One climate table over some cells, by time step."""

    variable: str
    steps: Sequence[Step]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(step.rows for step in self.steps)

    @property
    def years(self) -> tuple[int, int] | None:
        """First and last year; None of an empty table."""
        years = [step.year for step in self.steps]
        return (min(years), max(years)) if years else None

    @property
    def some(self) -> int:
        """Rows in which any scenario has a value."""
        return sum(step.some for step in self.steps)

    @property
    def known(self) -> int:
        """Values of all scenarios."""
        return sum(sum(step.known) for step in self.steps)

    @property
    def lowest(self) -> float | None:
        """The least value of any scenario."""
        return _of(min, (step.lowest for step in self.steps))

    @property
    def highest(self) -> float | None:
        """The greatest value of any scenario."""
        return _of(max, self.maximum)

    @property
    def maximum(self) -> tuple[float | None, ...]:
        """The greatest value of each scenario."""
        return tuple(
            _of(max, (step.highest[i] for step in self.steps)) for i in range(len(SCENARIOS))
        )

    def history(self, last: int) -> tuple[int, int]:
        """Rows up to the year *last*, and those of them in which the scenarios differ."""
        before = [step for step in self.steps if step.year <= last]
        return sum(step.rows for step in before), sum(step.unequal for step in before)

    def coverage(self) -> Iterator[Row]:
        """Each scenario that has values: its first and last year, its values and the rows there."""
        for i, scenario in enumerate(SCENARIOS):
            own = [step for step in self.steps if step.known[i]]
            if own:
                yield {
                    "scenario": scenario,
                    "first": min(step.year for step in own),
                    "last": max(step.year for step in own),
                    "known": sum(step.known[i] for step in own),
                    "every": sum(step.rows for step in own),
                }

    def all_within(self, low: float, high: float) -> bool:
        """Whether no value lies beyond the limits."""
        lowest, highest = self.lowest, self.highest
        return lowest is None or highest is None or low <= lowest <= highest <= high

    def may_hold(self, values: Iterable[float]) -> bool:
        """Whether one of *values* lies among the table's own."""
        lowest, highest = self.lowest, self.highest
        if lowest is None or highest is None:
            return False
        return any(lowest <= value <= highest for value in values)


def read(connection: Connection, variable: str, ids: Sequence[int] | None) -> Summary:
    """Read the table of *variable* over the cells *ids* (None: all)."""
    time = "observation_date" if variable in MONTHLY else "year"
    statement = text(queries.TEXTS["series_steps"].format(variable=variable, time=time))
    found = connection.execute(statement, {"ids": None if ids is None else list(ids)})
    return Summary(variable, tuple(_step(row._asdict()) for row in found))


def _step(row: Row) -> Step:
    at = row.pop("at")
    lowest = row.pop("lowest")
    unknown = lowest is None or math.isnan(lowest)
    year = at.year if isinstance(at, date) else at
    return Step(year=year, lowest=None if unknown else lowest, **row)


def _of(choose: Callable[[Sequence[Any]], Any], values: Iterable[float | None]) -> float | None:
    """The least or greatest of the known values."""
    known = [value for value in values if value is not None]
    return choose(known) if known else None
