"""
River flood: water over the bank after a day of extreme rain.

Intensity is the depth at the building, driven by the yearly maximum one-day rain:
SCS run-off [1]_, stage of a wide channel [2]_ above the level that the levee was
built for in the baseline climate. Damage by depth is Huizinga et al. [3]_. At a site whose
river has a gauge near, the gauge's yearly maximum flow [5]_ takes the place of the rain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate
from modelops_core.domain.gauges import GAUGED, STATES
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import (
    RECORD_TERMS,
    Factor,
    Fitted,
    Indices,
    Inundation,
    Limit,
    Peril,
    Recorded,
    ReturnLevel,
    Terms,
    Vulnerability,
)
from modelops_core.domain.site import UNKNOWN, Sites
from modelops_core.indicators import gauge_flow, runoff
from modelops_core.indicators.depth_damage import damage
from modelops_core.indicators.gev import Gev

#: what an unknown river counts as: the lowest protection
UNKNOWN_CLASS = "local"


def indices(climate: Climate, p: Params) -> Indices:
    """Yearly maximum one-day rain [mm], (scenario, year, cell)."""
    return {"rx1day": climate["rx1day"]}


def terms(design: Callable[[Array], Array], place: Terms, p: Params) -> Terms:
    """Design run-off and depth, and how water reaches the building; (scenario, cell)."""
    s = runoff.retention(p["curve_number"])
    protection = design(place["period"])
    effective = runoff.effective_rain(protection, s, p["initial_abstraction"])
    return {
        **place,
        "protection": protection,
        # a levee that holds next to nothing has no depth at its design flow
        "design_runoff": np.where(effective < p["least_runoff"], np.nan, effective),
    }


def doubts(terms: Terms, p: Params) -> Mapping[str, BoolArray]:
    """Places whose protection level brings so little run-off that no stage follows from it."""
    return {
        "protection_runoff_small": np.isnan(terms["design_runoff"]) & ~np.isnan(terms["protection"])
    }


def depth(x: Array, terms: Terms, p: Params) -> Array:
    """Depth at the building [m] for a one-day rain [mm]."""
    s = runoff.retention(p["curve_number"])
    effective = runoff.effective_rain(x, s, p["initial_abstraction"])
    stage = runoff.overbank_stage(
        effective, terms["design_runoff"], terms["design_depth"], p["stage_exponent"]
    )
    return np.maximum(stage - terms["hand_m"], 0.0) * terms["reach"]


def driver(depth: Array, terms: Terms, p: Params) -> Array:
    """One-day rain [mm] that brings *depth* [m] to the building; infinite out of reach."""
    s = runoff.retention(p["curve_number"])
    grown = (1 + _stage(depth, terms) / terms["design_depth"]) ** (1 / p["stage_exponent"])
    return runoff.rain_for(terms["design_runoff"] * grown, s, p["initial_abstraction"])


def _stage(depth: Array, terms: Terms) -> Array:
    """Stage over the bank [m] that brings *depth* to the building; infinite out of reach."""
    reach = terms["reach"]
    within = np.where(reach == 0, np.nan, reach)
    return np.where(reach == 0, np.inf, depth / within + terms["hand_m"])


def gauge_terms(design: Callable[[Array], Array], place: Terms, p: Params) -> Terms:
    """
    Return the terms of a gauged site: the design flow Q_p [m³/s] and the depth at it [m].

    The depth is d₂ (Q_p/Q₂)^{3/5}, where Q₂ is the two-year flow and d₂ the depth at it [5].
    """
    protection, median = design(place["period"]), design(2 + 0 * place["period"])
    coefficient, exponent = p["gauge_depth"]
    usual = gauge_flow.two_year_depth(median, coefficient, exponent)
    return {
        **place,
        "protection": protection,
        "design_depth": usual * (protection / median) ** p["stage_exponent"],
    }


def gauge_depth(x: Array, terms: Terms, p: Params) -> Array:
    """
    Depth at the building [m] in a year of *x* m³/s at the gauge; with RECORD_TERMS in a year as
    rare as one of *x* m³/s was in the record's climate.
    """
    flow = _changed(terms).flow(x) if RECORD_TERMS[0] in terms else x
    stage = runoff.overbank_stage(
        flow, terms["protection"], terms["design_depth"], p["stage_exponent"]
    )
    return np.maximum(stage - terms["hand_m"], 0.0) * terms["reach"]


def gauge_driver(depth: Array, terms: Terms, p: Params) -> Array:
    """The gauge's flow [m³/s] that brings *depth* [m] to the building; see :func:`gauge_depth`."""
    grown = (1 + _stage(depth, terms) / terms["design_depth"]) ** (1 / p["stage_exponent"])
    flow = terms["protection"] * grown
    return _changed(terms).recorded(flow) if RECORD_TERMS[0] in terms else flow


def _changed(terms: Terms) -> gauge_flow.Changed:
    """The record, and the rain whose change it follows."""
    record, window, baseline = (
        Gev(*(terms[f"{whose}_{part}"] for part in ("mu", "alpha", "kappa")))
        for whose in ("record", "window", "baseline")
    )
    return gauge_flow.Changed(record, window, baseline)


def cell_place(climate: Climate, p: Params) -> Terms:
    """A map cell stands on the bank of a local river."""
    one = np.ones(climate.cells.size)
    return _place(np.full(one.size, UNKNOWN_CLASS), 0 * one, 0 * one, p)


def site_place(sites: Sites, p: Params) -> Terms:
    """The site's distance and height; unknown height counts as the bank's."""
    return _place(sites["river_class"], sites["river_distance_m"], _height(sites, p), p)


def _height(sites: Sites, p: Params) -> Array:
    """Ground above the bank [m]."""
    return np.where(np.isnan(sites["hand_m"]), p["hand_unknown"], sites["hand_m"])


def _place(river_class: Array, distance: Array, hand: Array, p: Params) -> Terms:
    known = np.where(river_class == UNKNOWN, UNKNOWN_CLASS, river_class)
    by_class = {name: np.array([p[name][c] for c in known], dtype=float) for name in _BY_CLASS}
    near = distance <= p["distance_limit"]
    return {
        "period": by_class["protection_period"],
        "design_depth": by_class["design_depth"],
        "hand_m": hand,
        "reach": np.where(near, np.exp(-distance / by_class["distance_length"]), 0.0 * distance),
    }


_BY_CLASS = ("protection_period", "design_depth", "distance_length")


def proximity(sites: Sites, p: Params) -> Factor:
    """P = exp(−d/L) · exp(−HAND / 3 m); NaN where the distance is unknown."""
    place = site_place(sites, p)
    distance = sites["river_distance_m"]
    length = np.array(
        [p["distance_length"][UNKNOWN_CLASS if c == UNKNOWN else c] for c in sites["river_class"]]
    )
    value = np.exp(-distance / length) * np.exp(-place["hand_m"] / p["hand_length"])
    return Factor(
        value,
        {
            "river_distance_unknown": np.isnan(distance),
            "hand_assumed": np.isnan(sites["hand_m"]),
            "river_class_assumed": sites["river_class"] == UNKNOWN,
            **{state: sites["gauge_state"] == state for state in STATES},
        },
        remarks={
            "river_path": np.where(sites["gauge_state"] == GAUGED, sites["gauge_said"], "rain")
        },
    )


def ten_year_rain(level: Array, terms: Terms, p: Params) -> Array:
    """The return level itself [mm]."""
    return level


PERIL = Peril(
    key="river_flood",
    label="River flood",
    label_ko="하천홍수",
    order=2,
    intensity="depth over the bank at the building",
    intensity_ko="제방을 넘어 건물에 닿는 침수심",
    unit="m",
    kind="physical",
    grade="B",
    requires=frozenset({"rx1day"}),
    indices=indices,
    frequency=Fitted(
        "rx1day",
        shape="rain_shape",
        inundation=Inundation(terms, depth, driver, cell_place, site_place, doubts),
        signal="rx1day",
        record=Recorded(
            shape="flow_shape",
            distance="gauge_distance",
            years="gauge_years",
            days="gauge_days",
            kinds="gauge_kinds",
            spread="gauge_spread",
            over_median="gauge_over_median",
            inundation=Inundation(gauge_terms, gauge_depth, gauge_driver, cell_place, site_place),
        ),
    ),
    hazard=(
        ReturnLevel(
            "rx1day_10yr", "mm", anchors="anchors", period="hazard_period", transform=ten_year_rain
        ),
    ),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="flood", use="flood"),
    site_factor="inundation",
    storeys_matter=True,
    overlap=("storm", "water"),
    references=(
        "[1] USDA SCS, National Engineering Handbook, section 4 (curve number).",
        "[2] Manning's equation for a wide channel.",
        "[3] J. Huizinga, H. de Moel & W. Szewczyk, JRC105688, EUR 28552 EN, 2017, Asia.",
        "[4] S. Papalexiou & D. Koutsoyiannis, Water Resour. Res. 49:187, 2013 (GEV shape).",
        "[5] K. M. Andreadis, G. Schumann & T. Pavelsky, Water Resour. Res. 49:7164, 2013 (depth"
        " of a river by its flow).",
    ),
    limits=(
        Limit(
            "No hydraulics, levee breach, dams, backwater or debris; peak flow follows the day's"
            " effective rain.",
            "수리계산·제방붕괴·댐·배수위·유송잡물을 다루지 않으며 첨두유량은 일 유효우량을"
            " 따릅니다.",
        ),
        Limit(
            "A map cell stands on the bank of a local river; a site needs its distance and height.",
            "지도 값은 지방하천 제방가의 값이며 부지에는 하천 거리와 높이가 필요합니다.",
        ),
        Limit(
            "Rain drives the river on the map and at every site that names no river; a gauge's flow"
            " follows the change of the cell's rain, and its yearly maxima are of daily means,"
            " below the day's peak.",
            "지도와 하천명이 없는 부지는 강우로 계산합니다. 관측소 유량은 격자 강우의 변화를"
            " 따르며, 연최대 일평균 유량이라 첨두보다 작습니다.",
        ),
        Limit(
            "Bank and design water levels are not used: no table holds them.",
            "제방고와 계획홍수위는 담은 표가 없어 쓰지 않습니다.",
        ),
        Limit(
            "The depth–damage curve is an Asian mean, not a Korean one.",
            "침수심–손상 곡선은 국내가 아닌 아시아 평균입니다.",
        ),
    ),
)
