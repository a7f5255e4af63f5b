"""Damage curves as points: every set of numbers and every class of use. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import SET_NAMES, ParameterFile, SetName
from modelops_core.domain.peril import Fitted, Peril, Prescribed

#: points of a curve, and how far beyond the last class it is drawn
POINTS, BEYOND = 200, 1.5
#: the class of use whose low and high sets are drawn
USUAL = "commercial"


@dataclass(frozen=True, slots=True)
class Curve:
    """
    Damage ratio over intensity under one parameter set.

    x in the peril's unit; ``published``: share of the exposed value of an average building,
    ``base``: the same ÷ (1 + reference V), which the calculation starts from; equal shapes.
    """

    set_name: SetName
    #: class of use; empty where the peril has one curve
    use: str
    x: Array
    published: Array
    base: Array


def curves(peril: Peril, file: ParameterFile) -> list[Curve]:
    """The three sets of the usual class, then the other classes under the central set."""
    return list(_curves(peril, file))


def edges(peril: Peril, file: ParameterFile) -> list[float]:
    """Edges of the classes of intensity."""
    return [float(edge) for edge in file.params(peril.key)["bins"]]


def _curves(peril: Peril, file: ParameterFile) -> Iterator[Curve]:
    uses = _uses(peril, file)
    for name in SET_NAMES:
        yield _curve(peril, file, name, uses[0])
    for use in uses[1:]:
        yield _curve(peril, file, "central", use)


def _uses(peril: Peril, file: ParameterFile) -> list[str]:
    """Classes of use, the usual one first."""
    if not isinstance(peril.frequency, Fitted | Prescribed):
        return [""]
    known = [name for name in file.params(peril.key)["depth_damage"] if name != "depth"]
    return sorted(known, key=lambda name: name != USUAL)


def _curve(peril: Peril, file: ParameterFile, name: SetName, use: str) -> Curve:
    p = file.params(peril.key, name)
    last = float(p["depth_damage"]["depth"][-1]) if use else BEYOND * edges(peril, file)[-1]
    x = np.unique(np.concatenate([np.linspace(0.0, last, POINTS), edges(peril, file)]))
    base = peril.damage(x, p, use)
    return Curve(name, use, x, base * (1 + p["reference_vulnerability"]), base)
