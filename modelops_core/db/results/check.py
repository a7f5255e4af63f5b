"""Reads building stock and results for the command `check`: a services.audit.stock.Reader."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs.signals import Signals
from modelops_core.db.results.totals import Totals
from modelops_core.domain.result import Status
from modelops_core.domain.site import RANGES, Site
from modelops_core.errors import NoResults
from modelops_core.ports import Row
from modelops_core.services.audit.stock import Causes, CellColumns, Key, Stock, StoredCells
from modelops_core.services.site.site_rows import FITTED

CODES = {status.name: int(status) for status in Status}
NUMBERS = ("built_year", "floors_above", "floors_below", "total_area", "coast_distance_m")


class CheckTables:
    """Reads the building stock and the stored results as columns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stock(self, most: int) -> Stock:
        """At most *most* buildings, evenly chosen; raises NoResults where none is loaded."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.row(connection, "check_building_count")
            count = int(found["buildings"]) if found else 0
            if not count:
                raise NoResults("no_buildings")
            rows = queries.rows(connection, "check_buildings", step=-(-count // most))
        cells = np.array([row["grid_id"] for row in rows], dtype=np.int64)
        return Stock(tuple(map(_site, rows)), cells, count)

    def cells(self) -> StoredCells:
        """All stored results; raises NoResults before the first nightly run."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "check_cells")
        if not rows:
            raise NoResults
        return StoredCells({_key(row): _columns(row) for row in rows})

    def signal_store(self) -> Signals:
        """Warming and responses of the loaded data, to be compared with those of the results."""
        return Signals(self._engine)

    def totals(self) -> Totals:
        """The totals that the maps read."""
        return Totals(self._engine)

    def provinces(self) -> dict[int, str]:
        """The code of each cell's province; cells of none are left out."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "cell_provinces")
        return {row["grid_id"]: row["province_code"] for row in rows}

    def mean_drivers(self, weights: Mapping[int, float]) -> Causes:
        """What each AAL follows from, weighted by *weights* (cell → value)."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(
                connection, "check_causes", cells=list(weights), weights=list(weights.values())
            )
        found: dict[Key, dict[str, float]] = {}
        for row in rows:
            found.setdefault(_key(row), {})[row["name"]] = row["mean"]
        return found


def _key(row: Row) -> Key:
    return row["risk_type"], row["ssp_scenario"], row["horizon"]


def _columns(row: Mapping[str, Any]) -> CellColumns:
    hazard_status, aal_status = (
        np.array([CODES[s] for s in row[name]], dtype=np.int8)
        for name in ("hazard_status", "aal_status")
    )
    return CellColumns(
        ids=np.array(row["grid_id"], dtype=np.int64),
        hazard=np.array(row["hazard"], dtype=float),
        hazard_status=hazard_status,
        aal=np.array(row["aal"], dtype=float),
        aal_status=aal_status,
        details={name: np.array(row[name], dtype=float) for name in FITTED},
    )


def _site(row: Row) -> Site:
    numbers: dict[str, Any] = {
        name: math.nan if row[name] is None else float(row[name]) for name in NUMBERS
    }
    numbers["coast_distance_m"] = min(numbers["coast_distance_m"], RANGES["coast_distance_m"][1])
    return Site(
        latitude=row["latitude"],
        longitude=row["longitude"],
        structure=row["structure"] or "",
        purpose=row["purpose"] or "",
        is_urban=row["is_urban"],
        **numbers,
    )
