"""
``load daily``: daily rain of weather stations → yearly indices, monthly rain and SPEI-12.

One or several tables of rain and one of the stations' places. Indices follow xclim's definitions
(indicators/rain_days.py). SPEI-12 is that of the rain at usual evapotranspiration, which shifts all
sums of a calendar month alike and so changes nothing; it is fitted to the station's own years.
Missing days stand as 0 in old tables: a year without any rain is unknown, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import SOURCE_ROW, Chunk, Given, InputFile, Reject, Source
from modelops_core.errors import SourceUnreadable
from modelops_core.indicators import rain_days, spei
from modelops_core.indicators.rain_days import Record
from modelops_core.sources.stations import tables
from modelops_core.sources.stations.tables import Table
from modelops_core.sources.validation import whole

STATIONS, YEARS, MONTHS = "weather_stations", "station_years", "station_months"
#: years of a calendar month that a fit of SPEI needs, and months that a year's minimum needs
FITTED_YEARS, MINIMUM_MONTHS = 20, 10
METHOD = (
    "Yearly indices of daily rain by xclim's definitions (wet day: 1 mm or more; a year with a"
    " missing day is unknown); SPEI-12 of monthly rain at usual evapotranspiration, generalised"
    " logistic by L-moments of the station's own years."
)


@dataclass(slots=True)
class DailyRain:
    """Recognised tables: a domain.source.Reading."""

    rain: Sequence[Table]
    places: Table
    given: Given
    facts: dict[str, str]
    period: str = field(default="")

    def chunks(self) -> Iterator[Chunk]:
        """A chunk without rows for each part of the files, then the three tables."""
        rejects: list[Reject] = []
        stations, found = tables.places(self.places)
        yield Chunk(rows={}, rejects=found, read=len(stations), share=0.02)
        parts = []
        for number, table in enumerate(self.rain):
            for rows, read, share in tables.frames(table, rejects):
                parts.append(rows.assign(file=number))
                done = 0.9 * (number + share) / len(self.rain)
                yield Chunk(rows={}, rejects=tuple(rejects), read=read, share=done)
                rejects.clear()
        if not any(len(part) for part in parts):
            return
        rows = pd.concat(parts, ignore_index=True)
        self._refuse_unplaced(rows, stations)
        record, ids = self._record(rows)
        lost = _unobserved(record, ids, stations, self._first_rows(rows))
        stations = stations[stations["station_id"].isin(ids)]
        self.period = f"{record.years[0]}-{record.years[-1]}"
        self.facts |= {"period": self.period, "stations": f"{len(ids):,}"}
        yield Chunk(rows={STATIONS: _stations(stations), **_series(record, ids)}, rejects=lost)

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set for all files: they make the tables together."""
        files = [table.file for table in (*self.rain, self.places)]
        one = Provenance(
            name="Daily rain: " + " + ".join(file.name for file in files),
            provider=self.given.provider or "not stated",
            licence=self.given.licence or "not stated",
            version=self.given.version or f"to {self.period[-4:]}",
            kind="derived",
            period=self.given.period or self.period,
            method=METHOD,
            file_name=files[0].name,
            file_sha256=files[0].sha256,
        )
        return {name: [one] for name in (STATIONS, YEARS, MONTHS)}

    def _refuse_unplaced(self, rows: pd.DataFrame, stations: pd.DataFrame) -> None:
        unplaced = ~rows["station_id"].isin(stations["station_id"])
        if unplaced.any():
            first = rows[unplaced].iloc[0]
            raise SourceUnreadable(
                "station_unplaced",
                file=self.rain[int(first["file"])].file.name,
                row=int(first[SOURCE_ROW]),
                value=int(first["station_id"]),
                places=self.places.file.name,
            )

    def _first_rows(self, rows: pd.DataFrame) -> dict[tuple[int, int], tuple[str, int]]:
        """(station, year) → the file and row in which the year begins."""
        keys = [rows["station_id"], rows["date"].dt.year.rename("year")]
        first = rows.groupby(keys)[["file", SOURCE_ROW]].min()
        names = [table.file.name for table in self.rain]
        return {
            (int(station), int(year)): (names[int(file)], int(row))
            for (station, year), (file, row) in zip(first.index, first.to_numpy(), strict=True)
        }

    def _record(self, rows: pd.DataFrame) -> tuple[Record, list[int]]:
        """Rain by day and station; raises SourceUnreadable for a day with two amounts."""
        keys = ["station_id", "date"]
        rows = rows.drop_duplicates([*keys, "rain"])
        twice = rows.duplicated(keys, keep=False)
        if twice.any():
            pair = rows[twice].sort_values([*keys, SOURCE_ROW]).head(2)
            raise SourceUnreadable(
                "key_twice",
                file=self.rain[int(pair["file"].iloc[0])].file.name,
                table=YEARS,
                columns=keys,
                value=[int(pair["station_id"].iloc[0]), f"{pair['date'].iloc[0]:%Y-%m-%d}"],
                first=int(pair[SOURCE_ROW].iloc[0]),
                last=int(pair[SOURCE_ROW].iloc[1]),
            )
        wide = rows.pivot(index="date", columns="station_id", values="rain")
        span = pd.date_range(wide.index.min(), wide.index.max(), freq="D", unit="s")
        wide = wide.reindex(span)
        days = span.to_numpy().astype("datetime64[D]")
        return Record(days, wide.to_numpy(dtype=float, copy=True)), [int(i) for i in wide.columns]


def _unobserved(
    record: Record,
    ids: Sequence[int],
    stations: pd.DataFrame,
    first_rows: Mapping[tuple[int, int], tuple[str, int]],
) -> list[Reject]:
    """Make years unknown that hold no rain at all or are said to be missing; return them."""
    stated_missing = tables.stated_missing(stations)
    starts = record.starts("Y")
    total = np.add.reduceat(np.nan_to_num(record.rain), starts, axis=0)
    known = np.add.reduceat((~np.isnan(record.rain)).astype(int), starts, axis=0)
    ends = [*starts[1:], len(record.days)]
    rejects = []
    for i, year in enumerate(record.years.tolist()):
        for j, station in enumerate(ids):
            stated = year in stated_missing.get(station, ())
            empty = total[i, j] == 0 and known[i, j] > 300
            if known[i, j] and (stated or empty):
                record.rain[starts[i] : ends[i], j] = np.nan
                why = "said_missing" if stated else "missing_as_zero"
                shown = f"{total[i, j]:g} mm in {year}"
                at = first_rows[station, year]
                rejects.append(
                    Reject(*at, f"station {station}", shown, why, "a year with rain", False)
                )
    return rejects


def _stations(stations: pd.DataFrame) -> dict[str, Column]:
    names = stations["name"]
    return {
        "station_id": stations["station_id"].to_numpy(),
        "name": names.where(names.notna(), None).tolist(),
        "latitude": stations["latitude"].to_numpy(dtype=float),
        "longitude": stations["longitude"].to_numpy(dtype=float),
        "elevation_m": stations["elevation"].to_numpy(dtype=np.float32),
        SOURCE_ROW: stations[SOURCE_ROW].to_numpy(),
    }


def _series(record: Record, ids: Sequence[int]) -> dict[str, dict[str, Column]]:
    """Rows of the years and of the months, those of a station after those of another."""
    months, total = rain_days.monthly(record)
    index = _spei(months, total)
    indices = rain_days.yearly(record)
    indices["spei12_min"] = _driest(months, index, record)
    years: dict[str, Column] = {
        "station_id": np.repeat(ids, record.years.size),
        "year": np.tile(record.years, len(ids)),
    }
    for name, values in indices.items():
        line = values.T.ravel()
        counted = name in ("days", "cdd", "cwd", "rain80")
        years[name] = whole(line) if counted else line.astype(np.float32)
    return {
        YEARS: years,
        MONTHS: {
            "station_id": np.repeat(ids, months.size),
            "observation_date": np.tile(months, len(ids)),
            "rn": total.T.ravel().astype(np.float32),
            "spei12": index.T.ravel().astype(np.float32),
        },
    }


def _spei(months: rain_days.Days, total: Array) -> Array:
    """SPEI-12 of monthly rain, (month, station); NaN where too few years can be fitted."""
    first = int(months[0].astype("datetime64[M]").astype(int)) % 12
    tail = -(first + len(months)) % 12
    padded = np.pad(total, ((first, tail), (0, 0)), constant_values=np.nan)
    cube = padded.T.reshape(total.shape[1], -1, 12)
    sums = _sums(cube)
    fitted = (~np.isnan(sums)).sum(axis=1, keepdims=True) >= FITTED_YEARS
    index = spei.standardised(np.where(fitted, sums, np.nan), slice(None))
    line: Array = index.reshape(total.shape[1], -1).T
    return line[first : first + len(months)]


def _sums(cube: Array) -> Array:
    """Twelve-month sums of (station, year, month); NaN where any of the months is unknown."""
    sums = spei.running_sums(np.nan_to_num(cube))
    gaps = spei.running_sums(np.isnan(cube).astype(float))
    return np.where(gaps == 0, sums, np.nan)


def _driest(months: rain_days.Days, index: Array, record: Record) -> Array:
    """The year's least SPEI-12, (year, station); NaN with fewer than ten known months."""
    year = months.astype("datetime64[Y]").astype(int) + 1970
    found = np.full((record.years.size, index.shape[1]), np.nan)
    for i, one in enumerate(record.years):
        own = index[year == one]
        enough = (~np.isnan(own)).sum(axis=0) >= MINIMUM_MONTHS
        least = np.where(np.isnan(own), np.inf, own).min(axis=0)
        found[i] = np.where(enough, least, np.nan)
    return found


def _open(files: Sequence[InputFile], given: Given) -> DailyRain:
    found = [tables.recognise(file, given.encoding) for file in files]
    rain = [table for table in found if table.form != "places"]
    places = [table for table in found if table.form == "places"]
    if not rain or len(places) != 1:
        raise SourceUnreadable(
            "station_files", file=[f.name for f in files], rain=len(rain), places=len(places)
        )
    facts = {
        "format": ", ".join(dict.fromkeys(f"{t.form} table, {t.table.encoding}" for t in rain)),
        "unit": "mm a day",
        "places": places[0].file.name,
        "empty": "no rain, as in KMA's downloads"
        if any(tables.blank_is_dry(t) for t in rain)
        else "unknown",
    }
    return DailyRain(rain, places[0], given, facts)


SOURCE = Source(
    kind="daily",
    summary="Daily rain of weather stations, and where these stand.",
    tables=(STATIONS, YEARS, MONTHS),
    open=_open,
)
