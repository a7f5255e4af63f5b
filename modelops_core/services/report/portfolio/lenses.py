"""
By what a site counts as vulnerable: three lenses, each a number of every site and a threshold.

A, ``zone``: water stands at the site in the 100-year event (1), else H of the other perils;
B, ``loss_rate``: the largest final AAL of a peril [% a year]; C, ``rare_loss``: the largest loss
of the 100-year event of a peril [% of the asset value]. Perils are never added here. A site below
the threshold of which some peril has no number is undetermined, never counted as safe.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import Status
from modelops_core.stages.site import AtSites

KINDS = ("acute", "chronic")
#: of the columns of tables: both kinds together as well
ALL_KINDS = (*KINDS, "any")
ZONE, LOSS_RATE, RARE_LOSS = "zone", "loss_rate", "rare_loss"
LENSES = (ZONE, LOSS_RATE, RARE_LOSS)
#: the period of the events that lenses A and C look at [years]
PERIOD = 100


@dataclass(frozen=True, slots=True)
class Lens:
    """One lens: its letter, threshold and the range of thresholds that a curve shows."""

    key: str
    letter: str
    threshold: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LensSet:
    """A numbered set of lenses, and which perils are acute and which chronic."""

    number: int
    default: str
    kinds: Mapping[str, str]
    lenses: Mapping[str, Lens]

    def kind(self, peril: str) -> str:
        """The kind of a peril; empty where the set does not say it."""
        return self.kinds.get(peril, "")


@lru_cache(maxsize=1)
def shipped() -> LensSet:
    """The set of ``lenses.toml``."""
    file = resources.files("modelops_core.services.report.portfolio") / "lenses.toml"
    found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    lenses = {key: Lens(key=key, **facts) for key, facts in found["lens"].items()}
    return LensSet(found["number"], found["default"], found["kinds"], lenses)


@dataclass(frozen=True, slots=True)
class Measure:
    """
    The number that a lens compares, (kind, combination, site), kinds as ALL_KINDS.

    ``value`` is NaN where no peril has one; ``undetermined`` is where some peril has none.
    """

    value: Array
    undetermined: BoolArray

    def vulnerable(self, threshold: float) -> BoolArray:
        """Where the number reaches the *threshold*, as ``value``."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.value >= threshold)

    def unknown(self, threshold: float) -> BoolArray:
        """Where a peril without a number might still reach the *threshold*."""
        return self.undetermined & ~self.vulnerable(threshold)


class Gathering:
    """Collects the measures peril by peril, so that no peril's results are held."""

    def __init__(
        self, lens_set: LensSet, value: Array, combinations: int, periods: Sequence[int]
    ) -> None:
        """*value* (site,) is the asset value [KRW], *periods* those of the losses of rare years."""
        self._set, self._value, self._rare = lens_set, value, list(periods).index(PERIOD)
        shape = (len(ALL_KINDS), combinations, value.size)
        names = (*LENSES, "loss_rate_low", "loss_rate_high")
        self._values = {name: np.full(shape, np.nan) for name in names}
        self._unknown = {name: np.zeros(shape, dtype=bool) for name in names}

    def add(self, peril: Peril, found: AtSites) -> None:
        """Take a peril's results."""
        excluded = found.status == Status.not_applicable
        for name, numbers in _numbers(peril, found, self._value, self._rare).items():
            for i in self._rows(peril.key):
                self._values[name][i] = np.fmax(self._values[name][i], numbers)
                self._unknown[name][i] |= np.isnan(numbers) & ~excluded

    def _rows(self, peril: str) -> Sequence[int]:
        kind = self._set.kind(peril)
        return [i for i, name in enumerate(ALL_KINDS) if name in (kind, "any")]

    def measures(self) -> dict[str, Measure]:
        """The measures of the lenses, and of B at both ends of the interval."""
        return {name: Measure(v, self._unknown[name]) for name, v in self._values.items()}


def _numbers(peril: Peril, found: AtSites, value: Array, row: int) -> dict[str, Array]:
    """What each lens compares of one peril, (combination, site); absent: the lens skips it."""
    numbers = {
        LOSS_RATE: found.final_aal,
        "loss_rate_low": _end(found.aal_p05, found.final_aal),
        "loss_rate_high": _end(found.aal_p95, found.final_aal),
    }
    rare = None if found.return_losses is None else found.return_losses[row]
    if peril.site_factor == "inundation":
        depth = np.full(found.hazard.shape, np.nan) if rare is None else rare
        numbers[ZONE] = np.where(np.isnan(depth), np.nan, (depth > 0).astype(float))
    else:
        numbers[ZONE] = found.hazard
    if rare is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            numbers[RARE_LOSS] = 100 * rare / np.where(value > 0, value, np.nan)
    return numbers


def _end(bound: Array, central: Array) -> Array:
    """The bound; the central number where it is unknown."""
    return np.where(np.isnan(bound), central, bound)
