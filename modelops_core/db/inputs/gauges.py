"""River gauges and their daily flow, summed up by year: a ports.GaugeReader."""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.domain.gauges import FlowRecord, same_river
from modelops_core.ports import Row


class Gauges:
    """Reads river gauges and their yearly flow statistics."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def outlets(self) -> Mapping[str, FlowRecord]:
        """Basin → the record of its lowest gauge; without basins whose gauge holds no flow."""
        with translated_errors(), self._engine.connect() as connection:
            kind = _kind(connection)
            rows = queries.rows(connection, "outlet_flows")
        by_basin = groupby(rows, lambda row: row["basin_code"])
        return {basin: _record(list(years), kind, math.nan) for basin, years in by_basin}

    def along(
        self, river_name: str, latitude: float, longitude: float, within: float
    ) -> Sequence[FlowRecord]:
        """The flow gauges of a river within *within* m of a point, the nearest first."""
        return self.along_each([river_name], [latitude], [longitude], within)[0]

    def along_each(
        self,
        river_names: Sequence[str],
        latitude: Sequence[float],
        longitude: Sequence[float],
        within: float,
    ) -> list[list[FlowRecord]]:
        """The same at each point for its own river, by two queries for all points."""
        found: list[list[Row]] = [[] for _ in river_names]
        with translated_errors(), self._engine.connect() as connection:
            points = {"latitude": list(latitude), "longitude": list(longitude)}
            for row in queries.rows(connection, "gauges_near_points", **points, within=within):
                at = row["i"] - 1
                if same_river(row["river_name"], river_names[at]):
                    found[at].append(row)
            codes = {row["station_code"] for rows in found for row in rows}
            if not codes:
                return [[] for _ in found]
            kind = _kind(connection)
            rows = queries.rows(connection, "gauge_flows", codes=sorted(codes))
        flows = {
            code: list(years) for code, years in groupby(rows, lambda row: str(row["station_code"]))
        }
        return [
            [_record(flows[near["station_code"]], kind, near["distance_m"]) for near in own]
            for own in found
        ]


def _kind(connection: Connection) -> str:
    found = queries.row(connection, "gauge_kind")
    return (found or {}).get("kind") or ""


def _record(rows: Sequence[Row], kind: str, distance: float) -> FlowRecord:
    """The rows of one gauge, a year each; one without a year is no record."""
    first, years = rows[0], [row for row in rows if row["year"] is not None]
    length = np.array([366.0 if calendar.isleap(row["year"]) else 365.0 for row in years])
    return FlowRecord(
        station_code=first["station_code"],
        station_name=first["station_name"],
        river_name=first["river_name"] or "",
        kind=kind,
        distance_m=distance,
        year=np.array([row["year"] for row in years], dtype=np.int64),
        known=np.array([row["days"] for row in years], dtype=float) / length,
        mean=np.array([row["mean"] for row in years], dtype=float),
        median=np.array([row["median"] for row in years], dtype=float),
        maximum=np.array([row["maximum"] for row in years], dtype=float),
    )
