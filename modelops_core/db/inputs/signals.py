"""Reads what the response to warming is found from, and stores it: a ports.SignalStore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.domain.climate import Array
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.variables import MONTHLY
from modelops_core.domain.warming import Warming
from modelops_core.domain.window_means import (
    PERIODS,
    GridMeans,
    Places,
    Span,
    StationRain,
    WindowMeans,
)

CODES = tuple(SCENARIOS)
YEAR_OF = "date_part('year', observation_date)::int4"
KEY = ("grid_id", "variable")
#: columns of change_signals as given by the nightly run
NUMBERS = (
    "slope",
    "se",
    "pooled",
    "intercept",
    "intercept_se",
    "covariance",
    "points",
    "spread",
    "worth",
    "level",
    "years",
)
WHOLE = frozenset({"points", "years"})
COLUMNS = (*KEY, *NUMBERS, "flags", "run_id")


class Signals:
    """Reads means over windows and years; writes ``change_signals`` and ``warming``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def places(self) -> Places:
        """Return all cells in the order of their ids."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "grid_places")
        ids, latitude, longitude = (
            np.array([row[name] for row in rows]) for name in ("grid_id", "latitude", "longitude")
        )
        return Places(ids.astype(np.int64), latitude.astype(float), longitude.astype(float))

    def first_year(self, variable: str) -> int | None:
        """Return the first year with any value; None for an empty table."""
        year = YEAR_OF if variable in MONTHLY else "year"
        query = (
            f"SELECT min({year}) FROM modelops.{variable}_data"
            f" WHERE coalesce({', '.join(CODES)}) IS NOT NULL"
        )
        with translated_errors(), self._engine.connect() as connection:
            found = connection.exec_driver_sql(query).scalar()
        return None if found is None else int(found)

    def grid_means(self, variable: str) -> GridMeans:
        """
        Return a monthly variable's yearly means over all cells.

        A year of a scenario is known where each of its months has a value in some cell.
        """
        sums = ", ".join(
            f"coalesce(sum({c}::float8), 0) AS s_{c}, count({c})::int4 AS n_{c}" for c in CODES
        )
        query = (
            f"SELECT {YEAR_OF} AS y, date_part('month', observation_date)::int4 AS m, {sums}"
            f" FROM modelops.{variable}_data GROUP BY observation_date ORDER BY 1, 2"
        )
        fields = {"year": "i4", "month": "i4"}
        for code in CODES:
            fields |= {f"s_{code}": "f8", f"n_{code}": "i4"}
        with translated_errors(), self._engine.connect() as connection:
            records = bulk.read_records(connection, query, fields)
        return _grid_means(records)

    def window_means(self, variable: str, windows: Sequence[Span], months: int = 0) -> WindowMeans:
        """
        Return means over *windows* of a yearly variable.

        Of a monthly variable the value of a year is its lowest month, where at least *months*
        months are known.
        """
        places = self.places()
        mean, years = np.zeros((2, len(windows), len(CODES), places.ids.size))
        with translated_errors(), self._engine.connect() as connection:
            records = bulk.read_records(
                connection,
                _window_query(variable, windows, months),
                {"grid_id": "i4", "window": "i4"} | _sum_fields(),
            )
        at = np.searchsorted(places.ids, records["grid_id"])
        for i, code in enumerate(CODES):
            mean[records["window"], i, at] = records[f"s_{code}"]
            years[records["window"], i, at] = records[f"n_{code}"]
        return WindowMeans(mean / np.where(years > 0, years, np.nan), years)

    def maxima(self, variable: str, span: Span) -> Array:
        """
        Return yearly values of the first scenario that has any, (year, cell).

        NaN where none has.
        """
        places = self.places()
        first, last = span
        query = (
            f"SELECT grid_id, year::int4, coalesce({', '.join(CODES)}, 'NaN')"
            f" FROM modelops.{variable}_data WHERE year BETWEEN {first} AND {last} ORDER BY 1, 2"
        )
        with translated_errors(), self._engine.connect() as connection:
            fields = {"grid_id": "i4", "year": "i4", "value": "f4"}
            records = bulk.read_records(connection, query, fields)
        found = np.full((last - first + 1, places.ids.size), np.nan)
        at = np.searchsorted(places.ids, records["grid_id"])
        found[records["year"] - first, at] = records["value"]
        return found

    def members(self, variable: str) -> int | None:
        """
        Return how many model runs the variable's data are the mean of.

        0 means observed, None unknown.
        """
        with translated_errors(), self._engine.connect() as connection:
            row = queries.row(connection, "members_of_table", table_name=f"{variable}_data")
        return None if row is None or row["members"] is None else int(row["members"])

    def station_rain(self) -> StationRain:
        """Return the stations' statistics of rain, which every installation has."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "reference_rain")
        names = ("latitude", "longitude", "years", "rx1day_mean")
        latitude, longitude, years, mean = (
            np.array([float(row[name]) for row in rows]) for name in names
        )
        levels = np.array([[row[f"rx1day_{t}yr"] for t in PERIODS] for row in rows], dtype=float)
        return StationRain(latitude, longitude, years, mean, levels)

    def write(
        self,
        warming: Warming,
        signals: Mapping[str, Mapping[str, Array]],
        flags: Mapping[str, Sequence[str]],
        run_id: int,
    ) -> int:
        """
        Store warming and signals in one transaction; return how many rows of cells changed.

        *signals*: variable → column → (cell,). *flags*: variable → PostgreSQL array literal of each
        cell.
        """
        places, changed = self.places(), 0
        with translated_errors(), self._engine.begin() as connection:
            queries.run(connection, "clear_warming")
            for (scenario, horizon), kelvin in warming.kelvin.items():
                queries.run(
                    connection,
                    "new_warming",
                    ssp_scenario=scenario,
                    horizon=horizon,
                    kelvin=kelvin,
                    run_id=run_id,
                )
            for variable, columns in signals.items():
                body = "\n".join(_lines(variable, places, columns, flags[variable], run_id)) + "\n"
                changed += _merged(connection, body)
            claims.require_run(connection, run_id)
        return changed


def _merged(connection: Connection, body: str) -> int:
    """Merge lines of COPY into ``change_signals``; return how many rows changed."""
    return bulk.merge(connection, "modelops.change_signals", KEY, COLUMNS, body, ("run_id",))


def _sum_fields() -> dict[str, str]:
    """Return the fields of sum and count of each scenario."""
    fields: dict[str, str] = {}
    for code in CODES:
        fields |= {f"s_{code}": "f8", f"n_{code}": "i4"}
    return fields


def _window_query(variable: str, windows: Sequence[Span], months: int) -> str:
    """Return the query of sums and counts of each cell, window and scenario."""
    spans = ", ".join(f"({i}, {first}, {last})" for i, (first, last) in enumerate(windows))
    table = f"modelops.{variable}_data"
    if variable in MONTHLY:
        driest = ", ".join(
            f"CASE WHEN count({c}) >= {months} THEN min({c}) END AS {c}" for c in CODES
        )
        table = f"(SELECT grid_id, {YEAR_OF} AS year, {driest} FROM {table} GROUP BY 1, 2)"
    sums = ", ".join(f"coalesce(sum({c}::float8), 0), count({c})::int4" for c in CODES)
    return (
        f"SELECT d.grid_id, w.place::int4, {sums} FROM {table} AS d"
        f" JOIN (VALUES {spans}) AS w (place, first, last) ON d.year BETWEEN w.first AND w.last"
        " GROUP BY 1, 2"
    )


def _grid_means(records: bulk.Records) -> GridMeans:
    """Return the means of the years of which all twelve months are known, by scenario."""
    if not records.size:
        return GridMeans(np.empty(0, np.int64), np.empty((len(CODES), 0)))
    years = np.arange(records["year"].min(), records["year"].max() + 1)
    monthly = np.full((len(CODES), years.size, 12), np.nan)
    for i, code in enumerate(CODES):
        count = records[f"n_{code}"].astype(float)
        value = records[f"s_{code}"] / np.where(count > 0, count, np.nan)
        monthly[i, records["year"] - years[0], records["month"] - 1] = value
    return GridMeans(years, monthly.mean(axis=2))


def _lines(
    variable: str,
    places: Places,
    columns: Mapping[str, Array],
    flags: Sequence[str],
    run_id: int,
) -> Iterator[str]:
    """Yield one line of COPY for each cell, in the order of COLUMNS."""
    rows = zip(*(_text(name, columns[name]) for name in NUMBERS), strict=True)
    for grid_id, numbers, raised in zip(places.ids.tolist(), rows, flags, strict=True):
        yield "\t".join((str(grid_id), variable, *numbers, raised, str(run_id)))


def _text(name: str, values: Array) -> list[str]:
    """Format with ten significant figures, as whole numbers in WHOLE columns; NaN as NULL."""
    shown = "{:.0f}" if name in WHOLE else "{:.10g}"
    return [bulk.NULL if np.isnan(v) else shown.format(v) for v in values.tolist()]
