"""
Drought: output lost by water-dependent activity in a dry year.

Intensity is −(minimum of the year's monthly SPEI-12) [1]_: one value a year, because
twelve-month sums repeat eleven twelfths of their data from month to month.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate, full_year
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    Counted,
    Factor,
    Indices,
    Limit,
    Line,
    Mean,
    Peril,
    Vulnerability,
)
from modelops_core.domain.site import Sites

MONTHS_A_YEAR = 12


def indices(climate: Climate, p: Params) -> Indices:
    """−min SPEI-12 of the year [1], larger = drier; (scenario, year, cell)."""
    spei = climate["spei12"]
    enough = full_year(spei, p["spei_months"])
    driest = np.min(spei, axis=2, where=~np.isnan(spei), initial=np.inf)
    return {"dryness": np.where(enough, -driest, np.nan)}


def quality(climate: Climate, p: Params) -> Mapping[str, BoolArray]:
    """SPEI-12 that is not standard normal in the baseline was calibrated on something else."""
    first, last = p["baseline"]
    years = (climate.years >= first) & (climate.years <= last)
    sample = climate["spei12"][:, years]
    known = ~np.isnan(sample)
    n = known.sum(axis=(1, 2))
    total = np.where(n > 0, n, np.nan)
    mean = np.nansum(sample, axis=(1, 2)) / total
    spread = np.sqrt(np.nansum((sample - mean[:, None, None, :]) ** 2, axis=(1, 2)) / total)
    low, high = p["quality_sd"]
    off = (np.abs(mean) > p["quality_mean"]) | (spread < low) | (spread > high)
    return {"spei_calibration": off & (n > 0)}


def damage(x: Array, p: Params, curve: str = "") -> Array:
    """Output lost × share of the year × water-dependent value, ÷ (1 + reference V)."""
    table = p["output_lost"]
    lost = np.interp(x, table["dryness"], table["share"])
    in_year = p["months_dry"] / MONTHS_A_YEAR
    return lost * in_year * p["water_value"] / (1 + p["reference_vulnerability"])


def use_factor(sites: Sites, p: Params) -> Array:
    """Share of a use's output that hangs on water."""
    table = p["use_dependence"]
    return np.array([table.get(use, table["other"]) for use in sites["use_group"]], dtype=float)


def proximity(sites: Sites, p: Params) -> Factor:
    """P = 1: drought covers the area."""
    return Factor(np.ones(len(sites)))


PERIL = Peril(
    key="drought",
    label="Drought",
    label_ko="가뭄",
    order=3,
    intensity="driest month of the year (−SPEI-12)",
    intensity_ko="연중 가장 건조한 달(−SPEI-12)",
    unit="−SPEI",
    kind="operating",
    grade="C",
    requires=frozenset({"spei12"}),
    indices=indices,
    frequency=Counted(
        "dryness",
        line=Line("spei12", residuals="reference_residuals", cap="dryness_cap", sign=-1.0),
    ),
    hazard=(Mean("dryness", unit="−SPEI", anchors="anchors"),),
    damage=damage,
    proximity=proximity,
    use_factor=use_factor,
    vulnerability=Vulnerability(structure="temperature", use="water"),
    quality=quality,
    overlap=("shortage", "drought"),
    references=(
        "[1] S. Vicente-Serrano et al., J. Climate 23:1696, 2010 (SPEI).",
        "[2] T. McKee et al., 8th Conf. Applied Climatology, 1993 (classes).",
        "[3] physrisk, SPEI-12 manufacturing table (OS-Climate).",
    ),
    limits=(
        Limit(
            "SPEI-12 knows nothing of reservoirs, and temperature-driven evapotranspiration"
            " over-dries warm futures.",
            "SPEI-12는 저수지를 반영하지 않으며 고온 미래를 과도하게 건조하게 나타낼 수 있습니다.",
        ),
        Limit(
            "The index says nothing beyond −3, where it is capped.",
            "지수는 −3 아래를 구별하지 못하므로 −3에서 끊습니다.",
        ),
        Limit(
            "No damage to buildings: soil shrinkage is not modelled.",
            "건물 손상(지반 수축)은 다루지 않습니다.",
        ),
    ),
)
