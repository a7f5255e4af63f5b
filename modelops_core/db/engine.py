"""Makes SQLAlchemy engines, one for each database role, and translates their errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from modelops_core.errors import DatabaseFull, DatabaseUnavailable, InvalidInput

POOL_SIZE = 5
MAX_OVERFLOW = 5
#: seconds to wait for a connection of the pool, and for the server to answer
CONNECT_TIMEOUT = 10
#: SQLSTATE of a full disk
DISK_FULL = "53100"
#: longest duration of a statement by role [ms]; other roles have no limit
STATEMENT_TIMEOUTS = {"modelops_dashboard": 10_000}


def make(url: str, role: str | None = None, overflow: int = MAX_OVERFLOW) -> Engine:
    """
    Make a pooled engine for *url*; each connection takes *role* by SET ROLE where it may.

    Raises InvalidInput for a text that is no URL and for other databases than PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidInput("not_a_database_url") from None
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInput("not_postgresql", backend=parsed.get_backend_name())
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg2"),
        pool_size=POOL_SIZE,
        max_overflow=overflow,
        pool_timeout=CONNECT_TIMEOUT,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": f"modelops {role or 'owner'}",
        },
    )
    event.listen(engine, "connect", _prepare(role))
    return engine


def _prepare(role: str | None) -> Any:
    def on_connect(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = modelops, public")
            if role is not None and role != connection.info.user:
                cursor.execute(
                    "SELECT pg_has_role(current_user, oid, 'member')"
                    " FROM pg_roles WHERE rolname = %s",
                    (role,),
                )
                allowed = cursor.fetchone()
                if allowed and allowed[0]:
                    cursor.execute(f'SET ROLE "{role}"')
            if role in STATEMENT_TIMEOUTS:
                cursor.execute("SET statement_timeout = %s", (STATEMENT_TIMEOUTS[role],))
        connection.commit()

    return on_connect


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn driver errors of the block into DatabaseUnavailable or, on a full disk, DatabaseFull."""
    try:
        yield
    except (OperationalError, psycopg2.OperationalError) as error:
        if _code(error) == DISK_FULL:
            raise DatabaseFull("no_room_left", reason=first_line(error)) from error
        raise DatabaseUnavailable("database_silent", reason=first_line(error)) from error
    except PoolTimeout as error:
        raise DatabaseUnavailable("connections_busy") from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise DatabaseUnavailable("database_went_away", reason=first_line(error)) from error
    except psycopg2.InterfaceError as error:
        raise DatabaseUnavailable("database_went_away", reason=first_line(error)) from error


def _code(error: BaseException) -> str:
    """SQLSTATE of a driver's error; empty where there is none."""
    return getattr(getattr(error, "orig", None) or error, "pgcode", None) or ""


def first_line(error: BaseException) -> str:
    """Return the first line of a driver's message."""
    original = getattr(error, "orig", None) or error
    lines = str(original).strip().splitlines()
    return lines[0] if lines else type(original).__name__
