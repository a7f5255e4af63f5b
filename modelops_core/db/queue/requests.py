"""Idempotency-Keys: a request that is sent again, its answer being lost, gets its first job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from modelops_core.db import queries
from modelops_core.errors import InvalidInput


@dataclass
class Once:
    """The job of a request, empty until there is one."""

    batch_id: str = ""


@contextmanager
def once(
    connection: Connection, owner: str | None, key: str | None, request: str
) -> Iterator[Once]:
    """
    Give the job that *key* stands for; keep the one that the block makes where there is none.

    Who comes with the same key at the same instant waits for the transaction of the first.
    Raises InvalidInput where *key* stands for another *request*.
    """
    found = Once()
    if key is None:
        yield found
        return
    at = {"owner": owner or "", "key": key}
    if queries.row(connection, "note_request", **at, request_hash=request) is None:
        known = queries.row(connection, "noted_request", **at)
        if known is None or known["request_hash"] != request:
            raise InvalidInput("idempotency_key_reused", key=key)
        found.batch_id = known["batch_id"] or ""
    yield found
    queries.run(connection, "answer_request", **at, batch_id=found.batch_id)
