"""Recognises files of climate: what each holds, and whether they are parts of one series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from modelops_core.domain.climate import IntArray
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.source import Chunk, Given, InputFile, Reject
from modelops_core.domain.window_means import Places
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources import unpacking
from modelops_core.sources.climate import cells, lines, names, netcdf, points, series, steps, units
from modelops_core.sources.climate.cells import Block, CellMeans
from modelops_core.sources.climate.lines import LineGrid
from modelops_core.sources.climate.netcdf import NetcdfGrid
from modelops_core.sources.climate.points import PointTable
from modelops_core.sources.climate.units import Unit
from modelops_core.sources.unpacking import Member

Content = NetcdfGrid | LineGrid | PointTable
#: names of variables that say nothing
NAMELESS = frozenset({"", "data", "value", "values", "var", "variable", "var1", "band1"})
IN_NAME, INSIDE = "its name", "its contents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    One grid or table, and what is known of it.

    ``columns`` are those of the table that are filled; ``read`` the values that the content gives:
    one for all columns (``value``), or one a column. ``steps`` are those of a grid's axis.
    """

    file: InputFile
    content: Content
    variable: str
    columns: tuple[str, ...]
    read: tuple[str, ...]
    members: int
    unit: Unit
    unit_said: str
    time_said: str
    steps: IntArray

    @property
    def name(self) -> str:
        return self.content.name

    def reject(self, block: Block, step: int, point: int, variable: str) -> Reject:
        """The reject of one value of a block of a grid."""
        assert not isinstance(self.content, PointTable)
        at = block.first_step + step
        value = f"{block.values[step, point]:g}"
        where = self.content.place(at, block.first_point + point)
        return Reject(
            self.name, at + 1, where, value, "out_of_range", series.limits(variable), False
        )


def parts(file: InputFile, given: Given) -> Iterator[Part]:
    """What *file* holds, in the order of the names in it; raises SourceUnreadable."""
    found = sorted(unpacking.members(file.path), key=lambda member: member.name)
    if not found:
        raise SourceUnreadable("table_empty", file=file.name)
    for member in found:
        yield _part(file, member, given)


def refuse_mixture(parts: Sequence[Part]) -> None:
    """Raise InvalidInput unless all parts are of one variable, scenario and kind of set."""
    first = parts[0]
    for part in parts[1:]:
        for what in ("variable", "columns", "members", "read"):
            one, other = getattr(first, what), getattr(part, what)
            if one != other:
                raise InvalidInput(
                    "not_one_series", file=first.name, other=part.name, first=one, second=other
                )
    ordered = sorted((part for part in parts if part.steps.size), key=lambda p: int(p.steps[0]))
    cadence = units.cadence(first.variable)
    for one, other in pairwise(ordered):
        if other.steps[0] != one.steps[-1] + 1:
            raise SourceUnreadable(
                "parts_order",
                file=other.name,
                value=steps.label(int(other.steps[0]), cadence),
                other=one.name,
                before=steps.label(int(one.steps[-1]), cadence),
            )


def add_points(
    part: Part,
    table: PointTable,
    places: Places,
    cadence: str,
    means: dict[str, tuple[int, CellMeans]],
) -> Iterator[Chunk]:
    """Add the rows of a table to *means*; those outside the grid's cells are left alone."""
    inside = 0
    for rows in table.frames(cadence):
        at, _ = cells.located(rows.latitude, rows.longitude, places)
        rejects = [*rows.rejects]
        factor = part.unit.scale(rows.step)
        for column, values in rows.values.items():
            first, room = means[column]
            converted = values * factor + part.unit.offset
            wrong = series.outside(part.variable, converted)
            limits = series.limits(part.variable)
            rejected = [
                Reject(table.name, int(row), column, f"{value:g}", "out_of_range", limits, False)
                for row, value in zip(rows.rows[wrong], values[wrong], strict=True)
            ]
            series.refuse_outside(part.variable, rejected, len(values), table.name)
            rejects += rejected
            taken = (at >= 0) & ~wrong
            inside += int(taken.sum())
            room.add_points(rows.step[taken] - first, at[taken], converted[taken])
        yield Chunk(rows={}, rejects=rejects, read=rows.read, share=rows.share)
    if not inside:
        raise SourceUnreadable("outside_grid", file=table.name, extent="no row")


def _part(file: InputFile, member: Member, given: Given) -> Part:
    content = _content(file, member, given)
    full_name = file.name if member.name == file.name else f"{file.name} {member.name}"
    variable = _variable(content, full_name, given)
    columns, read = _columns(content, full_name, given)
    published = names.is_kma(full_name)
    unit, unit_said = units.conversion(
        variable, given.unit or content.unit, content.name, published=published
    )
    found, time_said = np.empty(0, dtype=np.int64), "in the table's rows"
    if not isinstance(content, PointTable):
        found, time_said = _steps(content, variable, _stated(content, file, member, given))
    return Part(
        file=file,
        content=content,
        variable=variable,
        columns=columns,
        read=read,
        members=_members(content, full_name, given),
        unit=unit,
        unit_said=unit_said,
        time_said=time_said,
        steps=found,
    )


def _content(file: InputFile, member: Member, given: Given) -> Content:
    """Recognise by the first bytes."""
    with unpacking.complete(member.name):
        head = member.head(lines.HEAD)
    if netcdf.is_netcdf(head):
        return netcdf.of_file(file.path, member)
    if lines.is_lines(head):
        return lines.recognise(member)
    if not head:
        raise SourceUnreadable("table_empty", file=member.name)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff", unpacking.ZIP)):
        raise SourceUnreadable("not_a_grid", file=member.name, value=repr(head[:8]))
    return points.recognise(member, given.encoding)


def _variable(content: Content, full_name: str, given: Given) -> str:
    """Ours of the name and of the contents; raises SourceUnreadable for another one."""
    if given.variable is not None:
        if given.variable not in names.KNOWN:
            raise InvalidInput(
                "not_one_of", field="variable", value=given.variable, known=list(names.KNOWN)
            )
        return given.variable
    inside = None if content.variable.lower() in NAMELESS else names.variable(content.variable)
    if inside is None and content.variable.lower() not in NAMELESS:
        raise SourceUnreadable(
            "variable_unknown", file=content.name, value=content.variable, known=list(names.KNOWN)
        )
    said_by = {IN_NAME: names.variable(full_name), INSIDE: inside}
    found = names.agreed("variable", "variable", None, said_by, content.name)
    if found is None:
        raise names.unstated(content.name, "variable", "variable", names.KNOWN)
    return found


def _columns(
    content: Content, full_name: str, given: Given
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns to fill, and what is read for them."""
    if isinstance(content, PointTable) and "value" not in content.values:
        wide = tuple(content.values)
        return wide, wide
    if given.scenario is not None:
        found = names.scenario(given.scenario, content.name)
        if found is None:
            known = [*SCENARIOS, names.HISTORY]
            raise InvalidInput("not_one_of", field="scenario", value=given.scenario, known=known)
    else:
        said_by = {IN_NAME: names.scenario(full_name, content.name), INSIDE: _inside(content)}
        found = names.agreed("scenario", "scenario", None, said_by, content.name)
    if found is None:
        raise names.unstated(content.name, "scenario", "scenario", [*SCENARIOS, names.HISTORY])
    return tuple(SCENARIOS) if found == names.HISTORY else (found,), ("value",)


def _inside(content: Content) -> str | None:
    """The scenario of the attributes; None where they name none or compare several."""
    try:
        return names.scenario(content.attributes, content.name)
    except SourceUnreadable:
        return None


def _members(content: Content, full_name: str, given: Given) -> int:
    said_by = {IN_NAME: names.members(full_name), INSIDE: names.members(content.attributes)}
    found = names.agreed("kind of set", "members", given.members, said_by, content.name)
    if found is None:
        known = ["1: one model", "n: mean of n models", "0: observed"]
        raise names.unstated(content.name, "kind of set", "members", known)
    if found < 0:
        raise InvalidInput("not_one_of", field="members", value=found, known=[0, 1, 5])
    return found


def _stated(
    content: NetcdfGrid | LineGrid, file: InputFile, member: Member, given: Given
) -> tuple[int, int] | None:
    """First and last year that the user or a name states; of an archive, its member's name."""
    found = names.period(given.period or "") or names.period(member.name)
    if found is None and isinstance(content, LineGrid):
        found = names.year(member.name)
    if found is None and member.name.split(".")[0] in file.name:
        found = names.period(file.name)
    return found


def _steps(
    content: NetcdfGrid | LineGrid, variable: str, stated: tuple[int, int] | None
) -> tuple[IntArray, str]:
    """The grid's steps; raises SourceUnreadable where they are not those that are stated."""
    cadence = units.cadence(variable)
    found, how = steps.steps(content.axis, cadence, stated, content.name)
    a_year = 12 if cadence == "month" else 1
    own = int(found[0]) // a_year, int(found[-1]) // a_year
    if stated is not None and own != stated:
        first, second = (f"{a}-{b}" for a, b in (stated, own))
        raise SourceUnreadable(
            "says_differ",
            file=content.name,
            what="period",
            first=f"{IN_NAME}: {first}",
            second=f"{INSIDE}: {second}",
            option="period",
        )
    return found, how
