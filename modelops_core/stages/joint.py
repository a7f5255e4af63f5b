"""
Sampling intervals of a distribution that follows the warming.

One draw holds a baseline (mean from the cell's years, spread from its region's) and a response. The
protection level and the window's distribution both follow from the same draw, so that their common
error cancels as it does in the estimate. All horizons, scenarios and cells share the draws
(docs/adr/0008-common-random-numbers.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.parameters import Params
from modelops_core.indicators import heavy_tail
from modelops_core.indicators.gev import GUMBEL, Gev, unit_l1, unit_l2
from modelops_core.stages import resampling

#: a sum over depths ends where all further nodes would add less than this share of it
NEGLIGIBLE = 1e-5
#: below this r, 1 − e^(−r) equals r − r²/2 to about 1e-9
SMALL = 1e-4
#: number of warmings at which the draws of a tile are tabulated
NODES = 5
#: a warming as near to a node as this lies on it [K]
ON_NODE = 1e-12
#: stands for a loss of 0 where its logarithm is tabulated
TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Baseline:
    """
    What a baseline is estimated from, each array (column,).

    The mean ``l1`` [unit of the driver], the L-CV ``lcv`` [1], κ of the distribution, and the
    number of years ``n``; ``worth`` says how many independent records of that length the L-CV rests
    on.
    """

    l1: Array
    lcv: Array
    kappa: Array
    n: Array
    worth: Array


@dataclass(frozen=True, slots=True)
class Draws:
    """The baseline's GEV in each draw, (draw, column), and the response's score, (draw, 1)."""

    gev: Gev
    score: Array


def draws(baseline: Baseline, peril: str, p: Params, free: bool = False) -> Draws:
    """
    Draw baselines about the columns' own; NaN where a column has too few years or no shape.

    The shape is held, or refitted in each draw where it is *free*.
    """
    count = int(p["bootstrap_fitted"])
    shape_of = (count, baseline.l1.size)
    mu, alpha, kappa = (np.full(shape_of, np.nan) for _ in ("mu", "alpha", "kappa"))
    enough = (baseline.n >= p["minimum_years"]) & np.isfinite(baseline.kappa)
    cases = np.stack([baseline.n, baseline.kappa])[:, enough]
    for n, shape in np.unique(cases, axis=1).T:
        columns = np.flatnonzero(enough & (baseline.n == n) & (baseline.kappa == shape)).astype(
            np.int64
        )
        drawn = resampling.pairs(peril, int(n), p, float(shape), free)
        g = _refitted(baseline, columns, drawn, float(shape))
        mu[:, columns], alpha[:, columns], kappa[:, columns] = g.mu, g.alpha, g.kappa
    score = resampling.scores_of_response(peril, p)
    return Draws(Gev(mu, alpha, kappa), score[:, None])


def _refitted(baseline: Baseline, columns: IntArray, drawn: resampling.Pairs, shape: float) -> Gev:
    """
    Return the GEV through each draw's mean and L-CV, (draw, column).

    The mean errs as that of the column's own record does. The L-CV is the mean of ``worth``
    records, the column's own among them: one with a high mean mostly has a high L-CV too.
    """
    k = drawn.kappa[:, None]
    a1, a2 = unit_l1(np.asarray(shape)), unit_l2(np.asarray(shape))
    l1, lcv = baseline.l1[columns], baseline.lcv[columns]
    alpha = l1 * lcv / a2
    mu = l1 - alpha * a1
    mean = mu + alpha * drawn.own_l1[:, None]
    own = alpha * drawn.own_l2[:, None] / mean - lcv
    other = alpha * drawn.other_l2[:, None] / (mu + alpha * drawn.other_l1[:, None]) - lcv
    worth = np.maximum(baseline.worth[columns], 1.0)
    found = mean * (lcv + own / worth + other * np.sqrt(worth - 1) / worth) / unit_l2(k)
    return Gev(mean - found * unit_l1(k), found, k + 0 * mean)


def exceedance(drawn: Draws, levels: Array, factor: Array) -> Array:
    """
    Return P(factor · X > level) in each draw.

    Parameters
    ----------
    levels : (node, draw, column), the driver at each depth where the draw's protection holds
    factor : (window, draw, column), what the warming does to the driver

    Returns
    -------
    (node, window, column, draw)
    """
    found = [losses(drawn, level[None], np.ones(1), factor) for level in levels]
    return np.stack(found)


def losses(drawn: Draws, levels: Array, weights: Array, factor: Array) -> Array:
    """
    Return Σ weights · P(factor · X > level) over the levels, (window, column, draw).

    *levels* (node, draw, column) ascend; *weights* is (node,), *factor* (window, draw, column).
    """
    g = drawn.gev
    x = np.ascontiguousarray(np.moveaxis(np.broadcast_to(levels, _shape(levels, g)), 0, -1))
    rest = np.concatenate([np.cumsum(weights[::-1])[::-1][1:], [0.0]])
    inverse = np.broadcast_to(1 / factor, (len(factor), *g.mu.shape))
    out = np.empty((len(factor), g.mu.shape[1], g.mu.shape[0]))
    k = np.where(np.abs(g.kappa) < GUMBEL, GUMBEL, g.kappa)
    lines = 1 + k * g.mu / g.alpha, -k / g.alpha
    curve = heavy_tail.of_shape(k)
    if curve is None:
        _sums(x, weights, rest, *lines, 1 / k, inverse, out)
    else:
        heavy_tail.sums(x, weights, rest, *lines, inverse, curve, NEGLIGIBLE, out)
    return out


@dataclass(frozen=True, slots=True)
class Table:
    """
    Values of each draw as a function of the warming, tabulated at few ``nodes`` [K].

    ``logarithm`` (node, …) is that of the values, ``weights`` (node,) are those of barycentric
    interpolation. Losses and exceedances are smooth in the warming, so that a polynomial through
    these nodes gives them to better than 1e-3.
    """

    nodes: Array
    weights: Array
    logarithm: Array

    @classmethod
    def of(cls, nodes: Array, values: Array) -> Table:
        """Tabulate *values* (node, …) at *nodes* [K]; 0 is kept as almost 0."""
        apart = nodes[:, None] - nodes[None] + np.eye(nodes.size)
        return cls(nodes, 1 / apart.prod(axis=1), np.log(np.maximum(values, TINY)))

    def at(self, kelvin: Array) -> Array:
        """Return the values at *kelvin* (window,), (window, …), by interpolation."""
        values = self.logarithm.reshape(self.nodes.size, -1)
        found = np.zeros((kelvin.size, values.shape[1]))
        _add_shares(self._shares(kelvin), values, found)
        return np.exp(found, out=found).reshape(kelvin.size, *self.logarithm.shape[1:])

    def _shares(self, kelvin: Array) -> Array:
        """Return the weight of each node, (window, node); a warming on a node takes that node."""
        apart = kelvin[:, None] - self.nodes[None]
        on = np.isclose(apart, 0.0, atol=ON_NODE)
        raw = self.weights / np.where(on, 1.0, apart)
        raw = np.where(on.any(axis=1, keepdims=True), on.astype(float), raw)
        return raw / raw.sum(axis=1, keepdims=True)


@njit(cache=True, nogil=True, error_model="numpy")
def _add_shares(shares: Array, values: Array, out: Array) -> None:
    """Add Σ share · value over the nodes to *out* (window, value); BLAS is slower at few."""
    for w in range(shares.shape[0]):
        for n in range(shares.shape[1]):
            share = shares[w, n]
            for i in range(values.shape[1]):
                out[w, i] += share * values[n, i]


def nodes(largest: float) -> Array:
    """Return Chebyshev's nodes [K] from 0, the baseline, to *largest*, to tabulate draws at."""
    return largest * (1 - np.cos(np.pi * np.arange(NODES) / (NODES - 1))) / 2


def _shape(levels: Array, g: Gev) -> tuple[int, ...]:
    return (levels.shape[0], *g.mu.shape)


@njit(cache=True, nogil=True, error_model="numpy")
def _sums(
    x: Array,
    weights: Array,
    rest: Array,
    constant: Array,
    slope: Array,
    power: Array,
    inverse: Array,
    out: Array,
) -> None:
    """
    Write Σ weights · S(x · inverse) of each draw and column to *out*.

    S(x) = 1 − exp(−(constant + slope·x)^power); *rest* (node,) sums the weights after each node.
    """
    draws, columns, nodes = x.shape
    for w in range(inverse.shape[0]):
        for d in range(draws):
            for c in range(columns):
                a, b, q = constant[d, c], slope[d, c], power[d, c]
                f, total = inverse[w, d, c], 0.0
                for g in range(nodes):
                    s = _survival(a + b * x[d, c, g] * f, q, x[d, c, g])
                    total += weights[g] * s
                    if s * rest[g] < NEGLIGIBLE * total:
                        break
                out[w, c, d] = total


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _survival(inner: float, power: float, level: float) -> float:
    """Return 1 − F at *level*; *inner* = 1 − κ(x − μ)/α, *power* = 1/κ."""
    if level == math.inf:
        return 0.0
    if inner <= 0.0:
        return 0.0 if power > 0 else 1.0
    r = math.exp(power * math.log(inner))
    return r - r * r / 2 if r < SMALL else -math.expm1(-r)
