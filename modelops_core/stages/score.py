"""Scores 0..1: piecewise-linear anchors and levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array
from modelops_core.domain.result import LEVELS


def through_anchors(x: Array, anchors: Sequence[float], logarithmic: bool = False) -> Array:
    """
    Score of a statistic: linear between *anchors*, which score 0, .2, .4, .6, .8, 1.

    Clipped outside; NaN stays NaN. *logarithmic* interpolates in log₂ of the statistic.
    """
    points = np.asarray(anchors, dtype=float)
    if logarithmic:
        with np.errstate(divide="ignore"):
            x, points = np.log2(np.maximum(x, 0.0)), np.log2(points)
    return np.interp(x, points, np.linspace(0.0, 1.0, points.size))


def level_index(score: Array, edges: Sequence[float]) -> npt.NDArray[np.int64]:
    """Index into LEVELS of scores 0..1, left-closed at *edges*; −1 where unknown."""
    return np.where(np.isnan(score), -1, np.searchsorted(np.asarray(edges), score, side="right"))


def level(score: float, edges: Sequence[float]) -> str | None:
    """Name of one score's level, None where unknown."""
    index = int(level_index(np.asarray([score]), edges)[0])
    return None if index < 0 else LEVELS[index]
