"""Keeps versions of portfolios' reports; none is ever changed, a signature is added once."""

from __future__ import annotations

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import to_json
from modelops_core.ports import Row


class StoredReportVersions:
    """The table of report versions; *engine* is the workers'."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, run_id: int, values: Row) -> Row:
        """Keep a version under the next number of its run."""
        texts = {name: to_json(values[name]) for name in ("settings", "sources", "tables")}
        with translated_errors(), self._engine.begin() as connection:
            queries.row(connection, "lock_reports", run_id=run_id)
            given = {**values, **texts, "run_id": run_id}
            found = queries.row(connection, "new_report_version", **given)
        assert found is not None
        return found

    def one(self, run_id: int, number: int) -> Row | None:
        """One version; None where the run has no such number."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.row(connection, "report_version", run_id=run_id, number=number)

    def all(self, run_id: int) -> list[Row]:
        """All versions of a run's report, the latest first."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "report_versions", run_id=run_id)

    def sign(self, run_id: int, number: int, signature: Row) -> Row | None:
        """Sign a version; None where somebody has signed it before."""
        given = {**signature, "signed_tables": to_json(signature["signed_tables"])}
        with translated_errors(), self._engine.begin() as connection:
            return queries.row(
                connection, "sign_report_version", run_id=run_id, number=number, **given
            )
