"""Climate inputs of the nightly run, read by COPY straight into arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs.gauges import Gauges
from modelops_core.domain import plausibility
from modelops_core.domain.climate import Array, Climate, IntArray, Storms, read_only
from modelops_core.domain.gauges import FlowRecord
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.variables import MONTHLY, VARIABLES, YEARLY
from modelops_core.domain.warming import SIGNAL_FLAGS, Signal, Warming
from modelops_core.ports import Tile

CODES = tuple(SCENARIOS)
EPOCH_YEAR = 2000
SIGNAL = "_signal"
#: a node's central pressure from its maximum 1-minute wind [kt]: p = 1010 − (V / 6.7)^{1/.644},
#: the form of Atkinson & Holliday 1977, and what a 1-minute wind is times to give the 10-minute
#: mean that tracks hold; kept with the typhoon's parameters
Fill = Mapping[str, float]
Cells = Sequence[Mapping[str, Any]]
#: variable → years, and values (…, cell, year × step, scenario)
Tables = Mapping[str, tuple[IntArray, npt.NDArray[np.float32]]]


class ClimateTables:
    """A ports.ClimateReader over the input tables."""

    def __init__(self, engine: Engine, pressure_fill: Fill) -> None:
        self._engine = engine
        self._fill = pressure_fill

    def tiles(self, size: int) -> Sequence[Tile]:
        """Stretches of at most *size* cells, in the order of their ids."""
        with translated_errors(), self._engine.connect() as connection:
            ids = [row["grid_id"] for row in queries.rows(connection, "grid_ids")]
        return [
            Tile(part[0], part[-1])
            for part in (ids[i : i + size] for i in range(0, len(ids), size))
        ]

    def tile(self, tile: Tile, variables: Iterable[str]) -> Climate:
        """The tile's cells with all years that any of its tables holds."""
        wanted = frozenset(variables)
        with translated_errors(), self._engine.connect() as connection:
            cells = queries.rows(connection, "grid_cells", first=tile.first, last=tile.last)
            tables = {
                name: _read(connection, name, _ids(cells, name), monthly=name in MONTHLY)
                for name in (*MONTHLY, *YEARLY, "sea_level")
                if name in wanted
            }
            found: dict[str, Signal | Warming] = {
                name: _signal(connection, name.removesuffix(SIGNAL), tile)
                for name in wanted
                if name.endswith(SIGNAL)
            }
            if "warming" in wanted:
                found["warming"] = stored_warming(connection)
        return _assemble(cells, tables, wanted).with_values(**found)

    def storms(self) -> Storms:
        """The typhoon catalogue, in the years that its data set states."""
        with translated_errors(), self._engine.connect() as connection:
            listed = queries.rows(connection, "storm_list")
            nodes = queries.rows(connection, "storm_nodes")
            stated = queries.row(connection, "storm_period")
        years = None if stated is None else catalogue_years(stated["period"])
        return catalogue(listed, nodes, self._fill, years)

    def basin_population(self) -> Mapping[str, Mapping[int, float]]:
        """Basin → year → people."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.rows(connection, "basin_population")
        return {
            row["basin_code"]: {
                int(name[-4:]): float(value)
                for name, value in row.items()
                if name.startswith("population_") and value is not None
            }
            for row in found
        }

    def basin_outlets(self) -> Mapping[str, FlowRecord]:
        """Basin → the record of its lowest gauge."""
        return Gauges(self._engine).outlets()


def _ids(cells: Cells, variable: str) -> IntArray:
    """The ids under which a variable's rows of the cells are stored."""
    column = "sea_level_grid_id" if variable == "sea_level" else "grid_id"
    return np.array([-1 if c[column] is None else c[column] for c in cells], dtype=np.int64)


def _signal(connection: Any, variable: str, tile: Tile) -> Signal:
    """What is known of a variable's response in the tile's cells; NaN where no nightly run was."""
    rows = queries.rows(
        connection, "signals_of_cells", variable=variable, first=tile.first, last=tile.last
    )
    names = (
        "response",
        "se",
        "intercept",
        "spread",
        "worth",
        "level",
        "years",
        "intercept_se",
        "covariance",
    )
    columns = {name: np.array([row[name] for row in rows], dtype=float) for name in names}
    flags = {name: np.array([name in row["flags"] for row in rows], bool) for name in SIGNAL_FLAGS}
    return Signal(**columns, flags=flags)


def stored_warming(connection: Any) -> Warming:
    """Return the warming of each window that the last nightly run covered; none before it."""
    rows = queries.rows(connection, "warming_of_windows")
    return Warming({(row["ssp_scenario"], row["horizon"]): row["kelvin"] for row in rows})


def _read(
    connection: Any, variable: str, ids: IntArray, *, monthly: bool
) -> tuple[IntArray, npt.NDArray[np.float32]]:
    """Years, and values (cell, year[ × month], scenario); rows that do not exist are NaN."""
    known = np.unique(ids[ids >= 0])
    if not known.size:
        return np.empty(0, np.int64), np.empty((ids.size, 0, len(CODES)), np.float32)
    time = "observation_date" if monthly else "year::int4"
    scenarios = ", ".join(f"coalesce({code}, 'NaN')" for code in CODES)
    query = (
        f"SELECT grid_id, {time}, {scenarios} FROM modelops.{variable}_data"
        f" WHERE grid_id BETWEEN {known[0]} AND {known[-1]}"
    )
    if known[-1] - known[0] + 1 != known.size:
        query += f" AND grid_id IN ({', '.join(map(str, known))})"
    fields = {"grid_id": "i4", "time": "i4", **dict.fromkeys(CODES, "f4")}
    records = bulk.read_records(connection, f"{query} ORDER BY 1, 2", fields)
    return _spread(records, known, ids, monthly)


def _spread(
    records: bulk.Records, known: IntArray, ids: IntArray, monthly: bool
) -> tuple[IntArray, npt.NDArray[np.float32]]:
    if not records.size:
        return np.empty(0, np.int64), np.empty((ids.size, 0, len(CODES)), np.float32)
    step = _month_index(records["time"]) if monthly else records["time"].astype(np.int64)
    steps_a_year = 12 if monthly else 1
    first = step.min() // steps_a_year
    last = step.max() // steps_a_year
    length = (last - first + 1) * steps_a_year
    values = np.full((known.size, length, len(CODES)), np.nan, np.float32)
    position = np.searchsorted(known, records["grid_id"]), step - first * steps_a_year
    for i, code in enumerate(CODES):
        values[(*position, i)] = records[code]
    rows = np.searchsorted(known, np.maximum(ids, known[0]))
    spread = values[np.minimum(rows, known.size - 1)]
    spread[ids < 0] = np.nan
    return np.arange(first, last + 1), spread


def _month_index(days: npt.NDArray[Any]) -> IntArray:
    """Days since 2000-01-01 → months since year 0."""
    months = (np.datetime64("2000-01-01") + days.astype("timedelta64[D]")).astype("datetime64[M]")
    return months.astype(np.int64) + 1970 * 12


def _assemble(cells: Cells, tables: Tables, wanted: frozenset[str]) -> Climate:
    """One span of years for all variables; what a table does not cover is NaN."""
    spans = [years for years, _ in tables.values() if years.size]
    years = (
        np.arange(min(s[0] for s in spans), max(s[-1] for s in spans) + 1)
        if spans
        else np.empty(0, np.int64)
    )
    values: dict[str, Any] = {
        name: _static(cells, name)
        for name in wanted
        if name in VARIABLES and VARIABLES[name].cadence == "static"
    }
    for name, (own, table) in tables.items():
        values[name] = _on_span(years, own, table, 12 if name in MONTHLY else 1)
    for value in values.values():
        read_only(value)
    ids = np.array([c["grid_id"] for c in cells], dtype=np.int64)
    return Climate(CODES, years, ids, values, _shared_years([values[name] for name in tables]))


def _static(cells: Cells, name: str) -> npt.NDArray[Any]:
    return np.array([c[name] for c in cells])


def _on_span(years: IntArray, own: IntArray, table: npt.NDArray[np.float32], steps: int) -> Array:
    """(cell, own year × step, scenario) → (scenario, year[, month], cell)."""
    cells, _, scenarios = table.shape
    full = np.full((scenarios, years.size, steps, cells), np.nan)
    if own.size:
        start = int(own[0] - years[0])
        full[:, start : start + own.size] = table.reshape(
            cells, own.size, steps, scenarios
        ).transpose(3, 1, 2, 0)
    return full if steps > 1 else full[:, :, 0]


def _shared_years(arrays: Sequence[Array]) -> int:
    """Leading years in which every variable is the same in all scenarios."""
    shared: int | None = None
    for array in arrays:
        first = array[:1]
        same = ((array == first) | (np.isnan(array) & np.isnan(first))).all(axis=0)
        by_year = same.all(axis=tuple(range(1, same.ndim)))
        count = int(by_year.argmin()) if not by_year.all() else by_year.size
        shared = count if shared is None else min(shared, count)
    return shared or 0


#: 'YYYY[-MM[-DD]]' twice: a period as data sets state it
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-\d{2})?)?\s*(?:–|-|/|to|bis|~)\s*(\d{4})(?:-(\d{2}))?")
#: best tracks that begin before this year are used from EARLIEST on
LONG, EARLIEST = 1980, 1951


def catalogue_years(period: str) -> tuple[int, int] | None:
    """
    First and last whole season of a stated period; None where it states none.

    A season that is not over is no year: it would count as one without its storms.
    """
    found = _PERIOD.search(period)
    if found is None:
        return None
    first, begins, last, ends = (None if g is None else int(g) for g in found.groups())
    assert first is not None
    assert last is not None
    first += begins not in (None, 1)
    last -= ends not in (None, 12)
    return (max(first, EARLIEST) if first < LONG else first), last


def catalogue(
    listed: Cells, nodes: Cells, fill: Fill, years: tuple[int, int] | None = None
) -> Storms:
    """
    Storms with at least two usable nodes; times in hours since each storm's first node.

    A node without a possible pressure takes the one that its wind or its neighbours give.
    *years*: those that the catalogue covers; a storm outside them does not make it longer. Where
    they are not stated: from the first season to the last.
    """
    if years is not None:
        listed = [row for row in listed if years[0] <= row["season"] <= years[1]]
    groups = _by_storm(nodes, fill)
    storms = [
        (row["storm_id"], row["season"], row.get("name", ""))
        for row in listed
        if len(groups.get(row["storm_id"], ())) > 1
    ]
    seasons = np.array([season for _, season, _ in storms], dtype=np.int64)
    every = [node for storm, *_ in storms for node in groups[storm]]
    start = np.concatenate([[0], np.cumsum([len(groups[storm]) for storm, *_ in storms])]).astype(
        np.int64
    )
    hour, latitude, longitude, pressure = (
        np.array([node[name] for node in every], dtype=float)
        for name in ("hour", "latitude", "longitude", "pressure")
    )
    origin = np.repeat(hour[start[:-1]], np.diff(start)) if every else hour
    span = years or ((int(seasons.min()), int(seasons.max())) if seasons.size else (0, -1))
    return Storms(
        tuple(storm for storm, *_ in storms),
        seasons,
        start,
        hour - origin,
        latitude,
        longitude,
        pressure,
        np.arange(span[0], span[1] + 1, dtype=np.int64),
        tuple(name for *_, name in storms),
    )


def _by_storm(nodes: Cells, fill: Fill) -> dict[str, list[Mapping[str, Any]]]:
    """The usable nodes of each storm."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for node in nodes:
        groups.setdefault(node["storm_id"], []).append(node)
    return {storm: with_pressure(own, fill) for storm, own in groups.items()}


def with_pressure(nodes: Cells, fill: Fill) -> list[Mapping[str, Any]]:
    """
    Nodes of one storm, in their order, with a possible central pressure [hPa] in each.

    A pressure that is none (0, −999, 9999) follows from the wind [kt]; without a wind either it
    lies on the line between its neighbours in time, and nodes before the first or after the last
    known one are left out.
    """
    hour, pressure, wind = (
        np.array([node[name] for node in nodes], dtype=float)
        for name in ("hour", "pressure", "wind")
    )
    given = plausibility.possible("pressure_hpa", pressure)
    blown = plausibility.possible("wind_kt", wind)
    central = np.where(given, pressure, _from_wind(np.where(blown, wind, np.nan), fill))
    known = ~np.isnan(central)
    if not known.any():
        return []
    line = np.interp(hour, hour[known], central[known], left=np.nan, right=np.nan)
    return [
        {**node, "pressure": float(value)}
        for node, value in zip(nodes, line, strict=True)
        if not np.isnan(value)
    ]


def _from_wind(wind: Array, fill: Fill) -> Array:
    """Central pressure [hPa] of a maximum 10-minute wind [kt]."""
    one_minute = wind / fill["ten_minute_ratio"]
    deficit: Array = (one_minute / fill["divisor"]) ** (1 / fill["exponent"])
    return fill["reference"] - deficit
