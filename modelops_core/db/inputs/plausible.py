"""Reads the statistics of input tables that rules of plausible values are held against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from modelops_core.db import queries
from modelops_core.domain.plausibility import LEAST_YEARS, MONTHS, codes_of
from modelops_core.domain.plausible_tables import TABLE_RULES, TRACKS, Statistics, limits
from modelops_core.domain.variables import MONTHLY, YEARLY
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row

#: tables of series, and columns of the typhoon tracks
NAMES = (*MONTHLY, *YEARLY, "sea_level", *TRACKS)
#: statistics over the years of single cells
OVER_YEARS = ("median", "spread", "all_zero", "rise_per_decade")


def statistics(
    connection: Connection, variable: str, ids: Sequence[int] | None = None
) -> Statistics:
    """
    The statistics of one table over the cells *ids* (None: all).

    Statistics that no rule asks for are left out. Raises InvalidInput for an unknown variable.
    """
    if variable not in NAMES:
        raise InvalidInput("not_one_of", field="variable", value=variable, known=list(NAMES))
    low, high = limits(variable)
    asked = {"low": low, "high": high, "codes": codes_of(variable)}
    if variable in TRACKS:
        return _made(_row(connection, "plausible_tracks", variable, asked), {})
    chosen = {"ids": None if ids is None or variable == "sea_level" else list(ids)}
    row = _row(connection, "plausible_values", variable, {**asked, **chosen})
    values = {"maximum": row["maximum"]}
    if variable in MONTHLY:
        values["mean_year_total"] = [None if m is None else MONTHS * m for m in row["mean"]]
    if _asked(variable, "july_median"):
        values |= _row(connection, "plausible_july", variable, chosen)
    if _asked(variable, *OVER_YEARS):
        values |= _over_years(connection, variable, chosen)
    return _made(row, values)


def _over_years(connection: Connection, variable: str, chosen: Row) -> Mapping[str, Sequence[Any]]:
    """Medians by scenario; the least spread, steepest trend and series of zeros of any cell."""
    found = _row(connection, "plausible_years", variable, {**chosen, "least": LEAST_YEARS})
    return {
        "median": found["median"] or (),
        "spread": [found["spread"]],
        "all_zero": [float(found["zero"])] if found["series"] else (),
        "rise_per_decade": [
            None if slope is None else 10 * slope for slope in (found["falling"], found["rising"])
        ],
    }


def _asked(variable: str, *statistics: str) -> bool:
    return any(r.variable == variable and r.statistic in statistics for r in TABLE_RULES)


def _row(connection: Connection, name: str, variable: str, values: Row) -> Row:
    """Run a named query after putting in *variable*, which is one of NAMES."""
    statement = text(queries.TEXTS[name].format(variable=variable))
    return dict(connection.execute(statement, values).mappings().one())


def _made(row: Row, values: Mapping[str, Sequence[Any]]) -> Statistics:
    return Statistics(
        known=row["known"],
        lowest=_number(row["lowest"]),
        highest=_number(row["highest"]),
        below=row["below"],
        above=row["above"],
        coded=row["coded"],
        code=_number(row["code"]),
        values={name: tuple(map(_number, some)) for name, some in values.items()},
    )


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
