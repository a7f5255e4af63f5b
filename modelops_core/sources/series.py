"""
An analyst's own series: a CSV with ``year[,month]`` and a peril's variables.

Monthly variables need the column ``month``; a yearly variable beside them may be
repeated in each row of its year or stand in one. Lines that start with # are comments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array, Climate, IntArray
from modelops_core.domain.variables import VARIABLES
from modelops_core.errors import SourceUnreadable

YEARS = (1800, 2300)


def read(path: Path, variables: Iterable[str], scenario: str = "ssp2") -> Climate:
    """The series of one place, as a tile of one cell; raises SourceUnreadable."""
    table = _table(path)
    wanted = [
        VARIABLES[name]
        for name in sorted(variables)
        if VARIABLES[name].cadence in ("month", "year")
    ]
    missing = [v.name for v in wanted if v.name not in table]
    if missing:
        raise SourceUnreadable(
            f"{path.name}: column {', '.join(missing)} is missing; needed are year"
            f"{', month' if any(v.cadence == 'month' for v in wanted) else ''},"
            f" {', '.join(v.name for v in wanted)}."
        )
    years = np.arange(int(table["year"].min()), int(table["year"].max()) + 1)
    values = {
        v.name: _monthly(table, v.name, years, path)
        if v.cadence == "month"
        else _yearly(table, v.name, years, path)
        for v in wanted
    }
    for v in wanted:
        _check(values[v.name], v.name, v.low, v.high, path)
    return Climate((scenario,), years, np.array([0]), values)


def with_place(climate: Climate, place: Mapping[str, Any]) -> Climate:
    """The tile with static attributes: latitude, longitude, elevation_m … and basin_code."""
    return climate.with_values(**{name: np.array([value]) for name, value in place.items()})


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceUnreadable(f"{path}: {error}") from None
    if "year" not in table or table.empty:
        raise SourceUnreadable(f"{path.name}: needs a column 'year' and at least one row.")
    for column in table:
        numbers = pd.to_numeric(table[column], errors="coerce")
        bad = numbers.isna() & table[column].notna()
        if bad.any():
            row = int(bad.to_numpy().argmax())
            raise SourceUnreadable(
                f"{path.name}: {column} in data row {row + 1} is {table[column].iloc[row]!r}, not a number."
            )
        table[column] = numbers
    year = table["year"]
    if year.isna().any() or not year.between(*YEARS).all():
        raise SourceUnreadable(f"{path.name}: year must be {YEARS[0]} to {YEARS[1]} in every row.")
    return table


def _monthly(table: pd.DataFrame, name: str, years: IntArray, path: Path) -> Array:
    """(1, year, month, 1); months without a row are NaN."""
    if "month" not in table:
        raise SourceUnreadable(f"{path.name}: {name} is monthly; the column 'month' is missing.")
    if not table["month"].between(1, 12).all():
        raise SourceUnreadable(f"{path.name}: month must be 1 to 12 in every row.")
    if table.duplicated(["year", "month"]).any():
        raise SourceUnreadable(f"{path.name}: a month stands twice.")
    out = np.full((1, years.size, 12, 1), np.nan)
    out[0, table["year"].astype(int) - years[0], table["month"].astype(int) - 1, 0] = table[name]
    return out


def _yearly(table: pd.DataFrame, name: str, years: IntArray, path: Path) -> Array:
    """(1, year, 1); a year's rows must agree."""
    groups = table.groupby("year")[name]
    if (groups.nunique() > 1).any():
        raise SourceUnreadable(f"{path.name}: {name} is yearly, but differs within a year.")
    first = groups.first()
    out = np.full((1, years.size, 1), np.nan)
    out[0, first.index.to_numpy().astype(int) - years[0], 0] = first.to_numpy(float)
    return out


def _check(values: Array, name: str, low: float, high: float, path: Path) -> None:
    off = values[(values < low) | (values > high)]
    if off.size:
        raise SourceUnreadable(
            f"{path.name}: {name} = {off[0]:g} lies outside {low:g} to {high:g} {VARIABLES[name].unit}."
        )
