"""
Sums over the sites of a portfolio, as arrays: what may be added, and what stands beside it.

Expected losses add whatever depends on what; a rate is their sum over the sum of the values
(METHOD §11). The yearly losses' spread has two bounds only: all sites move as one, or none
depends on another. A value without a number is counted beside the sums and never in them.

Sums of two parts of a portfolio add up to those of the whole, so that blocks are summed as they
come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import Status, StatusArray
from modelops_core.stages.site import AtSites
from modelops_core.stages.totals import SUBTOTALS, subtotals

#: what is summed; money in KRW, losses in KRW a year
MEASURES = (
    "sites",
    "loss",
    "loss_p05",
    "loss_p95",
    "exposed_value",
    "assessed_value",
    "low_confidence_value",
    "not_assessed_value",
    "not_applicable_value",
    "deviation",
    "variance",
)
#: measures of the value by status, in the order of Status
BY_STATUS = (
    "assessed_value",
    "low_confidence_value",
    "not_assessed_value",
    "not_applicable_value",
)
Keys = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Group:
    """Sums of one dimension: its keys and (key, measure, quantity, combination)."""

    keys: tuple[str, ...]
    values: Array

    def plus(self, other: Group) -> Group:
        """The sums of both; keys in alphabetical order."""
        keys = tuple(sorted({*self.keys, *other.keys}))
        position = {key: i for i, key in enumerate(keys)}
        values = np.zeros((len(keys), *self.values.shape[1:]))
        for part in (self, other):
            values[[position[key] for key in part.keys]] += part.values
        return Group(keys, values)


@dataclass(frozen=True, slots=True)
class Sums:
    """
    Sums by dimension. ``quantities`` are the perils, then SUBTOTALS.

    ``value`` is that of all sites whose value is known [KRW], ``unknown_value`` the number of the
    others, which stand in no sum.
    """

    quantities: tuple[str, ...]
    groups: Mapping[str, Group]
    value: float
    sites: int
    unknown_value: int

    def plus(self, other: Sums) -> Sums:
        """The sums of two portfolios that share no site."""
        groups = {name: group.plus(other.groups[name]) for name, group in self.groups.items()}
        return Sums(
            self.quantities,
            groups,
            self.value + other.value,
            self.sites + other.sites,
            self.unknown_value + other.unknown_value,
        )

    def of(self, dimension: str, measure: str, quantity: str) -> Array:
        """One measure of a quantity, (key, combination)."""
        group = self.groups[dimension]
        return group.values[:, MEASURES.index(measure), self.quantities.index(quantity)]

    def rate(self, dimension: str, quantity: str) -> Array:
        """Value-weighted AAL [% a year], (key, combination); NaN where no site has a number."""
        loss, value = (self.of(dimension, name, quantity) for name in ("loss", "exposed_value"))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(100 * loss / np.where(value > 0, value, np.nan))

    def coverage(self, dimension: str, quantity: str) -> Array:
        """Share of the value that has a number or that the peril excludes, (key, combination)."""
        parts = [self.of(dimension, name, quantity) for name in BY_STATUS]
        total = sum(parts, np.zeros_like(parts[0]))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(1 - parts[Status.not_assessed] / np.where(total > 0, total, np.nan))

    def volatility(self, dimension: str, quantity: str) -> tuple[Array, Array]:
        """
        Bounds of the yearly loss's standard deviation [KRW], each (key, combination).

        The lower one holds where no site depends on another, the upper one where all move as one.
        """
        low = np.sqrt(self.of(dimension, "variance", quantity))
        return low, self.of(dimension, "deviation", quantity)


def of_sites(
    results: Mapping[str, AtSites],
    perils: Mapping[str, Peril],
    value: Array,
    dimensions: Mapping[str, Keys],
) -> Sums:
    """
    Sum *results* of some sites by the keys of each dimension, (site,) texts.

    *value* is the asset value [KRW] of each site, NaN where unknown.
    """
    quantities = (*results, *SUBTOTALS)
    counted = ~np.isnan(value)
    values = measures(results, [perils[key] for key in results], value)
    groups = {name: _grouped(values, counted, keys) for name, keys in dimensions.items()}
    return Sums(
        quantities,
        groups,
        float(value[counted].sum()),
        value.size,
        int((~counted).sum()),
    )


def grand_loss(results: Mapping[str, AtSites], perils: Mapping[str, Peril]) -> Array:
    """Expected loss of all perils at each site [KRW a year], (combination, site); NaN: unknown."""
    loss = np.stack([one.expected_loss for one in results.values()])
    return subtotals(loss, [perils[key] for key in results])["grand"]


def measures(results: Mapping[str, AtSites], perils: Sequence[Peril], value: Array) -> Array:
    """MEASURES of each site, (measure, quantity, combination, site); 0 where there is no number."""
    loss = np.stack([one.expected_loss for one in results.values()])
    status = np.stack([one.status for one in results.values()])
    exposed = np.stack([one.exposed_value + 0 * one.expected_loss for one in results.values()])
    spread = np.stack([one.deviation for one in results.values()])
    low, high = (
        np.stack([_bound(one, getattr(one, end)) for one in results.values()])
        for end in ("aal_p05", "aal_p95")
    )
    all_loss, low, high = (_with_subtotals(one, perils) for one in (loss, low, high))
    known = ~np.isnan(all_loss)
    beneath = np.concatenate([exposed, np.broadcast_to(value, (len(SUBTOTALS), *loss.shape[1:]))])
    statuses = np.concatenate([status, _subtotal_status(status, loss, perils)])
    by_status = [np.where(statuses == code, value, 0.0) for code in range(len(BY_STATUS))]
    deviation, variance = (_spreads(one, perils) for one in (spread, spread**2))
    parts = [known.astype(float), all_loss, low, high, np.where(known, beneath, np.nan)]
    found: Array = np.nan_to_num(np.stack([*parts, *by_status, deviation, variance]))
    return found


def _bound(one: AtSites, rate: Array) -> Array:
    """The loss at one end of the interval; the central one where the end is unknown."""
    at_end = rate / 100 * one.exposed_value
    return np.where(np.isnan(at_end), one.expected_loss, at_end)


def _with_subtotals(loss: Array, perils: Sequence[Peril]) -> Array:
    return np.concatenate([loss, np.stack(list(subtotals(loss, perils).values()))])


def _members(perils: Sequence[Peril]) -> list[list[int]]:
    """Positions of the perils in each of SUBTOTALS."""
    physical, operating = (
        [i for i, peril in enumerate(perils) if peril.kind == kind]
        for kind in ("physical", "operating")
    )
    return [physical, physical, operating, sorted(physical + operating)]


def _subtotal_status(status: StatusArray, loss: Array, perils: Sequence[Peril]) -> Array:
    """As that of a cell's total: weak where a member is, or has no number."""
    found = []
    for members in _members(perils):
        own, known = status[members], ~np.isnan(loss[members])
        weak = (own == Status.low_confidence).any(axis=0) | (own == Status.not_assessed).any(axis=0)
        some = np.where(weak, Status.low_confidence, Status.ok)
        excluded = (own == Status.not_applicable).all(axis=0)
        some = np.where(excluded, Status.not_applicable, some)
        found.append(np.where(known.any(axis=0), some, Status.not_assessed))
    return np.stack(found)


def _spreads(spread: Array, perils: Sequence[Peril]) -> Array:
    """Of each peril, then of all members of a subtotal: overlaps are not taken out of a spread."""
    own = np.nan_to_num(spread)
    return np.concatenate([own, np.stack([own[m].sum(axis=0) for m in _members(perils)])])


def _grouped(values: Array, counted: BoolArray, keys: Keys) -> Group:
    """Sum the columns of *values* (…, site) that are counted by key."""
    texts = keys[counted].astype(str)
    names, inverse = np.unique(texts, return_inverse=True)
    shape = (names.size, texts.size)
    one = sparse.csr_matrix((np.ones(texts.size), (inverse, np.arange(texts.size))), shape=shape)
    own = values[..., counted]
    summed = one @ own.reshape(int(np.prod(own.shape[:-1])), texts.size).T
    return Group(tuple(names.tolist()), np.asarray(summed).reshape(names.size, *own.shape[:-1]))
