"""
SPEI-12: twelve months' water balance in standard deviations.

References
----------
.. [1] S. M. Vicente-Serrano, S. Beguería & J. I. López-Moreno, J. Climate 23, 2010.
.. [2] J. R. M. Hosking & J. R. Wallis, Regional Frequency Analysis, 1997, appendix A.7:
   generalised logistic distribution (the three-parameter log-logistic) by L-moments.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.indicators.lmoments import l_moments

WINDOW = 12
#: the fitted distribution has ends: beyond them the index stands here
LARGEST = 5.0


def running_sums(balance: Array) -> Array:
    """Sums of the month and the eleven before it; NaN where those are missing."""
    line = balance.reshape(len(balance), -1)
    total = np.cumsum(np.pad(line, ((0, 0), (1, 0))), axis=1)
    sums = np.full_like(line, np.nan)
    sums[:, WINDOW - 1 :] = total[:, WINDOW:] - total[:, :-WINDOW]
    return sums.reshape(balance.shape)


def standardised(sums: Array, reference: slice | BoolArray) -> Array:
    """
    Each calendar month of (place, year, month) against its own generalised logistic fit [2]_.

    *reference* are the years that are fitted; the index is NaN where a sum is.
    """
    by_year = np.moveaxis(sums, 1, 0)
    l1, l2, t3 = l_moments(by_year[reference])
    angle = np.pi * t3
    scale = l2 * np.sin(angle) / angle  # κ = −τ₃
    centre = l1 + scale * (1 / t3 - np.pi / np.sin(angle))
    with np.errstate(invalid="ignore", divide="ignore"):
        inner = 1 + t3 * (by_year - centre) / scale
        reduced = np.log(np.maximum(inner, 0.0)) / t3
        probability = 1 / (1 + np.exp(-reduced))
    limits = ndtr([-LARGEST, LARGEST])
    result: Array = np.moveaxis(ndtri(np.clip(probability, *limits)), 0, 1)
    return result
