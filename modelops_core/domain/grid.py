"""The regular grid of climate cells."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array

#: of a grid of one cell, which has no neighbours to measure [°]
DEFAULT_SPACING = 0.1


def spacing(latitude: Array, longitude: Array) -> float:
    """The least distance between two rows or two columns of centres (cell,) [°]."""
    steps = [np.diff(np.unique(axis.round(6))) for axis in (latitude, longitude)]
    return float(min(step.min() if step.size else DEFAULT_SPACING for step in steps))
