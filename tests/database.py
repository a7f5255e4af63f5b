"""
Databases for tests, as a pytest plugin. A room's conftest.py turns it on with

    def pytest_configure(config):
        config.pluginmanager.import_plugin("tests.database")

`database` and `engine` are a copy of a migrated template, made in 0.02 s in memory
(0.2 s on a disk) and dropped after the test. One throw-away cluster serves a
session (with pytest-xdist one a worker); nothing here reads DATABASE_URL.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, NullPool, create_engine

from modelops_core import perils as registry
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.migrate import migrate

#: what the templates are migrated for: every shipped peril
PERILS = tuple(registry.PERILS)
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "min_dynamic_shared_memory": "8MB",
}
MEMORY = Path("/dev/shm")
ENOUGH = 6 * 1024**3  # bytes of memory left, to keep databases there


@dataclass(frozen=True)
class Database:
    """One database of a test cluster."""

    cluster: Cluster
    name: str

    def url(self, user: str | None = None) -> str:
        """Its address for a role: the owner, `modelops_worker` or `modelops_dashboard`."""
        return self.cluster.url(user, self.name)

    def engine(self, user: str | None = None) -> Engine:
        """A new engine for a role; it keeps no connection open."""
        return create_engine(self.url(user), poolclass=NullPool)


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that any user may enter, with a path short enough for a socket; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mo-", dir=_parent()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """Start *cluster*; stop it afterwards, whatever happened."""
    try:
        cluster.ensure()
        yield cluster
    finally:
        cluster.stop(immediate=True)


@contextmanager
def created(cluster: Cluster, name: str, template: str = "template1") -> Iterator[Database]:
    """A database called *name*, a copy of *template*; dropped afterwards."""
    _administer(cluster, f"CREATE DATABASE {name} TEMPLATE {template}{_strategy(cluster)}")
    try:
        yield Database(cluster, name)
    finally:
        _administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throw-away server that takes no care of its disk."""
    with short_folder() as folder, running(Cluster(folder, settings=CARELESS)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> Iterator[str]:
    """The name of a migrated database without rows; connect to copies only."""
    with created(cluster, "template_modelops") as database:
        migrate(database.engine(), PERILS)
        yield database.name


@pytest.fixture
def database(cluster: Cluster, template: str) -> Iterator[Database]:
    """A migrated database without rows, for this test alone."""
    with created(cluster, f"test_{uuid4().hex[:12]}", template) as database:
        yield database


@pytest.fixture
def engine(database: Database) -> Engine:
    """The owner's engine of `database`."""
    return database.engine()


@pytest.fixture
def bare_database(cluster: Cluster) -> Iterator[Database]:
    """A database that was never migrated, for this test alone."""
    with created(cluster, f"test_{uuid4().hex[:12]}") as database:
        yield database


def _parent() -> Path:
    """Where scripts/test.sh cleans up, else memory, else the disk."""
    if given := os.environ.get("TEST_CLUSTERS"):
        return Path(given)
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    return MEMORY if roomy else Path(tempfile.gettempdir())


def _strategy(cluster: Cluster) -> str:
    """Files are copied three times faster than through the journal; PostgreSQL 14 always does."""
    return " STRATEGY file_copy" if (cluster.status().major or 0) >= 15 else ""


def _administer(cluster: Cluster, statement: str) -> None:
    engine = create_engine(
        cluster.url(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
