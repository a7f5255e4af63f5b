"""audit_log: who did what, from where."""

from __future__ import annotations

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.db.queue.jobs import dump
from modelops_core.ports import Row


class Audit:
    """Written by the routes, the pages and the command line; never changed."""

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
        """*actor* did *action* to *subject*."""
        values = {
            "actor": actor,
            "action": action,
            "subject": subject,
            "address": address,
            "detail": dump(detail),
        }
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "new_audit", **values)

    def recent(self, limit: int = 100) -> list[Row]:
        """What was done last."""
        with explained(), self._engine.connect() as connection:
            return queries.rows(connection, "audits", limit=limit)
