"""The warming of a data set's windows against its own baseline, and how extremes respond to it."""

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

    ``kelvin`` is by (scenario, horizon); windows that the data do not cover are left out.
    """

    kelvin: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def of(self, scenarios: Iterable[str], horizon: str) -> Array:
        """
        Return the warming of each scenario in *horizon* [K], (scenario,).

        It is 0 in the baseline, and NaN where it is unknown.
        """
        if horizon == BASELINE:
            return np.zeros(len(tuple(scenarios)))
        return np.array([self.kelvin.get((s, horizon), np.nan) for s in scenarios], dtype=float)

    def share(self, low: str, high: str, scenarios: Sequence[str], horizon: str) -> Array:
        """
        Return where each scenario's warming lies from *low* (0) to *high* (1), (scenario,).

        Where the warming of *low* or *high* is unknown, or *high* warms no more than *low*, the
        scenario *low* gets 0 and every other one 1.
        """
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
    One variable's response to warming, and its spread in the baseline; each array (cell,).

    ``response`` [1/K for relative changes, else unit/K] is pooled over the neighbourhood, with its
    standard error ``se`` and the pooled ``intercept`` of the fit, with its error ``intercept_se``
    and the ``covariance`` of both. ``spread`` [1] is the L-CV of the
    region, worth ``worth`` independent records. ``level`` [unit] is the mean, and ``years`` the
    length, of a reference that takes the place of the cell's own history; NaN where the history is
    the cell's own.
    """

    response: Array
    se: Array
    intercept: Array
    spread: Array
    worth: Array
    level: Array
    years: Array
    intercept_se: Array
    covariance: Array
    flags: Mapping[str, BoolArray] = field(default_factory=dict)

    def arrays(self) -> Iterator[Array | BoolArray]:
        """Yield all its arrays in a fixed order, for the fingerprint of a tile."""
        yield from (self.response, self.se, self.intercept, self.spread)
        yield from (self.worth, self.level, self.years, self.intercept_se, self.covariance)
        yield from (self.flag(name) for name in SIGNAL_FLAGS)

    def line_error(self, kelvin: Array) -> Array:
        """Return the standard error of intercept + response · *kelvin* (…, 1), (…, cell)."""
        slope, level = np.nan_to_num(self.se), np.nan_to_num(self.intercept_se)
        shared = 2 * kelvin * np.nan_to_num(self.covariance)
        error: Array = np.sqrt(np.maximum(level**2 + shared + (kelvin * slope) ** 2, 0.0))
        return error

    def flag(self, name: str) -> BoolArray:
        """Return where the flag *name* is raised, (cell,)."""
        return self.flags.get(name, np.zeros(self.response.shape, bool))


#: no response could be estimated: a published value stands in
RESPONSE_ASSUMED = "response_assumed"
#: how single years of the baseline vary is taken from stations, not from the data set
OBSERVED_SPREAD = "observed_spread"
#: the rain varies less than at any station, as an average over models or an area does
RAIN_SMOOTHED = "rain_smoothed"
SIGNAL_FLAGS = (RESPONSE_ASSUMED, OBSERVED_SPREAD, RAIN_SMOOTHED)
