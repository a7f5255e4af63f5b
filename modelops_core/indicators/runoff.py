"""
From rain to effective rain and to the stage of a river.

References
----------
.. [1] USDA SCS, National Engineering Handbook, section 4 (curve number).
.. [2] Manning's equation for a wide channel: h ∝ Q^{3/5}.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array


def retention(curve_number: float) -> float:
    """Potential maximum retention S [mm] of a curve number [1]_."""
    return 25400.0 / curve_number - 254.0


def effective_rain(rain: Array, s: float, abstraction: float) -> Array:
    """Direct run-off P_e [mm] of a day's rain [mm] [1]_; any shape."""
    excess = np.maximum(rain - abstraction * s, 0.0)
    runoff: Array = excess**2 / (excess + s)
    return runoff


def rain_for(effective: Array, s: float, abstraction: float) -> Array:
    """The day's rain [mm] whose run-off is *effective* [mm]: inverse of effective_rain."""
    rain: Array = abstraction * s + (effective + np.sqrt(effective**2 + 4 * effective * s)) / 2
    return rain


def overbank_stage(effective: Array, design: Array, design_depth: Array, exponent: float) -> Array:
    """
    Stage above the bank [m], negative below it [2]_; design = P_e at the protection level [mm].

    NaN where the protection level gives no run-off: such a channel has no design flow.
    """
    flowing = np.where(design > 0, design, np.nan)
    stage: Array = design_depth * ((effective / flowing) ** exponent - 1)
    return stage
