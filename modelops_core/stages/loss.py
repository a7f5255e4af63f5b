"""
AAL of a site whose intensity is known at given return periods: an analyst's own hazard curve.

    AAL = Σ_k (D_k + D_{k+1})/2 · (p_k − p_{k+1}) + D_n · p_n,   p = 1 / return period

the trapezoid rule over exceedance probability [1]_; rarer events than the last count as
the last, more frequent ones than the first cost nothing.

References
----------
.. [1] P. Grossi & H. Kunreuther, Catastrophe Modeling, 2005, chapter 2 (EP curve and AAL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numba import njit

from modelops_core.domain.climate import Array
from modelops_core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class DamageCurve:
    """Damage ratio 0..1 of an intensity: linear between the knots, constant outside."""

    intensity: tuple[float, ...]
    ratio: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.intensity) != len(self.ratio) or len(self.intensity) < 2:
            raise InvalidInput(
                "damage_curve_length", intensities=len(self.intensity), ratios=len(self.ratio)
            )
        _ascending("damage curve: intensity", self.intensity)
        for value in self.ratio:
            if not 0 <= value <= 1:
                raise InvalidInput(
                    "out_of_range", field="damage curve: ratio", value=value, low=0, high=1, unit=""
                )


def annual_ratio(intensity: Array, periods: Sequence[float], curve: DamageCurve) -> Array:
    """
    Mean damage ratio a year.

    Parameters
    ----------
    intensity : (…, period) float, in the curve's unit; NaN where unknown
    periods : (period,) return periods [years], ascending, each at least 1

    Returns
    -------
    (…) float [1/year]; NaN where any intensity is unknown
    """
    values = np.asarray(intensity, dtype=float)
    weights = _weights(periods)
    if values.shape[-1:] != weights.shape:
        raise InvalidInput("intensity_count", values=values.shape[-1:], periods=weights.size)
    rows = np.ascontiguousarray(values.reshape(-1, weights.size))
    knots, ratios = np.asarray(curve.intensity, float), np.asarray(curve.ratio, float)
    slopes = np.diff(ratios) / np.diff(knots)
    result: Array = _sums(rows, weights, knots, ratios, slopes).reshape(values.shape[:-1])
    return result


def annual_mean(ratio: Array, periods: Sequence[float]) -> Array:
    """
    Mean a year of damage ratios that are known already, by any curve.

    *ratio* (…, period) at the *periods* [years] (period,), ascending; (…) [1/year], NaN
    where any ratio is unknown.
    """
    weights = _weights(periods)
    if ratio.shape[-1:] != weights.shape:
        raise InvalidInput("intensity_count", values=ratio.shape[-1:], periods=weights.size)
    return np.asarray(ratio @ weights)


def annual_loss(
    intensity: Array, periods: Sequence[float], curve: DamageCurve, value: Array
) -> Array:
    """AAL [money of *value* a year], (…); *value* (…) or a number."""
    return annual_ratio(intensity, periods, curve) * value


def _weights(periods: Sequence[float]) -> Array:
    """What a damage ratio at each return period adds to the AAL, (period,)."""
    if not len(periods) or not min(periods) >= 1:
        raise InvalidInput("return_periods", value=periods)
    _ascending("return periods", periods)
    p = 1.0 / np.asarray(periods, dtype=float)
    steps = -np.diff(p) / 2
    weights = np.zeros(p.size)
    weights[:-1] += steps
    weights[1:] += steps
    weights[-1] += p[-1]
    return weights


def _ascending(what: str, values: Sequence[float]) -> None:
    for before, after in pairwise(values):
        if not before < after:
            raise InvalidInput("not_ascending", field=what, before=before, after=after)


@njit(cache=True, nogil=True, error_model="numpy")
def _sums(rows: Array, weights: Array, knots: Array, ratios: Array, slopes: Array) -> Array:
    out = np.empty(rows.shape[0])
    last = slopes.size - 1
    for i in range(rows.shape[0]):
        total, j = 0.0, 0
        for k in range(weights.size):
            x = rows[i, k]
            while j < last and x > knots[j + 1]:
                j += 1
            while j > 0 and x < knots[j]:
                j -= 1
            # x == x is false for NaN, which stays NaN
            inside = min(max(x, knots[0]), knots[last + 1]) if x == x else x  # noqa: PLR0124
            total += weights[k] * (ratios[j] + (inside - knots[j]) * slopes[j])
        out[i] = total
    return out
