"""
Claims: what a worker holds of a job, and a nightly run of its results, while it may write.

Each claim of a job has a number, its fence, which grows when another worker takes the job. A
worker that was cut off (its database session ended, its machine stood still) learns it at its
next write: the write's own transaction looks at the fence and locks it until the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from modelops_core.db import queries
from modelops_core.errors import ClaimLost, RunLost

#: for a transaction in which much is calculated
LONG_PAUSES = "SET LOCAL idle_in_transaction_session_timeout = '60s'"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job and the fence under which it was taken; 0: nobody has taken it from the queue."""

    batch_id: str
    fence: int = 0


_held: ContextVar[Claim | None] = ContextVar("modelops_claim", default=None)


@contextmanager
def holding(claim: Claim) -> Iterator[None]:
    """Write under *claim* inside the block, in this thread."""
    token = _held.set(claim)
    try:
        yield
    finally:
        _held.reset(token)


def held() -> Claim | None:
    """The claim under which this thread writes; None outside of jobs."""
    return _held.get()


def fence_of(batch_id: str) -> int:
    """The fence of a job as this thread holds it; 0 where it does not."""
    claim = _held.get()
    return claim.fence if claim is not None and claim.batch_id == batch_id else 0


@contextmanager
def fenced(engine: Engine) -> Iterator[Connection]:
    """A transaction that commits only while this thread's claim holds; raises ClaimLost."""
    with engine.begin() as connection:
        yield connection
        claim = _held.get()
        if claim is not None and not _holds(connection, claim):
            raise ClaimLost


def _holds(connection: Connection, claim: Claim) -> bool:
    values = {"batch_id": claim.batch_id, "fence": claim.fence}
    return queries.row(connection, "hold_claim", **values) is not None


def require_run(connection: Connection, run_id: int) -> None:
    """
    Raise RunLost unless the nightly run *run_id* may write until this transaction ends.

    It may not once its lock's session has ended or another run has begun. Tiles are calculated
    while they are written: such a transaction may pause longer than others.
    """
    connection.exec_driver_sql(LONG_PAUSES)
    if queries.row(connection, "hold_run", run_id=run_id) is None:
        raise RunLost
