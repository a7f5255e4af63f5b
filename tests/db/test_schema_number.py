"""Two programs and one database: who may read, who may write, and who stands in nobody's way."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copytree

import psycopg2
import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from modelops_core.db import engine as engines
from modelops_core.db import lock_waits, schema_number
from modelops_core.db.access.keys import Keys
from modelops_core.db.migrate import check, migrate
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.results.stored_results import StoredResults
from modelops_core.db.scripts import OUTSIDE, read
from modelops_core.errors import DatabaseUnavailable, SchemaNewer, SchemaOutdated
from tests.database import PERILS, Database
from tests.waiting import wait_for

#: the longest that a reader may notice of a migration [s]: the wait for one lock, and some work
NOTICED = lock_waits.LOCK_TIMEOUT / 1000 + 1.0
COLUMN = "\nALTER TABLE modelops.batch_jobs ADD COLUMN IF NOT EXISTS thing integer;"
INDEX = f"{OUTSIDE}\nCREATE INDEX CONCURRENTLY IF NOT EXISTS thing_idx ON modelops.batch_jobs (worker);\n"
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('modelops.thing_idx')"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the SQL files, to be edited."""
    return copytree(schema_number.SQL, tmp_path / "sql")


@pytest.fixture
def program(database: Database) -> Iterator[Engine]:
    """The pooled engine of this program's workers; one connection waits in it."""
    made = engines.make(database.url("modelops_worker"), "modelops_worker")
    made.connect().close()
    yield made
    made.dispose()


def newer(files: Path, *, readers: int) -> int:
    """Make *files* those of the next program, which programs from *readers* on may read."""
    number = schema_number.of_program().number + 1
    path = files / schema_number.FILE
    said = re.sub(r"^number = \d+", f"number = {number}", path.read_text(), flags=re.MULTILINE)
    path.write_text(re.sub(r"^readers = \d+", f"readers = {readers}", said, flags=re.MULTILINE))
    with (files / "schema/070_jobs.sql").open("a") as file:
        file.write(COLUMN)
    return number


@contextmanager
def open_transaction(database: Database, statement: str) -> Iterator[None]:
    with closing(
        psycopg2.connect(database.cluster.url(database=database.name).replace("+psycopg2", ""))
    ) as connection:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        yield


def scalar(engine: Engine, query: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def test_an_older_program_reads_beside_a_newer_one_and_never_writes(
    database: Database, program: Engine, files: Path
) -> None:
    """Also by a connection that was open before; a key is still good, its use is not noted."""
    owner = engines.make(database.url())
    key = Keys(owner).add("somebody", ["read"])
    number = newer(files, readers=schema_number.of_program().readers)
    assert "schema/070_jobs.sql" in migrate(database.engine(), PERILS, files).ran

    assert scalar(program, "SELECT count(*) FROM modelops.batch_jobs") == 0
    assert Keys(program).check(key)
    for write in (
        lambda: JobQueue(program, 10, 10).create("a", {}),
        lambda: JobQueue(program, 10, 10).claim(["a"], "worker"),
    ):
        with pytest.raises(SchemaNewer, match="takes no writes"):
            write()
    for migrating in (owner, database.engine()):
        with pytest.raises(SchemaNewer, match=rf"schema {number}, this program has {number - 1}"):
            migrate(migrating, PERILS)
    state = StoredResults(program, PERILS).state()
    assert state["fits"]
    assert str(check(program, PERILS)) == state["migrations"]
    owner.dispose()


def test_an_older_program_refuses_a_database_that_it_would_misread(
    database: Database, program: Engine, files: Path
) -> None:
    """Every connection says so, whatever was to be done with it, and so does the health route."""
    number = newer(files, readers=schema_number.of_program().number + 1)
    migrate(database.engine(), PERILS, files)

    said = rf"schema {number}, this program knows {number - 1}: update the program"
    with pytest.raises(SchemaNewer, match=said):
        scalar(program, "SELECT 1")
    for look in (migrate, check):
        with pytest.raises(SchemaNewer, match=said):
            look(database.engine(), PERILS)
    state = StoredResults(program, PERILS).state()
    assert not state["fits"]
    assert re.search(said, state["migrations"])


def test_a_migration_that_waits_lets_readers_pass(database: Database, files: Path) -> None:
    """An open read of the table holds the migration up, and not one of those who read meanwhile."""
    newer(files, readers=1)
    engine, took = database.engine(), []
    with ThreadPoolExecutor(1) as pool, capture_logs() as logged:
        with open_transaction(database, "SELECT count(*) FROM modelops.batch_jobs"):
            migrating = pool.submit(migrate, engine, PERILS, files)
            while sum(entry["event"] == "migration waits" for entry in logged) < 2:
                began = time.monotonic()
                scalar(engine, "SELECT count(*) FROM modelops.batch_jobs")
                took.append(time.monotonic() - began)
                assert not migrating.done()
        assert "schema/070_jobs.sql" in migrating.result().ran
    assert max(took) < NOTICED
    assert "pid" in logged[0]["holders"][0]


def test_a_migration_gives_up_and_names_who_is_in_its_way(database: Database, files: Path) -> None:
    newer(files, readers=1)
    with (
        open_transaction(database, "LOCK modelops.batch_jobs"),
        pytest.raises(
            SchemaOutdated, match=r"070_jobs\.sql waited 0 s .*Open transactions: pid \d+"
        ),
    ):
        migrate(database.engine(), PERILS, files, patience=0.1)
    assert migrate(database.engine(), PERILS).ran == ()


def test_an_index_is_built_beside_readers_and_writers_and_after_a_kill(
    database: Database, files: Path
) -> None:
    """A script outside a transaction: cut half-way it leaves an index that the next run replaces."""
    (files / "migrations/0001_thing.sql").write_text(INDEX)
    engine = database.engine()
    building = "FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND state = 'active'"
    with (
        ThreadPoolExecutor(1) as pool,
        open_transaction(database, "DELETE FROM modelops.batch_jobs"),
    ):
        migrating = pool.submit(migrate, engine, PERILS, files)
        wait_for(lambda: scalar(engine, VALID) is False)
        JobQueue(engine, 10, 10).create("a", {})
        assert scalar(engine, f"SELECT pg_terminate_backend(pid) {building}")
        with pytest.raises(DatabaseUnavailable):
            migrating.result()
    assert scalar(engine, VALID) is False
    assert "migrations/0001_thing.sql" in migrate(engine, PERILS, files).ran
    assert scalar(engine, VALID) is True
    assert migrate(engine, PERILS, files).ran == ()


def test_one_that_waits_to_migrate_is_in_no_index_s_way(database: Database, files: Path) -> None:
    """The second asks again and again; a transaction that waited would stop both for ever."""
    (files / "migrations/0001_thing.sql").write_text(INDEX)
    engine = database.engine()
    with ThreadPoolExecutor(2) as pool:
        with open_transaction(database, "DELETE FROM modelops.batch_jobs"):
            first = pool.submit(migrate, engine, PERILS, files)
            wait_for(lambda: scalar(engine, VALID) is False)
            second = pool.submit(migrate, engine, PERILS, files)
            polled = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
            wait_for(lambda: scalar(engine, polled))
        assert first.result().ran
        assert second.result().ran == ()


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("schema/191_thing.sql", INDEX, "only a migration may run outside a transaction"),
        ("migrations/0001_thing.sql", INDEX.replace("IF NOT EXISTS", ""), "IF NOT EXISTS"),
    ],
)
def test_a_script_that_would_leave_half_of_it_is_refused(
    files: Path, name: str, words: str, said: str
) -> None:
    (files / name).write_text(words)
    with pytest.raises(SchemaOutdated, match=said):
        read(files)
