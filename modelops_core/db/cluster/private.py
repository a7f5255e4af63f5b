"""
A private PostgreSQL with PostGIS for one project folder.

    Cluster(Path("var")).ensure()

makes it once, starts it when it is not running and returns when it answers. It
listens on a Unix socket in a folder that only its owner may enter, and trusts who
gets there: the user who started it or, started by root, root and the cluster's
own unprivileged user. It may be killed at any instant, and so may `ensure`: the
next `ensure` repairs what is left.
"""

from __future__ import annotations

import fcntl
import platform
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg2

from modelops_core.db.cluster.binaries import find
from modelops_core.db.cluster.initdb import create
from modelops_core.db.cluster.place import PORT, ROOM_TO_START, choose
from modelops_core.db.cluster.server import Server, summary
from modelops_core.errors import ClusterUnavailable

START_TIMEOUT = 300  # seconds: recovery after a crash replays up to 2 GB of journal
POLL_INTERVAL = 0.02  # seconds between two checks
LOCK = int.from_bytes(b"cluster", "big")
NOT_YET = ("the database system is", "too many clients", "remaining connection slots")


@dataclass(frozen=True)
class Ensured:
    """What :meth:`Cluster.ensure` had to do."""

    created: bool
    started: bool
    postgis: str
    seconds: float


@dataclass(frozen=True)
class Status:
    """What can be said of a cluster without starting or changing it."""

    exists: bool
    running: bool
    pid: int | None
    major: int | None
    owner: str
    directory: Path
    sockets: Path


class _State(Enum):
    READY = auto()
    BUSY = auto()  # starting, recovering, stopping, or children of a killed server
    SILENT = auto()


class Cluster:
    """The cluster below *directory*; its database and owner role are both *name*."""

    def __init__(
        self, directory: Path, name: str = "modelops", settings: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.place = choose(directory)
        self._settings = dict(settings or {})
        self._server = Server(self.place)

    def ensure(self) -> Ensured:
        """Make, start and fill what is missing; return when the database answers."""
        began = time.monotonic()
        if platform.system() != "Linux":
            raise ClusterUnavailable("linux_only")
        with self._explained(), self._locked() as lock:
            created = not self._version_file.exists()
            if created:
                durable = self._settings.get("fsync") != "off"
                create(self.place, self.name, lock, durable=durable)
            self._stopped.unlink(missing_ok=True)
            started = self._start()
            postgis = self._provide_database()
        return Ensured(created, started, postgis, time.monotonic() - began)

    def stop(self, *, immediate: bool = False) -> bool:
        """Stop the server and wait until it is gone; False where none was running."""
        if not self.status().running:
            return False
        with self._explained(), self._locked():
            with suppress(OSError):  # such as a full disk: then a supervisor may start it again
                self._stopped.touch()
            self._server.signal(signal.SIGQUIT if immediate else signal.SIGINT)
            deadline = time.monotonic() + START_TIMEOUT
            while self._server.alive():
                self._pause(
                    deadline, ClusterUnavailable("cluster_not_stopping", log=self.place.log)
                )
        return True

    def died(self) -> bool:
        """Whether the server is gone though nobody stopped it."""
        with self._explained():
            there = self._version_file.exists() and not self._stopped.exists()
            return there and not self._server.alive()

    def status(self) -> Status:
        """Whether the cluster exists and runs, and where."""
        with self._explained():
            exists = self._version_file.exists()
            running = exists and self._server.alive()
            return Status(
                exists=exists,
                running=running,
                pid=self._server.pid() if running else None,
                major=self._major() if exists else None,
                owner=self.place.owner.name,
                directory=self.place.data,
                sockets=self.place.sockets,
            )

    def url(self, user: str | None = None, database: str | None = None) -> str:
        """SQLAlchemy's address of *database* for *user*; by default the owner's of its own."""
        names = quote(user or self.name), quote(database or self.name)
        where = f"host={quote(str(self.place.sockets))}&port={PORT}"
        return f"postgresql+psycopg2://{names[0]}@/{names[1]}?{where}"

    @property
    def _stopped(self) -> Path:
        """A file that is there while the server is stopped on purpose."""
        return self.place.root / "stopped"

    @property
    def _version_file(self) -> Path:
        return self.place.data / "PG_VERSION"

    def _major(self) -> int:
        return int(self._version_file.read_text())

    def _start(self) -> bool:
        """Start the server unless it runs; return when it answers."""
        deadline = time.monotonic() + START_TIMEOUT
        log_size = self._server.log_size()
        started = False
        while (state := self._state()) is not _State.READY:
            if state is _State.SILENT and started:
                complaint = self._server.complaint(log_size)
                raise ClusterUnavailable(
                    "server_does_not_start",
                    complaint=complaint,
                    log=self.place.log,
                    free=self.place.free_megabytes(),
                )
            if state is _State.SILENT:
                started = self._launch()
            self._pause(deadline, ClusterUnavailable("cluster_silent", log=self.place.log))
        return started

    def _launch(self) -> bool:
        self.place.require_space(ROOM_TO_START)
        binaries = find(self._major())
        return self._server.start(binaries.directory / "postgres", self._settings)

    def _state(self) -> _State:
        try:
            with closing(self._connect("postgres")) as connection:
                self._recognise(connection)
        except psycopg2.OperationalError as error:
            answered = "FATAL" in str(error)
            if answered and not any(words in str(error) for words in NOT_YET):
                raise
            return _State.BUSY if answered or self._server.alive() else _State.SILENT
        return _State.READY

    def _recognise(self, connection: Any) -> None:
        found = _value(connection, "SHOW data_directory")
        if Path(found) != self.place.data and not self._server.alive():  # alive: it only moved
            raise ClusterUnavailable("foreign_server", sockets=self.place.sockets, data=found)

    def _provide_database(self) -> str:
        """Create the database and its extension where missing; return PostGIS's version."""
        with self._alone_in("postgres") as connection:
            known = f"SELECT count(*) FROM pg_database WHERE datname = '{self.name}'"
            if not _value(connection, known):
                connection.cursor().execute(f'CREATE DATABASE "{self.name}"')
        with self._alone_in(self.name) as connection:
            known = "SELECT max(extversion) FROM pg_extension WHERE extname = 'postgis'"
            if not _value(connection, known):
                connection.cursor().execute("CREATE EXTENSION IF NOT EXISTS postgis")
            return str(_value(connection, known))

    @contextmanager
    def _alone_in(self, database: str) -> Iterator[Any]:
        """A connection that waits for what a killed `ensure` left the server at work on."""
        with closing(self._connect(database)) as connection:
            connection.cursor().execute(f"SELECT pg_advisory_lock({LOCK})")
            yield connection

    def _connect(self, database: str) -> Any:
        connection = psycopg2.connect(
            host=str(self.place.sockets), port=PORT, user=self.name, dbname=database
        )
        connection.autocommit = True
        return connection

    @contextmanager
    def _locked(self) -> Iterator[IO[str]]:
        """One `ensure` or `stop` at a time."""
        self.place.prepare()
        deadline = time.monotonic() + START_TIMEOUT
        path = self.place.root / "lock"
        with path.open("a") as lock:
            self.place.claim(path, 0o600)
            while not _try_lock(lock):
                self._pause(deadline, ClusterUnavailable("cluster_locked", log=self.place.log))
            yield lock

    def _pause(self, deadline: float, otherwise: ClusterUnavailable) -> None:
        if time.monotonic() > deadline:
            raise otherwise
        time.sleep(POLL_INTERVAL)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in one line what the operating system or PostgreSQL refused."""
        try:
            yield
        except PermissionError as error:
            raise ClusterUnavailable(
                "path_refused", path=error.filename or self.place.root
            ) from error
        except OSError as error:
            raise ClusterUnavailable(
                "path_failed",
                path=error.filename or self.place.root,
                reason=error.strerror or error,
            ) from error
        except psycopg2.Error as error:
            raise ClusterUnavailable(
                "server_refused",
                complaint=summary(str(error)),
                log=self.place.log,
                free=self.place.free_megabytes(),
            ) from error


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _value(connection: Any, query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
