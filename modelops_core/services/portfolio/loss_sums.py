"""
Sums over the sites of a portfolio, as arrays: what may be added, and what stands beside it.

Expected losses add whatever depends on what; a rate is their sum over the sum of the values
(METHOD §11). The yearly losses' spread has two bounds only: all sites move as one, or none
depends on another. A value without a number is counted beside the sums and never in them. A
subtotal that lacks a peril at a site is partial: the value of such sites stands beside it. Where no
interval or no spread of a loss is known, none is put in its place: what the ends and the spread are
of is summed beside them.

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
from modelops_core.domain.result import FILED, KEPT, Status, StatusArray
from modelops_core.stages.site import AtSites
from modelops_core.stages.totals import SUBTOTALS, members, partly, subtotals

#: period [years] → measure: the sum of all sites' losses in their own year of that period
RARE = {period: f"rare_loss_{period}" for period in FILED}
#: what is summed; money in KRW, losses in KRW a year
MEASURES = (
    "sites",
    "loss",
    "loss_p05",
    "loss_p95",
    "interval_loss",
    "interval_sites",
    "exposed_value",
    "assessed_value",
    "low_confidence_value",
    "not_assessed_value",
    "not_applicable_value",
    "deviation",
    "variance",
    "deviation_loss",
    *RARE.values(),
    "rare_part",
    "partly_assessed_value",
)
#: measures of the value by status, in the order of Status
BY_STATUS = (
    "assessed_value",
    "low_confidence_value",
    "not_assessed_value",
    "not_applicable_value",
)
#: the dimension that has one key, of all sites
WHOLE = "all"
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

    def partial(self, dimension: str, quantity: str) -> Array:
        """
        Share of the value where a subtotal lacks a peril's number, (key, combination).

        0 of a single peril, NaN where no value is known.
        """
        parts = [self.of(dimension, name, quantity) for name in BY_STATUS]
        total = sum(parts, np.zeros_like(parts[0]))
        own = self.of(dimension, "partly_assessed_value", quantity)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(own / np.where(total > 0, total, np.nan))

    def interval(self, dimension: str, quantity: str) -> tuple[Array, Array]:
        """
        Sums of the losses at the ends of their intervals [KRW a year], each (key, combination).

        They are of ``interval_loss``, the part of the loss of which an interval is known; NaN
        where there is no such part.
        """
        names = ("loss_p05", "loss_p95", "interval_loss", "interval_sites")
        low, high, loss, sites = (self.of(dimension, name, quantity) for name in names)
        known = (loss > 0) | (sites > 0)
        return np.where(known, low, np.nan), np.where(known, high, np.nan)

    def without(self, dimension: str, part: str, quantity: str) -> Array:
        """Share of the loss that is not in *part*, such as ``interval_loss``; NaN without loss."""
        loss, known = (self.of(dimension, name, quantity) for name in ("loss", part))
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 1 - known / np.where(loss > 0, loss, np.nan)
        return np.asarray(np.maximum(share, 0.0))

    def volatility(self, dimension: str, quantity: str) -> tuple[Array, Array]:
        """
        Bounds of the yearly loss's standard deviation [KRW], each (key, combination).

        The lower one holds where no site depends on another, the upper one where all move as one.
        They are of ``deviation_loss``, the part of the loss whose spread is known; NaN where
        there is a loss and no such part.
        """
        names = ("variance", "deviation", "deviation_loss", "loss", "sites")
        variance, high, part, loss, sites = (self.of(dimension, name, quantity) for name in names)
        known = (part > 0) | ((loss == 0) & (sites > 0))
        return np.where(known, np.sqrt(variance), np.nan), np.where(known, high, np.nan)


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
    values = measures(results, [perils[key] for key in results], value)[..., counted]
    shape = values.shape[:-1]
    by_site = np.ascontiguousarray(values.reshape(int(np.prod(shape)), -1).T)
    groups = {
        name: _grouped(by_site, keys[counted], shape, ("",) if name == WHOLE else ())
        for name, keys in dimensions.items()
    }
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
    all_loss = _with_subtotals(loss, perils)
    beneath = np.concatenate([exposed, np.broadcast_to(value, (len(SUBTOTALS), *loss.shape[1:]))])
    statuses = np.concatenate([status, _subtotal_status(status, loss, perils)])
    by_status = [np.where(statuses == code, value, 0.0) for code in range(len(BY_STATUS))]
    known = ~np.isnan(all_loss)
    found: Array = np.nan_to_num(
        np.stack(
            [
                known.astype(float),
                all_loss,
                *_intervals(results, loss, perils),
                np.where(known, beneath, np.nan),
                *by_status,
                *_deviations(results, loss, perils),
                *_rare_years(results, loss),
                _partly(loss, status, perils) * value,
            ]
        )
    )
    return found


def _intervals(
    results: Mapping[str, AtSites], loss: Array, perils: Sequence[Peril]
) -> tuple[Array, Array, Array, Array]:
    """
    Losses at both ends, the loss that they are of, and whether that is all of the site's loss.

    Each (quantity, combination, site). A peril whose interval is unknown is in none of them.
    """
    exposed = np.stack([one.exposed_value for one in results.values()])[:, None, :]
    low, high = (
        np.stack([getattr(one, end) for one in results.values()]) / 100 * exposed
        for end in ("aal_p05", "aal_p95")
    )
    known = ~(np.isnan(loss) | np.isnan(low) | np.isnan(high))
    low, high, part = (
        _with_subtotals(np.where(known, one, np.nan), perils) for one in (low, high, loss)
    )
    lacking = ~np.isnan(loss) & ~known
    lacks = np.concatenate(
        [lacking, np.stack([lacking[m].any(axis=0) for m in members(perils).values()])]
    )
    return low, high, part, (~np.isnan(part) & ~lacks).astype(float)


def _deviations(
    results: Mapping[str, AtSites], loss: Array, perils: Sequence[Peril]
) -> tuple[Array, Array, Array]:
    """Standard deviations, variances and the loss whose spread they are, as of _intervals."""
    spread = np.stack([one.deviation for one in results.values()])
    part = _with_subtotals(np.where(np.isnan(spread), np.nan, loss), perils)
    deviation, variance = (_spreads(one, perils) for one in (spread, spread**2))
    return deviation, variance, part


def _rare_years(results: Mapping[str, AtSites], loss: Array) -> list[Array]:
    """
    Losses of the rare years of RARE, and the expected loss of what has them, as of _intervals.

    NaN of perils without a distribution, and of subtotals: two perils share no rare year.
    """
    nothing = np.full(loss.shape[1:], np.nan)
    none = np.full((len(SUBTOTALS), *loss.shape[1:]), np.nan)
    found = []
    for period in RARE:
        at = KEPT.index(period)
        own = [
            nothing if one.return_losses is None else one.return_losses[at]
            for one in results.values()
        ]
        found.append(np.concatenate([np.stack(own), none]))
    known = ~np.isnan(np.stack(found)).any(axis=0)
    part = np.concatenate([loss, none])
    return [*(np.where(known, one, np.nan) for one in found), np.where(known, part, np.nan)]


def _with_subtotals(loss: Array, perils: Sequence[Peril]) -> Array:
    return np.concatenate([loss, np.stack(list(subtotals(loss, perils).values()))])


def _partly(loss: Array, status: StatusArray, perils: Sequence[Peril]) -> BoolArray:
    """Where a quantity lacks the number of one of its perils, as _intervals; a peril never."""
    own = partly(loss, status, perils)
    return np.concatenate([np.zeros(loss.shape, dtype=bool), np.stack(list(own.values()))])


def _subtotal_status(status: StatusArray, loss: Array, perils: Sequence[Peril]) -> Array:
    """As that of a cell's total: weak where a member is, or has no number."""
    found = []
    for positions in members(perils).values():
        own, known = status[positions], ~np.isnan(loss[positions])
        weak = (own == Status.low_confidence).any(axis=0) | (own == Status.not_assessed).any(axis=0)
        some = np.where(weak, Status.low_confidence, Status.ok)
        excluded = (own == Status.not_applicable).all(axis=0)
        some = np.where(excluded, Status.not_applicable, some)
        found.append(np.where(known.any(axis=0), some, Status.not_assessed))
    return np.stack(found)


def _spreads(spread: Array, perils: Sequence[Peril]) -> Array:
    """Of each peril, then of all members of a subtotal: overlaps are not taken out of a spread."""
    own = np.nan_to_num(spread)
    return np.concatenate([own, np.stack([own[m].sum(axis=0) for m in members(perils).values()])])


def _grouped(
    by_site: Array, keys: Keys, shape: tuple[int, ...], always: Sequence[str] = ()
) -> Group:
    """
    Sum the rows of *by_site* (site, value) by key; the values of a key have *shape*.

    The keys *always* are there without a site too.
    """
    every = np.concatenate([keys.astype(str), np.asarray(always, dtype=str)])
    names, inverse = np.unique(every, return_inverse=True)
    cells = inverse[: keys.size], np.arange(keys.size)
    one = sparse.csr_matrix((np.ones(keys.size), cells), (names.size, keys.size))
    return Group(tuple(names.tolist()), np.asarray(one @ by_site).reshape(names.size, *shape))
