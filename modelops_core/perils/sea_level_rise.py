"""
Sea-level rise: the yearly highest water comes over the quay.

Intensity is the depth at the building. The yearly maximum still-water level is a
Gumbel distribution about the tide's highest level [1]_, moved by the rise; the sea
wall keeps the 50-year level of the baseline. No waves, no flow routing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    Factor,
    Indices,
    Inundation,
    Limit,
    Peril,
    Prescribed,
    ReturnLevel,
    Terms,
    Vulnerability,
)
from modelops_core.domain.site import Sites
from modelops_core.indicators.depth_damage import damage
from modelops_core.indicators.tides import nearest_gauge

CM_PER_M = 100.0


def indices(climate: Climate, p: Params) -> Indices:
    """Sea-level rise at the nearest coastal node [cm], (scenario, year, cell)."""
    return {"sea_level": climate["sea_level"]}


def location_scale(place: Terms, p: Params) -> tuple[Array, Array]:
    """μ = Z₀ + m and β [m above mean sea level] of the nearest gauge."""
    return place["z0_m"] + place["m_m"], place["beta_m"] * p["surge_factor"]


def shift(change: Array, p: Params) -> Array:
    """Rise [cm] → shift of μ [m]."""
    return change * p["rise_factor"] / CM_PER_M


def terms(design: Callable[[Array], Array], place: Terms, p: Params) -> Terms:
    """Ground and crest [m above mean sea level]: the wall is never below the ground."""
    crest = np.maximum(place["ground"], design(np.asarray(float(p["protection_period"]))))
    return {"ground": place["ground"], "crest": crest}


def depth(x: Array, terms: Terms, p: Params) -> Array:
    """Depth [m] for a water level [m]: none up to the crest, then down to the ground."""
    return np.where(x > terms["crest"], x - terms["ground"], 0.0)


def driver(depth: Array, terms: Terms, p: Params) -> Array:
    """Water level [m] that brings *depth* [m]; never below the crest."""
    return np.maximum(terms["crest"], terms["ground"] + depth)


def cell_place(climate: Climate, p: Params) -> Terms:
    """A map cell is a reference quay, a fixed height above the tide's highest level."""
    gauge = _gauge(climate["latitude"], climate["longitude"], p)
    return {**gauge, "ground": gauge["z0_m"] + p["reference_quay"]}


def site_place(sites: Sites, p: Params) -> Terms:
    """The site's own ground; NaN where the elevation is unknown."""
    return {**_gauge(sites["latitude"], sites["longitude"], p), "ground": sites["elevation_m"]}


def _gauge(latitude: Array, longitude: Array, p: Params) -> dict[str, Array]:
    return nearest_gauge(latitude, longitude, p["tide_gauges"], ("z0_m", "m_m", "beta_m"))


def inland(climate: Climate, p: Params) -> BoolArray:
    """Cells of which no point lies near the coast, (cell,)."""
    return climate["coast_distance_m"] > p["coast_limit"] + p["cell_margin"]


def quality(climate: Climate, p: Params) -> Mapping[str, BoolArray]:
    """A rise under ssp5 that is too small is the dynamic part alone: nothing is published."""
    late = climate["sea_level"][:, climate.years >= p["suspect_from"]]
    if "ssp5" not in climate.scenarios or not late.shape[1]:
        return {}
    own = late[climate.scenarios.index("ssp5")]
    # each cell's last known year: the other tables may reach further than the sea level's
    last = own.shape[0] - 1 - np.argmax(~np.isnan(own[::-1]), axis=0)
    rise = np.take_along_axis(own, last[None], axis=0)
    return {"slr_component_suspect": rise < p["suspect_rise"]}


def proximity(sites: Sites, p: Params) -> Factor:
    """P by distance to the coast and height; NaN where the elevation is unknown."""
    place = site_place(sites, p)
    distance = sites["coast_distance_m"]
    start, span = p["freeboard_range"]
    height = np.clip(1 - (place["ground"] - place["z0_m"] - start) / span, 0.0, 1.0)
    far = distance > p["coast_limit"]
    return Factor(
        np.where(far, 0.0, np.exp(-distance / p["coast_length"]) * height),
        {
            "elevation_unknown": np.isnan(sites["elevation_m"]) & ~far,
            "bathtub_inland": (distance > p["bathtub_limit"]) & ~far,
        },
        not_applicable=far,
        weak=frozenset({"bathtub_inland"}),
    )


def above_ground(level: Array, terms: Terms, p: Params) -> Array:
    """The level above the ground [m]."""
    return level - terms["ground"]


PERIL = Peril(
    key="sea_level_rise",
    label="Sea-level rise",
    label_ko="해수면 상승",
    order=4,
    intensity="depth at the building in the year's highest water",
    intensity_ko="연 최고수위 때 건물의 침수심",
    unit="m",
    kind="physical",
    grade="D",
    requires=frozenset({"sea_level", "latitude", "longitude", "coast_distance_m"}),
    indices=indices,
    frequency=Prescribed(
        "sea_level",
        location_scale,
        shift,
        Inundation(terms, depth, driver, cell_place, site_place),
    ),
    hazard=(
        ReturnLevel(
            "level_100yr_above_ground",
            "m",
            anchors="anchors",
            period="hazard_level_period",
            transform=above_ground,
        ),
    ),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="flood", use="flood"),
    site_factor="inundation",
    storeys_matter=True,
    hazard_of_site=True,
    not_applicable=inland,
    quality=quality,
    blocking=frozenset({"slr_component_suspect"}),
    overlap=("storm", "water"),
    references=(
        "[1] KHOA tide gauges, harmonic constants 2025; PSMSL positions.",
        "[2] KHOA, sea-level projections for Korea, March 2023.",
        "[3] J. Huizinga, H. de Moel & W. Szewczyk, JRC105688, EUR 28552 EN, 2017, Asia.",
    ),
    limits=(
        Limit(
            "A bathtub of still water: no waves, no overtopping, no flow routing.",
            "정수위 기준의 단순 침수로 파랑·월파·흐름을 계산하지 않습니다.",
        ),
        Limit(
            "Tide-gauge scale and mean excess are assumed until hourly levels are loaded.",
            "조위관측소의 분포 모수는 시간 조위자료가 적재되기 전까지 가정값입니다.",
        ),
        Limit(
            "The sea wall keeps the baseline's height: it is never raised.",
            "방조제는 기준기후 높이로 유지되고 증고하지 않는다고 가정합니다.",
        ),
        Limit(
            "Map cells are a reference quay, not the ground of any site.",
            "지도 값은 특정 부지가 아닌 기준 안벽의 값입니다.",
        ),
    ),
)
