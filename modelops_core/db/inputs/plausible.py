"""Reads the statistics of input tables that rules of plausible values are held against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from modelops_core.db import queries
from modelops_core.db.inputs import series_summary
from modelops_core.db.inputs.series_summary import Summary
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
    connection: Connection,
    variable: str,
    ids: Sequence[int] | None = None,
    summary: Summary | None = None,
) -> Statistics:
    """
    The statistics of one table over the cells *ids* (None: all).

    *summary* is of the same table and cells, where it was read already. Statistics that no rule
    asks for are left out. Raises InvalidInput for an unknown variable.
    """
    if variable not in NAMES:
        raise InvalidInput("not_one_of", field="variable", value=variable, known=list(NAMES))
    if variable in TRACKS:
        low, high = limits(variable)
        asked = {"low": low, "high": high, "codes": codes_of(variable)}
        return _made(_row(connection, "plausible_tracks", variable, asked), {})
    chosen = {"ids": None if ids is None or variable == "sea_level" else list(ids)}
    whole = summary or series_summary.read(connection, variable, chosen["ids"])
    row = {"known": whole.some, "lowest": whole.lowest, "highest": whole.highest}
    beyond = _beyond(connection, whole, chosen)
    return _made({**row, **beyond}, _values(connection, whole, chosen))


def _beyond(connection: Connection, whole: Summary, chosen: Row) -> Row:
    """Rows beyond the limits or with a code; counted only where there can be any."""
    low, high = limits(whole.variable)
    codes = codes_of(whole.variable)
    if whole.all_within(low, high) and not whole.may_hold(codes):
        return {"below": 0, "above": 0, "coded": 0, "code": None}
    asked = {**chosen, "low": low, "high": high, "codes": codes}
    return _row(connection, "plausible_beyond", whole.variable, asked)


def _values(connection: Connection, whole: Summary, chosen: Row) -> Mapping[str, Sequence[Any]]:
    """Each statistic that a rule of the variable asks for."""
    variable = whole.variable
    values: dict[str, Sequence[Any]] = {"maximum": whole.maximum}
    if _asked(variable, "mean_year_total"):
        means = _row(connection, "plausible_means", variable, chosen)["mean"]
        values["mean_year_total"] = [None if m is None else MONTHS * m for m in means]
    if _asked(variable, "july_median"):
        values |= _row(connection, "plausible_july", variable, chosen)
    if _asked(variable, *OVER_YEARS):
        values |= _over_years(connection, variable, chosen)
    return values


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
