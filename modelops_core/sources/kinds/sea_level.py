"""
``load sea-level``: projected rise on nodes of the sea, or what tide gauges measured.

Grids (NetCDF with a variable such as ``slr``) and tables of points hold one scenario a file, in m,
cm or mm as they say: what a file does not say is asked for. Gauges are those of PSMSL, monthly or
yearly; they stand on datums of their own, so that only their changes are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.source import Chunk, Given, InputFile, Publication, Reading, Source
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import unpacking
from modelops_core.sources.climate import cells, names, series
from modelops_core.sources.sea import gauges, rises
from modelops_core.sources.sea.rises import Grid, Rise, Table

NODES, DATA = "sea_level_grid", "sea_level_data"
KMA, LICENCE = "Korea Meteorological Administration", "KOGL type 1 (attribution)"
#: least range [cm] of half a century of any projection: less is another unit
LEAST_RANGE, LONG = 3.0, 50


@dataclass(slots=True)
class SeaLevels:
    """Recognised projections: a domain.source.Reading."""

    parts: Sequence[Grid | Table]
    given: Given
    facts: dict[str, str]
    years: tuple[int, int] = field(default=(0, 0))

    def chunks(self) -> Iterator[Chunk]:
        """The nodes and their years, after a chunk without rows for each file."""
        found: list[Rise] = []
        for number, part in enumerate(self.parts, start=1):
            own = list(part.rises())
            for rise in own:
                _refuse_implausible(rise, part.file.name)
            found += own
            rejects = [reject for rise in own for reject in rise.rejects]
            read = sum(rise.values.size for rise in own)
            yield Chunk(rows={}, rejects=rejects, read=read, share=0.9 * number / len(self.parts))
        found = [rise for rise in found if rise.values.size]
        if not found:
            raise SourceUnreadable("sea_elsewhere", file=self.parts[0].file.name)
        yield Chunk(rows=self._rows(found))

    def publication(self) -> Publication:
        """All, or some scenarios' columns in their years; the nodes must then be those."""
        if len(self._scenarios()) == len(SCENARIOS):
            return Publication((NODES, DATA))
        within = {DATA: ("year", str(self.years[0]), str(self.years[1]))} if self.years[0] else {}
        return Publication((NODES, DATA), fills=self._scenarios(), within=within)

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set a file, for both tables."""
        sources = [self._of_file(part) for part in self.parts]
        return {NODES: sources, DATA: sources}

    def _scenarios(self) -> tuple[str, ...]:
        return tuple(s for s in SCENARIOS if any(s in part.scenarios for part in self.parts))

    def _rows(self, found: Sequence[Rise]) -> dict[str, dict[str, Column]]:
        """Nodes in the order of latitude and longitude, numbered from 1, and their series."""
        places = [np.stack([cells.whole(r.latitude), cells.whole(r.longitude)], 1) for r in found]
        nodes = np.unique(np.concatenate(places), axis=0)
        first = min(rise.first for rise in found)
        last = max(rise.first + len(rise.values) - 1 for rise in found)
        self.years = first, last
        columns: dict[str, Array] = {
            s: np.full((len(nodes), last - first + 1), np.nan, np.float32)
            for s in self._scenarios()
        }
        index = {tuple(node): i for i, node in enumerate(nodes.tolist())}
        for rise, place in zip(found, places, strict=True):
            at = np.array([index[tuple(node)] for node in place.tolist()])
            start = rise.first - first
            columns[rise.scenario][at, start : start + len(rise.values)] = rise.values.T
        self.facts |= {"period": f"{first} – {last}", "nodes": f"{len(nodes):,} around Korea"}
        ids = np.arange(1, len(nodes) + 1, dtype=np.int32)
        years = np.arange(first, last + 1, dtype=np.int16)
        latitude, longitude = (nodes / cells.PER_DEGREE).T
        return {
            NODES: {"grid_id": ids, "latitude": latitude, "longitude": longitude},
            DATA: {
                "grid_id": np.repeat(ids, years.size),
                "year": np.tile(years, ids.size),
                **{s: values.ravel() for s, values in columns.items()},
            },
        }

    def _of_file(self, part: Grid | Table) -> Provenance:
        kma = names.is_kma(part.file.name)
        named = ", ".join(SCENARIOS[s] for s in part.scenarios)
        period = f"{self.years[0]}-{self.years[1]}"
        return Provenance(
            name=f"Sea level {named}: {part.file.name}",
            provider=self.given.provider or (KMA if kma else "not stated"),
            licence=self.given.licence or (LICENCE if kma else "not stated"),
            version=self.given.version or period,
            kind="derived",
            period=self.given.period or period,
            method=f"variable {part.variable}; unit: {part.unit}; nodes around Korea as they stand",
            file_name=part.file.name,
            file_sha256=part.file.sha256,
        )


def _refuse_implausible(rise: Rise, file: str) -> None:
    """Raise SourceUnreadable for a rise that is none of any sea: metres or millimetres for cm."""
    if not rise.values.size:
        return
    series.refuse_implausible("sea_level", "year", rise.first, rise.values, file)
    spread = float(np.nanmax(rise.values) - np.nanmin(rise.values))
    if len(rise.values) >= LONG and spread < LEAST_RANGE:
        raise SourceUnreadable(
            "sea_unmoved", file=file, value=spread, years=len(rise.values), least=LEAST_RANGE
        )


def _open(files: Sequence[InputFile], given: Given) -> Reading:
    found = [(file, member) for file in files for member in unpacking.members(file.path)]
    if gauges.are_gauges(found):
        return gauges.recognise(found, given)
    parts = [rises.recognise(file, member, given) for file, member in found]
    _refuse_scenario_twice(parts)
    scenarios = [s for part in parts for s in part.scenarios]
    unread = [SCENARIOS[s] for s in SCENARIOS if s not in scenarios]
    facts = {
        "format": ", ".join(dict.fromkeys(part.form for part in parts)),
        "variable": ", ".join(dict.fromkeys(part.variable for part in parts)),
        "scenario": ", ".join(SCENARIOS[s] for s in scenarios),
        "not read": ", ".join(unread) or "none",
        "unit": ", ".join(dict.fromkeys(part.unit for part in parts)),
    }
    if any(rises.DYNAMIC in part.variable.lower() for part in parts):
        facts["component"] = "zos: the dynamic part alone; no coastal loss is given from it"
    return SeaLevels(parts, given, facts)


def _refuse_scenario_twice(parts: Sequence[Grid | Table]) -> None:
    seen: dict[str, str] = {}
    for part in parts:
        for scenario in part.scenarios:
            if scenario in seen:
                raise SourceUnreadable(
                    "scenario_of_two",
                    file=part.file.name,
                    other=seen[scenario],
                    value=SCENARIOS[scenario],
                )
            seen[scenario] = part.file.name


def _publication(reading: Reading) -> Publication:
    assert isinstance(reading, SeaLevels | gauges.Gauges)
    return reading.publication()


SOURCE = Source(
    kind="sea-level",
    summary="Sea level: grids and tables of projections, or tide gauges of PSMSL.",
    tables=(NODES, DATA, gauges.STATIONS, gauges.LEVELS),
    open=_open,
    publication=_publication,
    takes=frozenset({"scenario", "unit"}),
)
