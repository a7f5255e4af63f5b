"""
L-moments of samples.

References
----------
.. [1] J. R. M. Hosking, J. R. Stat. Soc. B 52(1), 1990: unbiased sample L-moments.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array


def l_moments(x: Array) -> tuple[Array, Array, Array]:
    """
    l₁, l₂ and τ₃ = l₃/l₂ of each column [1]_.

    Parameters
    ----------
    x : (year, …) float
        Yearly values [any unit]; NaN is left out.

    Returns
    -------
    l1, l2 : (…) float [unit of *x*]
    t3 : (…) float [1]; NaN where l₂ = 0. All NaN where fewer than 3 values.
    """
    n = (~np.isnan(x)).sum(axis=0).astype(float)
    n = np.where(n >= 3, n, np.nan)
    ordered = np.nan_to_num(np.sort(x, axis=0))  # NaN sorts last and weighs nothing
    j = np.arange(x.shape[0], dtype=float).reshape(-1, *[1] * (x.ndim - 1))
    b0 = ordered.sum(axis=0) / n
    b1 = (j / (n - 1) * ordered).sum(axis=0) / n
    b2 = (j * (j - 1) / ((n - 1) * (n - 2)) * ordered).sum(axis=0) / n
    l2 = 2 * b1 - b0
    with np.errstate(divide="ignore", invalid="ignore"):
        t3 = np.where(l2 > 0, (6 * b2 - 6 * b1 + b0) / l2, np.nan)
    return b0, l2, t3
