"""How much warmer a data set's windows are than its own baseline, and what that does to an extreme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.horizons import BASELINE


@dataclass(frozen=True, slots=True)
class Warming:
    """
    Mean temperature over the grid and a window, minus that of the baseline [K].

    ``kelvin`` is by (scenario, horizon); a window that the data do not cover has none.
    """

    kelvin: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def of(self, scenarios: Iterable[str], horizon: str) -> Array:
        """[K] of each scenario, (scenario,): 0 in the baseline, NaN where it is unknown."""
        if horizon == BASELINE:
            return np.zeros(len(tuple(scenarios)))
        return np.array([self.kelvin.get((s, horizon), np.nan) for s in scenarios], dtype=float)

    def share(self, low: str, high: str, scenarios: Sequence[str], horizon: str) -> Array:
        """Where each scenario lies between *low* (0) and *high* (1) by its warming, (scenario,)."""
        cool, warm = self.of((low, high), horizon)
        span = warm - cool
        if np.isnan(span) or span <= 0:
            return np.where([s == low for s in scenarios], 0.0, 1.0)
        shares: Array = np.clip((self.of(scenarios, horizon) - cool) / span, 0.0, 1.0)
        return shares

    def __str__(self) -> str:
        return repr(sorted(self.kelvin.items()))


@dataclass(frozen=True, slots=True)
class Signal:
    """
    What is known of one variable's response to warming and of its spread, each (cell,).

    ``response`` [relative or own unit, 1/K] is pooled over the neighbourhood, with its standard
    error ``se`` and the pooled ``intercept`` of the fit; ``spread`` [1] is the L-CV of the region,
    worth ``worth`` records; ``level`` is the mean of a reference that takes the place of the cell's
    own history, ``years`` long (NaN: the history is the cell's own).
    """

    response: Array
    se: Array
    intercept: Array
    spread: Array
    worth: Array
    level: Array
    years: Array
    flags: Mapping[str, BoolArray] = field(default_factory=dict)

    def arrays(self) -> Iterator[Array | BoolArray]:
        """All that it holds, in a fixed order."""
        yield from (self.response, self.se, self.intercept, self.spread)
        yield from (self.worth, self.level, self.years)
        yield from (self.flag(name) for name in SIGNAL_FLAGS)

    def flag(self, name: str) -> BoolArray:
        """Where the flag *name* is raised, (cell,)."""
        return self.flags.get(name, np.zeros(self.response.shape, bool))


#: no response could be estimated: a published value stands in
RESPONSE_ASSUMED = "response_assumed"
#: the distribution of the baseline climate is that of stations, not the data set's
OBSERVED_SPREAD = "observed_spread"
#: a station's spread is missing from the rain: an average over models or an area
RAIN_SMOOTHED = "rain_smoothed"
SIGNAL_FLAGS = (RESPONSE_ASSUMED, OBSERVED_SPREAD, RAIN_SMOOTHED)
