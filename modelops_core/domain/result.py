"""
What the stages give back: arrays over (scenario, cell), one window at a time.

The loss of return period T is the loss of a year that one year in T exceeds on average.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from modelops_core.domain.climate import Array, BoolArray

StatusArray = npt.NDArray[np.int8]


class Status(IntEnum):
    """How far a number may be trusted. Larger is worse; not_applicable outranks all."""

    ok = 0
    low_confidence = 1
    not_assessed = 2
    not_applicable = 3


#: level of a score 0..1, left-closed at the edges
LEVELS = ("Very Low", "Low", "Medium", "High", "Very High")


#: of the exceedance curve [years]
PERIODS = (2, 5, 10, 20, 30, 50, 100, 200, 500)
#: those that cards, tables and reports name
HEADLINE = (10, 50, 100, 200)
#: those of insurers' and lenders' filings: 2, 1 and 0.4 % a year
FILED = (50, 100, 250)
#: those that a portfolio keeps
KEPT = (*HEADLINE, 250)


class Basis(StrEnum):
    """What the rare years of a peril are known from."""

    #: a distribution fitted to yearly maxima of the cell
    maxima = "maxima"
    #: a distribution fitted to yearly maxima of a river gauge
    gauge = "gauge"
    #: the years of a catalogue of storms
    storms = "storms"
    #: a distribution that the method gives, without years of its own
    prescribed = "prescribed"
    #: years counted in classes: there is no distribution, hence no return period
    counted = "counted"


def level_name(period: int) -> str:
    """Return the name of a stored return level among the details of an estimate."""
    return f"level_{period}"


def extrapolated(period: float, years: float | None) -> bool:
    """
    Whether a return period lies beyond the years that carry it.

    METHOD keeps to what is inside the data range: n years show an event of up to n years.
    """
    return period > (years or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    P(H) and base AAL of one window.

    p, p_low, p_high, damage_ratio: (bin, scenario, cell); edges: (bin - 1,) in the
    intensity's unit; n, aal, aal_p05, aal_p95 [% of the exposed value a year]:
    (scenario, cell), NaN where unknown. ``details`` holds what recomputes them.
    """

    n: Array
    edges: Array
    p: Array
    p_low: Array
    p_high: Array
    damage_ratio: Array
    aal: Array
    aal_p05: Array
    aal_p95: Array
    estimator: str
    details: Mapping[str, Array] = field(default_factory=dict)
    flags: Mapping[str, BoolArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """H of one window: score 0..1 and the statistics behind it, (scenario, cell)."""

    score: Array
    statistics: Mapping[str, Array]
    n: Array
    flags: Mapping[str, BoolArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRisk:
    """One peril in one window over a tile: what the nightly run stores."""

    peril: str
    horizon: str
    first_year: int
    last_year: int
    score: Score
    score_status: StatusArray
    estimate: Estimate
    estimate_status: StatusArray
    flags: Mapping[str, BoolArray]
    #: words about the cells, by name: (cell,) text, empty where there is nothing to say
    notes: Mapping[str, npt.NDArray[np.object_]] = field(default_factory=dict)


Details = Mapping[str, Any]
