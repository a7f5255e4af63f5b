"""What the services need from the outside, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from modelops_core.domain.answer import Answer
from modelops_core.domain.climate import Array, Climate, IntArray, Storms
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.dataset import Column, Dataset, Provenance
from modelops_core.domain.gauges import FlowRecord
from modelops_core.domain.job import Job, Step
from modelops_core.domain.result import CellRisk
from modelops_core.domain.site import Site
from modelops_core.domain.source import InputFile, Load, Publication
from modelops_core.domain.warming import Warming
from modelops_core.domain.window_means import (
    GridMeans,
    Places,
    Span,
    StationRain,
    WindowMeans,
)
from modelops_core.errors import ModelOpsError
from modelops_core.stages.totals import CellTotals

Row = dict[str, Any]
#: peril, scenario and horizon
RateKey = tuple[str, str, str]
#: AALs by peril, scenario and horizon, ascending [% a year]
Rates = Mapping[RateKey, Array]
#: a word in lower case, first as it was typed, then as it is written today
Spellings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A stretch of grid ids, both ends included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site lies: its climate cell, its district and what was found there."""

    site: Site
    grid_id: int
    cell_latitude: float
    cell_longitude: float
    district_code: str
    district: str
    district_en: str
    building: Row | None


@dataclass(frozen=True, slots=True)
class Run:
    """One nightly run: what its rows are marked with."""

    run_id: int
    method_version: str
    level_edges: tuple[float, ...]
    #: peril → unit of its statistics
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResponseSummary:
    """
    One variable's response to warming over all cells of the grid.

    ``median``, ``low`` and ``high`` [1/K for relative changes, else unit/K] are the 50th, 5th and
    95th percentile of the cells' pooled responses; None where no cell has one. ``flagged`` counts
    the cells that carry each of ``warming.SIGNAL_FLAGS``.
    """

    cells: int
    median: float | None
    low: float | None
    high: float | None
    flagged: Mapping[str, int]


#: some cells and their results: what is in memory at once
Block = tuple[Climate, Sequence[CellRisk]]


class ClimateReader(Protocol):
    """Inputs of the nightly run."""

    def tiles(self, size: int) -> Sequence[Tile]: ...

    def tile(self, tile: Tile, variables: Iterable[str]) -> Climate: ...

    def storms(self) -> Storms: ...

    def basin_population(self) -> Mapping[str, Mapping[int, float]]: ...

    def basin_outlets(self) -> Mapping[str, FlowRecord]: ...


class SignalStore(Protocol):
    """What the response to warming is found from, and where it is kept."""

    def places(self) -> Places: ...

    def first_year(self, variable: str) -> int | None: ...

    def grid_means(self, variable: str) -> GridMeans: ...

    def window_means(
        self, variable: str, windows: Sequence[Span], months: int = 0
    ) -> WindowMeans: ...

    def maxima(self, variable: str, span: Span) -> Array: ...

    def members(self, variable: str) -> int | None: ...

    def station_rain(self) -> StationRain: ...

    def write(
        self,
        warming: Warming,
        signals: Mapping[str, Mapping[str, Array]],
        flags: Mapping[str, Sequence[str]],
        run_id: int,
    ) -> int: ...


class ResponseReader(Protocol):
    """What the last nightly run found of the data's warming and of the response to it."""

    def warming(self) -> Warming: ...

    def summaries(self) -> Mapping[str, ResponseSummary]: ...


class ResultWriter(Protocol):
    """Results of the nightly run; one transaction a tile."""

    def fingerprints(self, tile: str) -> Mapping[str, str]: ...

    def write(
        self, tile: str, blocks: Iterable[Block], run: Run, fingerprints: Mapping[str, str]
    ) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class CellLosses:
    """Base AAL [%/yr] of several perils with its status (-1: no result), each (peril, cell)."""

    perils: tuple[str, ...]
    aal: Array
    status: IntArray


class LossReader(Protocol):
    """Base AAL of several perils, cell by cell."""

    def losses(
        self, risk_types: Sequence[str], ssp_scenario: str, horizon: str, cells: IntArray
    ) -> CellLosses: ...


class StoredTotals(Protocol):
    """Totals of all perils that the last nightly run stored."""

    def stored(
        self, risk_types: Sequence[str], ssp_scenario: str, horizon: str, cells: IntArray
    ) -> CellTotals | None: ...


class TotalStore(LossReader, StoredTotals, Protocol):
    """What totals are made from at the end of a nightly run, and where they are kept."""

    def cells(self) -> IntArray: ...

    def keep(self, run_id: int, risk_types: Sequence[str]) -> bool: ...

    def store(
        self,
        run_id: int,
        risk_types: Sequence[str],
        cells: IntArray,
        parts: Iterable[tuple[str, str, CellTotals]],
    ) -> int: ...


class PlaceReader(Protocol):
    """What is found at a point."""

    def place(self, latitude: float, longitude: float) -> Place: ...


class NameReader(Protocol):
    """Places by what they are called."""

    def districts(self, words: Sequence[Spellings], limit: int) -> Sequence[Row]: ...

    def landmarks(self, words: Sequence[Spellings], limit: int) -> Sequence[Row]: ...

    def postcode(self, code: str) -> Sequence[Row]: ...

    def parcel(self, number: str, limit: int) -> Sequence[Row]: ...

    def town_of_parcel(self, number: str) -> Sequence[Row]: ...

    def addresses(
        self, keys: Sequence[str], building: str, words: Sequence[Spellings], limit: int
    ) -> Sequence[Row]: ...

    def loaded(self) -> Row: ...


class PortfolioPlaces(Protocol):
    """
    Places of many sites at once.

    Districts are sigungu by their codes of five digits, distances are in m. Rows of ``addresses``
    and ``parcels`` have the ``key`` that was asked for, ``name``, ``road`` (whether the key is a
    road's), ``latitude`` and ``longitude``; ``towns`` have ``admin_code``, ``admin_name`` and a
    position.
    """

    def districts_at(
        self, latitude: Array, longitude: Array
    ) -> tuple[npt.NDArray[np.object_], Array]: ...

    def distances(
        self, codes: npt.NDArray[np.object_], latitude: Array, longitude: Array
    ) -> Array: ...

    def district_names(self) -> Mapping[str, str]: ...

    def addresses(self, keys: Sequence[str]) -> Sequence[Row]: ...

    def parcels(self, numbers: Sequence[str]) -> Sequence[Row]: ...

    def towns(self) -> Sequence[Row]: ...


class GaugeReader(Protocol):
    """River gauges about a point."""

    def along(
        self, river_name: str, latitude: float, longitude: float, within: float
    ) -> Sequence[FlowRecord]: ...


class CellReader(Protocol):
    """Stored H and P(H) of one cell."""

    def cell(self, grid_id: int) -> tuple[Sequence[Row], Sequence[Row]]: ...

    def estimates(self, grid_id: int) -> tuple[Sequence[Row], Sequence[Row]]: ...


class RankReader(Protocol):
    """What a site is ranked among."""

    def run(self) -> int | None: ...

    def cells(self) -> Rates: ...

    def peers(self, answer: Answer) -> Rates: ...


class SourceReader(Protocol):
    """What is loaded, and where it comes from."""

    def all(self) -> Sequence[DataSource]: ...


class SiteWriter(Protocol):
    """Results of one assessment."""

    def exposure(self, rows: Sequence[Row]) -> int: ...

    def vulnerability(self, rows: Sequence[Row]) -> int: ...

    def aal_scaled(self, rows: Sequence[Row]) -> int: ...


class Progress(Protocol):
    """The callback of a job: *progress* 0 to 100 %, what begins now, and items completed."""

    def __call__(self, progress: int, step: Step, completed: int | None = None) -> None: ...


class JobStore(Protocol):
    """batch_jobs."""

    def create(
        self, job_type: str, params: Row, total: int | None = None, *, running: bool = False
    ) -> str: ...

    def progress(
        self, batch_id: str, progress: int, step: Step | None = None, **items: int | None
    ) -> bool: ...

    def complete(self, batch_id: str, results: Row) -> None: ...

    def fail(self, batch_id: str, why: ModelOpsError | str, trace: str | None = None) -> None: ...

    def get(self, batch_id: str) -> Job: ...


class RunStore(Protocol):
    """runs and parameter_sets, and the nightly run's lock."""

    def lock(self) -> AbstractContextManager[None]: ...

    def begin(self, batch_id: str, stages: Sequence[str], parameters: Row) -> int: ...

    def finish(self, run_id: int, **details: Row) -> None: ...


class DatasetWriter(Protocol):
    """Tables filled from datasets."""

    def present(self, table: str) -> bool: ...

    def write(self, dataset: Dataset) -> int: ...


class LoadStore(Protocol):
    """Loads of files, staged in chunks and published at once."""

    def lock(self, kind: str) -> AbstractContextManager[None]: ...

    def places(self) -> Places: ...

    def in_force(self, kind: str, fingerprint: str) -> Load | None: ...

    def staged(self, kind: str) -> Load | None: ...

    def begin(
        self,
        kind: str,
        fingerprint: str,
        files: Sequence[InputFile],
        given: Mapping[str, str],
        tables: Sequence[str],
        by: str | None = None,
    ) -> Load: ...

    def append(self, load: Load, rows: Mapping[str, Mapping[str, Column]]) -> Load: ...

    def publish(
        self,
        load: Load,
        what: Publication,
        sources: Mapping[str, Sequence[Provenance]],
        facts: Mapping[str, str],
        rejects: int,
    ) -> Mapping[str, int]: ...
