"""Writes and reads the nightly run's results by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Engine

from modelops_core.db import bulk, queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.db.results.lines import hazard_lines, probability_lines
from modelops_core.ports import Block, Row, Run

KEY = ("grid_id", "risk_type", "ssp_scenario", "horizon")
HAZARD = (
    *KEY,
    "latitude",
    "longitude",
    "hazard_score",
    "hazard_score_100",
    "hazard_level",
    "statistic",
    "unit",
    "status",
    "flags",
    "run_id",
    "method_version",
    "calculated_at",
)
PROBABILITY = (
    *KEY,
    "latitude",
    "longitude",
    "aal",
    "aal_p05",
    "aal_p95",
    "bin_probabilities",
    "bin_data",
    "calculation_details",
    "status",
    "flags",
    "run_id",
    "method_version",
    "calculated_at",
)
VOLATILE_COLUMNS = ("run_id", "calculated_at")


class NightResults:
    """Writes the results of tiles: a ports.ResultWriter."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def fingerprints(self, tile: str) -> Mapping[str, str]:
        """Stage → fingerprint of the inputs from which the tile was last calculated."""
        with translated_errors(), self._engine.connect() as connection:
            found = queries.rows(connection, "tile_fingerprints", tile=tile)
        return {row["stage"]: row["fingerprint"] for row in found}

    def write(
        self, tile: str, blocks: Iterable[Block], run: Run, fingerprints: Mapping[str, str]
    ) -> Mapping[str, int]:
        """
        Store the stages named in *fingerprints* in one transaction, block by block.

        Returns table → rows changed; raises RunLost where *run* may not write any more.
        """
        changed: dict[str, int] = {}
        with translated_errors(), self._engine.begin() as connection:
            claims.require_run(connection, run.run_id)
            for climate, risks in blocks:
                if "hazard" in fingerprints:
                    body = hazard_lines(climate, risks, run)
                    _merge(connection, changed, "hazard_results", HAZARD, body)
                if "probability" in fingerprints:
                    body = probability_lines(climate, risks, run)
                    _merge(connection, changed, "probability_results", PROBABILITY, body)
            for stage, fingerprint in fingerprints.items():
                queries.run(
                    connection,
                    "note_tile",
                    stage=stage,
                    tile=tile,
                    fingerprint=fingerprint,
                    run_id=run.run_id,
                )
        return changed


def _merge(
    connection: Connection, changed: dict[str, int], table: str, columns: Sequence[str], body: str
) -> None:
    rows = bulk.merge(connection, f"modelops.{table}", KEY, columns, body, VOLATILE_COLUMNS)
    changed[table] = changed.get(table, 0) + rows


class CellResults:
    """Reads stored H and P(H) of one cell: a ports.CellReader."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cell(self, grid_id: int) -> tuple[Sequence[Row], Sequence[Row]]:
        """All stored H rows and all P(H) rows of one cell."""
        with translated_errors(), self._engine.connect() as connection:
            hazard = queries.rows(connection, "hazard_at", grid_id=grid_id)
            probability = queries.rows(connection, "probability_at", grid_id=grid_id)
        return hazard, probability

    def estimates(self, grid_id: int) -> tuple[Sequence[Row], Sequence[Row]]:
        """As :meth:`cell`, only the columns that an assessment reads."""
        with translated_errors(), self._engine.connect() as connection:
            hazard = queries.rows(connection, "scores_at", grid_id=grid_id)
            losses = queries.rows(connection, "losses_at", grid_id=grid_id)
        return hazard, losses
