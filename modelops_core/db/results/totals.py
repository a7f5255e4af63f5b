"""Keeps the totals of all perils by cell: a ports.TotalStore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import Connection, Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.maps.layers import Layers
from modelops_core.db.queue import claims
from modelops_core.domain.climate import IntArray
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.result import Status
from modelops_core.ports import CellLosses
from modelops_core.stages.totals import CellTotals

TABLE = "modelops.cell_totals"
KEY = ("grid_id", "ssp_scenario", "horizon")
COLUMNS = (*KEY, "aal", "lacking", "status")
STATUS = {int(one): one.name for one in Status}


class Totals:
    """Reads the losses that totals are made from, and writes the totals of a nightly run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._layers = Layers(engine)

    def cells(self) -> IntArray:
        """Grid ids in ascending order."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.rows(connection, "grid_ids")
        return np.array([row["grid_id"] for row in found], dtype=np.int64)

    def losses(
        self, risk_types: Sequence[str], ssp_scenario: str, horizon: str, cells: IntArray
    ) -> CellLosses:
        """Base AAL of several perils; see Layers.losses."""
        return self._layers.losses(risk_types, ssp_scenario, horizon, cells)

    def stored(
        self, risk_types: Sequence[str], ssp_scenario: str, horizon: str, cells: IntArray
    ) -> CellTotals | None:
        """Totals of the last finished nightly run; see Layers.stored."""
        return self._layers.stored(risk_types, ssp_scenario, horizon, cells)

    def keep(self, run_id: int, risk_types: Sequence[str]) -> bool:
        """Whether the totals are those of the run before *run_id*; they are then this run's."""
        with translated_errors(), self._engine.begin() as connection:
            claims.require_run(connection, run_id)
            kept = queries.rows(connection, "keep_totals", run_id=run_id, perils=list(risk_types))
        return len(kept) == len(SCENARIOS) * len(HORIZONS)

    def store(
        self,
        run_id: int,
        risk_types: Sequence[str],
        cells: IntArray,
        parts: Iterable[tuple[str, str, CellTotals]],
    ) -> int:
        """
        Write the totals of *parts* (scenario, horizon, totals of *cells*) in one transaction.

        Returns the rows that changed; raises RunLost where the run may not write any more.
        """
        names = list(risk_types)
        with translated_errors(), self._engine.begin() as connection:
            claims.require_run(connection, run_id)
            queries.run(connection, "forget_totals")
            waiting, changed = list[str](), 0
            for scenario, horizon, found in parts:
                waiting.append(_lines(cells, scenario, horizon, found))
                if len(waiting) * cells.size >= bulk.CHUNK:
                    changed += _merge(connection, waiting)
                lacking = [found.without.get(key, 0) for key in names]
                noted = {"ssp_scenario": scenario, "horizon": horizon, "lacking": lacking}
                queries.run(connection, "note_totals", run_id=run_id, perils=names, **noted)
            return changed + _merge(connection, waiting)


def _merge(connection: Connection, waiting: list[str]) -> int:
    """Write what is *waiting*, of which nothing is left; return the rows that changed."""
    body = "\n".join(waiting)
    waiting.clear()
    return bulk.merge(connection, TABLE, KEY, COLUMNS, body) if body else 0


def _lines(cells: IntArray, scenario: str, horizon: str, found: CellTotals) -> str:
    """COPY lines in the order of COLUMNS."""
    columns = (array.tolist() for array in (cells, found.aal, found.lacking, found.status))
    rows = (
        (cell, scenario, horizon, aal, lacking, STATUS[status])
        for cell, aal, lacking, status in zip(*columns, strict=True)
    )
    return "\n".join(map(bulk.line, rows))
