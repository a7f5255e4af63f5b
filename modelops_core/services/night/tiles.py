"""One tile of the nightly run: read → fingerprint → unchanged? skip : calculate → write."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from modelops_core.domain.climate import Climate, Storms
from modelops_core.domain.parameters import ParameterFile, SetName
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import CellRisk, Status
from modelops_core.domain.variables import VARIABLES
from modelops_core.domain.warming import Signal, Warming
from modelops_core.ports import Block, ClimateReader, ResultWriter, Run, Tile
from modelops_core.services.night import basins
from modelops_core.services.night.basins import RegionSums
from modelops_core.services.night.code_version import code_version
from modelops_core.stages.evaluate import cell_risks
from modelops_core.stages.needs import reads

#: raised by hand when the published method changes; changes of the code show by themselves
METHOD_VERSION = "2"
STAGES = ("hazard", "probability")
#: every tile reads these, whatever the perils need
ALWAYS = frozenset({"latitude", "longitude", "coast_distance_m", "basin_code", "elevation_m"})


@dataclass(frozen=True)
class Plan:
    """What a nightly run calculates; picklable, so that any process or machine can take a tile."""

    perils: Mapping[str, Peril]
    parameters: ParameterFile
    set_name: SetName
    stages: tuple[str, ...]
    storms: Storms | None
    run: Run
    force: bool = False

    @property
    def digest(self) -> str:
        return self.parameters.digest(self.set_name)

    def local(self) -> Iterator[Peril]:
        """Perils of the cells themselves."""
        return (peril for peril in self.perils.values() if peril.regional is None)

    def regional(self) -> Iterator[Peril]:
        """Perils of the basins."""
        return (peril for peril in self.perils.values() if peril.regional is not None)

    def variables(self) -> frozenset[str]:
        """The union of what the tiles must read under the parameter set."""
        own = (
            reads(peril, self.parameters.params(peril.key, self.set_name)) for peril in self.local()
        )
        basin = (peril.regional_requires for peril in self.regional())
        return ALWAYS.union(*own, *basin)


@dataclass
class TileReport:
    """What became of a tile."""

    tile: str
    cells: int
    skipped: bool
    changed: Mapping[str, int] = field(default_factory=dict)
    by_status: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    sums: RegionSums | None = None


def calculate(plan: Plan, climate: Climate, perils: Iterable[Peril]) -> list[CellRisk]:
    """The pure heart of the nightly run."""
    return [
        risk
        for peril in perils
        for risk in cell_risks(peril, climate, plan.parameters.params(peril.key, plan.set_name))
    ]


def run_tile(plan: Plan, tile: Tile, reader: ClimateReader, writer: ResultWriter) -> TileReport:
    """Read, compare, calculate, write one tile; gives the tile's part of the basin sums."""
    clock = Clock()
    climate = reader.tile(tile, plan.variables() & frozenset(VARIABLES))
    if plan.storms is not None:
        climate = climate.with_values(storm_tracks=plan.storms)
    clock.lap("read")
    sums = basins.sums(climate, plan.regional(), plan)
    report = store(plan, str(tile), climate, plan.local(), writer, clock)
    report.sums = sums
    return report


def store(
    plan: Plan,
    name: str,
    climate: Climate,
    perils: Iterable[Peril],
    writer: ResultWriter,
    clock: Clock,
    spread: Callable[[list[CellRisk]], Iterable[Block]] | None = None,
) -> TileReport:
    """Calculate and write, unless nothing changed since the tile was last written."""
    perils = tuple(perils)
    mark = fingerprint(plan, climate, perils)
    before = {} if plan.force else writer.fingerprints(name)
    due = {stage: mark for stage in plan.stages if before.get(stage) != mark}
    clock.lap("fingerprint")
    if not due:
        return TileReport(name, climate.cells.size, skipped=True, seconds=clock.laps)
    risks = calculate(plan, climate, perils)
    clock.lap("calculate")
    counts = dict.fromkeys((s.name for s in Status), 0)
    blocks = [(climate, risks)] if spread is None else spread(risks)
    changed = writer.write(name, _counted(blocks, counts), plan.run, due)
    clock.lap("write")
    return TileReport(name, climate.cells.size, False, changed, counts, clock.laps)


def fingerprint(plan: Plan, climate: Climate, perils: Sequence[Peril]) -> str:
    """A hash of everything the results depend on: inputs, numbers, perils, code."""
    digest = hashlib.blake2b(digest_size=16)
    versions = (
        METHOD_VERSION,
        code_version(peril.key for peril in perils),
        plan.digest,
        sorted(p.key for p in perils),
        climate.scenarios,
    )
    digest.update(repr(versions).encode())
    for array in (climate.years, climate.cells):
        digest.update(array.tobytes())
    for name in sorted(climate.values):
        digest.update(name.encode())
        _feed(digest, climate.values[name])
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, Storms):
        for array in (
            value.season,
            value.start,
            value.time,
            value.latitude,
            value.longitude,
            value.pressure,
        ):
            digest.update(array.tobytes())
    elif isinstance(value, Warming):
        digest.update(str(value).encode())
    elif isinstance(value, Signal):
        for part in value.arrays():
            digest.update(part.tobytes())
    elif value.dtype.kind in "OU":
        digest.update("\0".join(map(str, value)).encode())
    else:
        digest.update(np.ascontiguousarray(value))


def _counted(blocks: Iterable[Block], counts: dict[str, int]) -> Iterator[Block]:
    """*blocks* as they are, with their rows by status added to *counts* on the way."""
    for climate, risks in blocks:
        for risk in risks:
            for code, n in zip(*np.unique(risk.estimate_status, return_counts=True), strict=True):
                counts[Status(int(code)).name] += int(n)
        yield climate, risks


class Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = self.laps.get(name, 0.0) + now - self._last
        self._last = now
