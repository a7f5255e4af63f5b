"""
Long-term water balance of a basin.

References
----------
.. [1] B. J. Choudhury, J. Hydrol. 216, 1999; H. Yang et al., Water Resour. Res. 44, 2008.
"""

from __future__ import annotations

from modelops_core.domain.climate import Array


def runoff(precipitation: Array, reference_et: Array, n: float) -> Array:
    """Run-off Q [mm/yr] = P − P·E₀/(Pⁿ + E₀ⁿ)^{1/n} [1]_; any equal shapes, P > 0."""
    power = (precipitation**n + reference_et**n) ** (1 / n)
    return precipitation - precipitation * reference_et / power
