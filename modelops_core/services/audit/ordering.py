"""Checks that a quantity rises (or falls) along the scenarios, and finds the cause where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: relative difference below which two values count as equal
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Reversal:
    """Two neighbouring scenarios against the trend, and the causes that reverse there too."""

    lower: str
    higher: str
    #: name → its values at the two scenarios
    because: Mapping[str, tuple[float, float]]

    @property
    def explained(self) -> bool:
        return bool(self.because)


@dataclass(frozen=True, slots=True)
class ScenarioTrend:
    """A quantity's trend along the scenarios (+1 rises, −1 falls, 0 neither) and its reversals."""

    direction: int
    reversals: tuple[Reversal, ...]

    @property
    def monotone(self) -> bool:
        return not self.reversals


def scenario_trend(
    values: Mapping[str, float], causes: Mapping[str, Mapping[str, float]]
) -> ScenarioTrend:
    """
    The trend of *values* (scenario → number, in the order of warming).

    causes : name → scenario → number, of quantities that the values follow from. A
    reversal is explained by each of them that turns round between the same two scenarios.
    """
    direction = _direction(list(values.values()))
    reversals = tuple(
        Reversal(low, high, _turning(low, high, causes))
        for low, high in pairwise(values)
        if _step(values[low], values[high]) * direction < 0
    )
    return ScenarioTrend(direction, reversals)


def _turning(
    low: str, high: str, causes: Mapping[str, Mapping[str, float]]
) -> dict[str, tuple[float, float]]:
    """The causes whose step between two scenarios goes against their own trend."""
    found = {}
    for name, by in causes.items():
        if (
            low in by
            and high in by
            and _step(by[low], by[high]) * _direction(list(by.values())) < 0
        ):
            found[name] = (by[low], by[high])
    return found


def _direction(values: Sequence[float]) -> int:
    """The sign of the change from the first to the last."""
    return _step(values[0], values[-1]) if len(values) > 1 else 0


def _step(before: float, after: float) -> int:
    if abs(after - before) <= SAME * max(abs(before), abs(after)):
        return 0
    return 1 if after > before else -1
