"""What the stages give back: arrays over (scenario, cell), one window at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
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
