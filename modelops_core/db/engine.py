"""Makes SQLAlchemy engines, one for each database role, and translates their errors."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from modelops_core.db import schema_number
from modelops_core.db.cluster.place import MEGABYTE, ROOM_TO_START
from modelops_core.db.stalls import WatchedConnection
from modelops_core.errors import (
    DatabaseFull,
    DatabaseUnavailable,
    InvalidInput,
    SchemaNewer,
    SchemaOutdated,
)

POOL_SIZE = 5
MAX_OVERFLOW = 5
#: seconds to wait for a connection of the pool, and for the server to answer
CONNECT_TIMEOUT = 10
#: what the driver says of a server on a socket of this machine
SOCKET = re.compile(r'on socket "(?P<folder>[^"]+)/[^/"]+" failed')
#: what a server says that answers, but was never migrated
NO_ROLE = re.compile(r'FATAL: +role "modelops_\w+" does not exist')
#: SQLSTATE of a full disk, and of a write where only reading is allowed
DISK_FULL = "53100"
READ_ONLY = "25006"
#: longest duration of a statement by role [ms]; other roles have no limit
STATEMENT_TIMEOUTS = {"modelops_dashboard": 10_000}
#: longest pause within a transaction by role [ms]: a process that stands still must not keep what
#: it has locked; a worker's jobs are free before another one takes them up (30 s, jobs.rescue)
IDLE_TIMEOUTS = {"modelops_dashboard": 60_000, "modelops_worker": 25_000}
#: a partner that vanished without a word is noticed after half a minute, by the client …
KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
#: … and by the server, which then lets go of the session's locks
SESSION = """
    SET search_path = modelops, public;
    SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '30s'"""


def make(url: str, role: str | None = None, overflow: int = MAX_OVERFLOW) -> Engine:
    """
    Make a pooled engine for *url*; each connection takes *role* by SET ROLE where it may.

    Whenever a connection is taken from the pool it is made to fit the database: where that is newer
    than this program it only reads, or SchemaNewer is raised (see ``db/schema_number.py``).
    Raises InvalidInput for a text that is no URL and for other databases than PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidInput("not_a_database_url") from None
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInput("not_postgresql", backend=parsed.get_backend_name())
    _hide_errors_of_copy()
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg2"),
        pool_size=POOL_SIZE,
        max_overflow=overflow,
        pool_timeout=CONNECT_TIMEOUT,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": f"modelops {role or 'owner'}",
            "connection_factory": WatchedConnection,
            **KEEPALIVES,
        },
    )
    event.listen(engine, "connect", _prepare(role))
    event.listen(engine, "checkout", _fit)
    return engine


@cache
def _hide_errors_of_copy() -> None:
    """
    Keep off the terminal what psycopg2 prints itself and then replaces by an error it raises.

    Where the server dies during COPY, psycopg2 fails while it makes its error: it gives that
    SystemError, which has no traceback, to ``sys.excepthook``.
    """
    print_error = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        replaced = kind is SystemError and trace is None
        if not (replaced and isinstance(error.__cause__, psycopg2.Error)):
            print_error(kind, error, trace)

    sys.excepthook = hook


def _prepare(role: str | None) -> Any:
    def on_connect(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SESSION)
            if role is not None and role != connection.info.user:
                cursor.execute(
                    "SELECT pg_has_role(current_user, oid, 'member')"
                    " FROM pg_roles WHERE rolname = %s",
                    (role,),
                )
                allowed = cursor.fetchone()
                if allowed and allowed[0]:
                    cursor.execute(f'SET ROLE "{role}"')
            for name, limits in LIMITS.items():
                if role in limits:
                    cursor.execute(f"SET {name} = %s", (limits[role],))
        connection.commit()

    return on_connect


def _fit(connection: Any, record: Any, _fairy: Any) -> None:
    """Let the connection only read a newer database; raises SchemaNewer where it may not even."""
    notice = schema_number.of_program().notice(schema_number.of_database(connection))
    reads_only = notice is not None
    if reads_only == record.info.get("reads_only", False):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET default_transaction_read_only = {'on' if reads_only else 'off'}")
    connection.commit()
    record.info["reads_only"] = reads_only


LIMITS = {
    "statement_timeout": STATEMENT_TIMEOUTS,
    "idle_in_transaction_session_timeout": IDLE_TIMEOUTS,
}


@contextmanager
def translated_errors() -> Iterator[None]:
    """
    Turn driver errors of the block into DatabaseUnavailable, DatabaseFull or SchemaNewer, and
    SchemaOutdated where a table or role of the program lacks.
    """
    try:
        yield
    except (OperationalError, psycopg2.OperationalError) as error:
        if _code(error) == DISK_FULL:
            raise DatabaseFull("no_room_left", reason=first_line(error)) from error
        if full := _full_disk(str(error)):
            raise full from error
        if NO_ROLE.search(str(error)):
            raise SchemaOutdated from error
        raise DatabaseUnavailable("database_silent", reason=first_line(error)) from error
    except PoolTimeout as error:
        raise DatabaseUnavailable("connections_busy") from error
    except psycopg2.errors.ReadOnlySqlTransaction as error:
        raise SchemaNewer("reads_only") from error
    except DBAPIError as error:
        if _code(error) == READ_ONLY:
            raise SchemaNewer("reads_only") from error
        if isinstance(error.orig, schema_number.UNNUMBERED):
            raise SchemaOutdated from error
        if not error.connection_invalidated:
            raise
        raise DatabaseUnavailable("database_went_away", reason=first_line(error)) from error
    except psycopg2.InterfaceError as error:
        raise DatabaseUnavailable("database_went_away", reason=first_line(error)) from error


def _full_disk(message: str) -> DatabaseUnavailable | None:
    """The error to name where a server of this machine is gone because its disk is full."""
    found = SOCKET.search(message)
    if found is None or not (folder := Path(found["folder"])).is_dir():
        return None
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free >= ROOM_TO_START:
        return None
    return DatabaseUnavailable("disk_full", path=folder, free=free)


def _code(error: BaseException) -> str:
    """SQLSTATE of a driver's error; empty where there is none."""
    return getattr(getattr(error, "orig", None) or error, "pgcode", None) or ""


def first_line(error: BaseException) -> str:
    """Return the first line of a driver's message."""
    original = getattr(error, "orig", None) or error
    lines = str(original).strip().splitlines()
    return lines[0] if lines else type(original).__name__
