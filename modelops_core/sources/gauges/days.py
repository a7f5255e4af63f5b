"""
Daily values of gauges: flow [m³/s], water level [m] or rain [mm].

Tables have the gauge's code, the day and the value; a download of one gauge without its code has it
in the file's name. Missing stands as any of the codes of WAMIS, HRFCO and joined archives. Negative
flows are real where the tide comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from modelops_core.domain.dataset import Column
from modelops_core.domain.source import SOURCE_ROW, Chunk, Field, InputFile
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import headers
from modelops_core.sources.climate import names
from modelops_core.sources.delimited import TextTable
from modelops_core.sources.gauges.lists import CODE
from modelops_core.sources.validation import check

#: −28316.8 is −999,999 ft³/s in m³/s, with the digits that programs leave
CODES = (-999.0, -9999.0, -99999.0, -999999.0, 99999.0, 999999.0)
CONVERTED = (-28316.8, -28316.85, -28316.847, -28316.846592, -28316.8183)
MISSING = (*CODES, *CONVERTED)
DATE = Field(
    name="observation_date",
    headers=("ymd", "date", "일자", "날짜", "관측일", "일시", "ymdhm"),
    kind="time",
    formats=("%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d"),
    needed=True,
)
#: kind of value → headers, unit, least and largest
VALUES = {
    "flow": Field(
        name="flow",
        headers=("fw", "유량", "discharge"),
        unit="m³/s",
        low=-20_000,
        high=60_000,
        missing=MISSING,
    ),
    "level": Field(
        name="level", headers=("wl", "수위"), unit="m", low=-20, high=1500, missing=MISSING
    ),
    "rain": Field(
        name="rain",
        headers=("rf", "강수량", "강우량"),
        unit="mm",
        low=0,
        high=1000,
        missing=MISSING,
    ),
}
VALUE = Field(name="value", headers=("값",), low=-20_000, high=60_000, missing=MISSING)
TYPE = Field(name="data_type", headers=("자료종류",), kind="text", needed=True)
UNITS = {
    "flow": {"m3/s", "m³/s", "㎥/s", "cms", "m^3/s"},
    "level": {"m", "el.m", "elm"},
    "rain": {"mm", "㎜"},
}
IN_NAME = re.compile(r"(?<!\d)(\d{7,8})(?!\d)")


class Days(NamedTuple):
    """A recognised table of values; *type* and *code* where its rows do not say them."""

    file: InputFile
    table: TextTable
    fields: tuple[Field, ...]
    type: str
    code: str | None

    @property
    def type_name(self) -> str:
        """What was found, in words."""
        return f"{self.type or 'as data_type says'} of {self.code or 'the codes in the rows'}"

    def _refuse_types(self, rows: pd.DataFrame) -> None:
        """Raise SourceUnreadable for a kind of value that is none of ours."""
        others = rows[~rows["data_type"].isin(list(VALUES))]
        if len(others):
            value = str(others["data_type"].iloc[0])
            raise SourceUnreadable(
                "variable_unknown", file=self.file.name, value=value, known=list(VALUES)
            )

    def chunks(self) -> Iterator[tuple[pd.DataFrame, Chunk]]:
        """The rows of each part of the file as a table, and as a chunk."""
        for frame in self.table.frames(self.table.columns(self.fields)):
            checked = check(frame, self.fields, self.file.name)
            rows = checked.values.assign(**{SOURCE_ROW: checked.rows})
            if self.code is not None:
                rows["station_code"] = self.code
            if self.type == "":
                self._refuse_types(rows)
            else:
                rows = rows.rename(columns={self.type: "value"}).assign(data_type=self.type)
            filled: dict[str, Column] = {
                "station_code": rows["station_code"].tolist(),
                "data_type": rows["data_type"].tolist(),
                "observation_date": rows["observation_date"].to_numpy(dtype="datetime64[D]"),
                "value": rows["value"].to_numpy(dtype=np.float32),
                SOURCE_ROW: rows[SOURCE_ROW].to_numpy(),
            }
            yield (
                rows,
                Chunk(
                    rows={"api_wamis_cache": filled},
                    rejects=checked.rejects,
                    read=len(frame.rows),
                    share=frame.share,
                ),
            )


def is_days(table: TextTable) -> bool:
    """Whether a table has days."""
    known = {headers.plain(header) for header in table.headers}
    return bool(known & {headers.plain(n) for n in (DATE.name, *DATE.headers)})


def recognise(file: InputFile, table: TextTable, given: str | None, unit: str | None) -> Days:
    """What values a table holds and of which gauge; raises SourceUnreadable where it is unsaid."""
    code, fields = _code(file, table)
    if table.columns([_optional(TYPE)]):
        return Days(file, table, (*fields, DATE, TYPE, VALUE), "", code)
    named = [one for one in VALUES.values() if table.columns([one])]
    kind = given or (named[0].name if len(named) == 1 else None)
    if kind is None:
        raise names.unstated(file.name, "kind of values", "variable", VALUES)
    if kind not in VALUES:
        raise SourceUnreadable("variable_unknown", file=file.name, value=kind, known=list(VALUES))
    own = VALUES[kind]
    columns = table.columns([own]) or {
        kind: table.columns([VALUE]).get("value") or _no_value(own, table)
    }
    _refuse_unit(kind, unit or _inside(columns[kind]), file)
    return Days(file, table, (*fields, DATE, _under(own, columns[kind])), kind, code)


def _code(file: InputFile, table: TextTable) -> tuple[str | None, tuple[Field, ...]]:
    """The code in the file's name where the rows have none, and the field of those that have."""
    if table.columns([_optional(CODE)]):
        return None, (CODE,)
    found = IN_NAME.search(file.name)
    if found is None:
        raise headers.missing(CODE, table.headers, table.name)
    return found[1], ()


def _optional(one: Field) -> Field:
    return replace(one, needed=False)


def _under(one: Field, header: str) -> Field:
    """The field with the header that the file has."""
    return replace(one, headers=(header, *one.headers))


def _no_value(one: Field, table: TextTable) -> str:
    raise headers.missing(one, table.headers, table.name)


def _inside(header: str) -> str | None:
    """The unit in a header's brackets."""
    found = re.search(r"[(\[](.*?)[)\]]", header)
    return found[1] if found else None


def _refuse_unit(kind: str, unit: str | None, file: InputFile) -> None:
    """Raise SourceUnreadable for a unit that is not the published one."""
    if unit is not None and unit.strip().lower() not in UNITS[kind]:
        raise SourceUnreadable(
            "unit_unknown", file=file.name, variable=kind, value=unit, known=sorted(UNITS[kind])
        )
