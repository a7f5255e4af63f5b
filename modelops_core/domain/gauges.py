"""River gauges: what their records hold by year, and which one stands for a site."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.plausibility import CODES

#: what was found of the river that an analyst names; each is a flag of the result
GAUGED = "river_gauged"
NONE_NEAR = "gauge_none_near"
TOO_SHORT = "gauge_too_short"
SYNTHETIC = "gauge_synthetic"
IMPLAUSIBLE = "gauge_implausible"
STATES = (GAUGED, NONE_NEAR, TOO_SHORT, SYNTHETIC, IMPLAUSIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRecord:
    """
    Daily flow at one gauge, by year: (year,) arrays of the years that hold any value.

    ``known`` is the share of the year's days with a value; ``mean``, ``median`` and ``maximum``
    are of those days [m³/s]. ``kind`` is that of the data set, empty where none is registered;
    ``distance_m`` is NaN where nobody asked from a place.
    """

    station_code: str
    station_name: str
    river_name: str
    kind: str
    distance_m: float
    year: IntArray
    known: Array
    mean: Array
    median: Array
    maximum: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class RiverGauge:
    """
    What stands for the river at a site: the gauge that drives its flood, or why none does.

    ``l1`` and ``l2`` are the L-moments of the ``years`` yearly maxima [m³/s]; all but
    ``state`` is empty where the state is not GAUGED.
    """

    state: str
    station_code: str = ""
    station_name: str = ""
    distance_m: float = math.nan
    years: int = 0
    l1: float = math.nan
    l2: float = math.nan

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """What an answer's JSON says of the gauge; what it leaves out is unknown."""
        return cls(**{f.name: row[f.name] for f in fields(cls) if f.name in row})

    def to_row(self) -> dict[str, Any]:
        """For an answer: what is known of the gauge, the state alone where none is used."""
        if self.state != GAUGED:
            return {"state": self.state}
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __str__(self) -> str:
        return (
            f"gauge {self.station_code} ({self.station_name}), {self.years} years"
            if self.state == GAUGED
            else self.state
        )


def believable(maximum: Array, median: Array, spread: float, over_median: float) -> bool:
    """
    Whether yearly maxima can be floods of a river; all in m³/s, (year,).

    None are: maxima whose coefficient of variation is below *spread*; maxima more than
    *over_median* times the usual flow (a river that is mostly dry has none); a code for "missing"
    as the maximum of several years.
    """
    alike = not float(np.std(maximum)) >= spread * float(np.mean(maximum))
    usual = float(np.median(median))
    beyond = usual > 0 and float(np.max(maximum)) > over_median * usual
    codes = int(np.isin(np.round(maximum, 4), CODES).sum())
    return not (alike or beyond or codes > 1)


def same_river(one: str | None, other: str | None) -> bool:
    """Whether two names are one river's: spaces, letter case and Unicode form aside."""
    return bool(one and other) and _bare(one) == _bare(other)


def _bare(name: str | None) -> str:
    return "".join(unicodedata.normalize("NFC", name or "").casefold().split())
