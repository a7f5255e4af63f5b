"""Which tide gauge stands for a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array


def nearest_gauge(
    latitude: Array, longitude: Array, gauges: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> dict[str, Array]:
    """
    The columns *names* of the nearest gauge, each (place,).

    Nearest on the local plane: degrees of longitude shrunk by the cosine of the latitude.
    """
    lat = np.array([g["latitude"] for g in gauges])
    lon = np.array([g["longitude"] for g in gauges])
    dx = (longitude[:, None] - lon) * np.cos(np.radians(latitude))[:, None]
    index = np.hypot(dx, latitude[:, None] - lat).argmin(axis=1)
    return {name: np.array([g[name] for g in gauges])[index] for name in names}
