"""What a report is made from: a portfolio, the stored results of a run, and what stands around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.horizons import BASELINE
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.domain.result import StatusArray
from modelops_core.domain.warming import Warming
from modelops_core.ports import Row
from modelops_core.services.report.portfolio.lenses import LensSet, Measure
from modelops_core.stages.totals import partly, subtotals


@dataclass(frozen=True, slots=True)
class District:
    """A sigungu or sido: its names."""

    code: str
    name_ko: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """The lens, scenario and horizon that tables of one combination are of."""

    lens: str
    scenario: str
    horizon: str
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """An earlier run at one combination: ``loss`` and ``base_aal`` are (peril, site)."""

    portfolio: Portfolio
    run: Row
    loss: Array
    base_aal: Array


@dataclass(frozen=True, kw_only=True)
class Material:
    """
    A finished run with all that its report says.

    ``loss`` [KRW a year] and ``status`` are (peril, combination, site), ``places`` columns (site,),
    ``rare`` by peril (period, site) at the focus, ``base_aal`` (peril, site) at the focus,
    ``flags`` by peril the flags of each site, ``sums`` by dimension the stored rows.
    """

    portfolio: Portfolio
    version: Row
    run: Row
    places: Mapping[str, Any]
    perils: Mapping[str, Peril]
    loss: Array
    status: StatusArray
    measures: Mapping[str, Measure]
    rare: Mapping[str, Array]
    base_aal: Array
    flags: Mapping[str, Sequence[tuple[str, ...]]]
    sums: Mapping[str, Sequence[Row]]
    districts: Mapping[str, District]
    lens_set: LensSet
    focus: Focus
    sources: Sequence[DataSource] = ()
    warming: Warming = field(default_factory=Warming)
    provinces: Sequence[Row] = ()
    former: Former | None = None
    #: the years of the storms behind the wind losses at the focus; None: not asked for
    storms: Row | None = None
    #: what the analyst says of the entity: name, reporting date, equity [KRW]
    entity: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def combinations(self) -> tuple[tuple[str, str], ...]:
        """Scenario and horizon of each combination."""
        return tuple(zip(self.run["ssp_scenario"], self.run["horizon"], strict=True))

    @cached_property
    def at(self) -> int:
        """The focus' position among the combinations."""
        return self.combinations.index((self.focus.scenario, self.focus.horizon))

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """Combinations that tables show: the baseline once, for it is the same in all scenarios."""
        first = self.combinations[0][0]
        return tuple(i for i, (s, h) in enumerate(self.combinations) if h != BASELINE or s == first)

    @cached_property
    def value(self) -> Array:
        """Asset value of each site [KRW], NaN unknown."""
        return np.asarray(self.places["asset_value"], dtype=float)

    @cached_property
    def counted(self) -> BoolArray:
        """Sites of known value: those that stand in sums."""
        return ~np.isnan(self.value)

    @cached_property
    def subtotals(self) -> Mapping[str, Array]:
        """Subtotals of each site's loss, (combination, site); NaN where no peril has a number."""
        return subtotals(self.loss, list(self.perils.values()))

    @cached_property
    def partly(self) -> Mapping[str, BoolArray]:
        """Where a subtotal lacks one of its perils and has others, (combination, site)."""
        return partly(self.loss, self.status, list(self.perils.values()))

    @property
    def grand(self) -> Array:
        """Loss of all perils without overlap, (combination, site)."""
        return self.subtotals["grand"]

    def baseline(self, combination: int) -> int:
        """The position of the baseline of a combination's scenario."""
        return self.combinations.index((self.combinations[combination][0], BASELINE))

    def district(self, code: str) -> District | None:
        """A sigungu or sido by its code, None where none is known."""
        return self.districts.get(code)
