"""
Where a site stands among others: the country's cells, and its peers.

A cell stands for an average office on the map's ground, so that a site is compared with cells by
its own ground's AAL before vulnerability (base AAL × site factor), and with peers, which are
buildings, by its final AAL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.answer import PerilResult
from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.result import Status


@dataclass(frozen=True, slots=True)
class Rank:
    """How many of ``count`` others lie below; those that are equal are not below."""

    below: int
    count: int

    @property
    def percentile(self) -> float:
        """Share of the others that lie below [%]."""
        return 100 * self.below / self.count


def ground_rate(result: PerilResult) -> float | None:
    """AAL of the site's ground before vulnerability [% a year]; None where there is no number."""
    if not result.has_number or result.final_aal is None or result.vulnerability_scale is None:
        return None
    return result.final_aal / result.vulnerability_scale


def national(result: PerilResult, aal: Array, status: IntArray) -> Rank | None:
    """
    Return the rank among the cells (cell,) where the peril applies and has a number.

    None where the site or every cell has none.
    """
    own = ground_rate(result)
    known = aal[(status <= Status.low_confidence) & ~np.isnan(aal)]
    if own is None or not known.size:
        return None
    # what was stored with thirteen figures and multiplied again is not below itself
    return Rank(int((known < own * (1 - 1e-9)).sum()), int(known.size))


def among(result: PerilResult, rates: Sequence[float]) -> Rank | None:
    """Return the rank among the final AALs of peers; None without a number or without peers."""
    if not result.has_number or result.final_aal is None or not rates:
        return None
    return Rank(sum(rate < result.final_aal for rate in rates), len(rates))
