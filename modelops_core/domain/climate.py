"""A tile of climate: some cells, all their years, all scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.errors import MissingVariable

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Storms:
    """
    Best tracks one after the other; storm *i* is ``nodes[start[i]:start[i + 1]]``.

    time [h since its first node], latitude, longitude [°], pressure [hPa], all
    (node,); season (storm,); the catalogue covers ``years`` without gaps. ``names`` (storm,) may
    lack.
    """

    ids: tuple[str, ...]
    season: IntArray
    start: IntArray
    time: Array
    latitude: Array
    longitude: Array
    pressure: Array
    years: IntArray
    names: tuple[str, ...] = ()

    @property
    def called(self) -> tuple[str, ...]:
        """What each storm is called: its name, where it has none its id."""
        return tuple(name or key for name, key in zip_longest(self.names, self.ids, fillvalue=""))


#: flags that the input itself deserves, a list of names among a tile's values
INPUT_DOUBTS = "input_doubts"


@dataclass(frozen=True, slots=True)
class Climate:
    """
    Series of some cells, read-only.

    ``values[name]`` is (scenario, year, month, cell), (scenario, year, cell),
    (scenario, year, neighbour, cell) or (cell,) as the variable's cadence says; unknown
    is NaN, and so is a neighbour that does not exist. The first
    ``shared_years`` years are history: equal in all scenarios.
    """

    scenarios: tuple[str, ...]
    years: IntArray
    cells: IntArray
    values: Mapping[str, Any] = field(default_factory=dict)
    shared_years: int = 0

    def __getitem__(self, name: str) -> Array:
        try:
            value: Array = self.values[name]
        except KeyError:
            raise MissingVariable(
                "variable_not_read", variable=name, present=list(self.values)
            ) from None
        return value

    @property
    def storms(self) -> Storms:
        """The typhoon catalogue; raises MissingVariable."""
        storms: Any = self["storm_tracks"]
        assert isinstance(storms, Storms)
        return storms

    @property
    def shape(self) -> tuple[int, int, int]:
        """(scenario, year, cell)."""
        return len(self.scenarios), self.years.size, self.cells.size

    def with_values(self, **values: Any) -> Climate:
        """A copy with more variables."""
        return replace(self, values={**self.values, **values})


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """*array*, protected against being written to."""
    array.flags.writeable = False
    return array


def full_year(monthly: Array, enough: int = 12) -> BoolArray:
    """Years with at least *enough* of their months; (…, year, month, cell) → (…, year, cell)."""
    complete: BoolArray = (~np.isnan(monthly)).sum(axis=-2) >= enough
    return complete
