"""P(H) and base AAL by counting years: empirical perils and storm ensembles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.parameters import Params
from modelops_core.domain.result import Estimate
from modelops_core.indicators import jeffreys
from modelops_core.stages import resampling


def annual_terms(
    x: Array, weights: Array, edges: Array, damage: Callable[[Array], Array]
) -> tuple[Array, Array]:
    """
    Each year's share in every bin, and its damage there.

    Parameters
    ----------
    x : (scenario, year, member, cell) float
        Intensity; NaN in any member makes the year unknown.
    weights : (member,) float, sum 1
    edges : (bin − 1,) ascending; a value on an edge belongs to the bin above
    damage : base damage ratio of an intensity

    Returns
    -------
    share, loss : (bin, scenario, year, cell); loss = Σ weights · damage inside the bin
    """
    unknown = np.isnan(x).any(axis=2)
    bins = np.searchsorted(edges, x, side="right")
    ratio = damage(x) * weights[:, None]
    inside = [bins == i for i in range(edges.size + 1)]
    share = np.stack([(hit * weights[:, None]).sum(axis=2) for hit in inside])
    loss = np.stack([np.where(hit, ratio, 0.0).sum(axis=2) for hit in inside])
    share[:, unknown] = loss[:, unknown] = np.nan
    return share, loss


def at_rate(share: Array, loss: Array, rate: Array) -> tuple[Array, Array]:
    """Events *rate* (scenario,) times as often: the upper bins scaled, the lowest the rest."""
    factor = rate[:, None, None]
    upper = share[1:] * factor
    # a year cannot hold more than one year of events
    upper /= np.maximum(upper.sum(axis=0), 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.where(share[1:] > 0, upper / share[1:], 0.0)
    scaled_loss = np.concatenate([loss[:1], loss[1:] * scale])
    return np.concatenate([1.0 - upper.sum(axis=0, keepdims=True), upper]), scaled_loss


def estimate(
    share: Array,
    loss: Array,
    *,
    peril: str,
    edges: Array,
    lower_ratio: Array,
    estimator: str,
    p: Params,
    middle_ratio: Array | None = None,
    sampled: bool = True,
) -> Estimate:
    """
    Return P, its Jeffreys interval, damage ratios and base AAL with bootstrap interval.

    *share* and *loss* (bin, scenario, year, cell) are annual_terms'; *lower_ratio* (bin,) is
    printed for empty bins, *middle_ratio* is the most that an unseen event may cost. Without
    *sampled* the AAL has no interval.
    """
    n = (~np.isnan(share[0])).sum(axis=1).astype(float)
    n[n == 0] = np.nan
    in_bin, lost = np.nansum(share, axis=2), np.nansum(loss, axis=2)
    probability = in_bin / n
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(in_bin > 0, lost / in_bin, lower_ratio[:, None, None])
    low, high = jeffreys.interval(in_bin + 0 * n, n, p["jeffreys_tail"])
    p05, p95 = _resampled(loss.sum(axis=0), peril, p) if sampled else (np.nan * n, np.nan * n)
    found = Estimate(
        n=n,
        edges=edges,
        p=probability,
        p_low=low,
        p_high=high,
        damage_ratio=np.where(np.isnan(n), np.nan, ratio),
        aal=100.0 * lost.sum(axis=0) / n,
        aal_p05=p05,
        aal_p95=p95,
        estimator=estimator,
    )
    return found if middle_ratio is None else held(found, middle_ratio)


def _resampled(yearly: Array, peril: str, p: Params) -> tuple[Array, Array]:
    """Interval of the mean of (scenario, year, cell) shares, [%], (scenario, cell)."""
    scenarios, years, cells = yearly.shape
    flat = yearly.transpose(1, 0, 2).reshape(years, scenarios * cells)
    low, high = resampling.mean_interval(flat, peril, p)
    return 100.0 * low.reshape(scenarios, cells), 100.0 * high.reshape(scenarios, cells)


def held(found: Estimate, middle_ratio: Array) -> Estimate:
    """
    Return *found* with intervals that hold the estimate, and end above 0 where no year hurt.

    What no year of the sample showed may still happen: the upper end is then the Jeffreys
    interval's of the lowest class that was not seen and does damage, times the damage in its
    middle.
    """
    harmful = (found.p <= 0) & (middle_ratio > 0)[:, None, None]
    unseen = np.where(harmful, found.p_high * middle_ratio[:, None, None], 0.0)
    first = np.take_along_axis(unseen, harmful.argmax(axis=0)[None], axis=0)[0]
    high = np.where(found.aal > 0, found.aal_p95, np.fmax(found.aal_p95, 100.0 * first))
    return replace(
        found,
        aal_p05=np.fmin(found.aal_p05, found.aal),
        aal_p95=np.fmax(high, found.aal),
    )


@dataclass(frozen=True, slots=True)
class Ordered:
    """
    Values in ascending order with the weight up to each, scenario by scenario.

    ``values`` and ``reached`` are (scenario, year × member, cell); ``unknown`` (scenario, cell) is
    true where any value is unknown.
    """

    values: Array
    reached: Array
    unknown: BoolArray
    #: levels that were asked for before: most windows ask for the same
    known: dict[tuple[float, int], Array] = field(default_factory=dict, repr=False)

    def level(self, period: float, scenario: int = 0) -> Array:
        """
        Level exceeded once in *period* years: inverse of the weighted empirical distribution.

        (cell,) the smallest value whose non-exceedance reaches 1 − 1/period; NaN where
        any value is unknown.
        """
        key = (float(period), scenario)
        if key not in self.known:
            self.known[key] = self._level(period, scenario)
        return self.known[key]

    def _level(self, period: float, scenario: int) -> Array:
        # rounding in the running sum must not skip the value that reaches the level exactly
        index = (self.reached[scenario] < 1 - 1 / period - 1e-12).sum(axis=0)
        level = np.take_along_axis(self.values[scenario], index[None], axis=0)[0]
        return np.where(self.unknown[scenario], np.nan, level)


def ordered(x: Array, weights: Array) -> Ordered:
    """*x* (scenario, year, member, cell) with the members' *weights* in the order of its size."""
    scenarios, years, members, cells = x.shape
    flat = x.reshape(scenarios, years * members, cells)
    w = np.tile(weights / years, years)[None, :, None]
    order = np.argsort(flat, axis=1)
    reached = np.cumsum(np.take_along_axis(np.broadcast_to(w, flat.shape), order, axis=1), axis=1)
    unknown = np.isnan(flat).sum(axis=1) > 0
    return Ordered(np.take_along_axis(flat, order, axis=1), reached, unknown)


def weighted_level(x: Array, weights: Array, period: float) -> Array:
    """Level exceeded once in *period* years, (scenario, cell); see :class:`Ordered`."""
    found = ordered(x, weights)
    return np.stack([found.level(period, s) for s in range(x.shape[0])])
