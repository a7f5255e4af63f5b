"""
Waits for locks of tables without standing in the way of readers.

A statement that waits for an exclusive lock makes every later reader of the table wait behind it.
So it waits LOCK_TIMEOUT at most, gives up, lets the readers pass and tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from psycopg2 import errors as driver_errors

from modelops_core.errors import SchemaOutdated

log = structlog.get_logger()
#: the longest time for which a waiting statement holds readers up [ms]
LOCK_TIMEOUT = 300
#: pauses between two attempts [s]: the first, doubled each time, and the longest
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
#: seconds after which a migration gives up
PATIENCE = 600.0
#: another transaction holds the lock, or waits for one of ours
BLOCKED = (driver_errors.LockNotAvailable, driver_errors.DeadlockDetected)
LIMITS = f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {LOCK_TIMEOUT};"
#: the transactions that have been open longest, and for how many seconds
HOLDERS = """
SELECT format('pid %s (%s, %s s)', pid, coalesce(nullif(application_name, ''), usename),
              extract(epoch FROM now() - xact_start)::integer)
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
 ORDER BY xact_start LIMIT 3"""


def patiently(
    connection: Any, attempt: Callable[[], None], file: Callable[[], str], patience: float
) -> None:
    """
    Call *attempt*, which ends its transaction, until no lock holds it up.

    *file* names the script at work. Raises SchemaOutdated after *patience* seconds, naming the
    transactions that are open.
    """
    deadline = time.monotonic() + patience
    pause = FIRST_PAUSE
    while True:
        try:
            return attempt()
        except BLOCKED as error:
            holders = _holders(connection)
            if time.monotonic() + pause > deadline:
                raise SchemaOutdated(
                    "migration_blocked", file=file(), seconds=round(patience), holders=holders
                ) from error
        log.warning("migration waits", file=file(), holders=holders, seconds=pause)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


@contextmanager
def autocommit(connection: Any) -> Iterator[Any]:
    """A cursor each statement of which is a transaction of its own."""
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        if not connection.closed:
            connection.autocommit = False


def _holders(connection: Any) -> list[str]:
    with connection, connection.cursor() as cursor:
        cursor.execute(HOLDERS)
        return [holder for (holder,) in cursor.fetchall()]
