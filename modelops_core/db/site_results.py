"""Results of single sites: a ports.SiteWriter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from modelops_core.db import bulk
from modelops_core.db.engine import explained
from modelops_core.db.jobs import dump
from modelops_core.ports import Row

SITE = ("latitude", "longitude", "risk_type")
COMMON = ("status", "flags", "batch_id", "method_version", "calculated_at")
EXPOSURE = (
    *SITE, "exposure_score", "proximity_factor", "normalized_asset_value", "asset_value", "factors", *COMMON,
)  # fmt: skip
VULNERABILITY = (*SITE, "vulnerability_score", "vulnerability_level", "factors", *COMMON)
AAL = (
    *SITE, "ssp_scenario", "horizon", "base_aal", "site_factor", "vulnerability_scale", "final_aal", "aal_p05",
    "aal_p95", "insurance_rate", "exposed_value", "expected_loss", "integrated_risk", *COMMON,
)  # fmt: skip
JSON = frozenset({"factors"})


class SiteResults:
    """Writes by COPY and merge, one transaction a table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exposure(self, rows: Sequence[Row]) -> int:
        """Rows into exposure_results; the number changed."""
        return self._merge("modelops.exposure_results", SITE, EXPOSURE, rows)

    def vulnerability(self, rows: Sequence[Row]) -> int:
        """Rows into vulnerability_results; the number changed."""
        return self._merge("modelops.vulnerability_results", SITE, VULNERABILITY, rows)

    def aal_scaled(self, rows: Sequence[Row]) -> int:
        """Rows into aal_scaled_results; the number changed."""
        key = (*SITE, "ssp_scenario", "horizon")
        return self._merge("modelops.aal_scaled_results", key, AAL, rows)

    def _merge(self, table: str, key: Sequence[str], columns: Sequence[str], rows: Sequence[Row]) -> int:
        if not rows:
            return 0
        with explained(), self._engine.begin() as connection:
            return bulk.merge(connection, table, key, columns, lines(rows, columns))


def lines(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """COPY lines of dictionaries; columns that a row lacks are NULL."""
    now = datetime.now(UTC).isoformat()
    return "".join(
        bulk.line(_value(name, {"calculated_at": now, **row}.get(name)) for name in columns) + "\n" for row in rows
    )


def _value(name: str, value: Any) -> Any:
    if name == "flags":
        return "{" + ",".join(value or ()) + "}"
    if isinstance(value, datetime):
        return value.isoformat()
    if value is not None and (name in JSON or isinstance(value, dict)):
        return dump(value)
    return value
