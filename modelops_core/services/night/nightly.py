"""
The nightly run: climate in, H, P(H) and base AAL out, tile by tile (see ``tiles``).

Perils whose input is a basin mean are calculated once a basin, after the tiles have
given their sums, and spread over the basin's cells. One runs at a time; killed at any
instant it leaves complete tiles behind, and the next nightly run goes on with the others.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.parameters import ParameterFile, SetName
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk
from modelops_core.errors import ClaimLost, DatabaseUnavailable, NoResults, coded
from modelops_core.ports import (
    Block,
    ClimateReader,
    JobStore,
    ResultWriter,
    Row,
    Run,
    RunStore,
    SignalStore,
    Tile,
    TotalStore,
)
from modelops_core.services.night import basins, signals, totals
from modelops_core.services.night.basins import RegionSums
from modelops_core.services.night.code_version import code_version
from modelops_core.services.night.tiles import (
    METHOD_VERSION,
    STAGES,
    Clock,
    Plan,
    TileReport,
    store,
)

JOB = "nightly"
#: progress of the tiles; the rest is the basins'
TILES_SHARE = 95
#: tiles whose share of the basins' results is in memory at once
AT_ONCE = 8
Listener = Callable[[Step], None]


class Mapper(Protocol):
    """Runs :func:`run_tile` over tiles, somewhere, in any order."""

    def start(self) -> None:
        """Begin, without waiting for it, what must be ready before the first tile."""
        ...

    def __call__(self, plan: Plan, tiles: Sequence[Tile]) -> Iterable[TileReport]: ...


@dataclass(frozen=True)
class Night:
    """The ports of a nightly run."""

    reader: ClimateReader
    writer: ResultWriter
    runs: RunStore
    jobs: JobStore
    over_tiles: Mapper
    signals: SignalStore
    totals: TotalStore


@dataclass(frozen=True)
class Request:
    """What to calculate; *force* recalculates unchanged tiles."""

    perils: Mapping[str, Peril]
    parameters: ParameterFile
    set_name: SetName = "central"
    stages: tuple[str, ...] = STAGES
    tile_cells: int = 160
    force: bool = False


@dataclass
class Report:
    """What a nightly run did."""

    run_id: int
    cells: int = 0
    tiles: int = 0
    skipped: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    by_status: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, tile: TileReport) -> None:
        """Count a tile in."""
        self.cells += tile.cells
        self.tiles += 1
        self.skipped += tile.skipped
        for name, rows in tile.changed.items():
            self.changed[name] = self.changed.get(name, 0) + rows
        for name, rows in tile.by_status.items():
            self.by_status[name] = self.by_status.get(name, 0) + rows
        for name, seconds in tile.seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds


def run(night: Night, request: Request, progress: Listener = lambda *_: None) -> Report:
    """
    One nightly run; *progress* is called at each step with the tiles done and in all.

    Raises RunAlreadyActive where another one runs, NoResults without a grid. Whatever
    stops it, tiles that were written stay, and the next nightly run goes on with the others.
    """
    with night.runs.lock():
        tiles = night.reader.tiles(request.tile_cells)
        if not tiles:
            raise NoResults("grid_empty")
        params = {
            "stages": list(request.stages),
            "parameter_set": request.set_name,
            "tiles": len(tiles),
        }
        batch_id = night.jobs.create(JOB, params, len(tiles), running=True)
        try:
            return _run(night, request, tiles, batch_id, progress)
        except BaseException as error:
            with suppress(DatabaseUnavailable):  # the reason itself may be a lost database
                night.jobs.fail(batch_id, coded(error), traceback.format_exc())
            raise


def _run(
    night: Night,
    request: Request,
    tiles: Sequence[Tile],
    batch_id: str,
    progress: Listener,
) -> Report:
    began = time.perf_counter()
    night.over_tiles.start()
    plan = _plan(night, request, batch_id)
    report = Report(plan.run.run_id)
    _note(night, batch_id, 0, Step(StepKind.signals))
    progress(Step(StepKind.signals))
    lineage = signals.prepare(
        night.signals, request.parameters, plan.perils.values(), plan.run.run_id
    )
    report.seconds["signals"] = time.perf_counter() - began
    sums: list[RegionSums] = []
    for done in night.over_tiles(plan, tiles):
        report.add(done)
        if done.sums is not None:
            sums.append(done.sums)
        step = Step(StepKind.tile, done=report.tiles, total=len(tiles))
        share = TILES_SHARE * report.tiles // len(tiles)
        _note(night, batch_id, share, step, completed_items=report.tiles)
        progress(step)
    _note(night, batch_id, TILES_SHARE, Step(StepKind.basins))
    _basins(night, plan, sums, report)
    _totals(night, plan, report)
    report.seconds["wall"] = time.perf_counter() - began
    _finished(night, request, plan, batch_id, report, lineage)
    return report


def _note(night: Night, batch_id: str, progress: int, step: Step, **items: int | None) -> None:
    """Write the job's progress; raises ClaimLost where the job has ended or a worker has it."""
    if not night.jobs.progress(batch_id, progress, step, **items):
        raise ClaimLost


def _finished(
    night: Night, request: Request, plan: Plan, batch_id: str, report: Report, lineage: Row
) -> None:
    """Note what the run did, and from what."""
    counts = {
        "cells": report.cells,
        "tiles": report.tiles,
        "skipped": report.skipped,
        **report.changed,
    }
    inputs = {
        "parameter_hash": plan.digest,
        "code_version": code_version(request.perils),
        "tile_cells": request.tile_cells,
        **lineage,
    }
    night.runs.finish(plan.run.run_id, inputs=inputs, counts=counts, durations=report.seconds)
    night.jobs.complete(
        batch_id, {**counts, "by_status": report.by_status, "seconds": report.seconds}
    )


def _basins(night: Night, plan: Plan, sums: Sequence[RegionSums], report: Report) -> None:
    """The perils of basins, once all tiles have given their sums."""
    perils = tuple(plan.regional())
    if not perils or not sums:
        return
    ordered = sorted(sums, key=lambda part: int(part.cells[0]))
    climate = basins.means(ordered, night.reader.basin_population(), night.reader.basin_outlets())

    def spread(risks: list[CellRisk]) -> Iterator[Block]:
        for first in range(0, len(ordered), AT_ONCE):
            yield basins.spread(ordered[first : first + AT_ONCE], climate, risks)

    # the cells of each basin belong to the fingerprint: they decide which rows are written
    marked = climate.with_values(members=np.concatenate([part.cells for part in ordered]))
    basin = store(plan, "basins", marked, perils, night.writer, Clock(), spread)
    basin.cells, basin.skipped = 0, False
    report.add(basin)
    report.tiles -= 1


def _totals(night: Night, plan: Plan, report: Report) -> None:
    """All perils together, once every result is written."""
    clock = Clock()
    changed = report.changed.get("probability_results", 0) > 0
    totals.keep(night.totals, plan.perils, plan.run.run_id, changed)
    clock.lap("totals")
    report.seconds |= clock.laps


def _plan(night: Night, request: Request, batch_id: str) -> Plan:
    needs = frozenset[str]().union(*(peril.requires for peril in request.perils.values()))
    storms = night.reader.storms() if "storm_tracks" in needs else None
    digest = request.parameters.digest(request.set_name)
    content = {
        section: {key: p.under(request.set_name) for key, p in entries.items()}
        for section, entries in request.parameters.sections.items()
    }
    parameters = {
        "parameter_hash": digest,
        "name": request.set_name,
        "version": request.parameters.version,
        "content": content,
    }
    run_id = night.runs.begin(batch_id, request.stages, parameters)
    edges = request.parameters.params("frame")["level_edges"]
    info = Run(
        run_id, METHOD_VERSION, tuple(edges), {key: _units(p) for key, p in request.perils.items()}
    )
    return Plan(
        dict(request.perils),
        request.parameters,
        request.set_name,
        request.stages,
        storms,
        info,
        request.force,
    )


def _units(peril: Peril) -> str:
    """Units of the statistics behind H, in their order."""
    return "; ".join(statistic.unit for statistic in peril.hazard)
