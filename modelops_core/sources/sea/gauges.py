"""
Tide gauges of PSMSL: yearly and monthly means above a local datum, of which changes are kept.

Files are those of PSMSL's archive (``955.rlrdata``: year; mm; …; flag, and ``filelist.txt``) or
tables with headers (``psmsl_id``, ``year``, ``rlr_mm``; ``lat``, ``lon``, ``name``). Monthly values
(decimal years) become the mean of a year where at least eleven months are known.

References
----------
.. [1] PSMSL, www.psmsl.org: RLR is about 7,000 mm above the datum; flags: the last digit marks a
   value for attention. Cite S. J. Holgate et al., J. Coastal Res. 29(3), 2013.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from modelops_core.domain.climate import BoolArray
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import (
    SOURCE_ROW,
    Chunk,
    Field,
    Given,
    InputFile,
    Publication,
    Reject,
)
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import delimited, headers, unpacking
from modelops_core.sources.delimited import Frame
from modelops_core.sources.unpacking import Member
from modelops_core.sources.validation import check, rejected

STATIONS, LEVELS = "tide_gauges", "tide_gauge_levels"
GAUGE = Field(name="gauge_id", headers=("psmsl_id",), kind="text", needed=True)
PLACE = (
    GAUGE,
    Field(name="latitude", headers=("lat",), unit="°", low=-90, high=90, needed=True),
    Field(name="longitude", headers=("lon",), unit="°", low=-180, high=360, needed=True),
    Field(name="name", headers=("station_name",), kind="text"),
)
SERIES = (
    GAUGE,
    Field(name="year", headers=("yearday",), low=1800, high=2100, needed=True),
    Field(
        name="level",
        headers=("rlr_mm", "rlr"),
        unit="mm",
        low=5000,
        high=9000,
        missing=(-99999,),
    ),
    Field(name="flag", kind="text"),
)
#: columns of PSMSL's own files, which have no headers
OWN_SERIES = ("year", "level", "interpolated", "flag")
OWN_PLACES = ("gauge_id", "latitude", "longitude", "name", "coastline", "station", "quality")
SERIES_LINE = re.compile(rb"^\s*\d{4}(\.\d+)?\s*;\s*-?\d+\s*;")
PLACE_LINE = re.compile(rb"^\s*\d+\s*;\s*-?\d+\.\d+\s*;\s*-?\d+\.\d+\s*;")
#: months that a year's mean needs: PSMSL's own rule
MONTHS = 11
#: levels that may be out of range, as a share
MOST_WRONG = 0.01
#: gauges kept: those around Korea, as the table takes them
LATITUDES, LONGITUDES = (32.0, 44.0), (123.0, 133.0)
MM_PER_CM = 10.0
METHOD = (
    "Yearly means as changes above the mean of the gauge's own known years [cm]; PSMSL's level"
    " itself stands on a datum of each gauge. Values flagged for attention are unknown."
)
Found = Sequence[tuple[InputFile, Member]]


@dataclass(slots=True)
class Gauges:
    """Recognised gauges: a domain.source.Reading."""

    series: Found
    places: Found
    given: Given
    facts: dict[str, str]
    period: str = field(default="")

    def chunks(self) -> Iterator[Chunk]:
        """All gauges and years: some thousand rows."""
        places, rejects = _read(self.places, PLACE, OWN_PLACES)
        yield Chunk(rows={}, rejects=rejects, read=len(places), share=0.1)
        values, rejects = _read(self.series, SERIES, OWN_SERIES)
        levels = _yearly(values, self.facts)
        unplaced = ~levels["gauge_id"].isin(places["gauge_id"])
        if unplaced.any():
            worst = str(levels.loc[unplaced, "gauge_id"].iloc[0])
            raise SourceUnreadable("gauge_unplaced", file=self.places[0][1].name, value=worst)
        places = places[_korean(places) & places["gauge_id"].isin(levels["gauge_id"])]
        levels = levels[levels["gauge_id"].isin(places["gauge_id"])]
        if not len(levels):
            raise SourceUnreadable("sea_elsewhere", file=self.series[0][1].name)
        self.period = f"{levels['year'].min()}-{levels['year'].max()}"
        self.facts |= {"period": self.period, "gauges": f"{len(places):,} around Korea"}
        rows = {STATIONS: _stations(places), LEVELS: _changes(levels)}
        yield Chunk(rows=rows, rejects=rejects, read=len(values))

    def publication(self) -> Publication:
        """Both tables as a whole."""
        return Publication((STATIONS, LEVELS))

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set for all files: they make two tables together."""
        files = [file for file, _ in (*self.series, *self.places)]
        one = Provenance(
            name="Tide gauges: " + " + ".join(dict.fromkeys(file.name for file in files)),
            provider=self.given.provider or "Permanent Service for Mean Sea Level (PSMSL)",
            licence=self.given.licence or "free with citation (Holgate et al. 2013)",
            version=self.given.version or f"to {self.period[-4:]}",
            kind="observed",
            period=self.given.period or self.period,
            method=METHOD,
            file_name=files[0].name,
            file_sha256=files[0].sha256,
        )
        return {STATIONS: [one], LEVELS: [one]}


def are_gauges(found: Found) -> bool:
    """Whether any file is PSMSL's by its first line."""
    return any(_is_series(member) or _is_places(member) for _, member in found)


def recognise(found: Found, given: Given) -> Gauges:
    """Which files hold the levels and which the places; raises SourceUnreadable for either."""
    series = [(file, member) for file, member in found if _is_series(member)]
    places = [(file, member) for file, member in found if _is_places(member)]
    others = [m.name for f, m in found if (f, m) not in series and (f, m) not in places]
    if others:
        raise SourceUnreadable("not_of_gauges", file=others[0])
    for what, part in (("rlr_mm", series), ("lat, lon", places)):
        if not part:
            raise SourceUnreadable("gauge_files", file=found[0][1].name, what=what)
    if given.unit is not None:
        raise SourceUnreadable("gauge_unit", file=series[0][1].name, value=given.unit)
    facts = {
        "format": "PSMSL RLR",
        "unit": "mm above the gauge's datum → cm of change",
        "levels": ", ".join(member.name for _, member in series[:5]),
        "places": ", ".join(member.name for _, member in places),
    }
    return Gauges(series, places, given, facts)


def _head(member: Member) -> bytes:
    with unpacking.complete(member.name):
        return member.head(2000)


def _names(member: Member) -> set[str]:
    """The plain headers of a table of text; none of other files."""
    head = _head(member)
    if b"\0" in head:
        return set()
    line = head.decode("utf-8-sig", errors="replace").splitlines()[:1]
    return {headers.plain(cell) for text in line for cell in re.split(r"[,;\t]", text)}


def _is_series(member: Member) -> bool:
    return bool(SERIES_LINE.match(_head(member))) or {"psmslid", "rlrmm"} <= _names(member)


def _is_places(member: Member) -> bool:
    return bool(PLACE_LINE.match(_head(member))) or {"psmslid", "lat", "lon"} <= _names(member)


def _read(
    found: Found, declared: Sequence[Field], own: Sequence[str]
) -> tuple[pd.DataFrame, list[Reject]]:
    """The rows of all files with their row and file, and what was not taken."""
    parts, rejects = [], []
    for _, member in found:
        for frame in _frames(member, declared, own):
            checked = check(frame, declared, member.name)
            parts.append(checked.values.assign(**{SOURCE_ROW: checked.rows}))
            rejects += checked.rejects
            _refuse_unit(checked.rejects, frame)
            if "flag" in checked.values:
                rejects += _for_attention(parts[-1], checked.rows, member.name)
    return pd.concat(parts, ignore_index=True), rejects


def _frames(member: Member, declared: Sequence[Field], own: Sequence[str]) -> Iterator[Frame]:
    head = _head(member)
    if not (SERIES_LINE.match(head) or PLACE_LINE.match(head)):
        table = delimited.recognise_member(member)
        yield from table.frames(table.columns(declared))
        return
    _, lines = delimited.decoded_lines(member)
    cells = pd.DataFrame([line.split(";") for line in lines if line.strip()]).iloc[:, : len(own)]
    cells = cells.set_axis(list(own)[: cells.shape[1]], axis=1)
    cells = cells.fillna("").apply(lambda column: column.str.strip())
    if "gauge_id" not in cells:
        cells["gauge_id"] = re.split(r"\D", member.name.rsplit("/", 1)[-1])[0]
    yield Frame(cells, np.arange(1, len(cells) + 1, dtype=np.int64), 1.0)


def _refuse_unit(rejects: Sequence[Reject], frame: Frame) -> None:
    """Raise SourceUnreadable where many levels are none above an RLR datum: not millimetres."""
    wrong = [one for one in rejects if one.column == "level"]
    if len(wrong) > MOST_WRONG * len(frame.rows):
        worst = wrong[0]
        raise SourceUnreadable(
            "too_many_rejects",
            file=worst.file,
            row=worst.row,
            column=worst.column,
            value=worst.value,
            allowed=worst.allowed,
            dropped=len(wrong),
            read=len(frame.rows),
        )


def _for_attention(part: pd.DataFrame, rows: np.ndarray, file: str) -> list[Reject]:
    """Levels whose flag asks for attention become unknown, and are said."""
    level = SERIES[2]
    marked = part["flag"].fillna("").str.endswith("1").to_numpy() & part["level"].notna().to_numpy()
    found = rejected(rows, part["level"], marked, level, file, "flagged")
    part.loc[marked, "level"] = np.nan
    return found


def _yearly(values: pd.DataFrame, facts: dict[str, str]) -> pd.DataFrame:
    """One row a gauge and year; months are averaged where enough of them are known."""
    whole = values["year"] % 1 == 0
    if whole.all():
        facts["time"] = "yearly"
        return values.astype({"year": int})
    facts["time"] = f"monthly; a year needs {MONTHS} months"
    grouped = values.assign(year=values["year"] // 1).groupby(["gauge_id", "year"])
    found = grouped.agg(
        level=("level", "mean"), known=("level", "count"), **{SOURCE_ROW: (SOURCE_ROW, "first")}
    ).reset_index()
    found["level"] = found["level"].where(found["known"] >= MONTHS)
    return found.astype({"year": int})


def _korean(places: pd.DataFrame) -> BoolArray:
    near: BoolArray = (
        places["latitude"].between(*LATITUDES) & places["longitude"].between(*LONGITUDES)
    ).to_numpy()
    return near


def _stations(places: pd.DataFrame) -> dict[str, Column]:
    names = places["name"] if "name" in places else pd.Series(None, places.index, object)
    return {
        "gauge_id": places["gauge_id"].tolist(),
        "name": names.where(names.notna(), None).tolist(),
        "latitude": places["latitude"].to_numpy(),
        "longitude": places["longitude"].to_numpy(),
        SOURCE_ROW: places[SOURCE_ROW].to_numpy(),
    }


def _changes(levels: pd.DataFrame) -> dict[str, Column]:
    """Changes [cm] above the mean of each gauge's known years."""
    mean = levels.groupby("gauge_id")["level"].transform("mean")
    return {
        "gauge_id": levels["gauge_id"].tolist(),
        "year": levels["year"].to_numpy(dtype=np.int16),
        "change_cm": ((levels["level"] - mean) / MM_PER_CM).to_numpy(dtype=np.float32),
        SOURCE_ROW: levels[SOURCE_ROW].to_numpy(),
    }
