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
    edges = damage.edges(p)
    thresholds = np.stack(
        [inundation.driver(np.asarray(e), terms, p) + 0 * distribution.mu for e in edges]
    )

    def damaged(driver: Array) -> Array:
        return damage.ratio(peril, inundation.depth(driver, terms, p), p, curve)

    probability, ratio = extremes.bin_losses(
        distribution, thresholds, damaged, damage.at_edges(peril, p, curve)[1:], p
    )
    known = np.where(n > 0, 1.0, np.nan)
    spread = _spread(
        peril,
        inundation,
        distribution.kappa,
        n,
        terms,
        thresholds,
        p,
        moments,
        curve,
        of_bins,
        shape,
    )
    return Estimate(
        n=n,
        edges=edges,
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
class _Spread:
    """Sampling intervals of AAL [fraction] and of the bins; NaN where nothing was sampled."""

    low: Array
    high: Array
    p_low: Array
    p_high: Array


def _spread(
    peril: Peril,
    inundation: Inundation,
    kappa: Array,
    n: Array,
    terms: Terms,
    thresholds: Array,
    p: Params,
    moments: tuple[Array, Array] | None,
    curve: str,
    of_bins: bool,
    shape: str,
) -> _Spread:
    bins = (thresholds.shape[0] + 1, *np.shape(n))
    out = _Spread(*(np.full(s, np.nan) for s in (np.shape(n), np.shape(n), bins, bins)))
    if moments is None:
        return out
    h, weights = damage.quadrature(peril, p, curve)
    x = inundation.driver(h[:, None, None], terms, p) + 0 * moments[0]
    tails = [p["jeffreys_tail"], 1 - p["jeffreys_tail"]]
    for size in np.unique(n[np.isfinite(n) & (n >= p["minimum_years"])]):
        at = n == size
        sample = moments[0][at], moments[1][at], _draws(peril, int(size), kappa[at], p, shape)
        losses = survival.bootstrap_losses(*sample, x[:, at], weights)
        out.low[at], out.high[at] = np.quantile(losses, p["interval"], axis=1)
        if of_bins:
            inside = survival.bootstrap_bins(*sample, thresholds[:, at])
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
