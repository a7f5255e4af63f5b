"""Where the loss of a portfolio lies: shares of keys, the Lorenz curve, Herfindahl's index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array

#: points of a Lorenz curve that are kept, both ends included
POINTS = 101


@dataclass(frozen=True, slots=True)
class Share:
    """One key's share of the loss, and that of all keys up to it, the largest first."""

    key: str
    loss: float
    share: float
    cumulative: float


def shares(keys: Sequence[str], loss: Array) -> tuple[Share, ...]:
    """Shares of losses (key,) [KRW a year], the largest first; none where nothing is lost."""
    total = float(loss.sum())
    if not total > 0:
        return ()
    order = np.lexsort((np.asarray(keys, dtype=str), -loss))
    own = loss[order] / total
    return tuple(
        Share(keys[i], float(loss[i]), float(part), float(up_to))
        for i, part, up_to in zip(order, own, np.cumsum(own), strict=True)
    )


def herfindahl(loss: Array) -> float:
    """Return Σ share², 1/n for n equal keys to 1 for a single one; NaN where nothing is lost."""
    total = float(loss.sum())
    return float(((loss / total) ** 2).sum()) if total > 0 else float("nan")


def lorenz(loss: Array, points: int = POINTS) -> Array:
    """
    Return the share of the loss that the least affected share of the sites bears, (point,).

    *loss* (site,) are the known losses; the shares of sites are even from 0 to 1. NaN where nothing
    is lost.
    """
    total = float(loss.sum())
    if not total > 0:
        return np.full(points, np.nan)
    up_to = np.concatenate([[0.0], np.cumsum(np.sort(loss)) / total])
    return np.asarray(np.interp(np.linspace(0, 1, points), np.linspace(0, 1, up_to.size), up_to))


def gini(loss: Array) -> float:
    """Return twice the area between the Lorenz curve and even losses; NaN where nothing is lost."""
    total, n = float(loss.sum()), loss.size
    if not total > 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(loss) / (n * total))
