"""One cell from the analyst's own series: the same mathematics as the nightly run's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from modelops_core.domain.climate import Climate
from modelops_core.domain.parameters import ALL_SETS, Params, SetName
from modelops_core.domain.peril import Counted, Fitted, Peril
from modelops_core.domain.result import CellRisk, Status
from modelops_core.domain.site import Site, Sites
from modelops_core.domain.variables import VARIABLES
from modelops_core.domain.warming import Signal, Warming
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.night import basins
from modelops_core.services.site.site_rows import flag_names, number
from modelops_core.stages import asset, needs, vulnerability, windows
from modelops_core.stages.evaluate import evaluate
from modelops_core.stages.needs import WARMING, WINDOW
from modelops_core.stages.score import level
from modelops_core.stages.site import CellValues, assess, assess_exposure
from modelops_core.stages.windows import Reference

#: what a missing population series counts as: the population of 2020
UNCHANGED_DEMAND = 1.0


def calculate(
    peril: Peril, series: Climate, p: Params, baseline: Climate | None = None
) -> CellRisk:
    """
    H, P(H) and base AAL over all years of *series* as one window.

    *baseline* is the series that fixes the protection level; without it the series
    itself does. A series knows no warming but the one that :func:`warmed` gives it: without
    that its own years are the sample (the estimator ``window``).
    """
    if WARMING not in series.values:
        p = Params(p.owner, {**p, "estimator": WINDOW})
    own = prepared(peril, series, p)
    indices = peril.indices(own, p)
    span = windows.custom(own)
    reference = Reference(own, indices, span)
    if baseline is not None:
        other = prepared(peril, baseline, p)
        reference = Reference(other, peril.indices(other, p), windows.custom(other))
    return next(iter(evaluate(peril, own, indices, p, [span], reference)))


def optional(peril: Peril, p: Params) -> frozenset[str]:
    """Name the variables that a file may lack: those of H only, and ``ta`` where cold is CSDI's."""
    by_csdi = "cold_days" in p and p["cold_days"] == "csdi"
    return frozenset({"ta"}) if by_csdi else peril.hazard_only


def warmed(peril: Peril, series: Climate, factor: float | None, line: str | None) -> Climate:
    """
    Take *series* as a baseline that the warming moves.

    Rain is multiplied by *factor*; drought follows *line* ``A,G,W``.
    """
    name = needs.signal(peril)
    kind = None if name is None else type(peril.frequency)
    wrong = (factor is not None and kind is not Fitted) or (
        line is not None and kind is not Counted
    )
    if wrong:
        raise InvalidInput("warming_option", peril=peril.key)
    if factor is None and line is None:
        return series
    span, one = windows.custom(series).key, np.ones(1)
    level, slope, kelvin = (np.nan, _log(factor), 1.0) if factor is not None else _line(str(line))
    nan = np.nan * one
    signal = Signal(slope * one, 0 * one, 0 * one, nan, one, level * one, 0 * one, 0 * one, 0 * one)
    warming = Warming({(s, span): kelvin for s in series.scenarios})
    return series.with_values(**{f"{name}{needs.SIGNAL}": signal, WARMING: warming})


def _log(factor: float) -> float:
    if not 0 < factor < 10:
        raise InvalidInput("factor_out_of_range", value=factor)
    return math.log(factor)


def _line(text: str) -> tuple[float, float, float]:
    try:
        level, slope, kelvin = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput("line_unreadable", value=text) from None
    return level, slope, kelvin


def prepared(peril: Peril, climate: Climate, p: Params) -> Climate:
    """
    One cell's series with what the nightly run would add: the place is its own basin, with
    unchanged demand and no gauge.
    """
    if peril.regional is None:
        return climate
    demand = np.full((1, climate.years.size, 1), UNCHANGED_DEMAND)
    no_gauge = basins.outlet_values([""], {})
    return climate.with_values(
        **{"domestic_demand": demand, **no_gauge, **peril.regional(climate, p)}
    )


def parse_parameter_set(name: str) -> SetName:
    """*name* as a parameter set; raises InvalidInput."""
    for known in ALL_SETS:
        if name == known:
            return known
    raise InvalidInput("not_one_of", field="parameters", value=name, known=ALL_SETS)


def placed(peril: Peril, series: Climate, place: Mapping[str, Any]) -> Climate:
    """*series* with the place that the peril needs; raises InvalidInput naming what is missing."""
    own = peril.series or frozenset()
    needed = {
        n
        for n in (peril.requires - own) | peril.regional_requires
        if VARIABLES[n].cadence == "static"
    }
    if own and peril.regional is None:
        needed = set()  # the series itself stands for the place
    missing = sorted(name for name in needed if place.get(name) is None)
    if missing:
        raise InvalidInput("place_missing", peril=peril.key, field=missing)
    for name in needed:
        v = VARIABLES[name]
        if not isinstance(place[name], str) and not v.low <= place[name] <= v.high:
            raise InvalidInput(
                "out_of_range", field=name, value=place[name], low=v.low, high=v.high, unit=v.unit
            )
    return series.with_values(**{name: np.array([place[name]]) for name in needed})


def answer(
    peril: Peril,
    series: Climate,
    p: Params,
    baseline: Climate | None,
    place: Mapping[str, Any],
    corrections: Mapping[str, Any],
    as_of: int,
) -> Row:
    """What ``calc`` prints: one cell, and the site's part where the analyst describes one."""
    risk = calculate(peril, series, p, baseline)
    found = cell_answer(risk, p)
    given = {name: value for name, value in corrections.items() if value is not None}
    if given or place.get("elevation_m") is not None:
        found |= _site_answer(peril, risk, p, place, given, as_of)
    return found


def cell_answer(risk: CellRisk, p: Params) -> Row:
    """H, bins and base AAL of a tile of one cell; unknown is None."""
    e, score = risk.estimate, number(risk.score.score[0, 0])
    edges = [None, *e.edges.tolist(), None]
    columns = (e.p, e.p_low, e.p_high, e.damage_ratio)
    bins = [
        {"lower": edges[i], "upper": edges[i + 1]}
        | {name: number(column[i, 0, 0]) for name, column in zip(BIN, columns, strict=True)}
        for i in range(e.p.shape[0])
    ]
    return {
        "risk_type": risk.peril,
        "years": [risk.first_year, risk.last_year],
        "n": number(e.n[0, 0]),
        "hazard_score": score,
        "hazard_level": None if score is None else level(score, p["level_edges"]),
        "statistics": {name: number(value[0, 0]) for name, value in risk.score.statistics.items()},
        "bins": bins,
        "base_aal": number(e.aal[0, 0]),
        "aal_p05": number(e.aal_p05[0, 0]),
        "aal_p95": number(e.aal_p95[0, 0]),
        "estimator": e.estimator,
        "status": Status(int(risk.estimate_status[0, 0])).name,
        "flags": [name for name, on in risk.flags.items() if on[0, 0]],
    }


BIN = ("p", "p_low", "p_high", "dr")


def _cell(risk: CellRisk) -> CellValues:
    """What a site takes from its cell."""
    return CellValues(
        hazard=risk.score.score,
        hazard_status=risk.score_status,
        aal=risk.estimate.aal,
        aal_p05=risk.estimate.aal_p05,
        aal_p95=risk.estimate.aal_p95,
        aal_status=risk.estimate_status,
        details={**risk.estimate.details, "n": risk.estimate.n},
    )


def _site_answer(
    peril: Peril,
    risk: CellRisk,
    p: Params,
    place: Mapping[str, Any],
    given: Mapping[str, Any],
    as_of: int,
) -> Row:
    """E, V and scaled AAL for the site that the options describe."""
    known = {
        name: place[name]
        for name in ("elevation_m", "coast_distance_m")
        if place.get(name) is not None
    }
    latitude, longitude = (place.get(name) or math.nan for name in ("latitude", "longitude"))
    site = Site(latitude=latitude, longitude=longitude).corrected({**known, **given})
    sites = asset.described(Sites.of([site]), as_of)
    exposed, vulnerable = assess_exposure(peril, sites, p), vulnerability.assess(peril, sites, p)
    result = assess(peril, sites, _cell(risk), exposed, vulnerable, p)
    return {
        "site_hazard_score": number(result.hazard[0, 0]),
        "exposure_score": number(exposed.score[0]),
        "proximity_factor": number(exposed.proximity.value[0]),
        "asset_value": number(exposed.asset_value[0]),
        "vulnerability_score": number(vulnerable.score[0]),
        "site_factor": number(result.loss.factor[0, 0]),
        "vulnerability_scale": number(result.scaled.vulnerability_scale[0, 0]),
        "final_aal": number(result.scaled.final_aal[0, 0]),
        "insurance_rate": number(result.scaled.insurance_rate[0, 0]),
        "exposed_value": number(result.exposed_value[0, 0]),
        "expected_loss": number(result.scaled.expected_loss[0, 0]),
        "integrated_risk": number(result.integrated[0, 0]),
        "site_status": Status(int(result.status[0, 0])).name,
        "site_flags": flag_names(exposed.flags),
    }
