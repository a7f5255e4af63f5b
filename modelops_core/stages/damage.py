"""Damage of an intensity: by the peril's curve, or one ratio a class where a table is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.errors import InvalidParameter
from modelops_core.stages.extremes import depth_quadrature

Table = Mapping[str, Sequence[float]]
#: what ``damage_table`` says where the curve holds
NO_TABLE = "none"


def table(p: Params) -> Table | None:
    """
    Return the edges of the classes and their ratios; None where the curve holds.

    A ratio is the share of the value of an average building. Raises InvalidParameter where the
    edges do not ascend or the numbers of edges and ratios do not fit.
    """
    if "damage_table" not in p or p["damage_table"] == NO_TABLE:
        return None
    found: Table = p["damage_table"]
    edges, ratio = found["edges"], found["ratio"]
    ascending = all(a < b for a, b in pairwise(edges))
    if not ascending or len(ratio) != len(edges) + 1:
        raise InvalidParameter("damage_table", peril=p.owner, edges=edges, ratio=ratio)
    return found


def edges(p: Params) -> Array:
    """Inner edges of the classes of intensity, (bin − 1,)."""
    found = table(p)
    return np.asarray(p["bins"] if found is None else found["edges"], dtype=float)


def ratio(peril: Peril, x: Array, p: Params, curve: str | None = None) -> Array:
    """
    Return the base damage ratio [share of the value] of an intensity.

    It is that of the peril's curve, or of the class that the intensity is in.
    """
    found = table(p)
    if found is None:
        return peril.damage(x, p) if curve is None else peril.damage(x, p, curve)
    inside = np.searchsorted(edges(p), x, side="right")
    # no intensity is the lowest class, also where that ends at 0: dry ground is not flooded
    step = _steps(found, p)[np.where(x > 0, inside, 0)]
    return np.where(np.isnan(x), np.nan, step)


def at_edges(peril: Peril, p: Params, curve: str | None = None) -> Array:
    """Base damage ratio at the lower edge of each class, (bin,); the lowest starts at 0."""
    found = table(p)
    if found is not None:
        return _steps(found, p)
    inner = edges(p)
    return ratio(peril, np.concatenate([inner[:1] * 0, inner]), p, curve)


def at_middles(peril: Peril, p: Params) -> Array:
    """Base damage ratio in the middle of each class, (bin,); of the highest at its lower edge."""
    inner = edges(p)
    low = np.concatenate([inner[:1] * 0, inner])
    high = np.concatenate([inner, inner[-1:]])
    return ratio(peril, (low + high) / 2, p)


def quadrature(peril: Peril, p: Params, curve: str) -> tuple[Array, Array]:
    """
    Return depths h [m] and weights w with expected damage = Σ w · P(depth > h).

    Where a table is in force these are its edges and its steps.
    """
    found = table(p)
    if found is not None:
        return edges(p), np.diff(_steps(found, p))
    knots = p["depth_damage"]["depth"]
    return depth_quadrature(
        knots, peril.damage(np.asarray(knots, float), p, curve), int(p["interval_nodes"])
    )


def _steps(found: Table, p: Params) -> Array:
    """An average building has the table's ratio: base = ratio ÷ (1 + reference V)."""
    return np.asarray(found["ratio"], dtype=float) / (1 + p["reference_vulnerability"])
