"""Reads the warming of the loaded data and the response to it: a ports.ResponseReader."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.inputs.climate import stored_warming
from modelops_core.domain.warming import SIGNAL_FLAGS, Warming
from modelops_core.ports import ResponseSummary, Row


class Responses:
    """Reads what the last nightly run wrote to ``warming`` and ``change_signals``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def warming(self) -> Warming:
        """Return the warming of each covered window; none before the first nightly run."""
        with translated_errors(), self._engine.connect() as connection:
            return stored_warming(connection)

    def summaries(self) -> Mapping[str, ResponseSummary]:
        """Return each variable's response over all cells; none before the first nightly run."""
        with translated_errors(), self._engine.connect() as connection:
            rows = queries.rows(connection, "response_summaries")
        return {row["variable"]: _summary(row) for row in rows}


def _summary(row: Row) -> ResponseSummary:
    """Return one row of ``response_summaries`` as a summary."""
    flagged = {name: int(row[name]) for name in SIGNAL_FLAGS}
    return ResponseSummary(int(row["cells"]), row["median"], row["low"], row["high"], flagged)
