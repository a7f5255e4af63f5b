"""Calculates expected losses of a stock of buildings from stored results, by the site stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.parameters import ParameterFile, Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import Status, StatusArray
from modelops_core.domain.site import Site, Sites
from modelops_core.ports import SignalStore, StoredTotals
from modelops_core.stages import asset, vulnerability
from modelops_core.stages.site import CellValues, assess, assess_exposure

#: peril, scenario, horizon
Key = tuple[str, str, str]
#: what an AAL follows from: key → name → mean, weighted by the value in each cell
Causes = Mapping[Key, Mapping[str, float]]
#: sites calculated at once
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CellColumns:
    """One peril, scenario and horizon over all cells, each (cell,)."""

    ids: IntArray
    hazard: Array
    hazard_status: StatusArray
    aal: Array
    aal_status: StatusArray
    details: Mapping[str, Array]

    @property
    def assessed(self) -> Array:
        """AAL [% a year] of the cells that have a number and to which the peril applies."""
        return self.aal[(self.aal_status <= Status.low_confidence) & ~np.isnan(self.aal)]


@dataclass(frozen=True, slots=True)
class StoredCells:
    """Stored results by (peril, scenario, horizon)."""

    columns: Mapping[Key, CellColumns]

    def combinations(self, peril: str) -> list[tuple[str, str]]:
        """Scenarios and horizons stored of *peril*, in their own order."""
        return [(s, h) for s in SCENARIOS for h in HORIZONS if (peril, s, h) in self.columns]


@dataclass(frozen=True, slots=True)
class Stock:
    """Buildings of the register: a sample of ``total``, and the climate cell of each, (site,)."""

    rows: tuple[Site, ...]
    cell: IntArray
    total: int


def values_by_cell(stock: Stock, value: Array) -> dict[int, float]:
    """Value [KRW] of the stock in each cell; sites of unknown value weigh nothing."""
    ids, place = np.unique(stock.cell, return_inverse=True)
    summed = np.bincount(place, weights=np.nan_to_num(value))
    return dict(zip(ids.tolist(), summed.tolist(), strict=True))


class Reader(Protocol):
    """Where stock and results come from."""

    def stock(self, most: int) -> Stock: ...

    def cells(self) -> StoredCells: ...

    def mean_drivers(self, weights: Mapping[int, float]) -> Causes: ...

    def signal_store(self) -> SignalStore: ...

    def provinces(self) -> Mapping[int, str]: ...

    def totals(self) -> StoredTotals: ...


@dataclass(frozen=True, slots=True)
class PerilLosses:
    """One peril over the stock: value (site,) [KRW], loss (combination, site) [KRW/year] or NaN."""

    combinations: list[tuple[str, str]]
    value: Array
    loss: Array
    #: AAL of each site's cell, as on the map [% a year], (combination, site)
    cell_aal: Array

    def weighted(self) -> Array:
        """Value-weighted AAL [% of value a year], (combination,); NaN where no site is assessed."""
        return 100.0 * _ratio(self.loss, self.value)

    def value_weighted_cells(self) -> Array:
        """As above for the cells' AAL: on the bank, at the reference quay, of average V."""
        return _ratio(self.cell_aal * self.value, self.value)

    def share(self) -> Array:
        """Share of the value that is assessed, (combination,)."""
        known = np.where(np.isnan(self.loss), 0.0, self.value)
        shared: Array = np.nansum(known, axis=1) / np.nansum(self.value)
        return shared


def _ratio(loss: Array, value: Array) -> Array:
    weight = np.where(np.isnan(loss) | np.isnan(value), 0.0, value).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Array = np.nansum(loss, axis=1) / np.where(weight > 0, weight, np.nan)
    return result


def losses(peril: Peril, stock: Stock, cells: StoredCells, p: Params, as_of: int) -> PerilLosses:
    """Expected losses of the stock by the product's own site stages."""
    combinations = cells.combinations(peril.key)
    parts = [
        _part(peril, sites, cell, cells, combinations, p, as_of) for sites, cell in _chunks(stock)
    ]
    value, loss, cell_aal = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    return PerilLosses(combinations, value, loss, cell_aal)


def _chunks(stock: Stock) -> Iterator[tuple[Sites, IntArray]]:
    for start in range(0, len(stock.rows), CHUNK):
        part = slice(start, start + CHUNK)
        yield Sites.of(stock.rows[part]), stock.cell[part]


def _part(
    peril: Peril,
    sites: Sites,
    cell: IntArray,
    cells: StoredCells,
    combinations: Sequence[tuple[str, str]],
    p: Params,
    as_of: int,
) -> tuple[Array, Array, Array]:
    known = asset.described(sites, as_of)
    values = _cell_values(peril.key, cell, cells, combinations)
    exposed = assess_exposure(peril, known, p)
    found = assess(peril, known, values, exposed, vulnerability.assess(peril, known, p), p)
    loss = np.where(np.isnan(exposed.asset_value), np.nan, found.scaled.expected_loss)
    return (
        exposed.asset_value,
        loss,
        np.where(values.aal_status == Status.not_assessed, np.nan, values.aal),
    )


def _cell_values(
    peril: str, cell: IntArray, cells: StoredCells, combinations: Sequence[tuple[str, str]]
) -> CellValues:
    """The cells' results at the sites, (combination, site)."""
    columns = [cells.columns[peril, s, h] for s, h in combinations]
    at = [np.searchsorted(c.ids, cell) for c in columns]

    def stacked(read: Sequence[Any]) -> Any:
        return np.stack([array[i] for array, i in zip(read, at, strict=True)])

    return CellValues(
        hazard=stacked([c.hazard for c in columns]),
        hazard_status=stacked([c.hazard_status for c in columns]),
        aal=stacked([c.aal for c in columns]),
        # without an interval of the cells none of the sites is drawn
        aal_p05=stacked([np.nan * c.aal for c in columns]),
        aal_p95=stacked([np.nan * c.aal for c in columns]),
        aal_status=stacked([c.aal_status for c in columns]),
        details={name: stacked([c.details[name] for c in columns]) for name in columns[0].details},
    )


def all_losses(
    stock: Stock,
    cells: StoredCells,
    perils: Mapping[str, Peril],
    parameters: ParameterFile,
    as_of: int,
) -> dict[str, PerilLosses]:
    """Every peril that the nightly run has calculated."""
    return {
        key: losses(peril, stock, cells, parameters.params(key), as_of)
        for key, peril in perils.items()
        if cells.combinations(key)
    }


def subtotal(found: Mapping[str, PerilLosses], perils: Mapping[str, Peril], kind: str) -> Array:
    """
    Loss [KRW/year] of the perils of one *kind*, (combination, site).

    Of overlapping perils the largest member counts; unassessed ones add nothing and are
    reported by their share.
    """
    alone = [np.zeros_like(next(iter(found.values())).loss)]
    groups: dict[str, dict[str, Array]] = {}
    for key, one in found.items():
        peril = perils[key]
        if peril.kind != kind:
            continue
        loss = np.nan_to_num(one.loss)
        if peril.overlap is None:
            alone.append(loss)
        else:
            group, member = peril.overlap
            members = groups.setdefault(group, {})
            members[member] = members.get(member, 0.0) + loss
    largest = [np.maximum.reduce(list(members.values())) for members in groups.values()]
    total: Array = np.sum([*alone, *largest], axis=0)
    return total
