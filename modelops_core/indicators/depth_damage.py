"""The damage ratio of a depth of water, for every peril that floods."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params


def damage(x: Array, p: Params, curve: str = "commercial") -> Array:
    """
    Base damage ratio of a depth [m]: the JRC share × what floods can destroy,
    ÷ (1 + reference V).
    """
    table = p["depth_damage"]
    share = np.interp(x, table["depth"], table[curve])
    return share * p["maximum_damage"] / (1 + p["reference_vulnerability"])
