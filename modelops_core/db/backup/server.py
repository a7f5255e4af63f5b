"""
The server of a backup or a restoration, and PostgreSQL's own programs that talk to it.

A password goes to them in a file that only this user may read: never as an argument, which every
user of the machine sees, nor into a message.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

import psycopg2
from psycopg2.extensions import make_dsn
from sqlalchemy.engine import make_url

from modelops_core.db.cluster.binaries import Binaries
from modelops_core.db.cluster.server import summary
from modelops_core.db.engine import translated_errors
from modelops_core.errors import BackupFailed

APPLICATION = "modelops backup"
MAJOR = "SELECT current_setting('server_version_num')::integer / 10000"
#: how values become text, in every session whose texts are compared
TEXT_FORM = """
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
SET extra_float_digits = 1; SET bytea_output = 'hex'; SET xmloption = 'content';
SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"""


@dataclass(frozen=True)
class Server:
    """A database by its libpq address without a password, and the file that holds that."""

    address: str
    password: str | None = None

    @staticmethod
    def of(url: str) -> Server:
        """The database of an SQLAlchemy *url*."""
        parsed = make_url(url)
        query = {name: _joined(value) for name, value in parsed.query.items()}
        password = parsed.password or query.pop("password", None)
        parts = parsed.translate_connect_args(username="user", database="dbname")
        parts.pop("password", None)
        query.setdefault("application_name", APPLICATION)
        return Server(make_dsn(**{**parts, **query}), password)

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A psycopg2 connection in autocommit mode; values become text as TEXT_FORM says."""
        secret = {} if self.password is None else {"password": self.password}
        try:
            with (
                translated_errors(),
                closing(psycopg2.connect(self.address, **secret)) as connection,
            ):
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute(TEXT_FORM)
                yield connection
        except psycopg2.Error as error:
            raise BackupFailed("program_failed", program="PostgreSQL", reason=error) from error

    @contextmanager
    def for_programs(self) -> Iterator[Server]:
        """The same with an address that names a file of the password, gone afterwards."""
        if self.password is None:
            yield self
            return
        escaped = self.password.replace("\\", "\\\\").replace(":", "\\:")
        with tempfile.NamedTemporaryFile("w", prefix="modelops-") as file:  # mode 0600
            file.write(f"*:*:*:*:{escaped}\n")
            file.flush()
            yield replace(self, address=make_dsn(self.address, passfile=file.name))


def run(binaries: Binaries, name: str, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's programs, which knows this user's settings and speaks English."""
    program = str(binaries.directory / name)
    return subprocess.Popen(["env", "LC_ALL=C.UTF-8", program, *arguments], **streams)


def finish(process: subprocess.Popen[bytes], name: str, messages: IO[bytes]) -> None:
    """Wait for *process*; raises BackupFailed with what it *messages* where it failed."""
    if process.wait() == 0:
        return
    messages.seek(0)
    reason = summary(messages.read().decode(errors="replace"))
    raise BackupFailed("program_failed", program=name, reason=reason)


def value(connection: Any, query: str, *values: Any) -> Any:
    """The one value of *query*."""
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchone()[0]


def rows(connection: Any, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of *query*."""
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


def _joined(found: str | tuple[str, ...]) -> str:
    return found if isinstance(found, str) else ",".join(found)
