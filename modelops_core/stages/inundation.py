"""P(H) and base AAL of a depth of water whose driver has a known distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Fitted, Inundation, Peril, Terms
from modelops_core.domain.result import Estimate
from modelops_core.indicators.gev import Gev
from modelops_core.stages import damage, extremes, joint, resampling, survival

T = TypeVar("T")
#: the term that says which share of the wet places is wetted at all
WET_SHARE = "wet_share"


@dataclass(frozen=True, slots=True)
class Water:
    """
    One peril's water: its way from driver to depth, and the damage curve.

    ``of_bins`` asks for intervals of P(H) too, not only of the AAL.
    """

    peril: Peril
    inundation: Inundation
    p: Params
    curve: str = "commercial"
    of_bins: bool = True

    def levels(self, terms: Terms) -> tuple[Array, Array]:
        """Return the driver at the depths of the quadrature (node, …), and the weights (node,)."""
        h, weights = damage.quadrature(self.peril, self.p, self.curve)
        return self.inundation.driver(h[:, None, None], terms, self.p), weights

    def thresholds(self, terms: Terms) -> Array:
        """The driver at the inner edges of the classes of depth, (edge, …)."""
        edges = damage.edges(self.p)
        found = [self.inundation.driver(np.asarray(e), terms, self.p) for e in edges]
        return np.stack([np.asarray(f) for f in found])

    def damaged(self, driver: Array, terms: Terms) -> Array:
        """Base damage ratio of a driver."""
        return damage.ratio(
            self.peril, self.inundation.depth(driver, terms, self.p), self.p, self.curve
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """Sampling intervals of AAL [fraction] and of the classes; NaN where nothing was sampled."""

    low: Array
    high: Array
    p_low: Array
    p_high: Array


class Intervals(Protocol):
    """Where sampling intervals come from."""

    def spread(self, water: Water, n: Array, terms: Terms) -> Spread: ...


def inundated(
    water: Water,
    distribution: Gev,
    n: Array,
    terms: Terms,
    *,
    estimator: str,
    details: Mapping[str, Array],
    intervals: Intervals | None = None,
) -> Estimate:
    """Return P(H) and base AAL of a driver; (scenario, cell) or (combination, site)."""
    p = water.p
    thresholds = water.thresholds(terms) + 0 * distribution.mu
    probability, ratio = extremes.bin_losses(
        distribution,
        thresholds,
        lambda driver: water.damaged(driver, terms),
        damage.at_edges(water.peril, p, water.curve)[1:],
        p,
    )
    known = np.where(n > 0, 1.0, np.nan)
    probability = wetted(probability, terms) * known
    aal = (probability * ratio).sum(axis=0)
    found = _around(_sampling(water, n, terms, intervals), aal, probability)
    return Estimate(
        n=n,
        edges=damage.edges(p),
        p=probability,
        p_low=found.p_low,
        p_high=found.p_high,
        damage_ratio=ratio * known,
        aal=100 * aal,
        aal_p05=100 * found.low,
        aal_p95=100 * found.high,
        estimator=estimator,
        details={**details, "threshold": thresholds[0]},
    )


def _sampling(water: Water, n: Array, terms: Terms, intervals: Intervals | None) -> Spread:
    """The sampling intervals, where there are any."""
    if intervals is None:
        return _unsampled(n, damage.edges(water.p).size + 1)
    return _wetted_spread(intervals.spread(water, n, terms), terms)


def wetted(probability: Array, terms: Terms) -> Array:
    """The classes (bin, …) where only a share of the places is wetted."""
    if WET_SHARE not in terms:
        return probability
    wet = probability[1:] * terms[WET_SHARE]
    return np.concatenate([1 - wet.sum(axis=0, keepdims=True), wet])


def _wetted_spread(found: Spread, terms: Terms) -> Spread:
    share = terms.get(WET_SHARE)
    if share is None:
        return found
    low, high = found.p_low * share, found.p_high * share
    low[0], high[0] = (1 - share * (1 - edge[0]) for edge in (found.p_low, found.p_high))
    return Spread(found.low * share, found.high * share, low, high)


def _around(found: Spread, aal: Array, probability: Array) -> Spread:
    """Intervals that hold their own estimate, which a quantile of few draws may miss by a hair."""
    return Spread(
        np.minimum(found.low, aal),
        np.maximum(found.high, aal),
        np.minimum(found.p_low, probability),
        np.maximum(found.p_high, probability),
    )


def _unsampled(n: Array, bins: int) -> Spread:
    one, many = np.full(np.shape(n), np.nan), np.full((bins, *np.shape(n)), np.nan)
    return Spread(one, one, many, many)


@dataclass(frozen=True, slots=True)
class Sampled:
    """
    Intervals of a window's own sample, whose L-moments are redrawn.

    ``shape`` names the parameter that holds the shape of the distribution.
    """

    l1: Array
    l2: Array
    kappa: Array
    shape: str

    def spread(self, water: Water, n: Array, terms: Terms) -> Spread:
        """A parametric bootstrap of the window; the protection level stays."""
        p = water.p
        levels, weights = water.levels(terms)
        x, thresholds = levels + 0 * self.l1, water.thresholds(terms) + 0 * self.l1
        out = _unsampled(n, len(thresholds) + 1)
        out = replace(out, high=out.high.copy(), p_high=out.p_high.copy())
        tails = [p["jeffreys_tail"], 1 - p["jeffreys_tail"]]
        for size in np.unique(n[np.isfinite(n) & (n >= p["minimum_years"])]):
            at = n == size
            drawn = _draws(water.peril, int(size), self.kappa[at], p, self.shape)
            sample = self.l1[at], self.l2[at], drawn
            losses = survival.bootstrap_losses(*sample, x[:, at], weights)
            out.low[at], out.high[at] = resampling.quantiles(losses, p["interval"])
            if water.of_bins:
                inside = survival.bootstrap_bins(*sample, thresholds[:, at])
                out.p_low[:, at], out.p_high[:, at] = resampling.quantiles(inside, tails)
        return out


def _draws(peril: Peril, n: int, kappa: Array, p: Params, shape: str) -> survival.Curves | Gev:
    """
    Return refitted samples of *n* years.

    They are drawn about the shape that the parameter *shape* holds, or about each column's own
    where that is free.
    """
    index = isinstance(peril.frequency, Fitted) and shape == peril.frequency.shape
    if index and extremes.free_shape(p):
        return survival.free_draws(
            int(p["seed_salt"]), peril.key, n, int(p["bootstrap_fitted"]), kappa
        )
    low, high = p["rain_shape_clip"]
    spread = (float(p[shape]), float(p["rain_shape_sd"]), float(low), float(high))
    return survival.curves(int(p["seed_salt"]), peril.key, n, int(p["bootstrap_fitted"]), spread)


class _Once(Generic[T]):
    """
    As functools.cached_property, which up to Python 3.11 holds one lock for all objects.

    Perils and sites are calculated by several threads at once: that lock made them wait for each
    other. Two threads that ask the same object for the first time may both calculate.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, one: Any, owner: type | None = None) -> T:
        found: T = self._function(one)
        one.__dict__[self._name] = found  # what is found there is not asked of this again
        return found


@dataclass(frozen=True)
class Together:
    """
    Intervals of a baseline that follows the warming, protection and window from one draw.

    ``place`` describes the columns. Losses of the draws are calculated at the factors asked for,
    or, where there is a ``response``, once at some warmings and interpolated between them.
    """

    water: Water
    drawn: joint.Draws
    place: Terms
    response: Response | None = None

    @_Once
    def _terms(self) -> Terms:
        return self.water.inundation.terms(self.drawn.gev.level, self.place, self.water.p)

    @_Once
    def _levels(self) -> tuple[Array, Array]:
        return self.water.levels(self._terms)

    @_Once
    def _thresholds(self) -> Array:
        return self.water.thresholds(self._terms) + 0 * self.drawn.gev.mu

    def of(self, factor: Array) -> Spread:
        """
        Return the intervals where the driver is *factor* times the baseline's.

        *factor* is (window, draw, column).
        """
        loss = joint.losses(self.drawn, *self._levels, factor)
        return self._spread(loss, self._beyond(factor) if self.water.of_bins else None)

    def _beyond(self, factor: Array) -> Array:
        return joint.exceedance(self.drawn, self._thresholds, factor)

    @_Once
    def _tables(self) -> tuple[joint.Table, joint.Table | None]:
        """Loss, and exceedances where bins are wanted, of every draw by warming."""
        assert self.response is not None
        nodes = self.response.nodes
        factors = np.exp(self.response.slope[None] * nodes[:, None, None])
        loss = joint.Table.of(nodes, joint.losses(self.drawn, *self._levels, factors))
        if not self.water.of_bins:
            return loss, None
        return loss, joint.Table.of(nodes, self._beyond(factors).swapaxes(0, 1))

    def at(self, kelvin: Array) -> Spread:
        """The intervals at some warmings (window,) of the response."""
        loss, beyond = self._tables
        return self._spread(
            loss.at(kelvin), None if beyond is None else beyond.at(kelvin).swapaxes(0, 1)
        )

    def _spread(self, losses: Array, beyond: Array | None) -> Spread:
        """Quantiles over the draws, the last axis; *beyond* (edge, window, column, draw)."""
        p = self.water.p
        low, high = resampling.quantiles(losses, p["interval"])
        if beyond is None:
            empty = np.full((len(self._thresholds) + 1, *low.shape), np.nan)
            return Spread(low, high, empty, empty)
        certain = np.ones_like(beyond[:1])
        inside = np.maximum(-np.diff(np.concatenate([certain, beyond, 0 * certain]), axis=0), 0.0)
        tails = [p["jeffreys_tail"], 1 - p["jeffreys_tail"]]
        p_low, p_high = resampling.quantiles(inside, tails)
        return Spread(low, high, p_low, p_high)


@dataclass(frozen=True, slots=True)
class Response:
    """The response in each draw [1/K], (draw, column), and the table's warmings [K], (node,)."""

    slope: Array
    nodes: Array


@dataclass(frozen=True, slots=True)
class Warmer:
    """The intervals of one window whose factor is the response to its warming [K], (window,)."""

    together: Together
    kelvin: Array

    def spread(self, water: Water, n: Array, terms: Terms) -> Spread:
        """As :meth:`Together.at`."""
        return self.together.at(self.kelvin)


@dataclass(frozen=True, slots=True)
class Window:
    """The intervals of one window of a baseline that follows the warming."""

    together: Together
    factor: Array

    def spread(self, water: Water, n: Array, terms: Terms) -> Spread:
        """As :meth:`Together.of`."""
        return self.together.of(self.factor)
