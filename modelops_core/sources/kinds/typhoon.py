"""
``load typhoon``: best tracks near Korea from IBTrACS, RSMC Tokyo or KMA files.

IBTrACS v4 CSV (two header rows, blanks for missing, winds of several agencies), RSMC Tokyo's
``bst_all.txt``, and tables with Korean headers (UTC or KST in the header of the times or by
``--timezone``; m/s or kt in that of the winds or by ``--unit``). Stored are storms that come near
Korea, whole, with winds of 10 minutes [kt]. The period says which seasons count: not those before a
gap, nor one that is not over.

References
----------
.. [1] K. R. Knapp et al., Bull. Amer. Meteor. Soc. 91, 2010: IBTrACS; CC BY 4.0.
.. [2] RSMC Tokyo - Typhoon Center: format of the best track data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import (
    SOURCE_ROW,
    Chunk,
    Field,
    Given,
    InputFile,
    Reject,
    Source,
    only,
)
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import delimited, headers, rsmc, unpacking
from modelops_core.sources.delimited import Frame
from modelops_core.sources.validation import check

LIST, TRACKS = "api_typhoon_list", "api_typhoon_tracks"
MISSING = (0, -999, -9999, 9999)
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d%H", "%Y%m%d%H.0", "%Y.%m.%d %H:%M")
PRESSURE = Field(
    name="pressure",
    headers=("tokyo_pres", "wmo_pres", "wmo_pres_hpa", "중심기압", "pcen"),
    unit="hPa",
    low=850,
    high=1050,
    missing=MISSING,
)
FIELDS = (
    Field(name="storm_id", headers=("sid", "태풍번호", "호수"), kind="text", needed=True),
    Field(name="season", headers=("연도", "년도"), kind="whole", low=1840, high=2100),
    Field(name="name", headers=("태풍이름", "태풍명"), kind="text"),
    Field(
        name="time",
        headers=("iso_time", "time_utc", "일시", "시각", "분석시각"),
        kind="time",
        needed=True,
        formats=TIMES,
    ),
    Field(name="latitude", headers=("lat", "위도"), unit="°", low=-90, high=90, needed=True),
    Field(name="longitude", headers=("lon", "경도"), unit="°", low=-180, high=360, needed=True),
    PRESSURE,
    Field(
        name="wind",
        headers=("tokyo_wind", "wmo_wind", "wmo_wind_kt", "중심최대풍속", "최대풍속"),
        unit="kt",
        low=0,
        high=190,
        missing=(*MISSING, 999),  # a possible pressure, but no wind
    ),
    Field(name="agency", headers=("wmo_agency",), kind="text"),
    Field(name="track_type", kind="text"),
)
#: [°] about 500 km around the country; a storm with a position in it is kept whole
NEAR = {"latitude": (28.5, 43.5), "longitude": (118.5, 137.5)}
#: years without a storm in the whole file after which a new record begins
GAP = 3
KNOTS = {"kt": 1.0, "m/s": 3600 / 1852}
HOURS = {"UTC": 0, "KST": 9}
TOKYO = "tokyo"
#: format → provider, licence
ORIGINS = {
    "IBTrACS": ("NOAA NCEI IBTrACS v4 (western Pacific: JMA)", "CC BY 4.0"),
    "RSMC Tokyo": ("JMA, RSMC Tokyo - Typhoon Center", "free with attribution"),
    "KMA": ("Korea Meteorological Administration", "KOGL type 1 (attribution)"),
}
METHOD = (
    "Storms with a position between 28.5 and 43.5° N, 118.5 and 137.5° E, kept whole; winds are"
    " 10-minute means of the JMA (KMA's of its own), those of other agencies are left out."
)


@dataclass(slots=True)
class BestTracks:
    """One recognised file: a domain.source.Reading."""

    file: InputFile
    given: Given
    facts: dict[str, str]
    table: delimited.TextTable | None = None
    lines: Sequence[str] = ()
    hours: int = 0
    factor: float = 1.0
    #: whether the winds are of the agency that the row names (WMO_WIND), not of one for all rows
    wind_of_agency: bool = False
    period: str = field(default="")

    def chunks(self) -> Iterator[Chunk]:
        """All storms near Korea in one chunk, and one without rows for each part of the file."""
        parts = []
        for frame in self._frames():
            checked = check(frame, FIELDS, self.file.name)
            part = checked.values.assign(**{SOURCE_ROW: checked.rows})
            parts.append(_usable(part, self.wind_of_agency))
            yield Chunk(
                rows={}, rejects=checked.rejects, read=len(frame.rows), share=0.9 * frame.share
            )
        if not any(len(part) for part in parts):
            return
        tracks = self._converted(pd.concat(parts, ignore_index=True))
        tracks, rejects = self._in_period(tracks)
        near = tracks[tracks["storm_id"].isin(_near(tracks))]
        self.facts |= {
            "period": self.period,
            "storms": f"{near['storm_id'].nunique():,} near Korea",
        }
        yield Chunk(rows={LIST: _storms(near), TRACKS: _nodes(near)}, rejects=rejects)

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """The file, for both tables."""
        kind = self.facts["format"]
        provider, licence = ORIGINS[kind]
        one = Provenance(
            name=f"{kind}: {self.file.name}",
            provider=self.given.provider or provider,
            licence=self.given.licence or licence,
            version=self.given.version or f"to {self.period[-10:]}",
            kind="observed",
            period=self.period,
            method=METHOD,
            file_name=self.file.name,
            file_sha256=self.file.sha256,
        )
        return {LIST: [one], TRACKS: [one]}

    def _frames(self) -> Iterator[Frame]:
        if self.table is None:
            yield rsmc.frame(self.lines)
            return
        for frame in self.table.frames(self.table.columns(FIELDS)):
            units = frame.cells["latitude"].str.startswith("degrees").to_numpy()
            yield Frame(frame.cells[~units], frame.rows[~units], frame.share)

    def _converted(self, tracks: pd.DataFrame) -> pd.DataFrame:
        """Times in UTC, winds in knots, longitudes 0 to 360, and a season for every storm."""
        tracks["time"] -= pd.Timedelta(hours=self.hours)
        tracks["wind"] *= self.factor
        tracks["longitude"] %= 360.0
        years = tracks.groupby("storm_id")["time"].transform("min").dt.year
        tracks["season"] = tracks["season"].fillna(years).astype(np.int16)
        return tracks.sort_values(["storm_id", "time"], ignore_index=True)

    def _in_period(self, tracks: pd.DataFrame) -> tuple[pd.DataFrame, list[Reject]]:
        """The storms since the last gap, and the others as rejects; states the period."""
        seasons = np.unique(tracks["season"])
        first = int(seasons[np.flatnonzero(np.diff(seasons, prepend=-GAP * 2) > GAP)[-1]])
        last = tracks["time"].max()
        end = f"{last:%Y}-12-31" if last.month == 12 else f"{last:%Y-%m-%d}"
        self.period = self.given.period or f"{first}-01-01 – {end}"
        if last.month != 12 and not self.given.period:
            self.facts["season"] = f"{last:%Y} is not over in the file and does not count"
        stray = (tracks["season"] < first) & (self.given.period is None)
        allowed = f"seasons from {first} on"
        rejects = [
            Reject(self.file.name, row, "season", str(season), "before_a_gap", allowed, True)
            for row, season in zip(tracks[SOURCE_ROW][stray], tracks["season"][stray], strict=True)
        ]
        return tracks[~stray], rejects


def _open(files: Sequence[InputFile], given: Given) -> BestTracks:
    (file,) = only(files)
    member = unpacking.single(file.path)
    if rsmc.is_rsmc(member.head()):
        encoding, lines = delimited.decoded_lines(member, given.encoding)
        facts = {"format": "RSMC Tokyo", "encoding": encoding, "times": "UTC", "wind": "kt, 10 min"}
        return BestTracks(file, given, facts, lines=lines)
    table = delimited.recognise_member(member, given.encoding)
    columns = table.columns(FIELDS)
    if not {"pressure", "wind"} & set(columns):
        raise headers.missing(PRESSURE, table.headers, file.name)
    korean = not columns["storm_id"].isascii()
    zone = _stated(given.timezone, columns["time"], HOURS, "timezone", file) if korean else "UTC"
    unit = _stated(given.unit, columns.get("wind", "kt"), KNOTS, "unit", file) if korean else "kt"
    facts = {
        "format": "KMA" if korean else "IBTrACS",
        "encoding": table.encoding,
        "times": f"{columns['time']}: {zone}",
        "wind": f"{columns.get('wind', 'none')}: {unit}, 10-minute mean",
    }
    return BestTracks(
        file,
        given,
        facts,
        table,
        hours=HOURS[zone],
        factor=KNOTS[unit],
        wind_of_agency=headers.plain(columns.get("wind", "")).startswith("wmo"),
    )


def _stated(
    given: str | None, header: str, known: Mapping[str, float], option: str, file: InputFile
) -> str:
    """What the option or the header says; raises SourceUnreadable: a guess is never silent."""
    text = given or header
    found = next((name for name in known if name.casefold() in text.casefold()), None)
    if found is None:
        raise SourceUnreadable(
            "unsaid", file=file.name, column=header, what=option, known=list(known), option=option
        )
    return found


def _usable(part: pd.DataFrame, wind_of_agency: bool) -> pd.DataFrame:
    """
    Main tracks, rows every six hours or with values of their own, winds of 10 minutes only.

    A wind of no named agency is unknown: other agencies' are means over 1 to 3 minutes.
    """
    for name in ("season", "pressure", "wind"):
        if name not in part:
            part[name] = np.nan
    if "name" not in part:
        part["name"] = None
    if wind_of_agency and "agency" in part:
        part["wind"] = part["wind"].where(part["agency"].fillna("").str.casefold() == TOKYO)
    spur = part["track_type"].fillna("").str.startswith("spur") if "track_type" in part else False
    between = (part["time"].dt.hour % 6 != 0) & part["pressure"].isna() & part["wind"].isna()
    kept = ~(between | spur)
    names = ["storm_id", "season", "name", "time", "latitude", "longitude", "pressure", "wind"]
    found: pd.DataFrame = part.loc[kept, [*names, SOURCE_ROW]]
    return found


def _near(tracks: pd.DataFrame) -> set[str]:
    inside = np.logical_and.reduce([tracks[name].between(*NEAR[name]) for name in NEAR])
    found: pd.Series[str] = tracks.loc[inside, "storm_id"]
    return set(found)


def _storms(tracks: pd.DataFrame) -> dict[str, Column]:
    """One row a storm, sorted by its id."""
    storms = tracks.groupby("storm_id", sort=True).agg(
        season=("season", "first"),
        name=("name", "first"),
        first=("time", "min"),
        last=("time", "max"),
        row=(SOURCE_ROW, "first"),
    )
    names = [
        None if pd.isna(n) or n in ("NAMELESS", "NOT_NAMED", "UNNAMED") else n
        for n in storms["name"]
    ]
    return {
        "storm_id": storms.index.to_list(),
        "season": storms["season"].to_numpy(dtype=np.int16),
        "name": names,
        "first_time": storms["first"].to_numpy(dtype="datetime64[s]"),
        "last_time": storms["last"].to_numpy(dtype="datetime64[s]"),
        SOURCE_ROW: storms["row"].to_numpy(dtype=np.int32),
    }


def _nodes(tracks: pd.DataFrame) -> dict[str, Column]:
    """One row a position; times are UTC."""
    return {
        "storm_id": tracks["storm_id"].to_list(),
        "track_time": tracks["time"].to_numpy(dtype="datetime64[s]"),
        "latitude": tracks["latitude"].to_numpy(dtype=np.float32),
        "longitude": tracks["longitude"].to_numpy(dtype=np.float32),
        "pressure_hpa": tracks["pressure"].to_numpy(dtype=np.float32),
        "wind_kt": tracks["wind"].to_numpy(dtype=np.float32),
        SOURCE_ROW: tracks[SOURCE_ROW].to_numpy(dtype=np.int32),
    }


SOURCE = Source(
    kind="typhoon",
    summary="Best tracks: IBTrACS CSV, RSMC Tokyo's bst_all.txt, KMA tables.",
    tables=(LIST, TRACKS),
    open=_open,
    takes=frozenset({"timezone", "unit"}),
)
