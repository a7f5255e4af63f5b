"""
Regional pooling: a cell's spread from the cells around it.

The index flood [1]_: the ratio l₂/l₁ of the yearly maxima (L-CV) is the mean over the cell and
its neighbours, each with its own trend taken out; l₁ stays the cell's own. Twenty values say
little about a spread, and neighbours share the climate that makes it.

References
----------
.. [1] J. R. M. Hosking & J. R. Wallis, Regional Frequency Analysis, 1997.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Fitted, Peril
from modelops_core.domain.variables import AROUND
from modelops_core.errors import InvalidParameter
from modelops_core.stages.extremes import Sample


def reads(peril: Peril, p: Params) -> frozenset[str]:
    """The variables that *peril* reads under *p*: what it requires, and the cells around where it is pooled."""
    around = around_index(peril, p)
    return peril.requires if around is None else peril.requires | {around}


def around_index(peril: Peril, p: Params) -> str | None:
    """The variable of the cells around that a pooled peril reads; None where it is not pooled."""
    if not isinstance(peril.frequency, Fitted):
        return None
    if p["pooling"] not in (0, 1):
        raise InvalidParameter("pooling", value=p["pooling"])
    return f"{peril.frequency.index}{AROUND}" if p["pooling"] else None


def pooled(own: Sample, around: Sample, p: Params) -> Sample:
    """
    *own* (scenario, cell) with the L-CV of the cells that have enough years, its own among them.

    *around* is (scenario, neighbour, cell). A cell without such neighbours keeps its own.
    """
    total = np.zeros_like(own.l2)
    cells = np.zeros_like(own.l2)
    samples = [own, *(around.of(k) for k in range(around.n.shape[1]))]
    for sample in samples:  # one after the other: padding by cells that do not exist changes no bit
        ratio = _spread(sample, p)
        total = total + np.nan_to_num(ratio)
        cells = cells + ~np.isnan(ratio)
    beyond = cells - ~np.isnan(_spread(own, p)) > 0
    mean = total / np.where(cells > 0, cells, np.nan)
    return replace(
        own, l2=np.where(beyond, own.l1 * mean, own.l2), cells=np.where(beyond, cells, 1.0)
    )


def _spread(sample: Sample, p: Params) -> Array:
    """L-CV [1] where the years are enough; NaN elsewhere, and of a place without rain."""
    known = (sample.n >= p["minimum_years"]) & (sample.l1 > 0)
    return np.where(known, sample.l2 / np.where(known, sample.l1, 1.0), np.nan)
