"""
Jeffreys interval of a frequency.

References
----------
.. [1] L. D. Brown, T. T. Cai & A. DasGupta, Statistical Science 16(2), 2001.
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from modelops_core.domain.climate import Array


def interval(count: Array, n: Array, tail: float) -> tuple[Array, Array]:
    """
    Equal-tailed interval of the probability behind *count* of *n* years [1]_.

    Beta quantiles *tail* and 1 − *tail* of Beta(count + ½, n − count + ½); the lower
    end is 0 for count 0, the upper 1 for count n. Shapes broadcast; NaN stays NaN.
    """
    count, n = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(n, dtype=float))
    pairs, inverse = np.unique(np.stack([count.ravel(), n.ravel()]), axis=1, return_inverse=True)
    k, m = pairs
    low = np.where(k <= 0, 0.0, betaincinv(k + 0.5, m - k + 0.5, tail))
    high = np.where(k >= m, 1.0, betaincinv(k + 0.5, m - k + 0.5, 1 - tail))
    unknown = np.isnan(k) | np.isnan(m)
    low[unknown] = high[unknown] = np.nan
    index = inverse.ravel()
    return low[index].reshape(count.shape), high[index].reshape(count.shape)
