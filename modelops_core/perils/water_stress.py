"""
Water stress: a dearer water bill where a basin withdraws much of what it has.

Intensity is gross withdrawal over available renewable supply of the major basin [1]_,
without environmental-flow deduction; supply follows a Budyko balance [2]_ of the
basin's mean rain and FAO-56 reference evapotranspiration [3]_. Where the basin's lowest
gauge has a record, its mean volume sets the level and the balance only the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain import gauges
from modelops_core.domain.climate import Array, BoolArray, Climate, IntArray, full_year
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Factor, Indices, Limit, Mean, Peril, Vulnerability
from modelops_core.domain.site import Sites
from modelops_core.indicators import budyko
from modelops_core.indicators import evapotranspiration as et
from modelops_core.indicators.months import month_lengths

JULY = 6
CUBIC_METRES_PER_BN = 1e9
MJ_A_DAY_PER_WATT = 0.0864
#: units that radiation is taken to be in by its size; each is a flag
GUESSED = ("radiation_watts", "radiation_monthly_total")


def regional(climate: Climate, p: Params) -> Mapping[str, Array]:
    """
    Return yearly rain and E₀ of each cell [mm], (scenario, year, cell).

    With them, for each unit that radiation may have been guessed to be in, 1 where it was. The
    nightly run averages all over each basin.
    """
    days = month_lengths(climate.years).astype(float)[None, :, :, None]
    day = et.MID_MONTH[:, None]
    extraterrestrial = et.extraterrestrial_radiation(climate["latitude"], day)
    elevation = np.nan_to_num(climate["elevation_m"], nan=p["elevation_unknown"])
    solar = _per_day(climate["si"], days, p)
    daily = et.reference_et(
        climate["ta"], climate["rhm"], climate["ws"], solar, extraterrestrial, elevation
    )
    evaporation = _yearly(daily * days)
    unit = _assumed_unit(climate["si"], p)
    return {
        "regional_precipitation": _yearly(climate["rn"]),
        "regional_reference_et": evaporation,
        **{f"regional_{name}": np.full_like(evaporation, name == unit) for name in GUESSED},
    }


def _per_day(solar: Array, days: Array, p: Params) -> Array:
    """[MJ/m² per day] of a series in the unit that its July median shows."""
    match _assumed_unit(solar, p):
        case "radiation_monthly_total":
            return solar / days
        case "radiation_watts":
            return solar * MJ_A_DAY_PER_WATT
    return solar


def _assumed_unit(solar: Array, p: Params) -> str:
    """The flag of the unit that was assumed; empty where it is the usual one."""
    july = solar[:, :, JULY]
    typical = float(np.nanmedian(july)) if np.isfinite(july).any() else 0.0
    if typical <= p["solar_monthly_total"]:
        return ""
    return "radiation_watts" if typical <= p["solar_watts"] else "radiation_monthly_total"


def _yearly(monthly: Array) -> Array:
    return np.where(full_year(monthly), monthly.sum(axis=2), np.nan)


def indices(climate: Climate, p: Params) -> Indices:
    """Withdrawal over supply [1], (scenario, year, cell); NaN outside the five basins."""
    rain, et0 = climate["regional_precipitation"], climate["regional_reference_et"]
    with np.errstate(invalid="ignore"):
        runoff = np.where(rain > 0, budyko.runoff(rain, et0, p["budyko_n"]), np.nan)
    basin = climate["basin_code"]
    outlet = _outlet(climate, p)
    with np.errstate(invalid="ignore", divide="ignore"):
        measured = _depth(outlet.volume, basin, p) * runoff / _reference(runoff, climate.years, p)
    supply = np.where(outlet.used, measured, runoff)
    return {"stress": _withdrawal(basin, climate["domestic_demand"], p) / supply}


def _withdrawal(basin: Array, demand: Array, p: Params) -> Array:
    """Withdrawal [mm/yr over the basin]; the domestic share follows the population."""
    depth = _depth(_column("withdrawal_bn_m3", basin, p) * CUBIC_METRES_PER_BN, basin, p)
    share = _column("domestic_share", basin, p)
    return depth * (share * demand + 1 - share)


def _column(key: str, basin: Array, p: Params) -> Array:
    """A column of the basins' table, NaN outside the five."""
    tables = p["basins"]
    return np.array([tables[b][key] if b in tables else np.nan for b in basin])


def _depth(volume: Array, basin: Array, p: Params) -> Array:
    """A yearly volume [m³] as a depth over the whole basin [mm]."""
    return volume / (_column("area_km2", basin, p) * 1e6) * 1000


def _reference(runoff: Array, years: IntArray, p: Params) -> Array:
    """
    Mean run-off of the baseline years [mm], (scenario, 1, cell).

    As stages.windows: the normal period where enough of it is known, else the first known years.
    """
    first, last = p["baseline"]
    known = np.isfinite(runoff).any(axis=(0, 2))
    normal = (years >= first) & (years <= last)
    if (known & normal).sum() < p["minimum_years"] and known.any():
        normal = (years >= years[known.argmax()]) & (
            years < years[known.argmax()] + p["full_years"]
        )
    part = runoff[:, normal]
    n = np.isfinite(part).sum(axis=1, keepdims=True)
    mean: Array = np.nansum(part, axis=1, keepdims=True) / np.where(n > 0, n, np.nan)
    return mean


@dataclass(frozen=True, slots=True)
class _Outlet:
    """
    The basins' lowest gauges, each array (cell,).

    The number of valid ``years``, the mean yearly ``volume`` [m³], and whether the record is used,
    was invented, is too short, or holds what no river brings.
    """

    years: Array
    volume: Array
    used: BoolArray
    invented: BoolArray
    short: BoolArray
    implausible: BoolArray


def _outlet(climate: Climate, p: Params) -> _Outlet:
    """A gauge counts with enough whole years, and where its flow was not invented."""
    valid = climate["outlet_known"] >= p["gauge_days"]  # NaN: no such year
    years = valid.sum(axis=0)
    total = np.where(valid, climate["outlet_volume"], 0.0).sum(axis=0)
    real = np.isin(climate["outlet_kind"], p["gauge_kinds"])
    there = np.array([bool(name) for name in climate["outlet_station"]])
    long = years >= p["gauge_years"]
    volume = total / np.where(years > 0, years, np.nan)
    counts = there & real
    doubtful = counts & long & ~_believable(climate, valid, p)
    return _Outlet(
        years,
        volume,
        used=counts & long & ~doubtful & (total > 0),
        invented=there & ~real,
        short=counts & ~long,
        implausible=doubtful,
    )


def _believable(climate: Climate, valid: BoolArray, p: Params) -> BoolArray:
    """Whether the maxima of the valid years can be a river's, (cell,)."""
    maximum, median = climate["outlet_maximum"], climate["outlet_median"]
    return np.array(
        [
            not at.any()
            or gauges.believable(
                maximum[at, cell], median[at, cell], p["gauge_spread"], p["gauge_over_median"]
            )
            for cell, at in enumerate(valid.T)
        ],
        dtype=bool,
    )


def quality(climate: Climate, p: Params) -> Mapping[str, BoolArray]:
    """
    Basins without published withdrawal (Jeju); whether the lowest gauge sets the supply,
    and why not.
    """
    outside = np.array([b not in p["basins"] for b in climate["basin_code"]])
    outlet = _outlet(climate, p)
    return _guessed(climate) | {
        "no_withdrawal_figures": outside[None],
        "supply_gauged": outlet.used[None],
        "supply_gauge_synthetic": outlet.invented[None],
        "supply_gauge_short": outlet.short[None],
        "supply_gauge_implausible": outlet.implausible[None],
    }


def _guessed(climate: Climate) -> dict[str, BoolArray]:
    """Basins in any of whose cells the unit of radiation was guessed, by that unit, (1, cell)."""
    shares = {name: climate.values.get(f"regional_{name}") for name in GUESSED}
    return {
        name: (share > 0).any(axis=(0, 1))[None]
        for name, share in shares.items()
        if share is not None and (share > 0).any()
    }


def notes(climate: Climate, p: Params) -> Mapping[str, Array]:
    """Which gauge sets the supply, and its number of years."""
    outlet = _outlet(climate, p)
    said = [
        f"{station}, n = {years}" if used else ""
        for station, years, used in zip(
            climate["outlet_station"], outlet.years, outlet.used, strict=True
        )
    ]
    return {"supply_gauge": np.array(said, dtype=object)}


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
        {
            "regional_precipitation",
            "regional_reference_et",
            "basin_code",
            "domestic_demand",
            "outlet_volume",
            "outlet_known",
            "outlet_median",
            "outlet_maximum",
            "outlet_kind",
            "outlet_station",
        }
    ),
    indices=indices,
    regional=regional,
    regional_requires=frozenset({"ta", "rhm", "ws", "si", "rn", "latitude", "elevation_m"}),
    series=frozenset({"ta", "rhm", "ws", "si", "rn"}),
    quality=quality,
    harmless=frozenset(
        {
            "supply_gauged",
            "supply_gauge_synthetic",
            "supply_gauge_short",
            "supply_gauge_implausible",
        }
    ),
    notes=notes,
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
            "Where the basin's lowest gauge has no long observed record, supply is the Budyko"
            " balance alone; a gauge's volume is taken as the whole basin's.",
            "유역 말단 관측소의 장기 실측이 없으면 가용 수자원은 부디코 수지만으로 구하며,"
            " 관측소의 유출량을 권역 전체의 것으로 봅니다.",
        ),
    ),
)
