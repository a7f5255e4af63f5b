"""
Grids as text without headers: a line a step, each with the values of all points.

Rows go from south to north, each from west to east, over 33–39° N, 124.5–132° E. What a line is
(a month or a year) and which, only the file's name says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import unpacking
from modelops_core.sources.climate.cells import Block, Values
from modelops_core.sources.climate.netcdf import HUGE, UNDECLARED
from modelops_core.sources.climate.steps import Axis
from modelops_core.sources.unpacking import Member

SOUTH, WEST = 33.0, 124.5
#: values in a line → rows, columns, step [°]
SHAPES = {601 * 751: (601, 751, 0.01), 1201 * 1501: (1201, 1501, 0.005)}
#: bytes that a line may have: more is no line of a grid
LONGEST = 64 << 20
HEAD = 1 << 16
CHARACTERS = frozenset(b"0123456789+-.eEdDnaNAif, \t\r\n")


def is_lines(head: bytes) -> bool:
    """Whether *head* is the beginning of a long line of numbers."""
    return len(head) > 2000 and b"\n" not in head[:2000] and set(head) <= CHARACTERS


@dataclass(frozen=True, slots=True)
class LineGrid:
    """A recognised text: see netcdf.NetcdfGrid for the fields."""

    name: str
    member: Member
    axis: Axis
    latitude: Array
    longitude: Array
    shape: tuple[int, int, int]
    variable: str = ""
    unit: str | None = None
    attributes: str = ""
    provider: str | None = None

    @property
    def form(self) -> str:
        """What the file is."""
        return f"text without headers, {self.shape[1]} × {self.shape[2]} points"

    def place(self, step: int, point: int) -> str:
        """Where a value stands: line and position from 1."""
        return f"line {step + 1}, value {point + 1}"

    def blocks(self) -> Iterator[Block]:
        """One block a line; raises SourceUnreadable for a line of another length."""
        with unpacking.complete(self.name), self.member.open() as stream:
            for step in range(self.shape[0]):
                line = stream.readline(LONGEST)
                values = _numbers(line, step, self.shape[1] * self.shape[2], self.name)
                yield Block(step, 0, values[None])


def recognise(member: Member) -> LineGrid:
    """Count lines and the values of the first; raises SourceUnreadable for another grid."""
    with unpacking.complete(member.name), member.open() as stream:
        count = len(stream.readline(LONGEST).replace(b",", b" ").split())
        lines = 1
        last = b"\n"
        while block := stream.read(unpacking.BLOCK):
            lines += block.count(b"\n")
            last = block[-1:]
    lines += last != b"\n"
    if count not in SHAPES:
        raise SourceUnreadable(
            "line_length", file=member.name, row=1, count=count, expected=sorted(SHAPES)
        )
    rows, columns, step = SHAPES[count]
    latitude = np.round(SOUTH + step * np.arange(rows), 4)
    longitude = np.round(WEST + step * np.arange(columns), 4)
    return LineGrid(
        name=member.name,
        member=member,
        axis=Axis(lines),
        latitude=np.repeat(latitude, columns),
        longitude=np.tile(longitude, rows),
        shape=(lines, rows, columns),
    )


def _numbers(line: bytes, step: int, expected: int, name: str) -> Values:
    text = line.replace(b",", b" ").decode("ascii", "replace")
    try:
        values: Values = np.fromstring(text, dtype=np.float32, sep=" ")
    except ValueError:
        raise _no_number(text.split(), step, name) from None
    if values.size != expected:
        raise SourceUnreadable(
            "line_length", file=name, row=step + 1, count=values.size, expected=expected
        )
    values[(np.abs(values) > HUGE) | (values == np.float32(UNDECLARED))] = np.nan
    return values


def _no_number(found: list[str], step: int, name: str) -> SourceUnreadable:
    at = next(i for i, value in enumerate(found) if not _is_number(value))
    return SourceUnreadable("line_value", file=name, row=step + 1, index=at + 1, value=found[at])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
