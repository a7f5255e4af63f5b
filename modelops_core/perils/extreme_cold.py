"""
Extreme cold: heating, delays and burst pipes in cold spells.

Intensity is the cold spell duration index, days a year in spells of at least six
days below the calendar-day 10th percentile of the base period [1]_. H also takes the
coldest month's temperature, since a relative index shrinks under warming.
"""

from __future__ import annotations

import numpy as np

from modelops_core.domain.climate import Array, Climate, full_year
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Factor, Indices, Limit, Mean, Peril, Vulnerability
from modelops_core.domain.site import Sites


def indices(climate: Climate, p: Params) -> Indices:
    """CSDI [d] and the coldest month below zero [°C, positive = frost]; (scenario, year, cell)."""
    ta = climate["ta"]
    return {"csdi": climate["csdi"], "frost": np.where(full_year(ta), -ta.min(axis=2), np.nan)}


def damage(x: Array, p: Params, curve: str = "") -> Array:
    """Share of the value a year for *x* days, linear."""
    return x * p["damage_per_day"] / (1 + p["reference_vulnerability"])


def proximity(sites: Sites, p: Params) -> Factor:
    """P = 1: cold covers the area."""
    return Factor(np.ones(len(sites)))


PERIL = Peril(
    key="extreme_cold",
    label="Extreme cold",
    label_ko="한파",
    order=2,
    intensity="days in cold spells (CSDI)",
    intensity_ko="연중 한랭일 지속일수(CSDI)",
    unit="d/yr",
    kind="operating",
    grade="C",
    requires=frozenset({"csdi", "ta"}),
    indices=indices,
    frequency=Counted("csdi"),
    hazard=(
        Mean("csdi", unit="d", anchors="anchors_csdi", weight="weight_csdi"),
        Mean("frost", unit="°C below zero", anchors="anchors_cold", weight="weight_cold"),
    ),
    damage=damage,
    proximity=proximity,
    vulnerability=Vulnerability(structure="temperature", use="cold"),
    references=(
        "[1] X. Zhang et al., WIREs Climate Change 2(6), 2011 (ETCCDI indices).",
        "[2] If Insurance, frost damage note, 2012 (Norway 2010: five to seven times the claims).",
    ),
    limits=(
        Limit(
            "CSDI is relative and shrinks under warming; snow load is not modelled.",
            "CSDI는 상대지수라 온난화에서 줄어들며, 적설하중은 다루지 않습니다.",
        ),
        Limit(
            "Loss per day comes from stated unit costs, not from claims.",
            "일당 손실은 보험금 실적이 아닌 단가 가정에서 나온 값입니다.",
        ),
    ),
)
