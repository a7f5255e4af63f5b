"""
Urban flood: rain beyond what the drains carry.

Intensity is the depth in the building. The year's wettest day gives an hour's rain
[1]_; what exceeds the drains' capacity (a return level of the baseline) ponds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from modelops_core.domain.climate import Array, Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    Factor,
    Fitted,
    Indices,
    Inundation,
    Limit,
    Peril,
    ReturnLevel,
    Terms,
    Vulnerability,
)
from modelops_core.domain.site import Sites
from modelops_core.indicators.depth_damage import damage

MM_PER_M = 1000.0


def indices(climate: Climate, p: Params) -> Indices:
    """Yearly maximum one-day rain [mm], (scenario, year, cell)."""
    return {"rx1day": climate["rx1day"]}


def terms(design: Callable[[Array], Array], place: Terms, p: Params) -> Terms:
    """Drain capacity [mm/h] and ponding factor."""
    protection = design(np.asarray(float(p["drain_period"])))
    return {**place, "protection": protection, "capacity": p["hourly_ratio"] * protection}


def depth(x: Array, terms: Terms, p: Params) -> Array:
    """Depth in the building [m] for a one-day rain [mm]."""
    excess = np.maximum(0.0, p["hourly_ratio"] * x - terms["capacity"])
    return np.maximum(0.0, terms["ponding"] * excess / MM_PER_M - p["sill"])


def driver(depth: Array, terms: Terms, p: Params) -> Array:
    """One-day rain [mm] that brings *depth* [m] into the building; infinite without ponding."""
    with np.errstate(divide="ignore"):
        excess = (depth + p["sill"]) * MM_PER_M / terms["ponding"]
    return (terms["capacity"] + excess) / p["hourly_ratio"]


def cell_place(climate: Climate, p: Params) -> Terms:
    """A map cell has ordinary ponding, and of its buildings a share is wetted."""
    one = np.ones(climate.cells.size)
    return {"ponding": float(p["ponding"]) * one, "wet_share": float(p["wet_share"]) * one}


def site_place(sites: Sites, p: Params) -> Terms:
    """Depressions gather water, and are all wetted; so do sealed surroundings gather it."""
    base = np.where(sites["depression"], float(p["ponding_depression"]), float(p["ponding"]))
    known = ~np.isnan(sites["impervious"])
    scaled = base * np.where(known, sites["impervious"], 0.0) / p["impervious_reference"]
    return {
        "ponding": np.where(known, np.maximum(p["ponding_least"], scaled), base),
        "wet_share": np.where(sites["depression"], 1.0, float(p["wet_share"])),
    }


def proximity(sites: Sites, p: Params) -> Factor:
    """P = 0.2 + 0.8 · impervious share; by kind of district where unknown."""
    unknown = np.isnan(sites["impervious"])
    typical = p["impervious_unknown"]
    by_district = np.where(sites["is_urban"] == 1, typical["urban"], typical["rural"])
    share = np.where(unknown, by_district, sites["impervious"])
    floor = p["proximity_floor"]
    return Factor(floor + (1 - floor) * share, {"impervious_assumed": unknown})


def hourly_rain(level: Array, terms: Terms, p: Params) -> Array:
    """An hour's rain [mm/h] of a day's."""
    return p["hourly_ratio"] * level


PERIL = Peril(
    key="urban_flood",
    label="Urban flood",
    label_ko="도시침수",
    order=3,
    intensity="depth in the building beyond the drains",
    intensity_ko="배수능력을 넘은 비로 인한 건물 침수심",
    unit="m",
    kind="physical",
    grade="C",
    requires=frozenset({"rx1day"}),
    indices=indices,
    frequency=Fitted(
        "rx1day",
        shape="rain_shape",
        inundation=Inundation(terms, depth, driver, cell_place, site_place),
        signal="rx1day",
    ),
    hazard=(
        ReturnLevel(
            "rain_1h_10yr",
            "mm/h",
            anchors="anchors",
            period="hazard_period",
            transform=hourly_rain,
        ),
    ),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="flood", use="flood"),
    site_factor="inundation",
    storeys_matter=True,
    overlap=("storm", "water"),
    references=(
        "[1] Mononobe's formula; J. H. Ahn, intensity of short rain in Daejeon, 1981.",
        "[2] J. Huizinga, H. de Moel & W. Szewczyk, JRC105688, EUR 28552 EN, 2017, Asia.",
        "[3] S. Papalexiou & D. Koutsoyiannis, Water Resour. Res. 49:187, 2013 (GEV shape).",
    ),
    limits=(
        Limit(
            "Ponding is one factor, not a drainage model: micro-terrain and blocked sewers are"
            " unseen.",
            "저류는 배수모형이 아닌 단일 계수로, 미지형과 관거 막힘을 보지 못합니다.",
        ),
        Limit(
            "Of the places that the rain could wet a fixed share is wetted, calibrated on two wet"
            " years of Seoul.",
            "비가 잠기게 할 수 있는 곳 가운데 실제로 잠기는 비율은 서울의 두 침수년에 맞춘"
            " 고정값입니다.",
        ),
        Limit(
            "An hour's rain is a fixed share of the day's.",
            "1시간 강우는 일강우의 고정 비율로 환산합니다.",
        ),
        Limit(
            "Shares its rain with river flood: one building is wetted once.",
            "하천홍수와 같은 비를 쓰므로 두 손실은 겹칩니다.",
        ),
    ),
)
