"""Lengths of calendar months."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import IntArray


def month_lengths(years: IntArray) -> IntArray:
    """Days of each month, (year, month)."""
    months = np.arange(12)
    first = (np.asarray(years)[:, None] - 1970) * 12 + months
    start = first.astype("datetime64[M]").astype("datetime64[D]")
    stop = (first + 1).astype("datetime64[M]").astype("datetime64[D]")
    lengths: npt.NDArray[np.int64] = (stop - start).astype(np.int64)
    return lengths
