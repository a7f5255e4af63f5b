"""
Extreme cold: heating, delays and burst pipes on days of hard frost.

Intensity is the number of days with a minimum at or below the limit of a cold-wave advisory [3]_,
from monthly means. H takes the cold spell duration index [1]_ (relative, it shrinks under
warming) and the coldest month's temperature.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from modelops_core.domain.climate import Array, Climate, full_year
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Counted, Factor, Indices, Limit, Mean, Peril, Vulnerability
from modelops_core.domain.site import Sites
from modelops_core.errors import InvalidParameter
from modelops_core.indicators.months import month_lengths

#: what the loss may be counted in
COLD_DAYS = ("hard_frost", "csdi")


def indices(climate: Climate, p: Params) -> Indices:
    """
    CSDI [d], the coldest month below zero [°C, positive = frost] and the days that cost [d].

    (scenario, year, cell). Days of hard frost: Φ of the limit's distance from the month's mean
    minimum, half a diurnal range below its mean, in units of the daily spread.
    """
    ta, full = climate["ta"], full_year(climate["ta"])
    days = month_lengths(climate.years).astype(float)[None, :, :, None]
    lowest = ta - p["half_range"]
    hard = (days * ndtr((p["frost_limit"] - lowest) / p["daily_spread"])).sum(axis=2)
    csdi = climate["csdi"]
    if p["cold_days"] not in COLD_DAYS:
        raise InvalidParameter(
            "not_one_of",
            field="extreme_cold.cold_days",
            value=p["cold_days"],
            known=COLD_DAYS,
        )
    return {
        "csdi": csdi,
        "frost": np.where(full, -ta.min(axis=2), np.nan),
        "cold_days": csdi if p["cold_days"] == "csdi" else np.where(full, hard, np.nan),
    }


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
    intensity="days at or below −12 °C",
    intensity_ko="일최저기온 −12 °C 이하 일수",
    unit="d/yr",
    kind="operating",
    grade="C",
    requires=frozenset({"csdi", "ta"}),
    indices=indices,
    frequency=Counted("cold_days"),
    hazard=(
        Mean("csdi", unit="d", anchors="anchors_csdi", weight="weight_csdi"),
        Mean("frost", unit="°C below zero", anchors="anchors_cold", weight="weight_cold"),
    ),
    damage=damage,
    proximity=proximity,
    hazard_only=frozenset({"csdi"}),
    vulnerability=Vulnerability(structure="temperature", use="cold"),
    references=(
        "[1] X. Zhang et al., WIREs Climate Change 2(6), 2011 (ETCCDI indices).",
        "[2] If Insurance, frost damage note, 2012 (Norway 2010: five to seven times the claims).",
        "[3] KMA, criteria of weather warnings (cold wave: minimum at or below −12 °C).",
    ),
    limits=(
        Limit(
            "Days of frost follow from monthly means with one diurnal range and one daily spread;"
            " snow load is not modelled.",
            "한파일수는 월평균에서 일교차·일변동을 고정해 구하며, 적설하중은 다루지 않습니다.",
        ),
        Limit(
            "Loss per day comes from stated unit costs, not from claims.",
            "일당 손실은 보험금 실적이 아닌 단가 가정에서 나온 값입니다.",
        ),
    ),
)
