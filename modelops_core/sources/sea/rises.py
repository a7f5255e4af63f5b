"""
Projections of sea level: one scenario of a grid or table as years × nodes, in centimetres.

Grids are NetCDF with one variable of time and two axes, whose latitude and longitude may have two
dimensions (``time, j, i``); tables have latitude, longitude, year, and a value or a column a
scenario. Nodes outside the seas around Korea are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.source import Field, Given, InputFile, Reject
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources import headers, unpacking
from modelops_core.sources.climate import cells, names, netcdf, series, steps
from modelops_core.sources.climate.netcdf import NetcdfGrid
from modelops_core.sources.delimited import TextTable, recognise_member
from modelops_core.sources.sea.units import to_centimetres
from modelops_core.sources.unpacking import Member
from modelops_core.sources.validation import check

#: [°] the seas around Korea
LATITUDES, LONGITUDES = (32.0, 40.0), (123.0, 133.0)
#: parts of the names of variables of sea level; ``zos`` alone is its dynamic part
NAMED = ("slr", "sea_level", "sealevel", "zos")
DYNAMIC = "zos"
MISSING = (-9990.0, -9999.0, -99999.0, 1e20)
PLACE = (
    Field(name="latitude", headers=("lat", "위도"), unit="°", low=-90, high=90, needed=True),
    Field(name="longitude", headers=("lon", "경도"), unit="°", low=-180, high=360, needed=True),
    Field(name="year", headers=("연도", "년도"), kind="whole", low=1850, high=2150, needed=True),
)
VALUES = ("value", "slr", "sea_level", "sealevel", "해수면상승", "해수면상승량", "해수면", "값")
#: a grid without a time axis of its own begins here where its name says no period
FIRST_YEAR = 2015


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """Values [cm] of one scenario, (year, node), from the year *first* on; NaN where unknown."""

    scenario: str
    first: int
    latitude: Array
    longitude: Array
    values: Array
    rejects: Sequence[Reject] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A recognised NetCDF file of one scenario."""

    file: InputFile
    content: NetcdfGrid
    scenario: str
    factor: float
    unit: str
    years: Array

    @property
    def variable(self) -> str:
        return self.content.variable

    @property
    def form(self) -> str:
        return self.content.form

    @property
    def scenarios(self) -> tuple[str, ...]:
        return (self.scenario,)

    def rises(self) -> Iterator[Rise]:
        """The nodes around Korea of which something is known."""
        content = self.content
        near = _near(content.latitude, content.longitude)
        found = np.full((len(self.years), int(near.sum())), np.nan)
        position = np.cumsum(near) - 1
        for block in content.blocks():
            last = block.first_point + block.values.shape[1]
            own = near[block.first_point : last]
            at = position[block.first_point : last][own]
            found[block.first_step : block.first_step + len(block.values), at] = block.values[
                :, own
            ]
        found *= self.factor
        wrong = series.outside("sea_level", found)
        points = np.flatnonzero(near)
        rejects = [
            Reject(
                content.name,
                int(i) + 1,
                content.place(int(i), int(points[j])),
                f"{found[i, j] / self.factor:g}",
                "out_of_range",
                series.limits("sea_level"),
                False,
            )
            for i, j in zip(*np.nonzero(wrong), strict=True)
        ]
        series.refuse_outside("sea_level", rejects, int((~np.isnan(found)).sum()), content.name)
        found[wrong] = np.nan
        known = (~np.isnan(found)).any(axis=0)
        yield Rise(
            scenario=self.scenario,
            first=int(self.years[0]),
            latitude=content.latitude[near][known],
            longitude=content.longitude[near][known],
            values=found[:, known],
            rejects=rejects,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A recognised table: scenario → header of its values."""

    file: InputFile
    table: TextTable
    headers: dict[str, str]
    factor: float
    unit: str
    form: str = "table of points"
    variable: str = "sea level"

    @property
    def scenarios(self) -> tuple[str, ...]:
        return tuple(self.headers)

    def rises(self) -> Iterator[Rise]:
        """One for each scenario."""
        declared = [*PLACE, *(_value(s, (h,), self.factor) for s, h in self.headers.items())]
        frames, rejects = [], []
        for frame in self.table.frames(self.table.columns(declared)):
            checked = check(frame, declared, self.file.name)
            frames.append(checked.values.assign(row=checked.rows))
            rejects += checked.rejects
        rows = pd.concat(frames, ignore_index=True)
        rows = rows[_near(rows["latitude"].to_numpy(), rows["longitude"].to_numpy())]
        self._refuse_twice(rows)
        for number, scenario in enumerate(self.headers):
            wide = rows.pivot(index="year", columns=["latitude", "longitude"], values=scenario)
            if wide.empty:
                continue
            years = range(int(wide.index.min()), int(wide.index.max()) + 1)
            places = wide.columns.to_frame(index=False).to_numpy(dtype=float)
            yield Rise(
                scenario=scenario,
                first=years[0],
                latitude=places[:, 0],
                longitude=places[:, 1],
                values=wide.reindex(years).to_numpy(dtype=float) * self.factor,
                rejects=() if number else rejects,
            )

    def _refuse_twice(self, rows: pd.DataFrame) -> None:
        keys = ["latitude", "longitude", "year"]
        twice = rows[rows.duplicated(keys)]
        if len(twice):
            second = twice.iloc[0]
            same = (rows[keys] == second[keys]).all(axis=1)
            raise SourceUnreadable(
                "key_twice",
                file=self.file.name,
                table="sea_level_data",
                columns=keys,
                value=[float(second[k]) for k in keys],
                first=int(rows.loc[same, "row"].iloc[0]),
                last=int(second["row"]),
            )


def recognise(file: InputFile, member: Member, given: Given) -> Grid | Table:
    """A grid or a table by its first bytes; raises SourceUnreadable for what it does not say."""
    with unpacking.complete(member.name):
        head = member.head()
    full_name = file.name if member.name == file.name else f"{file.name} {member.name}"
    if netcdf.is_netcdf(head):
        return _grid(file, netcdf.of_file(file.path, member), full_name, given)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff", unpacking.ZIP)):
        raise SourceUnreadable("not_a_grid", file=member.name, value=repr(head[:8]))
    return _table(file, member, full_name, given)


def _grid(file: InputFile, content: NetcdfGrid, full_name: str, given: Given) -> Grid:
    if not any(part in content.variable.lower() for part in NAMED):
        raise SourceUnreadable(
            "variable_unknown", file=content.name, value=content.variable, known=list(NAMED)
        )
    factor, unit = to_centimetres(given.unit or content.unit, content.name)
    stated = names.period(given.period or "") or names.period(full_name)
    if stated is None and content.axis.values is None:
        stated = FIRST_YEAR, FIRST_YEAR + content.axis.length - 1
    years, _ = steps.steps(content.axis, "year", stated, content.name)
    cells.refuse_swapped(content.latitude, content.longitude, content.name)
    return Grid(
        file=file,
        content=content,
        scenario=_scenario(given, full_name, content.attributes, content.name),
        factor=factor,
        unit=unit,
        years=years.astype(float),
    )


def _table(file: InputFile, member: Member, full_name: str, given: Given) -> Table:
    table = recognise_member(member, given.encoding)
    table.columns(PLACE)
    wide = {}
    for header in table.headers:
        code = names.scenario(header, table.name)
        if code is not None and code != names.HISTORY:
            wide[code] = header
    if not wide:
        found = headers.find(table.headers, [_value("value", VALUES, 1.0)], table.name)
        wide = {_scenario(given, full_name, "", table.name): found["value"]}
    header = next(iter(wide.values()))
    inside = re.search(r"[(\[](.*?)[)\]]", header)
    factor, unit = to_centimetres(given.unit or (inside[1] if inside else None), table.name)
    return Table(file=file, table=table, headers=wide, factor=factor, unit=unit)


def _value(name: str, known: tuple[str, ...], factor: float) -> Field:
    """The field of values; limits in the file's unit."""
    low, high = -100 / factor, 500 / factor
    needed = name == "value"
    return Field(name=name, headers=known, low=low, high=high, missing=MISSING, needed=needed)


def _scenario(given: Given, full_name: str, attributes: str, file: str) -> str:
    """As the user, the name or the attributes say; raises SourceUnreadable where none does."""
    if given.scenario is not None:
        if given.scenario not in SCENARIOS:
            raise InvalidInput(
                "not_one_of", field="scenario", value=given.scenario, known=list(SCENARIOS)
            )
        return given.scenario
    found = names.scenario(full_name, file)
    if found is None and attributes:
        found = names.scenario(attributes, file)
    if found is None or found == names.HISTORY:
        raise names.unstated(file, "scenario", "scenario", SCENARIOS)
    return found


def _near(latitude: Array, longitude: Array) -> BoolArray:
    near: BoolArray = (latitude >= LATITUDES[0]) & (latitude <= LATITUDES[1])
    near &= (longitude >= LONGITUDES[0]) & (longitude <= LONGITUDES[1])
    return near
