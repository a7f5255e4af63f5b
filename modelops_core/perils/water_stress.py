"""
Water stress: a dearer water bill where a basin withdraws much of what it has.

Intensity is gross withdrawal over available renewable supply of the major basin [1]_,
without environmental-flow deduction; supply follows a Budyko balance [2]_ of the
basin's mean rain and FAO-56 reference evapotranspiration [3]_.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate, full_year
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Factor, Indices, Limit, Mean, Peril, Vulnerability
from modelops_core.domain.site import Sites
from modelops_core.indicators import budyko
from modelops_core.indicators import evapotranspiration as et
from modelops_core.indicators.fwi import month_lengths

JULY = 6
CUBIC_METRES_PER_BN = 1e9


def regional(climate: Climate, p: Params) -> Mapping[str, Array]:
    """Yearly rain and E₀ of each cell [mm], to be averaged over its basin; (scenario, year, cell)."""
    days = month_lengths(climate.years).astype(float)[None, :, :, None]
    day = et.MID_MONTH[:, None]
    extraterrestrial = et.extraterrestrial_radiation(climate["latitude"], day)
    elevation = np.nan_to_num(climate["elevation_m"], nan=p["elevation_unknown"])
    solar = _per_day(climate["si"], days, p["solar_monthly_total"])
    daily = et.reference_et(
        climate["ta"], climate["rhm"], climate["ws"], solar, extraterrestrial, elevation
    )
    return {
        "regional_precipitation": _yearly(climate["rn"]),
        "regional_reference_et": _yearly(daily * days),
    }


def _per_day(solar: Array, days: Array, monthly_total: float) -> Array:
    """[MJ/m² per day]; a July median above *monthly_total* shows that the series holds totals."""
    july = solar[:, :, JULY]
    total = np.nanmedian(july) > monthly_total if np.isfinite(july).any() else False
    return solar / days if total else solar


def _yearly(monthly: Array) -> Array:
    return np.where(full_year(monthly), monthly.sum(axis=2), np.nan)


def indices(climate: Climate, p: Params) -> Indices:
    """Withdrawal over supply [1], (scenario, year, cell); NaN outside the five basins."""
    rain, et0 = climate["regional_precipitation"], climate["regional_reference_et"]
    with np.errstate(invalid="ignore"):
        supply = np.where(rain > 0, budyko.runoff(rain, et0, p["budyko_n"]), np.nan)
    basin = climate["basin_code"]
    return {"stress": _withdrawal(basin, climate["domestic_demand"], p) / supply}


def _withdrawal(basin: Array, demand: Array, p: Params) -> Array:
    """Withdrawal [mm/yr over the basin]; the domestic share follows the population."""
    tables = p["basins"]

    def column(key: str) -> Array:
        return np.array([tables[b][key] if b in tables else np.nan for b in basin])

    depth = column("withdrawal_bn_m3") * CUBIC_METRES_PER_BN / (column("area_km2") * 1e6) * 1000
    share = column("domestic_share")
    return depth * (share * demand + 1 - share)


def not_covered(climate: Climate, p: Params) -> Mapping[str, BoolArray]:
    """Cells whose basin has no published withdrawal (Jeju)."""
    outside = np.array([b not in p["basins"] for b in climate["basin_code"]])
    return {"no_withdrawal_figures": outside[None]}


def damage(x: Array, p: Params, curve: str = "") -> Array:
    """Water bill that doubles between low and extremely high stress, ÷ (1 + reference V)."""
    low, high = p["bill_range"]
    share = np.clip((x - low) / (high - low), 0.0, 1.0)
    return share * p["bill_ratio"] / (1 + p["reference_vulnerability"])


def proximity(sites: Sites, p: Params) -> Factor:
    """P = 1: the basin shares its water."""
    return Factor(np.ones(len(sites)))


PERIL = Peril(
    key="water_stress",
    label="Water stress",
    label_ko="물 부족",
    order=4,
    intensity="withdrawal over renewable supply of the basin",
    intensity_ko="권역의 취수량/가용 수자원",
    unit="1",
    kind="operating",
    grade="C",
    requires=frozenset(
        {"regional_precipitation", "regional_reference_et", "basin_code", "domestic_demand"}
    ),
    indices=indices,
    regional=regional,
    regional_requires=frozenset({"ta", "rhm", "ws", "si", "rn", "latitude", "elevation_m"}),
    series=frozenset({"ta", "rhm", "ws", "si", "rn"}),
    quality=not_covered,
    frequency=Counted("stress"),
    hazard=(Mean("stress", unit="1", anchors="anchors", logarithmic=True),),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="temperature", use="water"),
    overlap=("shortage", "water_stress"),
    references=(
        "[1] S. Kuzma et al., Aqueduct 4.0, World Resources Institute, 2023.",
        "[2] B. J. Choudhury, J. Hydrol. 216, 1999; H. Yang et al., Water Resour. Res. 44, 2008.",
        "[3] R. G. Allen et al., FAO Irrigation and Drainage Paper 56, 1998.",
        "[4] National Atlas of Korea: water balance and basin withdrawals, 2011.",
    ),
    limits=(
        Limit(
            "Withdrawals are those of 2011; only the domestic share follows the population.",
            "취수량은 2011년 값이며 생활용수만 인구를 따라 변합니다.",
        ),
        Limit(
            "No reservoirs, transfers or curtailment; the basins' areas are from memory.",
            "댐·광역급수·제한급수를 반영하지 않으며 권역 면적은 확인이 필요한 값입니다.",
        ),
        Limit(
            "Supply comes from the Budyko balance: measured volumes at gauges are not used yet.",
            "가용 수자원은 부디코 수지로 구하며 실측 유량은 아직 쓰지 않습니다.",
        ),
    ),
)
