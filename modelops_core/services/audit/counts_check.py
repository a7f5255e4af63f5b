"""
Compares stored results with what was counted in Korea: wet buildings, cold days, burned areas.

Each finding says the ratio and why it is not 1. The counts are those of method 2 §13.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.domain.horizons import BASELINE, DEFAULT_SCENARIO
from modelops_core.domain.parameters import ParameterFile, Params
from modelops_core.domain.peril import Peril
from modelops_core.domain.window_means import Places
from modelops_core.services.audit.finding import Finding
from modelops_core.services.audit.stock import CellColumns, StoredCells
from modelops_core.services.audit.warming_check import SEOUL, recalculated, value_at

#: south, west, north and east of Seoul [°]
CAPITAL = (37.43, 126.76, 37.70, 127.18)
#: buildings of Seoul that were counted as flooded [% a year]
WET_COUNTED = 0.07
#: how many times the count the stored share of wet buildings may be
WET_WITHIN = (0.2, 5.0)
#: days a year at or below −12 °C that were observed in Seoul
COLD_DAYS = 5.0
#: how many times the observed days, or a province's burned share, the stored ones may be
WITHIN = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Region:
    """Provinces by code, with their share of the forest and of the area burned 1995–2024 [%]."""

    codes: tuple[str, ...]
    forest: float
    burned: float


GANGWON, GYEONGBUK = Region(("51", "42"), 21.8, 47.6), Region(("47",), 21.2, 28.0)
#: all other provinces
ELSEWHERE = Region((), 57.0, 24.4)


def check_counts(
    cells: StoredCells,
    places: Places,
    provinces: Mapping[int, str],
    perils: Mapping[str, Peril],
    file: ParameterFile,
) -> Iterator[Finding]:
    """Yield a finding for each count whose peril is stored; *provinces* is cell → code."""
    for key, peril in perils.items():
        column = cells.columns.get((key, DEFAULT_SCENARIO, BASELINE))
        if column is None:
            continue
        if key == "urban_flood":
            yield from _wet(peril, cells, places, file.params(key))
        elif key == "extreme_cold":
            yield from _cold(column, places, file.params(key))
        elif key == "wildfire":
            yield from _burned(column, provinces)


def _wet(peril: Peril, cells: StoredCells, places: Places, p: Params) -> Iterator[Finding]:
    """Compare how many buildings of the capital get wet in a year with what was counted there."""
    ids = cells.columns[peril.key, DEFAULT_SCENARIO, BASELINE].ids
    wet = 100 * (1 - recalculated(peril, cells, 0.0, p).p[0, 0])
    share = value_at(ids, wet, places, CAPITAL)
    if np.isnan(share):
        return
    low, high = WET_WITHIN
    says = (
        f"{share:.3g} % of the capital's buildings get wet in a year of the baseline,"
        f" {share / WET_COUNTED:.2g} times the {WET_COUNTED:g} % counted in Seoul (homes and shops:"
        " 24,308 in 2011, 14,653 in 2022, of 4.5 million in 12 years; here every place of a cell is"
        " one)"
    )
    yield Finding(f"counted:{peril.key}", low <= share / WET_COUNTED <= high, says)


def _cold(column: CellColumns, places: Places, p: Params) -> Iterator[Finding]:
    """Compare the days that Seoul's stored loss is made of with those observed."""
    if p["cold_days"] != "hard_frost":
        return
    per_day = 100 * p["damage_per_day"] / (1 + p["reference_vulnerability"])
    days = value_at(column.ids, column.aal, places, SEOUL) / per_day
    if np.isnan(days):
        return
    low, high = WITHIN
    says = (
        f"{days:.3g} days a year at or below −12 °C in Seoul's cell,"
        f" {days / COLD_DAYS:.2g} times the {COLD_DAYS:g} observed (the formula gives"
        " that for Seoul's mean year; years that vary have more such days than their mean)"
    )
    yield Finding("counted:extreme_cold", low <= days / COLD_DAYS <= high, says)


def _burned(column: CellColumns, provinces: Mapping[int, str]) -> Iterator[Finding]:
    """Compare each province's share of the expected burned area with what burned there."""
    codes = np.array([provinces.get(int(cell), "") for cell in column.ids])
    named = np.isin(codes, GANGWON.codes + GYEONGBUK.codes)
    cells = {
        "Gangwon": (GANGWON, np.isin(codes, GANGWON.codes)),
        "Gyeongbuk": (GYEONGBUK, np.isin(codes, GYEONGBUK.codes)),
        "elsewhere": (ELSEWHERE, (codes != "") & ~named),
    }
    rates = {name: _mean(column.aal[at]) * region.forest for name, (region, at) in cells.items()}
    whole = sum(rates.values())
    if not whole > 0:
        return
    low, high = WITHIN
    shares = {name: 100 * rate / whole for name, rate in rates.items()}
    ratios = {name: shares[name] / region.burned for name, (region, _) in cells.items()}
    parts = ", ".join(
        f"{name} {shares[name]:.3g} % ({ratios[name]:.2g} times {region.burned:g} %)"
        for name, (region, _) in cells.items()
    )
    says = (
        f"share of the burned area, 1995–2024 in brackets: {parts}; fires are set by people, the"
        " stored ones follow the weather and the province's factor"
    )
    yield Finding("counted:wildfire", all(low <= r <= high for r in ratios.values()), says)


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
