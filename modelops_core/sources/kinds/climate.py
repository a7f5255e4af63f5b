"""
``load climate``: grids of one variable and scenario into one column of its table.

KMA's scenario grids and grids like them: NetCDF of any form, also inside gzip, tar or zip whatever
the name says, text without headers (``_asc.tar.gz``), and tables of points. Values are means of the
points in each cell of the product's grid. Several files of one load are parts of one series.

What neither the name nor the attributes say is asked for: scenario, unit, and of how many models
the values are the mean, on which the method's spread of extremes hangs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from modelops_core.domain import grid
from modelops_core.domain.climate import Array
from modelops_core.domain.dataset import Column, Provenance
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.source import (
    Chunk,
    Given,
    InputFile,
    Publication,
    Reading,
    Reject,
    Source,
)
from modelops_core.domain.window_means import Places
from modelops_core.errors import InvalidInput, SourceUnreadable
from modelops_core.sources.climate import cells, names, opening, series, units
from modelops_core.sources.climate.cells import Block, CellMeans
from modelops_core.sources.climate.opening import Part
from modelops_core.sources.climate.points import PointTable
from modelops_core.sources.climate.steps import YEARS, label

#: rows of a chunk
ROWS = 100_000
KMA, LICENCE = "Korea Meteorological Administration", "KOGL type 1 (attribution)"


@dataclass(slots=True)
class ClimateSeries:
    """The recognised files: a domain.source.Reading that needs the grid's cells."""

    parts: Sequence[Part]
    given: Given
    facts: dict[str, str]
    places: Places | None = None
    #: first step and means (step, cell) of each column, once they are read
    found: dict[str, tuple[int, Array]] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        return self.parts[0].variable

    @property
    def cadence(self) -> str:
        return units.cadence(self.variable)

    @property
    def table(self) -> str:
        return f"{self.variable}_data"

    def place(self, places: Places) -> None:
        """Say which cells there are; raises InvalidInput where they have another size."""
        if not places.ids.size:
            raise InvalidInput("no_climate_grid")
        step = grid.spacing(places.latitude, places.longitude)
        if self.given.resolution is not None and abs(self.given.resolution - step) > 1e-6:
            raise InvalidInput("grid_resolution", value=self.given.resolution, step=f"{step:g}")
        self.places = places
        self.facts["resolution"] = f"means over the grid's cells of {step:g}°"

    def chunks(self) -> Iterator[Chunk]:
        """A chunk without rows for each block of the files, then the rows of the table."""
        assert self.places is not None
        self.found = {}
        means = self._empty()
        size = sum(part.file.size for part in self.parts)
        before = 0
        for part in self.parts:
            for chunk in self._of_part(part, means):
                share = (before + chunk.share * part.file.size) / max(size, 1)
                yield Chunk(rows={}, rejects=chunk.rejects, read=chunk.read, share=0.9 * share)
            before += part.file.size
        self._finish(means)
        yield from self._rows()

    def provenance(self) -> Mapping[str, Sequence[Provenance]]:
        """One data set a file."""
        first, last = self.years()
        files = {part.file.path: part for part in self.parts}
        return {self.table: [self._of_file(part, f"{first}-{last}") for part in files.values()]}

    def years(self) -> tuple[int, int]:
        """First and last year of the series."""
        a_year = 12 if self.cadence == "month" else 1
        first = min(first for first, _ in self.found.values())
        last = max(first + len(means) - 1 for first, means in self.found.values())
        return first // a_year, last // a_year

    def publication(self) -> Publication:
        """The scenario's column, in the years of the files."""
        within: dict[str, tuple[str, str, str]] = {}
        if self.found:
            first, last = self.years()
            ends = (f"{first}-01-01", f"{last}-12-31") if self.cadence == "month" else (first, last)
            within[self.table] = (series.time_column(self.cadence), str(ends[0]), str(ends[1]))
        return Publication((self.table,), fills=self.parts[0].columns, within=within)

    def _empty(self) -> dict[str, tuple[int, CellMeans]]:
        """First step and room for the means of each column that the files hold."""
        assert self.places is not None
        if isinstance(self.parts[0].content, PointTable):
            a_year = 12 if self.cadence == "month" else 1
            first, last = YEARS[0] * a_year, (YEARS[1] + 1) * a_year
        else:
            first = min(int(part.steps[0]) for part in self.parts)
            last = max(int(part.steps[-1]) for part in self.parts) + 1
        size = self.places.ids.size
        return {name: (first, CellMeans(last - first, size)) for name in self.parts[0].read}

    def _of_part(self, part: Part, means: dict[str, tuple[int, CellMeans]]) -> Iterator[Chunk]:
        assert self.places is not None
        content = part.content
        if isinstance(content, PointTable):
            yield from opening.add_points(part, content, self.places, self.cadence, means)
            return
        first, room = means["value"]
        cell = cells.of_points(content.latitude, content.longitude, self.places, part.name)
        bands = cells.Bands(cell)
        scale = part.unit.scale(part.steps)
        points = content.latitude.size
        for block in content.blocks():
            rejects = self._add(part, block, bands, scale, room, int(part.steps[0]) - first)
            done = block.first_step * points + block.first_point + block.values.size
            share = min(done / (part.steps.size * points), 1.0)
            yield Chunk(rows={}, rejects=rejects, read=block.values.size, share=share)

    def _add(
        self, part: Part, block: Block, bands: cells.Bands, scale: Array, room: CellMeans, at: int
    ) -> list[Reject]:
        """Add a block's values in the table's unit; return those that are out of range."""
        band = bands.of(block)
        last = block.first_step + len(block.values)
        values = block.values[:, band.points] * scale[block.first_step : last, None]
        values += part.unit.offset
        wrong = series.outside(self.variable, values)
        rejects = []
        if wrong.any():
            rejects = [
                part.reject(block, int(i), int(band.points[j]), self.variable)
                for i, j in zip(*np.nonzero(wrong), strict=True)
            ]
            known = int((~np.isnan(values)).sum())
            series.refuse_outside(self.variable, rejects, known, part.name)
            values[wrong] = np.nan
        room.add(at + block.first_step, band, values)
        return rejects

    def _finish(self, means: dict[str, tuple[int, CellMeans]]) -> None:
        """Keep the steps of which something is known, and check them as a whole."""
        name = self.parts[0].name
        for column, (first, room) in means.items():
            values = room.means()
            known = np.flatnonzero((room.count > 0).any(axis=1))
            if not known.size:
                raise SourceUnreadable("grid_unknown", file=name, variable=self.variable)
            start = first
            if isinstance(self.parts[0].content, PointTable):
                values, start = values[known[0] : known[-1] + 1], first + int(known[0])
            flags = series.refuse_implausible(self.variable, self.cadence, start, values, name)
            if flags:
                self.facts["flags"] = ", ".join(flags)
            self.found[column] = start, values
        ends = [label(s, self.cadence) for s in self._ends()]
        self.facts["period"] = f"{ends[0]} – {ends[1]}"
        some = np.any([(~np.isnan(v)).any(axis=0) for _, v in self.found.values()], axis=0)
        self.facts["cells"] = f"{int(some.sum()):,} of {some.size:,} with values"

    def _ends(self) -> tuple[int, int]:
        first = min(first for first, _ in self.found.values())
        return first, max(first + len(means) - 1 for first, means in self.found.values())

    def _rows(self) -> Iterator[Chunk]:
        """The rows of the table; a scenario that lacks a step has no value in its row."""
        assert self.places is not None
        first, last = self._ends()
        whole = {}
        for column, (start, values) in self.found.items():
            room = np.full((last - first + 1, values.shape[1]), np.nan, dtype=np.float32)
            room[start - first : start - first + len(values)] = values
            whole[column] = room
        for at, step in cells.rows(list(whole.values()), ROWS):
            filled: dict[str, Column] = {
                name: values[step, at]
                for column, values in whole.items()
                for name in (self.parts[0].columns if column == "value" else [column])
            }
            keys: dict[str, Column] = {
                "grid_id": self.places.ids[at].astype(np.int32),
                series.time_column(self.cadence): series.times(first + step, self.cadence),
            }
            yield Chunk(rows={self.table: keys | filled}, share=0.95)

    def _of_file(self, part: Part, period: str) -> Provenance:
        kma = names.is_kma(part.file.name)
        return Provenance(
            name=f"{self.variable} {self.facts['scenario']}: {part.file.name}",
            provider=self.given.provider or part.content.provider or (KMA if kma else "not stated"),
            licence=self.given.licence or (LICENCE if kma else "not stated"),
            version=self.given.version or period,
            kind="observed" if part.members == 0 else "derived",
            period=self.given.period or period,
            method=f"{self.facts['set']}; {self.facts['resolution']}; unit: {self.facts['unit']}",
            file_name=part.file.name,
            file_sha256=part.file.sha256,
            members=part.members,
        )


def _open(files: Sequence[InputFile], given: Given) -> ClimateSeries:
    parts = [part for file in files for part in opening.parts(file, given)]
    opening.refuse_mixture(parts)
    first = parts[0]
    several = f" ({len(parts)} files)" if len(parts) > 1 else ""
    facts = {
        "format": f"{first.content.form}{several}",
        "variable": first.variable,
        "scenario": _scenarios(first),
        "set": _set(first.members),
        "unit": first.unit_said,
        "time": first.time_said,
    }
    return ClimateSeries(parts, given, facts)


def _scenarios(part: Part) -> str:
    """Names of the scenarios; history is that of all."""
    if part.read == ("value",) and len(part.columns) == len(SCENARIOS):
        return "history of all scenarios"
    return ", ".join(SCENARIOS[c] for c in part.columns)


def _set(members: int) -> str:
    """The kind of set in words."""
    if members == 0:
        return "observed"
    if members == 1:
        return "one model"
    return f"mean of {members} models: its extremes are damped, their spread is taken from stations"


def _publication(reading: Reading) -> Publication:
    assert isinstance(reading, ClimateSeries)
    return reading.publication()


SOURCE = Source(
    kind="climate",
    summary="Climate grids: KMA scenarios and observations as NetCDF, text or tables of points.",
    tables=tuple(f"{name}_data" for name in names.KNOWN),
    open=_open,
    publication=_publication,
    takes=frozenset({"scenario", "variable", "unit", "members", "resolution"}),
)
