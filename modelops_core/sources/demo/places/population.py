"""
Population of districts and provinces 2020–2050, every fifth year.

Registered population of June 2024, moved along the published change of each province; the
country's total follows the published national points.

References
----------
.. [1] Statistics Korea, population projections by province 2022–2052, 28 May 2024.
.. [2] Ministry of the Interior and Safety, registered population, June 2024.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from modelops_core.domain.climate import Array
from modelops_core.errors import SourceUnreadable
from modelops_core.sources.demo import reference

YEARS = (2020, 2025, 2030, 2035, 2040, 2045, 2050)
FIRST, REGISTERED, ANCHOR, LAST = 2022, 2024, 2041, 2052
PERSONS = 10_000
#: names of the projection table that differ from the district list's
PROJECTION_NAMES = {"Jeollabuk-do": "Jeonbuk-do", "Jeju": "Jeju-do"}
#: change 2022–2052 [10,000] of provinces without a published figure, from the published
#: sums: central region −24 less Daejeon −22 and Sejong +16; Honam and Jeju −93 less −90 [1]_
REGIONAL_REMAINDERS = {
    ("Gangwon-do", "Chungcheongbuk-do", "Chungcheongnam-do"): -18.0,
    ("Jeju-do",): -3.0,
}
#: the only province with a published year and size of its peak [1]_
PEAKING = "Gyeonggi-do"


def district_population(
    registered: pd.Series[float] | None = None, year: int = REGISTERED
) -> pd.DataFrame:
    """
    Persons, (district, year of ``YEARS``); index: district code.

    *registered* persons of *year* by district code stand in for the shipped ones. Raises
    SourceUnreadable where a district has none.
    """
    districts = reference.districts()
    if registered is not None:
        districts["pop_2024_06"] = registered.reindex(districts.index)
    paths = _province_paths(_registered_by_province(districts))
    factor = paths.div(paths[year], axis=0).loc[districts["sido_nm_en"]]
    years = [max(year, FIRST) for year in YEARS]
    persons = districts["pop_2024_06"].to_numpy(dtype=float)[:, None] * factor[years].to_numpy()
    persons *= _nation(years) * PERSONS / persons.sum(axis=0)
    if not np.isfinite(persons).all():
        raise SourceUnreadable(
            "population_missing", districts=districts.index[~np.isfinite(persons).all(axis=1)]
        )
    return pd.DataFrame(np.rint(persons).astype(int), index=districts.index, columns=list(YEARS))


def _registered_by_province(districts: pd.DataFrame) -> pd.Series[float]:
    """Registered population [10,000] by English province name."""
    return districts.groupby("sido_nm_en")["pop_2024_06"].sum() / PERSONS


def _province_paths(size: pd.Series[float]) -> pd.DataFrame:
    """
    Population [10,000], (province, year 2022–2052), before the national total is met.

    Every province moves by its change × x**p, x = (year − 2022)/30, with p such that the
    nation meets its published 2041 figure; Gyeonggi passes through its published peak.
    """
    years = np.arange(FIRST, LAST + 1)
    table = _projection()
    change = _changes(table, size)
    start = table["pop_2022_10k"].reindex(size.index).fillna(size)
    share = ((years - FIRST) / (LAST - FIRST)) ** _exponent(change, start)
    paths = pd.DataFrame(
        start.to_numpy()[:, None] + np.outer(change, share), index=size.index, columns=years
    )
    paths.loc[PEAKING] = _gyeonggi(years, start, change)
    return paths


def _projection() -> pd.DataFrame:
    table = reference.table("sido_projection_kostat_2022_2052_partial")
    return table.set_index(table["sido_nm_en"].replace(PROJECTION_NAMES))


def _changes(table: pd.DataFrame, size: pd.Series[float]) -> pd.Series[float]:
    """Change 2022–2052 [10,000] of every province."""
    change = table["change_10k"].reindex(size.index).astype(float)
    for provinces, total in REGIONAL_REMAINDERS.items():
        members = list(provinces)
        change[members] = total * size[members] / size[members].sum()
    if change.isna().any():
        raise SourceUnreadable("projection_missing", provinces=change.index[change.isna()])
    return change


def _gyeonggi(
    years: Array | np.ndarray, start: pd.Series[float], change: pd.Series[float]
) -> Array:
    points = reference.table("national_projection_points")
    peak = points[points["area"] == PEAKING].iloc[0]
    knots = [FIRST, float(peak["year"]), LAST]
    return np.interp(
        years, knots, [start[PEAKING], float(peak["pop_10k"]), start[PEAKING] + change[PEAKING]]
    )


def _exponent(change: pd.Series[float], start: pd.Series[float]) -> float:
    """p of the other provinces' share x**p of their change by 2041."""
    gyeonggi = _gyeonggi(np.array([ANCHOR]), start, change)[0] - start[PEAKING]
    first, anchor = _nation([FIRST, ANCHOR])
    share = (anchor - first - gyeonggi) / change.drop(PEAKING).sum()
    return float(np.log(share) / np.log((ANCHOR - FIRST) / (LAST - FIRST)))


def _nation(years: Sequence[int]) -> Array:
    """Population of the country [10,000]: a monotone curve through the published points."""
    points = reference.table("national_projection_points")
    korea = points[points["area"] == "Korea"]
    curve = PchipInterpolator(korea["year"].to_numpy(), korea["pop_10k"].to_numpy(dtype=float))
    population: Array = curve(np.asarray(years))
    return population
