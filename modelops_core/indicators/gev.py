"""
The generalised extreme value distribution, Gumbel included.

Hosking's sign: F(x) = exp{−[1 − κ(x−μ)/α]^{1/κ}}, κ = −ξ (scipy's ``c``); κ = 0 is Gumbel.

References
----------
.. [1] J. R. M. Hosking & J. R. Wallis, Regional Frequency Analysis, 1997, appendix A.6.
.. [2] J. R. M. Hosking, J. R. Stat. Soc. B 52(1), 1990 (κ from τ₃).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gamma

from modelops_core.domain.climate import Array, BoolArray

EULER = 0.5772156649015329
#: closer to 0 than this, κ counts as Gumbel
GUMBEL = 1e-9
#: smallest scale, relative to the location
NARROW = 1e-9


@dataclass(frozen=True, slots=True)
class Gev:
    """Location μ, scale α [unit of x] and shape κ, arrays that broadcast together."""

    mu: Array
    alpha: Array
    kappa: Array

    def cdf(self, x: Array) -> Array:
        """F(x), 0 below and 1 above the support."""
        result: Array = np.exp(-self.reduced(x))
        return result

    def reduced(self, x: Array) -> Array:
        """−ln F(x), exact where F(x) rounds to 1."""
        y = (x - self.mu) / self.alpha
        kappa = _safe(self.kappa)
        inner = np.maximum(1 - kappa * y, 0.0)
        with np.errstate(divide="ignore"):
            return np.where(_gumbel(self.kappa), np.exp(-y), inner ** (1 / kappa))

    def quantile(self, f: Array | float) -> Array:
        """x(F) for 0 ≤ F < 1; the lower end of the support, perhaps −∞, at 0."""
        with np.errstate(divide="ignore"):  # so far beyond its threshold that F there rounds to 0
            return self.at(-np.log(f))

    def at(self, reduced: Array | float) -> Array:
        """x where −ln F(x) is *reduced*: inverse of :meth:`reduced`."""
        kappa = _safe(self.kappa)
        step = np.where(_gumbel(self.kappa), -np.log(reduced), (1 - reduced**kappa) / kappa)
        return self.mu + self.alpha * step

    def level(self, period: Array | float) -> Array:
        """The level exceeded once in *period* years on average."""
        return self.quantile(1 - 1 / np.asarray(period, dtype=float))


def from_l_moments(l1: Array, l2: Array, kappa: Array | float) -> Gev:
    """GEV with the given shape and the sample's first two L-moments [1]_."""
    shape = np.broadcast_to(np.asarray(kappa, dtype=float), np.shape(l1))
    # equal values give a very narrow distribution, not a division by zero
    alpha = np.maximum(l2 / unit_l2(shape), NARROW * (1 + np.abs(l1)))
    return Gev(l1 - alpha * unit_l1(shape), alpha, shape)


def scale_from_levels(mean: Array, levels: Array, periods: Sequence[float], kappa: float) -> Array:
    """
    Scale α of the GEV with the given shape and mean that fits the return levels best, (station,).

    *levels* (station, period). Least squares of the relative errors; the fixed shape damps levels
    that one record event has inflated.
    """
    unit = Gev(np.zeros(1), np.ones(1), np.full(1, kappa))
    steps = unit.level(np.asarray(periods)) - unit_l1(unit.kappa)
    wanted, reach = (levels - mean[:, None]) / levels, steps / levels
    scale: Array = (wanted * reach).sum(axis=1) / (reach**2).sum(axis=1)
    return scale


def unit_l1(kappa: Array) -> Array:
    """Mean of the GEV with μ = 0, α = 1: [1 − Γ(1+κ)]/κ, Euler's constant for κ = 0."""
    safe = _safe(kappa)
    return np.where(_gumbel(kappa), EULER, (1 - gamma(1 + safe)) / safe)


def unit_l2(kappa: Array) -> Array:
    """Second L-moment of the GEV with α = 1: (1 − 2^{−κ}) Γ(1+κ)/κ, ln 2 for κ = 0."""
    safe = _safe(kappa)
    return np.where(_gumbel(kappa), np.log(2.0), (1 - 2.0**-safe) * gamma(1 + safe) / safe)


def shape_from_t3(t3: Array) -> Array:
    """κ of a freely fitted GEV from τ₃, Hosking's approximation [2]_ (n ≥ 50 only)."""
    c = 2 / (3 + t3) - np.log(2.0) / np.log(3.0)
    return 7.8590 * c + 2.9554 * c**2


def _gumbel(kappa: Array) -> BoolArray:
    return np.abs(kappa) < GUMBEL


def _safe(kappa: Array) -> Array:
    return np.where(np.abs(kappa) < GUMBEL, 1.0, kappa)
