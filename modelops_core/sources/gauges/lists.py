"""
Lists of gauges as WAMIS and the Flood Control Offices publish them (CSV, Excel, JSON).

Positions are degrees, or degrees-minutes-seconds (``37-16-30``). Approximate ones are read and said
to be such. A gauge that several files list has of each column what the first of them knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from modelops_core.domain.source import SOURCE_ROW, Field, InputFile, Reject
from modelops_core.sources import headers
from modelops_core.sources.climate import names
from modelops_core.sources.delimited import TextTable
from modelops_core.sources.validation import check, rejected

CODE = Field(
    name="station_code",
    headers=("obscd", "obs_code", "wlobscd", "rfobscd", "dmobscd", "관측소코드", "관측소번호"),
    kind="text",
    needed=True,
)
NAME = Field(
    name="station_name", headers=("obsnm", "obs_name", "관측소명"), kind="text", needed=True
)
APPROXIMATE = "approx"
FIELDS = (
    CODE,
    NAME,
    Field(name="station_type", headers=("gauge_type", "관측종류", "구분"), kind="text"),
    Field(name="river_name", headers=("river", "rivnm", "하천명"), kind="text"),
    Field(name="basin", headers=("bbsnnm", "basin_code", "대권역", "수계"), kind="text"),
    Field(name="latitude", headers=("lat", "위도", "lat_approx"), kind="text"),
    Field(name="longitude", headers=("lon", "경도", "lon_approx"), kind="text"),
    Field(
        name="drainage_area_km2",
        headers=("bsnara", "유역면적"),
        unit="km²",
        low=0.01,
        high=100_000,
        missing=(0, -999, -9999),
    ),
    Field(name="is_basin_outlet", headers=("outlet", "말단"), kind="text"),
)
PLACES = (
    Field(name="latitude", unit="°", low=32, high=44),
    Field(name="longitude", unit="°", low=123, high=133),
)
#: how a basin is written → its name in the tables
BASINS = {
    "한강": "Han",
    "낙동강": "Nakdong",
    "금강": "Geum",
    "섬진강": "Seomjin",
    "영산강": "Yeongsan",
}
TYPES = {
    "flow": ("flow", "유량", "discharge"),
    "level": ("level", "waterlevel", "수위", "wlobs"),
    "rain": ("rain", "rainfall", "강수", "강우", "우량", "rfobs"),
    "dam": ("dam", "댐"),
}
YES = frozenset({"1", "true", "t", "y", "yes", "예"})
DEGREES = re.compile(r"^(\d{1,3})[-: °]+(\d{1,2})[-: ′']+(\d{1,2}(?:\.\d+)?)\D*$")
SHAPE = (
    "station_code",
    "station_name",
    "station_type",
    "river_name",
    "basin_code",
    "latitude",
    "longitude",
    "drainage_area_km2",
    "is_basin_outlet",
    SOURCE_ROW,
)


class GaugeList(NamedTuple):
    """A recognised list; *type* where its rows do not say it."""

    file: InputFile
    table: TextTable
    type: str

    @property
    def approximate(self) -> bool:
        """Whether its positions are those of the gauges' towns or districts."""
        found = self.table.columns([FIELDS[5]])
        return APPROXIMATE in found.get("latitude", "").lower()


def type_of(text: str) -> str | None:
    """``flow``, ``level``, ``rain`` or ``dam``, as *text* names it."""
    plain = headers.plain(text)
    named = (name for name, known in TYPES.items() if any(part in plain for part in known))
    return next(named, None)


def recognise(file: InputFile, table: TextTable, given: str | None) -> GaugeList:
    """Which gauges a list holds; raises SourceUnreadable where nothing says it."""
    columns = table.columns(FIELDS)
    found = given or type_of(file.name)
    if found is None and "station_type" not in columns:
        raise names.unstated(file.name, "kind of gauges", "variable", TYPES)
    return GaugeList(file, table, found or "")


def read(lists: Sequence[GaugeList]) -> tuple[pd.DataFrame, list[Reject]]:
    """One row a gauge, in the order of their codes, and what was not taken."""
    parts: list[pd.DataFrame] = []
    rejects: list[Reject] = []
    for one in lists:
        for frame in one.table.frames(one.table.columns(FIELDS)):
            checked = check(frame, FIELDS, one.file.name)
            rejects += checked.rejects
            rows = checked.values.assign(**{SOURCE_ROW: checked.rows})
            rejects += _placed(rows, one.file.name)
            parts.append(_shaped(rows, one.type))
    every = pd.concat(parts, ignore_index=True).astype({"station_type": object})
    return every.groupby("station_code", sort=True).first().reset_index(), rejects


def _placed(rows: pd.DataFrame, file: str) -> list[Reject]:
    """Make latitude and longitude numbers, unknown where they are none in Korea; return those."""
    rejects = []
    for one in PLACES:
        if one.name not in rows:
            rows[one.name] = np.nan
            continue
        cells = rows[one.name]
        numbers = pd.to_numeric(cells.map(_degrees), errors="coerce").astype(float)
        wrong = (cells.notna() & ~numbers.between(one.low, one.high)).to_numpy()
        numbers_of = rows[SOURCE_ROW].to_numpy()
        rejects += rejected(numbers_of, cells, wrong, one, file, "out_of_range")
        rows[one.name] = numbers.mask(wrong)
    return rejects


def _degrees(text: str | None) -> float | str | None:
    """Degrees of ``37-16-30``; anything else as it stands."""
    found = DEGREES.match(text) if text else None
    if found is None:
        return text
    degrees, minutes, seconds = (float(part) for part in found.groups())
    return degrees + minutes / 60 + seconds / 3600


def _shaped(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The columns of the table, None where a list does not have them."""
    for name in ("station_type", "river_name", "basin", "is_basin_outlet"):
        if name not in rows:
            rows[name] = None
    if "drainage_area_km2" not in rows:
        rows["drainage_area_km2"] = np.nan
    types = rows["station_type"].map(lambda text: type_of(text) if text else None)
    outlet = rows["is_basin_outlet"].map(lambda text: text.lower() in YES if text else None)
    shaped = rows.assign(
        station_type=types.where(types.notna(), kind or None),
        basin_code=rows["basin"].map(_basin),
        is_basin_outlet=outlet.astype(object),
    )
    found: pd.DataFrame = shaped[list(SHAPE)]
    return found


def _basin(text: str | None) -> str | None:
    """The basin's name in the tables; None for a basin that has none there."""
    if not text:
        return None
    if text in BASINS.values():
        return text
    return next((name for korean, name in BASINS.items() if text.startswith(korean)), None)
