"""
Extreme heat: what hot spells cost a building in cooling and work.

Intensity is the warm spell duration index, days a year in spells of at least six
days above the calendar-day 90th percentile of the base period [1]_, and no more of them
than the year's hot months have. It is relative and saturates, so H also takes an absolute
measure, the hottest month's WBGT [2]_. The map shows an office; a site its use.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from modelops_core.domain.climate import Array, BoolArray, Climate, full_year
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Factor, Indices, Limit, Mean, Peril, Vulnerability
from modelops_core.domain.site import Sites
from modelops_core.indicators.months import month_lengths
from modelops_core.indicators.wbgt import simplified_wbgt


def indices(climate: Climate, p: Params) -> Indices:
    """
    WSDI [d], the hottest month's WBGT [°C], and WSDI of hot months only: what costs [d].

    (scenario, year, cell). A warm spell in winter saves heating: no more days count than the
    year's hot months have. Where no temperature is known at all, all of WSDI counts, flagged; a
    single year that lacks months is unknown.
    """
    ta, wsdi = climate["ta"], climate["wsdi"]
    monthly = simplified_wbgt(ta, climate["rhm"])
    hottest = np.where(full_year(monthly), monthly.max(axis=2), np.nan)
    days = month_lengths(climate.years).astype(float)[None, :, :, None]
    hot = np.where(ta >= p["hot_month"], days, 0.0).sum(axis=2)
    unknown = np.where(np.isnan(ta).all(axis=(1, 2)), np.inf, np.nan)[:, None]
    season = np.where(full_year(ta), hot, unknown)
    return {"wsdi": wsdi, "wbgt": hottest, "hot_wsdi": np.minimum(wsdi, season)}


def quality(climate: Climate, p: Params) -> Mapping[str, BoolArray]:
    """Where no month's temperature is known, warm spells of winter count too."""
    unknown: BoolArray = np.all(np.isnan(climate["ta"]), axis=(1, 2))
    return {"hot_days_unknown": unknown}


def use_factor(sites: Sites, p: Params) -> Array:
    """Cooling of every use, and the labour of those that employ it: 1 is an office."""
    weight, table = p["labour_share"], p["labour_use"]
    labour = [table.get(use, table["other"]) for use in sites["use_group"]]
    return (1 - weight) + weight * np.array(labour, dtype=float)


def damage(x: Array, p: Params, curve: str = "") -> Array:
    """Share of the value a year for *x* days, linear; no structural damage is claimed."""
    return x * p["damage_per_day"] / (1 + p["reference_vulnerability"])


def proximity(sites: Sites, p: Params) -> Factor:
    """P = 0.7 + 0.3 · urban share (heat island)."""
    unknown = np.isnan(sites["urban_share"])
    share = np.where(unknown, p["urban_share_unknown"], sites["urban_share"])
    floor = p["proximity_floor"]
    return Factor(floor + (1 - floor) * share, {"urban_share_assumed": unknown})


PERIL = Peril(
    key="extreme_heat",
    label="Extreme heat",
    label_ko="폭염",
    order=1,
    intensity="days in warm spells (WSDI) of hot months",
    intensity_ko="더운 달의 온난일 지속일수(WSDI)",
    unit="d/yr",
    kind="operating",
    grade="C",
    requires=frozenset({"wsdi", "ta", "rhm"}),
    indices=indices,
    frequency=Counted("hot_wsdi"),
    hazard=(
        Mean("wsdi", unit="d", anchors="anchors_wsdi", weight="weight_wsdi"),
        Mean("wbgt", unit="°C", anchors="anchors_wbgt", weight="weight_wbgt"),
    ),
    damage=damage,
    proximity=proximity,
    use_factor=use_factor,
    hazard_only=frozenset({"ta", "rhm"}),
    quality=quality,
    harmless=frozenset({"hot_days_unknown"}),
    vulnerability=Vulnerability(structure="temperature", use="heat", height="heat"),
    references=(
        "[1] X. Zhang et al., WIREs Climate Change 2(6), 2011 (ETCCDI indices).",
        "[2] American College of Sports Medicine, Med. Sci. Sports Exerc. 16, 1984 (WBGT).",
        "[3] M. Santamouris et al., Energy & Buildings 98:119, 2015 (cooling demand).",
    ),
    limits=(
        Limit(
            "WSDI is relative to its own base period, counts warm spells of any season and"
            " saturates near 365 days.",
            "WSDI는 자체 기준기간에 대한 상대지수로, 계절을 가리지 않으며 365일 부근에서"
            " 포화됩니다.",
        ),
        Limit(
            "Cooling and labour cost only: no damage to structures, no casualties.",
            "냉방·노동 비용만 계산하며 구조물 손상과 인명피해는 포함하지 않습니다.",
        ),
    ),
)
