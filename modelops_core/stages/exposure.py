"""E: how near the hazard, and how much is there."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params


def normalized_value(value: Array, p: Params) -> Array:
    """A = log₁₀(v/10⁸)/3 in 0..1: ₩100 M is 0, ₩100 bn is 1."""
    decades = np.log10(value / p["asset_floor"]) / p["asset_decades"]
    return np.clip(decades, 0.0, 1.0)


def score(proximity: Array, normalized: Array, p: Params) -> Array:
    """E = P (0.3 + 0.7 A): a small but fully exposed site stays visible."""
    floor = p["exposure_floor"]
    return proximity * (floor + (1 - floor) * normalized)
