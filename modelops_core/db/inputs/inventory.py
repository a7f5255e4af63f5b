"""Reads facts about the tables for the data page: row counts, periods, quality profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs import plausible, series_summary
from modelops_core.db.inputs.series_summary import Summary
from modelops_core.domain import horizons
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.domain.plausible_tables import Statistics
from modelops_core.domain.variables import MONTHLY, VARIABLES, YEARLY
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row

#: what a nightly run writes, and what an assessment writes
RESULT_TABLES = (
    "hazard_results",
    "probability_results",
    "exposure_results",
    "vulnerability_results",
    "aal_scaled_results",
)
#: queries of links.sql that give one row
LINKS = (
    "orphans",
    "population_sums",
    "building_twins",
    "rain_spread",
    "tide_rise",
    "gauge_outliers",
)
SERIES = (*MONTHLY, *YEARLY, "sea_level")
#: tables larger than this are not counted but estimated by the planner [bytes]
EXACT_COUNT_LIMIT = 1 << 28


@dataclass(frozen=True, slots=True)
class TableSize:
    """Rows of a table, counted where *exact*, and its *size* on disk [bytes]."""

    rows: int
    exact: bool
    size: int


#: a table that is not there
EMPTY = TableSize(0, True, 0)


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many cells have a status for one peril and horizon."""

    risk_type: str
    horizon: str
    status: str
    cells: int


class Inventory:
    """Reads row counts, periods, statuses and quality profiles of the tables; keeps nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sizes(self, names: Sequence[str]) -> Mapping[str, TableSize]:
        """The size of each of the tables *names* that exists."""
        with translated_errors(), self._engine.connect() as connection:
            known = {row["table_name"]: row for row in queries.rows(connection, "table_sizes")}
            return {name: _size(connection, known[name]) for name in names if name in known}

    def last_written(self) -> Mapping[str, datetime | None]:
        """When each result table was last written, None where it is empty."""
        with translated_errors(), self._engine.connect() as connection:
            return {
                name: _formatted_query(connection, "result_last", table=name)[0]["last_at"]
                for name in RESULT_TABLES
            }

    def statuses(self, ssp_scenario: str) -> list[StatusCount]:
        """Cells by peril, horizon and status."""
        code = horizons.scenario(ssp_scenario)
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "result_statuses", ssp_scenario=code)
        return [StatusCount(**row) for row in rows]

    def grid_ids(self) -> list[int]:
        """The ids of all cells of the grid."""
        with translated_errors(), self._engine.connect() as connection:
            return [row["grid_id"] for row in queries.rows(connection, "grid_ids")]

    def summary(self, variable: str, ids: Sequence[int] | None = None) -> Summary:
        """
        One variable's table over the cells *ids* (None: all), by time step, read in one pass.

        Raises InvalidInput for an unknown variable.
        """
        if variable not in SERIES:
            raise InvalidInput("not_one_of", field="variable", value=variable, known=list(SERIES))
        with translated_errors(), self._engine.connect() as connection:
            return series_summary.read(connection, variable, _cells(variable, ids))

    def profile(
        self,
        variable: str,
        last_history: int,
        ids: Sequence[int] | None = None,
        summary: Summary | None = None,
    ) -> Row:
        """
        Rows, years, gaps and extremes of one variable's table over the cells *ids* (None: all).

        History ends with the year *last_history*; *summary* is that of the same table and cells,
        where it was read already. Raises InvalidInput for an unknown variable.
        """
        found = summary or self.summary(variable, ids)
        first, last = found.years or (None, None)
        history, unequal = found.history(last_history)
        return {
            "row_count": found.rows,
            "first": first,
            "last": last,
            "known": found.known,
            "lowest": found.lowest,
            "highest": found.highest,
            "outside": self._outside(found, ids),
            "history": history,
            "unequal": unequal,
        }

    def _outside(self, found: Summary, ids: Sequence[int] | None) -> int:
        """Rows with a value that the variable cannot take; counted only where there are any."""
        v = VARIABLES[found.variable]
        if found.all_within(v.low, v.high):
            return 0
        values = {"low": v.low, "high": v.high, "ids": _cells(found.variable, ids)}
        with translated_errors(), self._engine.connect() as connection:
            rows = _formatted_query(connection, "series_outside", values, variable=found.variable)
        return int(rows[0]["outside"])

    def plausible(
        self, variable: str, ids: Sequence[int] | None = None, summary: Summary | None = None
    ) -> Statistics:
        """
        What rules of plausible values need of one table over the cells *ids* (None: all).

        *summary* is that of the same table and cells, where it was read already.
        """
        with translated_errors(), self._engine.connect() as connection:
            return plausible.statistics(connection, variable, ids, summary)

    def rain_days(self, ids: Sequence[int] | None = None) -> Row:
        """Counts of contradictions between the rain indices RX1DAY, RX5DAY and RAIN80."""
        return self._one("rain_days", ids=_list(ids))

    def spei(
        self,
        years: Sequence[int],
        mean: float,
        spread: Sequence[float],
        ids: Sequence[int] | None = None,
    ) -> Row:
        """SPEI-12 over the baseline *years*: statistics, and cells beyond the limits for them."""
        return self._one(
            "spei_calibration",
            first=years[0],
            last=years[1],
            mean_limit=mean,
            spread_least=spread[0],
            spread_most=spread[1],
            ids=_list(ids),
        )

    def warming(self, years: Sequence[int], ids: Sequence[int] | None = None) -> Row:
        """Mean temperature [°C] over *years* by scenario; cells where a stronger one is colder."""
        return self._one("warming", first=years[0], last=years[1], ids=_list(ids))

    def sea_level(self, suspect_from: int, suspect_rise: float) -> Row:
        """The last rise [cm] from the year *suspect_from*: mean, lowest, nodes below the limit."""
        return self._one("sea_level_late", suspect_from=suspect_from, suspect_rise=suspect_rise)

    def link(self, name: str, last: int, ids: Sequence[int] | None = None) -> Row:
        """One of LINKS: sums, keys, twins, observations; the baseline ends with *last*."""
        named = {"last": last, "ids": _list(ids)}
        return self._one(name, **(named if name == "rain_spread" else {}))

    def runs(self, limit: int = 60) -> list[NightlyRun]:
        """The latest nightly runs."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "run_history", limit=limit)
        return [NightlyRun.from_row(row) for row in rows]

    def _one(self, name: str, **values: Any) -> Row:
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, name, **values)
        assert found is not None
        return found


def _list(ids: Sequence[int] | None) -> list[int] | None:
    return None if ids is None else list(ids)


def _cells(variable: str, ids: Sequence[int] | None) -> list[int] | None:
    """The cells to look at: nodes of the sea level are few, and none of them a cell."""
    return None if variable == "sea_level" else _list(ids)


def _size(connection: Connection, row: Row) -> TableSize:
    """The table's rows: counted, or the planner's estimate for a large table."""
    if row["bytes"] > EXACT_COUNT_LIMIT:
        return TableSize(max(0, row["about"]), exact=False, size=row["bytes"])
    counted = _formatted_query(connection, "table_rows", table=row["table_name"])[0]["row_count"]
    return TableSize(counted, exact=True, size=row["bytes"])


def _formatted_query(
    connection: Connection, name: str, values: Mapping[str, Any] | None = None, **texts: str
) -> list[Row]:
    """Run a named query after putting in *texts*, which come from this module's constants only."""
    statement = text(queries.TEXTS[name].format(**texts))
    return [dict(row) for row in connection.execute(statement, values or {}).mappings()]
