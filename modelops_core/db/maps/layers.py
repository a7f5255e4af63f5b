"""Reads what the dashboard's maps draw: cells with their values, districts with their outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg2.errors
from sqlalchemy import Connection, Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.domain import horizons
from modelops_core.domain.climate import Array, IntArray
from modelops_core.errors import UnknownPeril
from modelops_core.ports import CellLosses, Row
from modelops_core.stages.totals import CellTotals

#: tolerance to which a drawn outline is simplified [°], about 250 m
OUTLINE_TOLERANCE = 0.0025
CELL_FIELDS = {
    "grid_id": "i4",
    "latitude": "f8",
    "longitude": "f8",
    "elevation_m": "f4",
    "coast_distance_m": "f4",
    "basin": "i4",
    "district": "i4",
}
VALUE_FIELDS = {
    "grid_id": "i4",
    "hazard": "f4",
    "hazard_status": "i4",
    "aal": "f4",
    "aal_status": "i4",
}
LOSS_FIELDS = {"grid_id": "i4", "peril": "i4", "aal": "f4", "status": "i4"}
TOTAL_FIELDS = {"grid_id": "i4", "aal": "f4", "lacking": "i4", "status": "i4"}
RESPONSE_FIELDS = {"grid_id": "i4", "response": "f4", "status": "i4"}


@dataclass(frozen=True, slots=True)
class Cells:
    """The climate grid, each (cell,) in the order of ``grid_id``."""

    grid_id: IntArray
    latitude: Array
    longitude: Array
    elevation_m: Array
    coast_distance_m: Array
    basin_code: npt.NDArray[np.str_]
    admin_code: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class LayerValues:
    """H [0..1] and base AAL [%/yr] with their statuses (-1: no result), each (cell,)."""

    hazard: Array
    hazard_status: IntArray
    aal: Array
    aal_status: IntArray


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """Numbers behind an AAL by name, NaN where none is stored, and its status; each (cell,)."""

    values: Mapping[str, Array]
    status: IntArray


@dataclass(frozen=True, slots=True)
class ResponseValues:
    """
    Pooled response to warming [1/K, or unit/K] with its status, each (cell,).

    The status is ``low_confidence`` where a published response stands in (the flag
    ``response_assumed``), and -1 where no nightly run has looked.
    """

    response: Array
    status: IntArray


class Layers:
    """Reads cells, values and districts for maps; keeps nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cells(self) -> Cells:
        """All cells of the grid."""
        with translated_errors(), self._engine.connect() as connection:
            codes = queries.row(connection, "layer_codes") or {}
            lists = {name: list(found or ()) for name, found in codes.items()}
            query = queries.TEXTS["layer_cells"].format(
                **{k: _quoted(connection, v, "text[]") for k, v in lists.items()}
            )
            read = bulk.read_records(connection, query, CELL_FIELDS)
        latitude, longitude, elevation, coast = (
            read[name].astype(float) for name in tuple(CELL_FIELDS)[1:5]
        )
        basin, district = (
            np.array(["", *lists[f"{name}s"]])[read[name]] for name in ("basin", "district")
        )
        return Cells(
            read["grid_id"].astype(np.int64), latitude, longitude, elevation, coast, basin, district
        )

    def values(self, risk_type: str, ssp_scenario: str, horizon: str) -> LayerValues:
        """One peril in one scenario and horizon; raises InvalidInput or UnknownPeril."""
        with translated_errors(), self._engine.connect() as connection:
            view = _view(connection, ssp_scenario, horizon)
            read = _of_peril(connection, "layer_values", risk_type, VALUE_FIELDS, view)
        return LayerValues(
            read["hazard"].astype(float),
            read["hazard_status"].astype(np.int64),
            read["aal"].astype(float),
            read["aal_status"].astype(np.int64),
        )

    def classes(self, risk_type: str, ssp_scenario: str, horizon: str, place: int) -> LayerNumbers:
        """Return ``p``, the yearly probability 0..1 of the class at *place*, from 0."""
        paths = {"p": ("bin_data", "p", str(place))}
        return self._numbers(risk_type, ssp_scenario, horizon, paths)

    def details(
        self, risk_type: str, ssp_scenario: str, horizon: str, names: Sequence[str]
    ) -> LayerNumbers:
        """Return what the losses of one peril, scenario and horizon were fitted by, by name."""
        paths = {name: ("calculation_details", name) for name in names}
        return self._numbers(risk_type, ssp_scenario, horizon, paths)

    def _numbers(
        self, risk_type: str, ssp_scenario: str, horizon: str, paths: Mapping[str, Sequence[str]]
    ) -> LayerNumbers:
        fields = {"grid_id": "i4", "status": "i4"} | dict.fromkeys(paths, "f8")
        with translated_errors(), self._engine.connect() as connection:
            numbers = ", ".join(_number(connection, *path) for path in paths.values())
            view = _view(connection, ssp_scenario, horizon)
            read = _of_peril(
                connection, "layer_numbers", risk_type, fields, view | {"numbers": numbers}
            )
        values = {name: read[name].astype(float) for name in paths}
        return LayerNumbers(values, read["status"].astype(np.int64))

    def losses(
        self, risk_types: Sequence[str], ssp_scenario: str, horizon: str, cells: IntArray
    ) -> CellLosses:
        """Base AAL of several perils at *cells*, which are ``grid_id`` in ascending order."""
        with translated_errors(), self._engine.connect() as connection:
            query = queries.TEXTS["layer_losses"].format(
                risk_types=_quoted(connection, list(risk_types), "modelops.risk_type[]"),
                **_view(connection, ssp_scenario, horizon),
            )
            read = bulk.read_records(connection, query, LOSS_FIELDS)
        shape = len(risk_types), cells.size
        aal, status = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int64)
        at = read["peril"] - 1, np.searchsorted(cells, read["grid_id"])
        aal[at], status[at] = read["aal"], read["status"]
        return CellLosses(tuple(risk_types), aal, status)

    def stored(
        self, risk_types: Sequence[str], ssp_scenario: str, horizon: str, cells: IntArray
    ) -> CellTotals | None:
        """
        Totals of *risk_types* at *cells* as the last finished nightly run stored them.

        None where it stored none, or of other perils or cells.
        """
        names = list(risk_types)
        with translated_errors(), self._engine.connect() as connection:
            view = _view(connection, ssp_scenario, horizon)
            asked = {"ssp_scenario": ssp_scenario, "horizon": horizon, "perils": names}
            state = queries.row(connection, "totals_state", **asked)
            if state is None:
                return None
            query = queries.TEXTS["layer_totals"].format(**view)
            read = bulk.read_records(connection, query, TOTAL_FIELDS)
        if not np.array_equal(read["grid_id"], cells):
            return None
        aal, status, lacking = (
            read[name].astype(kind)
            for name, kind in (("aal", float), ("status", np.int64), ("lacking", np.int64))
        )
        without = {key: n for key, n in zip(names, state["lacking"], strict=True) if n}
        return CellTotals(aal, status, lacking, without)

    def response(self, variable: str) -> ResponseValues:
        """Return one variable's response to warming, which no scenario or horizon changes."""
        with translated_errors(), self._engine.connect() as connection:
            query = queries.TEXTS["layer_response"].format(
                variable=_quoted(connection, variable, "text")
            )
            read = bulk.read_records(connection, query, RESPONSE_FIELDS)
        return ResponseValues(read["response"].astype(float), read["status"].astype(np.int64))

    def districts(self, level: str = "sigungu", tolerance: float = OUTLINE_TOLERANCE) -> list[Row]:
        """Districts with outline (GeoJSON text), population and a point inside."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "layer_districts", level=level, tolerance=tolerance)


def _of_peril(
    connection: Connection,
    query: str,
    risk_type: str,
    fields: Mapping[str, str],
    values: Mapping[str, str],
) -> bulk.Records:
    """Rows of a query about one peril, with its values put in: COPY takes no parameters."""
    text = queries.TEXTS[query].format(
        risk_type=_quoted(connection, risk_type, "modelops.risk_type"), **values
    )
    try:
        return bulk.read_records(connection, text, fields)
    except psycopg2.errors.InvalidTextRepresentation:
        raise UnknownPeril("peril_not_in_database", peril=risk_type) from None


def _view(connection: Connection, ssp_scenario: str, horizon: str) -> dict[str, str]:
    """Scenario and horizon as a query takes them; raises InvalidInput."""
    scenario, window = horizons.scenario(ssp_scenario), horizons.horizon(horizon).key
    return {
        "ssp_scenario": _quoted(connection, scenario, "modelops.ssp_scenario"),
        "horizon": _quoted(connection, window, "modelops.horizon"),
    }


def _number(connection: Connection, column: str, *path: str) -> str:
    """A number inside a JSON column of the results; NaN where there is none."""
    where = _quoted(connection, list(path), "text[]")
    return f"coalesce(CAST(p.{column} #>> {where} AS float8), 'NaN')"


def _quoted(connection: Connection, value: str | list[str], kind: str) -> str:
    raw: Any = connection.connection
    with raw.cursor() as cursor:
        return f"CAST({cursor.mogrify('%s', (value,)).decode()} AS {kind})"
