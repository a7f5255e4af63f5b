"""A climate with what a nightly run finds of its response to warming, made up."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.warming import Signal, Warming

#: warming of the four windows, times 1 to 4 along the scenarios [K]
STEPS = dict(zip(list(HORIZONS)[1:], (0.5, 0.8, 1.0, 1.2), strict=True))
WARMING = Warming({(s, h): w * (1 + i) for i, s in enumerate(SCENARIOS) for h, w in STEPS.items()})


def signal(cells, response, spread=np.nan, worth=1.0, se=0.01):
    """One variable's signal, alike in all *cells*."""
    one = np.ones(cells)
    nan = np.nan * one
    return Signal(
        response * one, se * one, 0 * one, spread * one, worth * one, nan, nan, 0 * one, 0 * one
    )


def warmed(climate, rain=0.065, drought=-0.1, **more):
    """*climate* with the responses of rain [1/K] and drought [SPEI/K]; *more* of the rain's spread."""
    cells = climate.cells.size
    return climate.with_values(
        warming=WARMING,
        rx1day_signal=signal(cells, rain, **more),
        spei12_signal=signal(cells, drought),
    )
