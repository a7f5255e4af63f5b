"""Writes and reads the table ``audit_log``: who did what, from which address."""

from __future__ import annotations

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import to_json
from modelops_core.ports import Row


class Audit:
    """Appends to ``audit_log``; routes, pages and the command line do, and nobody changes a row."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(
        self,
        actor: str,
        action: str,
        subject: str | None = None,
        address: str | None = None,
        **detail: object,
    ) -> None:
        """Record that *actor* did *action* to *subject*, with *detail* as JSON."""
        values = {
            "actor": actor,
            "action": action,
            "subject": subject,
            "address": address,
            "detail": to_json(detail),
        }
        with translated_errors(), self._engine.begin() as connection:
            queries.run(connection, "new_audit", **values)

    def recent(self, limit: int = 100) -> list[Row]:
        """The latest *limit* rows, the newest first."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, "audits", limit=limit)
