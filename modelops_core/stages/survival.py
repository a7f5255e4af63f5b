"""The one hot loop of the fitted perils: AAL of every bootstrap draw of every column."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from modelops_core.domain.climate import Array
from modelops_core.indicators.gev import Gev, unit_l1, unit_l2
from modelops_core.stages.resampling import UnitSamples

#: survival below this adds nothing that an interval shows
NEGLIGIBLE = 1e-10


def bootstrap_losses(l1: Array, l2: Array, draws: UnitSamples, x: Array, weights: Array) -> Array:
    """
    AAL [fraction] of each draw: GEV(κ) through the sample's l₁, l₂ → n values → refit.

    Parameters
    ----------
    l1, l2 : (column,) L-moments of the sample
    draws : unit samples, (draw,)
    x : (node, column) driver at the quadrature's depths, ascending in node
    weights : (node,)

    Returns
    -------
    (column, draw) float
    """
    refitted = _refit(l1, l2, draws)
    return _survival_sums(refitted.mu, refitted.alpha, draws.kappa, np.ascontiguousarray(x.T), weights)


def bootstrap_bins(l1: Array, l2: Array, draws: UnitSamples, thresholds: Array) -> Array:
    """P of each bin of each draw; thresholds (edge, column) → (edge + 1, column, draw)."""
    one = np.ones(1)
    exceeded = [bootstrap_losses(l1, l2, draws, x[None], one) for x in thresholds]
    certain = np.ones_like(exceeded[0])
    return -np.diff([certain, *exceeded, 0 * certain], axis=0)


def _refit(l1: Array, l2: Array, draws: UnitSamples) -> Gev:
    """(column, draw) parameters after resampling."""
    a1, a2 = unit_l1(draws.kappa), unit_l2(draws.kappa)
    alpha = l2[:, None] / a2
    mu = l1[:, None] - alpha * a1
    drawn_l1, drawn_l2 = mu + alpha * draws.l1, alpha * draws.l2
    refit_alpha = drawn_l2 / a2
    return Gev(drawn_l1 - refit_alpha * a1, refit_alpha, draws.kappa)


@njit(cache=True, nogil=True, error_model="numpy")
def _survival_sums(mu: Array, alpha: Array, kappa: Array, x: Array, weights: Array) -> Array:
    columns, draws = mu.shape
    out = np.zeros((columns, draws))
    for c in range(columns):
        for d in range(draws):
            k = kappa[d]
            total = 0.0
            for g in range(weights.size):
                y = (x[c, g] - mu[c, d]) / alpha[c, d]
                if abs(k) < 1e-9:
                    reduced = math.exp(-y)
                else:
                    inner = 1.0 - k * y
                    if inner <= 0.0:
                        survival = 0.0 if k > 0 else 1.0
                        total += weights[g] * survival
                        continue
                    reduced = math.exp(math.log(inner) / k)
                survival = -math.expm1(-reduced)
                total += weights[g] * survival
                if survival < NEGLIGIBLE:
                    break
            out[c, d] = total
    return out
