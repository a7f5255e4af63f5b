"""AAL of sites from the analyst's own hazard curve: the intensity of rare years, site by site."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.parameters import Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.site import Site, Sites
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.site.site_rows import number
from modelops_core.stages import asset, damage, loss, scaling, vulnerability
from modelops_core.stages.loss import DamageCurve

COLUMNS = ("base_aal", "final_aal", "expected_loss")


@dataclass(frozen=True)
class HazardCurves:
    """Intensity (site, period) [peril's unit] at return periods [years]; values [KRW] or NaN."""

    sites: tuple[str, ...]
    periods: tuple[float, ...]
    intensity: Array
    asset_value: Array

    @classmethod
    def of(
        cls,
        sites: Sequence[str],
        periods: Sequence[float],
        intensity: Sequence[Sequence[float]],
        asset_value: Sequence[float | None],
    ) -> HazardCurves:
        """The curves in the order of their periods; raises InvalidInput where lengths differ."""
        for name, row in zip(sites, intensity, strict=True):
            if len(row) != len(periods):
                raise InvalidInput("curve_length", site=name, values=len(row), periods=len(periods))
        order = np.argsort(np.asarray(periods, dtype=float))
        values = np.asarray(intensity, dtype=float).reshape(len(sites), len(periods))
        money = np.array([math.nan if v is None else v for v in asset_value], dtype=float)
        return cls(tuple(sites), tuple(float(periods[i]) for i in order), values[:, order], money)


def answer(
    peril: Peril,
    curves: HazardCurves,
    p: Params,
    own: DamageCurve | None = None,
    building: Mapping[str, Any] | None = None,
    as_of: int = 0,
) -> Row:
    """
    AAL [% a year] and loss [KRW a year] by site.

    The peril's damage curve gives the base AAL, and the *building* (attributes of a Site;
    unknown ones count as average) the vulnerability V that scales it. A damage curve of the
    analyst's *own* is that building's already: nothing scales it.
    """
    base, scale = _ratios(peril, curves, p, own, _building(building or {}, as_of))
    scaled = scaling.scale(scaling.PER_CENT * base, scale, curves.asset_value)
    columns = (scaling.PER_CENT * base, scaled.final_aal, scaled.expected_loss)
    return {
        "risk_type": peril.key,
        "unit": peril.unit,
        "return_periods": list(curves.periods),
        "damage_curve": "peril" if own is None else "own",
        "vulnerability_score": number(scale[0]) if own is None else None,
        "sites": [
            {"site": name} | dict(zip(COLUMNS, map(number, row), strict=True))
            for name, *row in zip(curves.sites, *columns, strict=True)
        ],
    }


def _ratios(
    peril: Peril, curves: HazardCurves, p: Params, own: DamageCurve | None, building: Sites
) -> tuple[Array, Array]:
    """Base AAL as a share of the value, and the V that scales it, (site,) each."""
    if own is not None:
        base = loss.annual_ratio(curves.intensity, curves.periods, own)
        return base, np.zeros(base.size)
    use = str(building["curve_class"][0])
    base = loss.annual_mean(damage.ratio(peril, curves.intensity, p, use), curves.periods)
    return base, np.repeat(vulnerability.assess(peril, building, p).score, base.size)


def _building(attributes: Mapping[str, Any], as_of: int) -> Sites:
    site = Site(latitude=math.nan, longitude=math.nan).corrected(
        {name: value for name, value in attributes.items() if value is not None}
    )
    return asset.described(Sites.of([site]), as_of)
