"""
``load wamis``: river gauges, and their daily flow, level or rain.

Lists and values as WAMIS and the Flood Control Offices (HRFCO) publish them: tables or the JSON of
the service. A list takes the place of all gauges and of their values, which would be those of other
gauges; values alone take the place of those of the same gauges, which must be listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.source import (
    SOURCE_ROW,
    Chunk,
    Given,
    InputFile,
    Publication,
    Reading,
    Source,
)
from modelops_core.sources import delimited, unpacking
from modelops_core.sources.gauges import days, lists
from modelops_core.sources.gauges.days import Days
from modelops_core.sources.gauges.lists import GaugeList
from modelops_core.sources.validation import whole

STATIONS, VALUES = "api_wamis_stations", "api_wamis_cache"
APPROXIMATE = "Positions are approximate: those of the gauges' towns or districts."


@dataclass(slots=True)
class River:
    """Recognised lists and values: a domain.source.Reading."""

    lists: Sequence[GaugeList]
    days: Sequence[Days]
    given: Given
    facts: dict[str, str]
    #: gauges of which values were read, and those of which flow was
    codes: set[str] = field(default_factory=set)
    flowing: set[str] = field(default_factory=set)
    first: str = ""
    last: str = ""

    def chunks(self) -> Iterator[Chunk]:
        """The values in frames, then the gauges, whose type says that they have flow."""
        self.codes, self.flowing, self.first, self.last = set(), set(), "", ""
        for number, one in enumerate(self.days):
            for rows, chunk in one.chunks():
                self._count(rows)
                share = 0.9 * (number + chunk.share) / len(self.days)
                yield Chunk(rows=chunk.rows, rejects=chunk.rejects, read=chunk.read, share=share)
        if self.days:
            self.facts |= {
                "period": f"{self.first} – {self.last}",
                "gauges read": f"{len(self.codes):,}",
            }
        if self.lists:
            gauges, rejects = lists.read(self.lists)
            self.facts["gauges"] = f"{len(gauges):,}"
            yield Chunk(rows={STATIONS: self._stations(gauges)}, rejects=rejects, read=len(gauges))

    def publication(self) -> Publication:
        """Both tables with a list; without one the values of the gauges that were read."""
        if self.lists:
            return Publication((STATIONS, VALUES))
        scope = {VALUES: ("station_code", tuple(sorted(self.codes)))}
        return Publication((VALUES,), scope=scope)

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set a file."""
        found = {}
        if self.lists:
            found[STATIONS] = [
                self._of_file(one.file, APPROXIMATE if one.approximate else None, None)
                for one in self.lists
            ]
        if self.days:
            period = f"{self.first[:4]}-{self.last[:4]}"
            found[VALUES] = [self._of_file(one.file, one.type_name, period) for one in self.days]
        return found

    def _count(self, rows: pd.DataFrame) -> None:
        if not len(rows):
            return
        self.codes |= set(rows["station_code"])
        self.flowing |= set(rows.loc[rows["data_type"] == "flow", "station_code"])
        ends = rows["observation_date"].min(), rows["observation_date"].max()
        first, last = (f"{end:%Y-%m-%d}" for end in ends)
        self.first = min(self.first or first, first)
        self.last = max(self.last, last)

    def _stations(self, gauges: pd.DataFrame) -> dict[str, Column]:
        types = gauges["station_type"].mask(gauges["station_code"].isin(self.flowing), "flow")
        columns: dict[str, Column] = {
            name: gauges[name].where(gauges[name].notna(), None).tolist()
            for name in ("station_code", "station_name", "river_name", "basin_code")
        }
        for name in ("latitude", "longitude", "drainage_area_km2"):
            columns[name] = gauges[name].to_numpy(dtype=float)
        outlets = gauges["is_basin_outlet"].map(lambda said: said is True)
        return columns | {
            "station_type": types.tolist(),
            "is_basin_outlet": outlets.to_numpy(dtype=bool),
            SOURCE_ROW: whole(gauges[SOURCE_ROW].to_numpy(dtype=float)),
        }

    def _of_file(self, file: InputFile, method: str | None, period: str | None) -> Provenance:
        return Provenance(
            name=f"River gauges: {file.name}",
            provider=self.given.provider or "not stated",
            licence=self.given.licence or "not stated",
            version=self.given.version or "not stated",
            kind="observed",
            period=self.given.period or period,
            method=method,
            file_name=file.name,
            file_sha256=file.sha256,
        )


def _open(files: Sequence[InputFile], given: Given) -> River:
    listed, valued = [], []
    for file in files:
        for member in unpacking.members(file.path):
            table = delimited.recognise_member(member, given.encoding)
            if days.is_days(table):
                valued.append(days.recognise(file, table, given.variable, given.unit))
            else:
                listed.append(lists.recognise(file, table, given.variable))
    facts = {
        "lists": ", ".join(f"{one.file.name} ({one.type or 'type in a column'})" for one in listed)
        or "none: the gauges stay",
        "values": "; ".join(dict.fromkeys(one.type_name for one in valued)) or "none",
        "missing": f"blank, - and {', '.join(f'{code:g}' for code in days.MISSING[:7])}",
    }
    if any(one.approximate for one in listed):
        facts["positions"] = "approximate in at least one list"
    return River(listed, valued, given, facts)


def _publication(reading: Reading) -> Publication:
    assert isinstance(reading, River)
    return reading.publication()


SOURCE = Source(
    kind="wamis",
    summary="River gauges and their daily flow, level or rain: WAMIS, HRFCO.",
    tables=(STATIONS, VALUES),
    open=_open,
    publication=_publication,
    takes=frozenset({"variable", "unit"}),
)
