"""P(H) and base AAL of a depth of water whose driver has a known distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Fitted, Inundation, Peril, Terms
from modelops_core.domain.result import Estimate
from modelops_core.indicators.gev import Gev
from modelops_core.stages import damage, extremes, survival


def inundated(
    peril: Peril,
    inundation: Inundation,
    distribution: Gev,
    n: Array,
    terms: Terms,
    p: Params,
    *,
    estimator: str,
    details: Mapping[str, Array],
    moments: tuple[Array, Array] | None = None,
    curve: str = "commercial",
    of_bins: bool = True,
    shape: str = "rain_shape",
) -> Estimate:
    """
    P(H) and base AAL of a driver's *distribution* where *terms* hold; (scenario, cell) or
    (combination, site). A sample's *moments* (l₁, l₂) give the intervals, shapes drawn about *shape*.
    """
    water = _Water(peril, inundation, terms, p, curve)
    thresholds = water.thresholds(distribution)
    probability, ratio = extremes.bin_losses(
        distribution, thresholds, water.damaged, damage.at_edges(peril, p, curve)[1:], p
    )
    known = np.where(n > 0, 1.0, np.nan)
    sample = _Sample(n, moments, distribution.kappa, shape)
    spread = _spread(water, sample, thresholds, of_bins)
    return Estimate(
        n=n,
        edges=damage.edges(p),
        p=probability * known,
        p_low=spread.p_low,
        p_high=spread.p_high,
        damage_ratio=ratio * known,
        aal=100 * (probability * ratio).sum(axis=0) * known,
        aal_p05=100 * spread.low,
        aal_p95=100 * spread.high,
        estimator=estimator,
        details={**details, "threshold": thresholds[0]},
    )


@dataclass(frozen=True, slots=True)
class _Water:
    """A peril's water where *terms* hold: depth and damage of a driver, and the driver of a depth."""

    peril: Peril
    inundation: Inundation
    terms: Terms
    p: Params
    curve: str

    def thresholds(self, distribution: Gev) -> Array:
        """The driver at each edge of the bins, (bin − 1, …) as the *distribution*."""
        edges = damage.edges(self.p)
        drivers = [self.inundation.driver(np.asarray(e), self.terms, self.p) for e in edges]
        return np.stack([driver + 0 * distribution.mu for driver in drivers])

    def damaged(self, driver: Array) -> Array:
        """Base damage ratio of a driver's value."""
        depth = self.inundation.depth(driver, self.terms, self.p)
        return damage.ratio(self.peril, depth, self.p, self.curve)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What is resampled: *n* years with moments (l₁, l₂), and the shape their samples have."""

    n: Array
    moments: tuple[Array, Array] | None
    kappa: Array
    shape: str


@dataclass(frozen=True, slots=True)
class _Spread:
    """Sampling intervals of AAL [fraction] and of the bins; NaN where nothing was sampled."""

    low: Array
    high: Array
    p_low: Array
    p_high: Array


def _spread(water: _Water, sample: _Sample, thresholds: Array, of_bins: bool) -> _Spread:
    n, moments, p = sample.n, sample.moments, water.p
    bins = (thresholds.shape[0] + 1, *np.shape(n))
    out = _Spread(*(np.full(s, np.nan) for s in (np.shape(n), np.shape(n), bins, bins)))
    if moments is None:
        return out
    h, weights = damage.quadrature(water.peril, p, water.curve)
    x = water.inundation.driver(h[:, None, None], water.terms, p) + 0 * moments[0]
    tails = [p["jeffreys_tail"], 1 - p["jeffreys_tail"]]
    for size in np.unique(n[np.isfinite(n) & (n >= p["minimum_years"])]):
        at = n == size
        draws = _draws(water.peril, int(size), sample.kappa[at], p, sample.shape)
        drawn = moments[0][at], moments[1][at], draws
        losses = survival.bootstrap_losses(*drawn, x[:, at], weights)
        out.low[at], out.high[at] = np.quantile(losses, p["interval"], axis=1)
        if of_bins:
            inside = survival.bootstrap_bins(*drawn, thresholds[:, at])
            out.p_low[:, at], out.p_high[:, at] = np.quantile(inside, tails, axis=2)
    return out


def _draws(peril: Peril, n: int, kappa: Array, p: Params, shape: str) -> survival.Curves | Gev:
    """Refitted samples of *n* years: about the set's *shape*, or of each column's own shape where that is free."""
    index = isinstance(peril.frequency, Fitted) and shape == peril.frequency.shape
    if index and extremes.free_shape(p):
        return survival.free_draws(
            int(p["seed_salt"]), peril.key, n, int(p["bootstrap_fitted"]), kappa
        )
    low, high = p["rain_shape_clip"]
    spread = (float(p[shape]), float(p["rain_shape_sd"]), float(low), float(high))
    return survival.curves(int(p["seed_salt"]), peril.key, n, int(p["bootstrap_fitted"]), spread)
