"""What the calculation of a portfolio needs from the outside: the ports of many sites at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.gauges import FlowRecord
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.portfolio.places import FoundPlaces
from modelops_core.ports import Row
from modelops_core.stages.site import AtSites, CellArrays


class SitePlaceReader(Protocol):
    """What is found at many points."""

    def places(self, latitude: Array, longitude: Array) -> FoundPlaces: ...


class SiteGaugeReader(Protocol):
    """River gauges about many points, each with its river."""

    def along_each(
        self,
        river_names: Sequence[str],
        latitude: Sequence[float],
        longitude: Sequence[float],
        within: float,
    ) -> list[list[FlowRecord]]: ...


class CellArrayReader(Protocol):
    """Stored H and P(H) of many cells."""

    def cells(
        self,
        cells: IntArray,
        perils: Sequence[str],
        detailed: Sequence[str],
        in_classes: Sequence[str],
    ) -> Mapping[str, CellArrays]: ...


class PortfolioReader(Protocol):
    """Portfolios as they were read."""

    def read(self, version_id: int) -> Portfolio: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockResults:
    """
    Some sites of a run: their positions in the portfolio, what was taken of them, their results.

    ``places`` are the columns of ``portfolio_run_sites`` but the keys, (site,).
    """

    block: int
    sites: IntArray
    places: Mapping[str, Any]
    results: Mapping[str, AtSites]
    #: peril → the code of each site's flags
    flags: Mapping[str, IntArray]
    #: codes that no block before has
    new_flags: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PortfolioRun:
    """
    A run that is to be calculated: the blocks that are whole, and the flags known so far.

    It has *finished* where its job was cut off after that.
    """

    run_id: int
    blocks: frozenset[int]
    flags: Mapping[int, tuple[str, ...]]
    finished: bool = False


class PortfolioRunStore(Protocol):
    """Runs of portfolios; a block is one transaction."""

    def begin(self, batch_id: str, version_id: int, facts: Row) -> PortfolioRun: ...

    def write(self, run_id: int, results: BlockResults) -> None: ...

    def read(self, run_id: int, block: int, perils: Sequence[str]) -> BlockResults: ...

    def finish(self, run_id: int, sums: Iterable[Row], summary: Row) -> None: ...


@dataclass(frozen=True)
class Ports:
    """What the calculation of a portfolio reads and writes."""

    portfolios: PortfolioReader
    places: SitePlaceReader
    gauges: SiteGaugeReader
    cells: CellArrayReader
    runs: PortfolioRunStore
    perils: Mapping[str, Peril]
    parameters: ParameterFile
    #: id and parameter hash of the last finished nightly run; None before the first
    last_night: Callable[[], tuple[int, str] | None]
