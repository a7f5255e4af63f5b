"""P(H) and base AAL from a distribution of yearly maxima that drives a depth of water."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit

from modelops_core.domain.climate import Array, BoolArray, read_only
from modelops_core.domain.parameters import Params
from modelops_core.errors import InvalidParameter
from modelops_core.indicators.gev import NARROW, Gev, from_l_moments, shape_from_t3
from modelops_core.indicators.lmoments import l_moments

SHAPE_MODES = ("fixed", "free")


@dataclass(frozen=True, slots=True)
class Sample:
    """
    Moments of the yearly maxima of a window, each array (scenario, cell).

    The number of years ``n``, the L-moments ``l1`` and ``l2`` [unit of the maxima] and τ₃ ``t3``;
    ``detrended`` is true where a significant trend was taken out.
    """

    n: Array
    l1: Array
    l2: Array
    t3: Array
    detrended: BoolArray

    def fit(self, kappa: Array | float) -> Gev:
        """The GEV of shape *kappa* through l₁ and l₂; unknown where the shape is."""
        return from_l_moments(self.l1, self.l2, kappa)

    def shape(self, fixed: float, p: Params) -> Array | float:
        """
        Return κ: *fixed*, or from τ₃ where the shape is free.

        A free shape is NaN where the record is too short or all its values are alike.
        """
        if not free_shape(p):
            return fixed
        enough = (self.n >= p["free_shape_years"]) & (self.l2 > NARROW * (1 + np.abs(self.l1)))
        return np.where(enough, shape_from_t3(self.t3), np.nan)


def free_shape(p: Params) -> bool:
    """Whether the GEV's shape is fitted; raises InvalidParameter for a mode that does not exist."""
    if p["shape_mode"] not in SHAPE_MODES:
        raise InvalidParameter(
            "not_one_of", field="flood.shape_mode", value=p["shape_mode"], known=SHAPE_MODES
        )
    return p["shape_mode"] == "free"


def sample(maxima: Array, years: Array, significance: float) -> Sample:
    """
    L-moments of yearly maxima, detrended where the trend is significant.

    Parameters
    ----------
    maxima : (scenario, year, cell) float; NaN is left out
    years : (year,) float
    significance : two-sided level of the t-test of the slope
    """
    x = maxima.swapaxes(0, 1)
    flat, detrended = _detrend(x.reshape(x.shape[0], -1), years, significance)
    found = plain_sample(flat.reshape(x.shape).swapaxes(0, 1))
    return replace(found, detrended=detrended.reshape(x.shape[1:]))


def plain_sample(maxima: Array) -> Sample:
    """L-moments of yearly maxima (scenario, year, cell) as they are."""
    l1, l2, t3 = l_moments(maxima.swapaxes(0, 1))
    n = (~np.isnan(maxima)).sum(axis=1).astype(float)
    return Sample(n, l1, l2, t3, np.zeros(n.shape, bool))


def _detrend(x: Array, years: Array, significance: float) -> tuple[Array, BoolArray]:
    """Divide by the fitted line × its mid-window value, where the slope is significant."""
    known = ~np.isnan(x)
    n = np.maximum(known.sum(axis=0), 1)
    t = np.where(known, years[:, None], 0.0)
    tm, xm = t.sum(axis=0) / n, np.nansum(x, axis=0) / n
    dt = np.where(known, years[:, None] - tm, 0.0)
    dx = np.where(known, x - xm, 0.0)
    stt = (dt**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (dt * dx).sum(axis=0) / stt
        residual = ((dx - slope * dt) ** 2).sum(axis=0)
        score = np.abs(slope) / np.sqrt(residual / (n - 2) / stt)
    significant = (n > 2) & (score > stdtrit(np.maximum(n - 2, 1), 1 - significance / 2))
    middle = (years[0] + years[-1]) / 2
    line = xm + slope * (years[:, None] - tm)
    mid_value = xm + slope * (middle - tm)
    trusted = significant & (line > 0).all(axis=0) & (mid_value > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(trusted, x / line * mid_value, x), trusted


@lru_cache(maxsize=8)
def _gauss_legendre(order: int) -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return read_only(nodes), read_only(weights)


def bin_losses(
    distribution: Gev,
    thresholds: Array,
    damage: Callable[[Array], Array],
    lower_ratio: Array,
    p: Params,
) -> tuple[Array, Array]:
    """
    Probability and loss of each bin of the driver, by Gauss–Legendre in u = F(x).

    Parameters
    ----------
    distribution : arrays (…)
    thresholds : (bin − 1, …) the driver's value at each inner edge
    damage : base damage ratio of the driver, (node, …) → (node, …)
    lower_ratio : (bin − 1,) damage ratio at each inner edge; a threshold out of reach is infinite

    Returns
    -------
    probability, ratio : (bin, …); ratio = E[damage | bin], at the lower edge where P = 0
    """
    f = distribution.cdf(thresholds)
    lower = np.concatenate([np.zeros_like(f[:1]), f])
    upper = np.concatenate([f, np.ones_like(f[:1])])
    last = 1.0 - p["quadrature_tail"]
    beyond = damage(distribution.quantile(last)[None])[0]
    nodes, weights = _gauss_legendre(int(p["quadrature_nodes"]))
    ratio = np.zeros_like(lower)
    for i in range(1, lower.shape[0]):  # bin 0 is below the threshold: no damage
        a, b = np.minimum(lower[i], last), np.minimum(upper[i], last)
        u = a + (b - a) * (nodes.reshape(-1, *[1] * a.ndim) + 1) / 2
        inside = np.tensordot(weights, damage(distribution.quantile(u)), axes=1) * (b - a) / 2
        mass = upper[i] - lower[i]
        loss = inside + (mass - (b - a)) * beyond
        ratio[i] = np.where(mass > 0, loss / np.where(mass > 0, mass, 1.0), lower_ratio[i - 1])
    return upper - lower, ratio


def depth_quadrature(depth: Sequence[float], ratio: Array, order: int) -> tuple[Array, Array]:
    """
    Nodes h_g [m] and weights w_g with ∫ DR dF = Σ w_g · P(depth > h_g).

    Integration by parts of a damage curve that is linear between *depth* knots and 0 at
    depth 0, *order* Gauss–Legendre nodes a segment.
    """
    nodes, weights = _gauss_legendre(order)
    edges = np.asarray(depth, dtype=float)
    half = np.diff(edges) / 2
    h = edges[:-1, None] + half[:, None] * (nodes + 1)
    w = (np.diff(ratio) / np.diff(edges))[:, None] * half[:, None] * weights
    return h.ravel(), w.ravel()
