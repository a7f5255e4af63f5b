"""
The calculation of a portfolio: block by block, by the stages of a single site.

    places → E, V, loss of every peril, scenario and horizon → rows → sums

A block is read, calculated and written whole; a run that was cut off goes on after the last
whole block. Sites near each other share a block, so that few cells are read for each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.job import Step, StepKind
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.result import KEPT
from modelops_core.errors import InvalidInput, NoResults, RunLost
from modelops_core.ports import Progress, Row
from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.services.portfolio import block, loss_sums, summary
from modelops_core.services.portfolio.at_sites import spread_out, unknown
from modelops_core.services.portfolio.block import BlockInputs
from modelops_core.services.portfolio.loss_sums import Sums
from modelops_core.services.portfolio.placing import PlacedSites
from modelops_core.services.portfolio.portfolio_ports import BlockResults, PortfolioRun, Ports

JOB = "portfolio"
#: sites that are read, calculated and written at once
BLOCK = 1000
#: scenario and horizon of each combination
COMBINATIONS = tuple((scenario, horizon) for scenario in SCENARIOS for horizon in HORIZONS)
#: blocks that are read and calculated while one is written
AHEAD = 2
#: side of the squares by which sites are ordered [°]
NEAR = 0.1
#: progress when the blocks are done
BLOCKS_DONE = 95


@dataclass(frozen=True, slots=True)
class Request:
    """Which portfolio, and the year that ages count to."""

    version_id: int
    as_of: int
    block_sites: int = BLOCK


def request(params: Row) -> Request:
    """A job's parameters as a request; raises InvalidInput naming the field that is wrong."""
    known = {"version_id", "as_of", "block_sites"}
    if extra := set(params) - known:
        raise InvalidInput("unknown_request_field", field=extra, known=known)
    values = {}
    for name, value in params.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InvalidInput("not_a_number", field=name, value=value)
        values[name] = value
    if lacking := {"version_id", "as_of"} - values.keys():
        raise InvalidInput("not_a_number", field=min(lacking), value=None)
    return Request(**values)


@dataclass
class Flags:
    """Codes of combinations of flags, the same in all blocks of a run."""

    codes: dict[tuple[str, ...], int] = field(default_factory=dict)

    def code(self, names: tuple[str, ...]) -> int:
        """The code of a combination, a new one where it is new."""
        return self.codes.setdefault(names, len(self.codes))


@dataclass(frozen=True)
class _Calculation:
    """One run on its way."""

    portfolio: Portfolio
    request: Request
    ports: Ports
    run: PortfolioRun
    night: int
    flags: Flags

    def read(self, at: IntArray) -> BlockInputs:
        """What the sites at the positions *at* are calculated of."""
        return block.inputs(self.portfolio, at, self.request.as_of, self.ports)

    def block(self, number: int, at: IntArray, read: BlockInputs) -> BlockResults:
        """The results of the sites at the positions *at*."""
        ports, found = self.ports, read.placed
        results, named = block.calculated(self.portfolio, read, len(COMBINATIONS), ports)
        before = len(self.flags.codes)
        flags = {key: self._codes(names) for key, names in named.items()}
        where = np.flatnonzero(np.isin(at, found.at))
        whole = {
            key: spread_out(one, unknown(ports.perils[key], len(COMBINATIONS), at.size), where)
            for key, one in results.items()
        }
        return BlockResults(
            block=number,
            sites=at,
            places=block.place_columns(self.portfolio, at, found, ports),
            results=whole,
            flags={key: _codes_of_all(self, codes, at, found) for key, codes in flags.items()},
            new_flags={c: names for names, c in self.flags.codes.items() if c >= before},
        )

    def _codes(self, names: Sequence[tuple[str, ...]]) -> IntArray:
        return np.array([self.flags.code(one) for one in names], dtype=np.int64)


def run(asked: Request, ports: Ports, progress: Progress, batch_id: str) -> Row:
    """Calculate a portfolio, or the rest of it; the summary of the run."""
    progress(0, Step(StepKind.inputs))
    portfolio = ports.portfolios.read(asked.version_id)
    night = _night(ports)
    facts = {
        "nightly_run_id": night,
        "method_version": METHOD_VERSION,
        "parameter_set": "central",
        "parameter_hash": ports.parameters.digest(),
        "as_of": asked.as_of,
        "ssp_scenario": [scenario for scenario, _ in COMBINATIONS],
        "horizon": [horizon for _, horizon in COMBINATIONS],
        "return_periods": list(KEPT),
        "block_sites": asked.block_sites,
    }
    begun = ports.runs.begin(batch_id, asked.version_id, facts)
    flags = Flags({names: code for code, names in begun.flags.items()})
    calculation = _Calculation(portfolio, asked, ports, begun, night, flags)
    sums, grand, places = _blocks(calculation, progress)
    progress(BLOCKS_DONE, Step(StepKind.portfolio_sums), len(portfolio))
    found = summary.of(portfolio, sums, grand, places, COMBINATIONS)
    if not begun.finished:
        ports.runs.finish(begun.run_id, summary.rows(sums, ports.perils), found)
    brief = {name: value for name, value in found.items() if name != "concentration"}
    return {"run_id": begun.run_id, "version_id": asked.version_id, **brief}


def blocks(portfolio: Portfolio, size: int) -> list[IntArray]:
    """Positions of the sites of each block: those of one neighbourhood together."""
    rows, columns = (
        np.nan_to_num(np.floor(axis / NEAR), nan=-1e6)
        for axis in (portfolio.latitude, portfolio.longitude)
    )
    order = np.lexsort((np.arange(len(portfolio)), columns, rows)).astype(np.int64)
    return [order[start : start + size] for start in range(0, order.size, size)]


def _night(ports: Ports) -> int:
    """The last nightly run; raises NoResults without one and where its numbers are not today's."""
    last = ports.last_night()
    if last is None:
        raise NoResults
    if last[1] != ports.parameters.digest():
        raise NoResults("night_outdated")
    return last[0]


def _blocks(calculation: _Calculation, progress: Progress) -> tuple[Sums, Array, Mapping[str, Any]]:
    """
    Calculate the blocks that lack; the sums, the loss of each site and where the sites lie.

    The next block is calculated while this one is written.
    """
    portfolio, ports, run_id = calculation.portfolio, calculation.ports, calculation.run.run_id
    perils = tuple(ports.perils)
    total: Sums | None = None
    grand = np.full((len(COMBINATIONS), len(portfolio)), np.nan)
    places: dict[str, Any] = {
        "problem": np.full(len(portfolio), "", dtype=object),
        "asset_value": np.full(len(portfolio), np.nan),
    }
    done = 0
    for at, lacks, found in _found(calculation, perils):
        results = found.result()
        if lacks:
            _same_night(calculation)
            ports.runs.write(run_id, results)
        own = _sums(portfolio, results, ports.perils)
        total = own if total is None else total.plus(own)
        grand[:, at] = loss_sums.grand_loss(results.results, ports.perils)
        for name, column in places.items():
            column[at] = results.places[name]
        done += at.size
        step = Step(StepKind.portfolio, done=done, total=len(portfolio))
        progress(BLOCKS_DONE * done // len(portfolio), step, done)
    if total is None:
        raise InvalidInput("portfolio_empty")
    return total, grand, places


def _found(
    calculation: _Calculation, perils: Sequence[str]
) -> Iterator[tuple[IntArray, bool, Future[BlockResults]]]:
    """
    Each block with its results to come: calculated, or read where it is whole already.

    While one is written, the next is calculated and what the one after it needs is read.
    """
    store, begun = calculation.ports.runs, calculation.run

    def made(number: int, at: IntArray, read: Future[BlockInputs] | None) -> BlockResults:
        if read is None:
            return store.read(begun.run_id, number, perils)
        return calculation.block(number, at, read.result())

    ahead = deque[tuple[IntArray, bool, Future[BlockResults]]]()
    with (
        ThreadPoolExecutor(1, thread_name_prefix="portfolio reading") as reading,
        ThreadPoolExecutor(1, thread_name_prefix="portfolio") as calculating,
    ):
        for number, at in enumerate(blocks(calculation.portfolio, calculation.request.block_sites)):
            lacks = number not in begun.blocks
            read = reading.submit(calculation.read, at) if lacks else None
            ahead.append((at, lacks, calculating.submit(made, number, at, read)))
            if len(ahead) > AHEAD:
                yield ahead.popleft()
        yield from ahead


def _same_night(calculation: _Calculation) -> None:
    """Raise RunLost where a nightly run has ended meanwhile: cells of two would stand together."""
    last = calculation.ports.last_night()
    if last is None or last[0] != calculation.night:
        raise RunLost("night_changed")


def _codes_of_all(
    calculation: _Calculation, codes: IntArray, at: IntArray, found: PlacedSites
) -> IntArray:
    """The code of each site of a block; a site without a place has the error's code as flag."""
    made = {i: code for i, code in zip(found.at.tolist(), codes.tolist(), strict=True)}
    made |= {i: calculation.flags.code((why,)) for i, why in found.problems.items()}
    return np.array([made[i] for i in at.tolist()], dtype=np.int64)


def _sums(portfolio: Portfolio, found: BlockResults, perils: Mapping[str, Peril]) -> Sums:
    """The sums of a block by all dimensions."""
    at, places = found.sites, found.places
    district = places["district_code"].astype(str)
    dimensions = {
        "all": np.full(at.size, "", dtype=object),
        "sido": np.array([code[:2] for code in district], dtype=object),
        "sigungu": district.astype(object),
        "use": places["use_group"],
        "industry": portfolio.industry[at],
        "group": portfolio.group[at],
        "basin": places["basin_code"],
        "cell": np.array([str(i) if i >= 0 else "" for i in places["grid_id"]], dtype=object),
    }
    return loss_sums.of_sites(found.results, perils, places["asset_value"], dimensions)
