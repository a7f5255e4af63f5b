"""
Tables of weather stations: where they stand, and their daily rain.

Rain comes as one row a day with a column a station, whose header is its number, or as one row a
station and day (KMA's downloads: 지점, 일시, 일강수량). Places come in a table of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from modelops_core.domain.source import SOURCE_ROW, Field, InputFile, Reject
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import delimited, headers
from modelops_core.sources.delimited import TextTable
from modelops_core.sources.validation import check

DATES = ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d")
STATION = Field(
    name="station_id",
    headers=("stn_id", "stnid", "지점", "지점번호", "stn"),
    kind="whole",
    low=1,
    high=99_999,
    needed=True,
)
DATE = Field(
    name="date", headers=("tm", "일시", "날짜", "일자"), kind="time", formats=DATES, needed=True
)
#: headers of KMA's own downloads, which leave the amount of a day without rain empty
KMA_RAIN = ("일강수량", "sumrn")
PLACES = (
    STATION,
    Field(
        name="latitude",
        headers=("lat", "위도", "stnlatitude"),
        unit="°",
        low=32,
        high=44,
        needed=True,
    ),
    Field(
        name="longitude",
        headers=("lon", "경도", "stnlongitude"),
        unit="°",
        low=123,
        high=133,
        needed=True,
    ),
    Field(name="name", headers=("name_en", "지점명", "stnnm"), kind="text"),
    Field(
        name="elevation",
        headers=("altitude", "elev_m", "해발고도", "노장해발고도"),
        unit="m",
        low=-20,
        high=2000,
    ),
    #: what the file says of its record: years before, and years in which missing stands as 0
    Field(name="first_valid_year", kind="whole", low=1880, high=2150),
    Field(name="suspect_years", kind="text"),
    Field(name="end", headers=("enddate", "종료일"), kind="text"),
)


def rain_field(name: str, known: Sequence[str]) -> Field:
    """A column of daily rain [mm]; the most ever measured in Korea is 870.5."""
    return Field(
        name=name,
        headers=tuple(known),
        unit="mm",
        low=0.0,
        high=1000.0,
        missing=(-9.0, -99.0, -99.9, -999.0, -9999.0),
    )


RAIN = rain_field("rain", (*KMA_RAIN, "rain_mm", "rn_day", "강수량"))


class Table(NamedTuple):
    """A recognised table and what it holds: ``wide`` or ``long`` rain, or ``places``."""

    file: InputFile
    table: TextTable
    form: str


def recognise(file: InputFile, encoding: str | None) -> Table:
    """What a table holds, by its headers; raises SourceUnreadable for neither."""
    table = delimited.recognise(file.path, encoding)
    known = {headers.plain(header) for header in table.headers}

    def has(one: Field) -> bool:
        return bool(known & {headers.plain(n) for n in (one.name, *one.headers)})

    if has(DATE) and numbered(table):
        return Table(file, table, "wide")
    if has(DATE) and has(STATION) and has(RAIN):
        return Table(file, table, "long")
    if has(STATION) and has(PLACES[1]) and has(PLACES[2]):
        return Table(file, table, "places")
    wanted = DATE if has(STATION) else STATION
    raise headers.missing(wanted, table.headers, table.name)


def numbered(table: TextTable) -> list[str]:
    """Headers that are numbers of stations."""
    return [header for header in table.headers if header.isdigit()]


def frames(table: Table, rejects: list[Reject]) -> Iterator[tuple[pd.DataFrame, int, float]]:
    """Rows of station, date, rain and their number in the file; rows read; share of the file."""
    if table.form == "long":
        declared: Sequence[Field] = (STATION, DATE, RAIN)
    else:
        declared = (DATE, *(rain_field(number, (number,)) for number in numbered(table.table)))
    dry = blank_is_dry(table)
    for frame in table.table.frames(table.table.columns(declared)):
        if dry:
            frame.cells["rain"] = frame.cells["rain"].mask(frame.cells["rain"] == "", "0")
        checked = check(frame, declared, table.file.name)
        rejects += checked.rejects
        found = checked.values.assign(**{SOURCE_ROW: checked.rows})
        if table.form == "wide":
            found = found.melt(
                id_vars=["date", SOURCE_ROW], var_name="station_id", value_name="rain"
            )
        yield found.astype({"station_id": np.int64}), len(frame.rows), frame.share


def blank_is_dry(table: Table) -> bool:
    """Whether an empty amount says that there was no rain."""
    found = table.table.columns([RAIN]) if table.form == "long" else {}
    return headers.plain(found.get("rain", "")) in KMA_RAIN


def places(table: Table) -> tuple[pd.DataFrame, list[Reject]]:
    """One row a station: of its several places the present one, else the last."""
    parts, rejects = [], []
    for frame in table.table.frames(table.table.columns(PLACES)):
        checked = check(frame, PLACES, table.file.name)
        parts.append(checked.values.assign(**{SOURCE_ROW: checked.rows}))
        rejects += checked.rejects
    found = pd.concat(parts, ignore_index=True)
    for one in PLACES:
        if one.name not in found:
            found[one.name] = None if one.kind == "text" else np.nan
    found = found.astype({"station_id": np.int64})
    present = found.assign(open=found["end"].isna()).sort_values(["open", SOURCE_ROW])
    return present.drop_duplicates("station_id", keep="last").sort_values("station_id"), rejects


def stated_missing(stations: pd.DataFrame) -> dict[int, set[int]]:
    """Station → years that its row says hold no observations: before the first, and the suspect."""
    found: dict[int, set[int]] = {}
    columns = (stations[name] for name in ("station_id", "first_valid_year", "suspect_years"))
    for station, begins, suspect in zip(*columns, strict=True):
        years: set[int] = set() if np.isnan(begins) else set(range(1850, int(begins)))
        for part in (suspect or "").replace(",", " ").replace(";", " ").split():
            first, _, last = part.partition("-")
            if not (first.isdigit() and (last or first).isdigit()):
                raise SourceUnreadable(
                    "years_unread", column="suspect_years", value=part, station=station
                )
            years |= set(range(int(first), _end(first, last) + 1))
        found[int(station)] = years
    return found


def _end(first: str, last: str) -> int:
    """The last year of ``1978``, ``1978-1982`` or ``1978-82``."""
    return int(first) if not last else int(first[: len(first) - len(last)] + last)
