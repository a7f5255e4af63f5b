"""Engines: one for each role, pooled, made once."""

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

POOL = 5
OVERFLOW = 5
#: seconds to wait for a connection of the pool, and for the server to answer
PATIENCE = 10
#: SQLSTATE of a full disk
NO_ROOM = "53100"
#: a pause of a query longer than this ends it [ms]; roles may have their own
TIMEOUTS = {"modelops_dashboard": 10_000}


def make(url: str, role: str | None = None, overflow: int = OVERFLOW) -> Engine:
    """
    A pooled engine for *url*; *role* is taken with SET ROLE by a login that has it.

    psycopg2 only; other dialects are refused before the first query.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidInput("not_a_database_url") from None
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInput("not_postgresql", backend=parsed.get_backend_name())
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg2"),
        pool_size=POOL,
        max_overflow=overflow,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": PATIENCE,
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
                    "SELECT pg_has_role(current_user, oid, 'member') FROM pg_roles WHERE rolname = %s",
                    (role,),
                )
                allowed = cursor.fetchone()
                if allowed and allowed[0]:
                    cursor.execute(f'SET ROLE "{role}"')
            if role in TIMEOUTS:
                cursor.execute("SET statement_timeout = %s", (TIMEOUTS[role],))
        connection.commit()

    return on_connect


@contextmanager
def explained() -> Iterator[None]:
    """Turn a lost or missing server into DatabaseUnavailable, in one line."""
    try:
        yield
    except (OperationalError, psycopg2.OperationalError) as error:
        if _code(error) == NO_ROOM:
            raise DatabaseFull("no_room_left", reason=reason(error)) from error
        raise DatabaseUnavailable("database_silent", reason=reason(error)) from error
    except PoolTimeout as error:
        raise DatabaseUnavailable("connections_busy") from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise DatabaseUnavailable("database_went_away", reason=reason(error)) from error
    except psycopg2.InterfaceError as error:
        raise DatabaseUnavailable("database_went_away", reason=reason(error)) from error


def _code(error: BaseException) -> str:
    """SQLSTATE of a driver's error; empty where there is none."""
    return getattr(getattr(error, "orig", None) or error, "pgcode", None) or ""


def reason(error: BaseException) -> str:
    """The first line of a driver's message."""
    original = getattr(error, "orig", None) or error
    lines = str(original).strip().splitlines()
    return lines[0] if lines else type(original).__name__
