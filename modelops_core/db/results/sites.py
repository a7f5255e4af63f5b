"""Writes the results of single sites: a ports.SiteWriter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from modelops_core.db import bulk
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue import claims
from modelops_core.db.queue.jobs import to_json
from modelops_core.errors import ClaimLost
from modelops_core.ports import Row

SITE = ("latitude", "longitude", "risk_type")
COMMON = ("status", "flags", "batch_id", "method_version", "calculated_at")
EXPOSURE = (
    *SITE,
    "exposure_score",
    "proximity_factor",
    "normalized_asset_value",
    "asset_value",
    "factors",
    *COMMON,
)
VULNERABILITY = (*SITE, "vulnerability_score", "vulnerability_level", "factors", *COMMON)
AAL = (
    *SITE,
    "ssp_scenario",
    "horizon",
    "base_aal",
    "site_factor",
    "vulnerability_scale",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "insurance_rate",
    "exposed_value",
    "expected_loss",
    "integrated_risk",
    *COMMON,
)
JSON = frozenset({"factors"})


#: rows that are written by one statement; more go by COPY and merge
MAX_ROWS_PER_STATEMENT = 1000
#: A job's completion is what must survive a crash, and it is written after its rows: the rows
#: themselves need not wait for the disk. One statement is one round trip.
WRITE_FEW = """
    WITH claimed AS MATERIALIZED ({claim})
    INSERT INTO {table} AS old ({names})
    SELECT {names}
      FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb)),
           (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed, claimed
        ON CONFLICT ({key}) DO UPDATE SET {updates}"""
#: within a job the same statement looks whether the job is still this worker's, and holds it
UNDER_CLAIM = """
        SELECT 1 AS one FROM modelops.batch_jobs
         WHERE batch_id = CAST(:batch_id AS uuid) AND fence = :fence AND status = 'running'
           FOR SHARE"""


class SiteResults:
    """Writes few rows by one statement, many by COPY and merge, one transaction a table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exposure(self, rows: Sequence[Row]) -> int:
        """Write rows into exposure_results; return the number changed."""
        return self._merge("modelops.exposure_results", SITE, EXPOSURE, rows)

    def vulnerability(self, rows: Sequence[Row]) -> int:
        """Write rows into vulnerability_results; return the number changed."""
        return self._merge("modelops.vulnerability_results", SITE, VULNERABILITY, rows)

    def aal_scaled(self, rows: Sequence[Row]) -> int:
        """Write rows into aal_scaled_results; return the number changed."""
        key = (*SITE, "ssp_scenario", "horizon")
        return self._merge("modelops.aal_scaled_results", key, AAL, rows)

    def _merge(
        self, table: str, key: Sequence[str], columns: Sequence[str], rows: Sequence[Row]
    ) -> int:
        if not rows:
            return 0
        if len(rows) <= MAX_ROWS_PER_STATEMENT:
            return self._write_few(table, key, columns, rows)
        with translated_errors(), claims.fenced(self._engine) as connection:
            return bulk.merge(connection, table, key, columns, copy_lines(rows, columns))

    def _write_few(
        self, table: str, key: Sequence[str], columns: Sequence[str], rows: Sequence[Row]
    ) -> int:
        updates = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)
        claim = claims.held()
        statement = WRITE_FEW.format(
            table=table,
            names=", ".join(columns),
            key=", ".join(key),
            updates=updates,
            claim="SELECT 1 AS one" if claim is None else UNDER_CLAIM,
        )
        values = {} if claim is None else {"batch_id": claim.batch_id, "fence": claim.fence}
        with (
            translated_errors(),
            self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection,
        ):
            written = connection.execute(
                text(statement), {"rows": to_json(_complete(rows, columns)), **values}
            ).rowcount
        if claim is not None and not written:
            raise ClaimLost
        return written


def _complete(rows: Sequence[Row], columns: Sequence[str]) -> list[Row]:
    """Every row with the columns' values and no others."""
    now = datetime.now(UTC).isoformat()
    return [
        {name: row.get(name) for name in columns}
        | {"flags": list(row.get("flags") or ()), "calculated_at": row.get("calculated_at") or now}
        for row in rows
    ]


def copy_lines(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Make COPY lines from dictionaries; columns that a row lacks are NULL."""
    now = datetime.now(UTC).isoformat()
    return "".join(
        bulk.line(_value(name, {"calculated_at": now, **row}.get(name)) for name in columns) + "\n"
        for row in rows
    )


def _value(name: str, value: Any) -> Any:
    if name == "flags":
        return "{" + ",".join(value or ()) + "}"
    if isinstance(value, datetime):
        return value.isoformat()
    if value is not None and (name in JSON or isinstance(value, dict)):
        return to_json(value)
    return value
