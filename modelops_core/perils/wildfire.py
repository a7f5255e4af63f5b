"""
Wildfire: fires that reach a building from the forest.

Intensity is 2.5 × the largest monthly mean of the Canadian Fire Weather Index [1]_ in
the fire season, an estimate of the worst month's 95th-percentile day. Damage is burned
share of the forest in a year of that weather × damage to a building inside a fire.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Factor, Indices, Limit, Mean, Peril, Vulnerability
from modelops_core.domain.site import Sites
from modelops_core.indicators import fwi
from modelops_core.indicators.months import month_lengths
from modelops_core.indicators.noon_weather import noon_weather


def indices(climate: Climate, p: Params) -> Indices:
    """X = 2.5 · max of the fire season's monthly mean FWI [1]; (scenario, year, cell)."""
    days = month_lengths(climate.years)
    weather = noon_weather(
        climate["ta"],
        climate["rhm"],
        climate["ws"],
        climate["rn"],
        climate["sdii"],
        days,
        noon_excess=p["noon_excess"],
        wind_ratio=p["noon_wind_ratio"],
        sdii_floor=p["sdii_floor"],
        wet_month=p["wet_month"],
    )
    season = np.isin(np.arange(1, 13), p["fire_season"])
    monthly = fwi.monthly_mean(weather, days, season, climate.shared_years, p["spin_up"])
    # max, not nanmax: a year needs all months of its season
    return {"fwi": p["peak_ratio"] * monthly[:, :, season].max(axis=2)}


def damage(x: Array, p: Params, curve: str = "") -> Array:
    """Burned fraction (log-linear in FWI) × damage in a fire, ÷ (1 + reference V)."""
    table = p["burned_fraction"]
    burned = np.exp(np.interp(x, table["fwi"], np.log(table["rate"]))) * p["burned_factor"]
    return burned * p["damage_in_fire"] / (1 + p["reference_vulnerability"])


def quality(climate: Climate, p: Params) -> Mapping[str, BoolArray]:
    """Where the province is unknown, the country's burned share stands in."""
    codes = climate.values.get("province_code", [""] * climate.cells.size)
    return {"province_unknown": np.array([not code for code in codes], dtype=bool)[None]}


def cell_factor(climate: Climate, p: Params) -> Array:
    """Burned share of the cell's province over the country's; 1 where the province is unknown."""
    table = p["province_factor"]
    codes = climate.values.get("province_code")
    if codes is None:
        return np.ones(climate.cells.size)
    return np.array([table.get(str(c), table["else"]) if c else 1.0 for c in codes], dtype=float)


def proximity(sites: Sites, p: Params) -> Factor:
    """P = exp(−(d − 30 m)/320 m) with d the distance to forest; by kind of town where unknown."""
    distance = sites["forest_distance_m"]
    unknown = np.isnan(distance)
    beyond = np.maximum(0.0, np.nan_to_num(distance) - p["forest_edge"])
    typical = p["proximity_unknown"]
    by_town = np.where(sites["is_urban"] == 1, typical["dong"], typical["eup_myeon"])
    value = np.where(unknown, by_town, np.exp(-beyond / p["forest_length"]))
    return Factor(
        value, {"forest_distance_assumed": unknown}, weak=frozenset({"forest_distance_assumed"})
    )


PERIL = Peril(
    key="wildfire",
    label="Wildfire",
    label_ko="산불",
    order=1,
    intensity="fire weather of the worst month (FWI)",
    intensity_ko="산불기상이 가장 나쁜 달의 FWI",
    unit="FWI",
    kind="physical",
    grade="C",
    requires=frozenset({"ta", "rhm", "ws", "rn", "sdii", "province_code"}),
    series=frozenset({"ta", "rhm", "ws", "rn", "sdii"}),
    cell_factor=cell_factor,
    indices=indices,
    quality=quality,
    harmless=frozenset({"province_unknown"}),
    frequency=Counted("fwi"),
    hazard=(Mean("fwi", unit="FWI", anchors="anchors"),),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="wildfire"),
    site_factor="proximity",
    references=(
        "[1] C. E. Van Wagner, Forestry Technical Report 35, Canadian Forestry Service, 1987.",
        "[2] EFFIS fire danger classes, European Commission JRC.",
        "[3] Korea Forest Service, burned areas 1995–2024.",
        "[4] H. A. Kramer et al., Int. J. Wildland Fire 28:641, 2019 (damage inside perimeters).",
    ),
    limits=(
        Limit(
            "Monthly means hold no dry-wind events (Yangganjipung), the driver of the large"
            " east-coast fires.",
            "월평균 자료에는 동해안 대형산불의 원인인 양간지풍이 담기지 않습니다.",
        ),
        Limit(
            "Korean fires are set by people: danger indices follow the number of fires better than"
            " burned area.",
            "국내 산불은 대부분 인위적 발화라 위험지수는 피해면적보다 건수를 더 잘 설명합니다.",
        ),
        Limit(
            "EFFIS class limits are regional.",
            "EFFIS 등급 경계는 유럽 기준입니다.",
        ),
    ),
)
