"""
Climate as a table of points: long (latitude, longitude, date, value) or a column a scenario.

Headers may be Korean; a unit stands in the brackets of the value's header. Dates are ``2021-01``,
``202101``, ``2021-01-01``, or a column of years and one of months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.source import Field, Reject
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import headers
from modelops_core.sources.climate import names
from modelops_core.sources.climate.netcdf import HUGE, UNDECLARED
from modelops_core.sources.delimited import TextTable, recognise_member
from modelops_core.sources.unpacking import Member
from modelops_core.sources.validation import check

DATES = ("%Y-%m-%d", "%Y-%m", "%Y%m%d", "%Y%m", "%Y.%m.%d", "%Y/%m/%d", "%Y.%m", "%Y/%m", "%Y")
PLACE = (
    Field(name="latitude", headers=("lat", "위도"), unit="°", low=30, high=45, needed=True),
    Field(name="longitude", headers=("lon", "경도"), unit="°", low=120, high=135, needed=True),
)
DATE = Field(
    name="date",
    headers=("observation_date", "time", "tm", "일시", "날짜", "년월", "연월"),
    kind="time",
    needed=True,
    formats=DATES,
)
YEAR = Field(
    name="year", headers=("연도", "년도", "년"), kind="whole", low=1850, high=2150, needed=True
)
MONTH = Field(name="month", headers=("월",), kind="whole", low=1, high=12, needed=True)
VALUE = ("value", "val", "값")
MISSING = (UNDECLARED, -9999.0, -999.0, -99.0, 1e20)


class Rows(NamedTuple):
    """Rows of a table that can be taken, (row, …); values by column of the product's table."""

    latitude: Array
    longitude: Array
    step: IntArray
    rows: IntArray
    values: dict[str, Array]
    rejects: Sequence[Reject]
    read: int
    share: float


@dataclass(frozen=True, slots=True)
class PointTable:
    """A recognised table: header of each scenario's values, or of the only one's (``value``)."""

    name: str
    table: TextTable
    fields: tuple[Field, ...]
    #: scenario (``value`` where the headers say none) → header
    values: dict[str, str]
    unit: str | None
    #: the variable that the header of the values names
    variable: str = ""
    attributes: str = ""
    provider: str | None = None

    @property
    def form(self) -> str:
        """What the file is."""
        return f"table of points, {self.table.encoding}"

    def frames(self, cadence: str) -> Iterator[Rows]:
        """The rows in frames; steps are months since year 0, or years."""
        declared = [
            *self.fields,
            *(Field(name=s, headers=(h,), missing=MISSING) for s, h in self.values.items()),
        ]
        for frame in self.table.frames(self.table.columns(declared)):
            checked = check(frame, declared, self.name)
            year, month = _dates(checked.values)
            yield Rows(
                checked.values["latitude"].to_numpy(),
                checked.values["longitude"].to_numpy(),
                year * 12 + month - 1 if cadence == "month" else year,
                checked.rows,
                {s: _known(checked.values[s].to_numpy()) for s in self.values},
                checked.rejects,
                len(frame.rows),
                frame.share,
            )


def recognise(member: Member, encoding: str | None) -> PointTable:
    """Find the columns of a table; raises SourceUnreadable for what is missing."""
    table = recognise_member(member, encoding)
    known = {headers.plain(h) for h in table.headers}
    dated = [DATE] if known & {headers.plain(n) for n in (DATE.name, *DATE.headers)} else [YEAR]
    if dated == [YEAR] and known & {headers.plain(n) for n in (MONTH.name, *MONTH.headers)}:
        dated.append(MONTH)
    fields = (*PLACE, *dated)
    table.columns(fields)
    values = _values(table)
    header = next(iter(values.values()))
    inside = re.search(r"[(\[](.*?)[)\]]", header)
    return PointTable(
        member.name, table, fields, values, inside[1] if inside else None, _variable(values)
    )


def _values(table: TextTable) -> dict[str, str]:
    """Scenario → header; ``value`` for the only column of values."""
    wide: dict[str, str] = {}
    for header in table.headers:
        if (code := names.scenario(header, table.name)) not in (None, names.HISTORY):
            wide[str(code)] = header
    if wide:
        return dict(sorted(wide.items()))
    for header in table.headers:
        if headers.plain(header) in VALUE or names.variable(headers.plain(header)):
            return {"value": header}
    raise SourceUnreadable(
        "header_missing",
        file=table.name,
        column="value",
        names=[*VALUE, "ssp1", "ssp2", "ssp3", "ssp5", *names.KNOWN],
        found=list(table.headers),
    )


def _variable(values: dict[str, str]) -> str:
    header = values.get("value", "")
    return names.variable(headers.plain(header)) or ""


def _dates(values: pd.DataFrame) -> tuple[IntArray, IntArray]:
    if "date" in values:
        dates = values["date"].dt
        return dates.year.to_numpy(dtype=np.int64), dates.month.to_numpy(dtype=np.int64)
    year = values["year"].to_numpy(dtype=np.int64)
    month = values["month"].to_numpy(dtype=np.int64) if "month" in values else np.ones_like(year)
    return year, month


def _known(values: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(values) > HUGE, np.nan, values)
