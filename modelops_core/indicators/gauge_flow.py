"""
Flood flows at a gauge in another climate than that of its record.

A year as rare as u brings the record's flow Q(u), times what the same non-exceedance u
of the yearly maximum one-day rain becomes: Q(u) · R_window(u) / R_baseline(u).

References
----------
.. [1] K. M. Andreadis, G. J.-P. Schumann & T. Pavelsky, Water Resour. Res. 49:7164, 2013
   (depth of a river at its two-year flow).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.indicators.gev import Gev

#: Gumbel's reduced variate −ln(−ln u) between which a flow is looked for: u = 5e-6 to 1 − 9e-27
LOWEST, HIGHEST = -2.5, 60.0
#: halvings of that stretch: to the last bit of a float
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Changed:
    """
    A record's GEV in the baseline climate, and the rain's GEVs in window and baseline.

    Their arrays broadcast together.
    """

    record: Gev
    window: Gev
    baseline: Gev

    def flow(self, recorded: Array) -> Array:
        """The window's flow [m³/s] in a year as rare as one of *recorded* m³/s in the baseline."""
        reduced = self.record.reduced(recorded)
        return recorded * self._ratio(reduced)

    def recorded(self, flow: Array) -> Array:
        """
        Return the record's flow [m³/s] that becomes *flow*: the inverse of :meth:`flow`.

        It is infinite where no year of the window reaches *flow*, and NaN where *flow* or a fit is
        unknown.
        """
        shape = np.broadcast_shapes(
            np.shape(flow), np.shape(self.record.mu), np.shape(self.window.mu)
        )
        low, high = np.full(shape, LOWEST), np.full(shape, HIGHEST)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = self._at(middle) < flow
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found = self.record.at(np.exp(-high))
        reached = self._at(np.full(shape, HIGHEST))
        return np.where(np.isnan(reached + flow), np.nan, np.where(reached < flow, np.inf, found))

    def _at(self, variate: Array) -> Array:
        """
        Return the window's flow [m³/s] at a reduced variate.

        It rises with the variate, since flows vary more than rain does.
        """
        reduced = np.exp(-variate)
        return self.record.at(reduced) * self._ratio(reduced)

    def _ratio(self, reduced: Array) -> Array:
        """R_window / R_baseline; 0 where a fit says that there is no rain at all."""
        window, baseline = self.window.at(reduced), self.baseline.at(reduced)
        dry = (baseline <= 0) | (window <= 0)
        return np.where(dry, 0.0, window / np.where(dry, 1.0, baseline))


def two_year_depth(flow: Array, coefficient: float, exponent: float) -> Array:
    """Depth of a river [m] at its two-year flow [m³/s] [1]_."""
    depth: Array = coefficient * flow**exponent
    return depth
