"""People of districts at the census and projection years: density, change, sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from modelops_core.domain.climate import Array
from modelops_core.ports import Row

YEARS = (2020, 2025, 2030, 2035, 2040, 2045, 2050)
FIRST, LAST = YEARS[0], YEARS[-1]
#: people, people per km², change since the first year in per cent
MEASURES = ("population", "density", "change")


def people(rows: Sequence[Row]) -> Array:
    """Persons, (district, year of ``YEARS``); NaN where unknown."""
    found = [
        [
            np.nan if row.get(f"population_{year}") is None else float(row[f"population_{year}"])
            for year in YEARS
        ]
        for row in rows
    ]
    return np.array(found, dtype=float).reshape(len(rows), len(YEARS))


def of_provinces(provinces: Sequence[Row], districts: Sequence[Row]) -> Array:
    """
    Persons of provinces, (province, year): their own figures, else the sum of their districts.

    A province with a district of unknown population is unknown.
    """
    own, parts = people(provinces), people(districts)
    for i, province in enumerate(provinces):
        inside = [d["parent_code"] == province["admin_code"] for d in districts]
        if any(inside):
            own[i] = np.where(np.isnan(own[i]), parts[inside].sum(axis=0), own[i])
    return own


def measured(persons: Array, area_km2: Array, measure: str) -> Array:
    """
    A measure of every year, (district, year), from persons and areas (district,) [km²].

    Unknown where the people are, where the area is (density), or where nobody lived (change).
    """
    if measure == "density":
        return persons / np.where(area_km2 > 0, area_km2, np.nan)[:, None]
    if measure == "change":
        start = persons[:, :1]
        return 100 * (persons / np.where(start > 0, start, np.nan) - 1)
    return persons


def areas(rows: Sequence[Row]) -> Array:
    """Areas [km²], (district,); NaN where unknown."""
    return np.array(
        [np.nan if row["area_km2"] is None else float(row["area_km2"]) for row in rows], dtype=float
    )


def country(persons: Array) -> tuple[Array, int]:
    """
    Sum of the districts whose population is known in all years, (year,), and how many are not.
    """
    known = ~np.isnan(persons).any(axis=1)
    total = persons[known].sum(axis=0) if known.any() else np.full(persons.shape[1], np.nan)
    return total, int((~known).sum())


def compared(total: Array, published: Mapping[int, float]) -> list[Row]:
    """
    The sums beside published figures, a row a published year.

    Between the years of ``YEARS`` a straight line; outside them unknown (None), not extended.
    """
    rows = []
    for year, figure in sorted(published.items()):
        inside = FIRST <= year <= LAST and not np.isnan(total).any()
        own = float(np.interp(year, YEARS, total)) if inside else None
        difference = None if own is None else 100 * (own / figure - 1)
        rows.append(
            {"year": year, "published": figure, "population": own, "difference_percent": difference}
        )
    return rows


def ranks(values: Array) -> Array:
    """
    Place of each district, 1 the largest; NaN where unknown; equal values share the better place.
    """
    known = values[~np.isnan(values)]
    above = np.array([(known > v).sum() + 1.0 for v in values])
    return np.where(np.isnan(values), np.nan, above)
