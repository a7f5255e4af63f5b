"""
Reads an analyst's own series: a CSV with ``year[,month]`` and a peril's variables.

Monthly variables need the column ``month``; a yearly variable beside them may be
repeated in each row of its year or stand in one. Lines that start with # are comments. Encoding and
separator are recognised; columns that the peril does not read are left alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modelops_core.domain import plausibility
from modelops_core.domain.climate import INPUT_DOUBTS, Array, Climate, IntArray
from modelops_core.domain.variables import VARIABLES, Variable
from modelops_core.errors import SourceUnreadable
from modelops_core.sources import delimited
from modelops_core.sources.validation import BLANK

YEARS = (1800, 2300)


def read(
    path: Path,
    variables: Iterable[str],
    scenario: str = "ssp2",
    optional: frozenset[str] = frozenset(),
) -> Climate:
    """
    Read the series of one place as a tile of one cell; raises SourceUnreadable.

    What is *optional* may be missing.
    """
    wanted = [
        v for name in sorted(variables) if (v := VARIABLES[name]).cadence in ("month", "year")
    ]
    table = _table(path, [v.name for v in wanted])
    absent = _absent(table, wanted, optional, path)
    for column in ("year", "month"):
        _whole(table, column, path)
    years = np.arange(int(table["year"].min()), int(table["year"].max()) + 1)
    values = {
        v.name: _unknown(v, years)
        if v.name in absent
        else _monthly(table, v.name, years, path)
        if v.cadence == "month"
        else _yearly(table, v.name, years, path)
        for v in wanted
    }
    raised: list[str] = []
    for v in wanted:
        _check(values[v.name], v.name, v.low, v.high, path)
        raised += _plausible(values[v.name], v, years, path)
    tile = Climate((scenario,), years, np.array([0]), values)
    return tile.with_values(**{INPUT_DOUBTS: np.array(sorted(set(raised)), dtype=object)})


def _absent(
    table: pd.DataFrame, wanted: Sequence[Variable], optional: frozenset[str], path: Path
) -> frozenset[str]:
    """Name the columns that the file lacks; raise SourceUnreadable unless all are optional."""
    absent = frozenset(v.name for v in wanted if v.name not in table)
    if absent - optional:
        monthly = any(v.cadence == "month" for v in wanted)
        raise SourceUnreadable(
            "column_missing",
            file=path.name,
            missing=sorted(absent - optional),
            needed=["year", *(["month"] if monthly else []), *(v.name for v in wanted)],
        )
    return absent


def _unknown(v: Variable, years: IntArray) -> Array:
    """A series of which nothing is known."""
    return np.full((1, years.size, *([12] if v.cadence == "month" else []), 1), np.nan)


def _plausible(values: Array, v: Variable, years: IntArray, path: Path) -> list[str]:
    """Flags that the values deserve; raises SourceUnreadable for what no Korean climate can be."""
    flags = []
    for found in plausibility.findings(v.name, values):
        rule = found.rule
        if rule.action == "flag":
            flags.append(rule.name)
        elif found.at is not None:
            month = f"-{found.at[2] + 1:02d}" if v.cadence == "month" else ""
            raise SourceUnreadable(
                "implausible",
                file=path.name,
                variable=v.name,
                value=found.value,
                where=f"{years[found.at[1]]}{month}",
                why=plausibility.WHY[rule.name],
            )
        else:
            raise _refused(found, v, path)
    return flags


def _refused(found: plausibility.Finding, v: Variable, path: Path) -> SourceUnreadable:
    """The error of a statistic that breaks a rule: all zeros, below a least value, out of range."""
    rule = found.rule
    why = plausibility.WHY[rule.name]
    if rule.statistic == "all_zero":
        return SourceUnreadable("implausible_zeros", file=path.name, variable=v.name, why=why)
    statistic = rule.statistic.replace("_", " ")
    if math.isinf(rule.high):
        return SourceUnreadable(
            "implausible_low",
            file=path.name,
            variable=v.name,
            statistic=statistic,
            value=found.value,
            low=rule.low,
            unit=v.unit,
            why=why,
        )
    return SourceUnreadable(
        "implausible_statistic",
        file=path.name,
        variable=v.name,
        statistic=statistic,
        value=found.value,
        low=rule.low,
        high=rule.high,
        unit=v.unit,
        why=why,
    )


def with_place(climate: Climate, place: Mapping[str, Any]) -> Climate:
    """Add static attributes to the tile: latitude, longitude, elevation_m … and basin_code."""
    return climate.with_values(**{name: np.array([value]) for name, value in place.items()})


def _table(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """
    The columns *names* and the time as numbers; rows carry their number among the data rows − 1.

    Other columns are left alone; headers are compared without regard to case and blanks.
    """
    found = delimited.recognise(path)
    known = {header.strip().casefold(): header for header in reversed(found.headers)}
    columns = {name: known[name] for name in ("year", "month", *names) if name in known}
    if "year" not in columns:
        raise SourceUnreadable("year_missing", file=path.name, found=list(found.headers))
    before = found.skipped + found.header_lines + 1
    frames = [f.cells.set_axis(f.rows - before) for f in found.frames(columns)]
    cells = pd.concat(frames) if frames else pd.DataFrame(columns=list(columns), dtype=str)
    cells = cells[~cells["year"].str.startswith("#")]  # comments between the rows
    if cells.empty:
        raise SourceUnreadable("table_empty", file=path.name)
    table = pd.DataFrame({name: _numbers(cells[name], path) for name in columns})
    _within(table, "year", YEARS, path)
    return table


def _numbers(cells: pd.Series, path: Path) -> pd.Series:
    """A column as numbers, NaN where empty; raises SourceUnreadable for a word."""
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    bad = numbers.isna() & ~cells.str.lower().isin(BLANK)
    if bad.any():
        row = int(bad[bad].index[0])
        raise SourceUnreadable(
            "row_not_a_number",
            file=path.name,
            column=cells.name,
            row=row + 1,
            value=cells[row],
        )
    return numbers


def _within(table: pd.DataFrame, column: str, allowed: tuple[int, int], path: Path) -> None:
    """Raise SourceUnreadable naming the first row whose value is unknown or not allowed."""
    wrong = ~table[column].between(*allowed).to_numpy()
    if wrong.any():
        row, (low, high) = int(wrong.argmax()), allowed
        raise SourceUnreadable(
            "row_out_of_range",
            file=path.name,
            column=column,
            row=int(table.index[row]) + 1,
            value=table[column].iloc[row],
            low=low,
            high=high,
        )


def _whole(table: pd.DataFrame, column: str, path: Path) -> None:
    """Raise SourceUnreadable for a decimal year or month: which one it means is a guess."""
    if column in table and (table[column] % 1 != 0).any():
        off = table[column][table[column] % 1 != 0]
        raise SourceUnreadable(
            "not_whole", file=path.name, column=column, row=int(off.index[0]) + 1, value=off.iloc[0]
        )


def _monthly(table: pd.DataFrame, name: str, years: IntArray, path: Path) -> Array:
    """(1, year, month, 1); months without a row are NaN."""
    if "month" not in table:
        raise SourceUnreadable("month_missing", file=path.name, variable=name)
    _within(table, "month", (1, 12), path)
    twice = table.duplicated(["year", "month"]).to_numpy()
    if twice.any():
        row = int(twice.argmax())
        year, month = table["year"].iloc[row], table["month"].iloc[row]
        at = int(table.index[row]) + 1
        raise SourceUnreadable("month_twice", file=path.name, year=year, month=month, row=at)
    out = np.full((1, years.size, 12, 1), np.nan)
    out[0, table["year"].astype(int) - years[0], table["month"].astype(int) - 1, 0] = table[name]
    return out


def _yearly(table: pd.DataFrame, name: str, years: IntArray, path: Path) -> Array:
    """(1, year, 1); a year's rows must agree."""
    groups = table.groupby("year")[name]
    kinds = groups.nunique()
    if (kinds > 1).any():
        raise SourceUnreadable(
            "yearly_differs", file=path.name, variable=name, year=kinds.index[kinds > 1][0]
        )
    first = groups.first()
    out = np.full((1, years.size, 1), np.nan)
    out[0, first.index.to_numpy().astype(int) - years[0], 0] = first.to_numpy(float)
    return out


def _check(values: Array, name: str, low: float, high: float, path: Path) -> None:
    off = values[(values < low) | (values > high)]
    if off.size:
        raise SourceUnreadable(
            "series_out_of_range",
            file=path.name,
            variable=name,
            value=off[0],
            low=low,
            high=high,
            unit=VARIABLES[name].unit,
        )
