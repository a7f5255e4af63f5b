"""A backup comes back whole, with its roles, or nothing changes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from shutil import copyfile

import psycopg2
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from modelops_core.bootstrap import App
from modelops_core.db import schema_number
from modelops_core.db.backup import archive, fingerprints, making
from modelops_core.db.backup.archive import Manifest
from modelops_core.db.backup.restoring import restore
from modelops_core.db.backup.server import Server
from modelops_core.db.cluster import initdb
from modelops_core.db.cluster.binaries import clients, find
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.migrate import check, migrate
from modelops_core.errors import BackupFailed, SchemaNewer
from tests import world
from tests.apps import wire
from tests.database import CARELESS, PERILS, Database, created, running, short_folder

SITE = "INSERT INTO modelops.portfolios (name) VALUES ('본사')"
LATE = "INSERT INTO modelops.batch_jobs (job_type) VALUES ('late')"


@pytest.fixture(scope="module")
def source(cluster: Cluster, nightly_app: App) -> Iterator[App]:
    """The world after a nightly run, a job with its answer, and a saved site."""
    nightly_app.dispose()
    with created(cluster, "to_be_saved", "world_after_a_night") as database:
        app = wire(database)
        done = app.jobs.create("a", {"latitude": 37.56})
        app.jobs.complete(done, {"aal": 0.0123456789, "이름": "본사"})
        execute(app.owner, SITE)
        yield app
        app.dispose()


@pytest.fixture(scope="module")
def saved(source: App, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of `source`, which was written to between the dump and the count of its rows."""
    path = tmp_path_factory.mktemp("backup") / "saved.zip"
    counting = fingerprints.of_tables

    def late(connection: object) -> dict[str, str]:
        execute(source.owner, LATE)
        return counting(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprints, "of_tables", late)
        made = making.make(source.url(), path)
    execute(source.owner, "DELETE FROM modelops.batch_jobs WHERE job_type = 'late'")
    assert fingerprints.count(made.tables["hazard_results"]) == world.NIGHTLY_ROWS
    return path


def execute(engine: Engine, statement: str, *, autocommit: bool = False) -> list[tuple]:
    level = "AUTOCOMMIT" if autocommit else "READ COMMITTED"
    with engine.execution_options(isolation_level=level).begin() as connection:
        found = connection.exec_driver_sql(statement.replace("%", "%%"))
        return [tuple(row) for row in found] if found.returns_rows else []


def rewritten(saved: Path, path: Path, **changes: object) -> Path:
    """The backup *saved* with another manifest."""
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w") as new:
        new.writestr(archive.DUMP, old.read(archive.DUMP))
        new.writestr(archive.MANIFEST, json.dumps(json.loads(old.read(archive.MANIFEST)) | changes))
    return path


def contents(url: str) -> dict[str, str]:
    with Server.of(url).session() as connection:
        return fingerprints.of_tables(connection)


def test_another_server_gets_results_jobs_roles_and_grants(source: App, saved: Path) -> None:
    """
    A server that knows none of our roles.

    A user who may make none is told which to ask for, and restores once they are there.
    """
    with short_folder() as folder, running(Cluster(folder, settings=CARELESS)) as cluster:
        database = Database(cluster, cluster.name)
        execute(database.engine(), "CREATE ROLE plain LOGIN")
        execute(database.engine(), "CREATE DATABASE managed OWNER plain", autocommit=True)
        managed = Database(cluster, "managed")
        execute(managed.engine(), "CREATE EXTENSION postgis")
        with pytest.raises(BackupFailed, match=r"lacks the roles modelops_dashboard, mod"):
            restore(managed.url("plain"), saved)

        done = restore(database.url(), saved)

        assert done.roles == ["modelops_dashboard", "modelops_reports", "modelops_worker"]
        assert contents(database.url()) == contents(source.url()) == done.manifest.tables
        for table in ("batch_jobs", "aal_scaled_results", "probability_results", "portfolios"):
            query = f"SELECT to_jsonb(t)::text FROM modelops.{table} AS t ORDER BY 1"
            assert execute(database.engine(), query) == execute(source.owner, query)
        assert check(database.engine(), PERILS) is None
        assert migrate(database.engine(), PERILS).ran == ()
        _used_by_its_roles(database)
        assert restore(managed.url("plain"), saved).roles == []
        _used_by_its_roles(managed)


def _used_by_its_roles(database: Database) -> None:
    """Grants, settings and numbers of rows are there."""
    dashboard = database.engine("modelops_dashboard")
    assert execute(dashboard, "SHOW statement_timeout") == [("10s",)]
    execute(dashboard, SITE.replace("본사", "지사"))  # the number of its row is the next one
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(dashboard, "DELETE FROM modelops.hazard_results")


def test_a_database_that_holds_tables_is_replaced_only_when_asked(
    saved: Path, database: Database
) -> None:
    """And not while programs are at work on it."""
    execute(database.engine(), "INSERT INTO modelops.portfolios (name) VALUES ('before')")
    before = contents(database.url())
    with pytest.raises(BackupFailed, match="--replace"):
        restore(database.url(), saved)
    worker = psycopg2.connect(
        Server.of(database.url()).address, application_name="modelops modelops_worker"
    )
    with pytest.raises(BackupFailed, match=r"in use .modelops modelops_worker"):
        restore(database.url(), saved, replace=True)
    worker.close()
    assert contents(database.url()) == before
    execute(database.engine(), "CREATE TABLE modelops_loads.before_1_place_names (name text)")
    manifest = restore(database.url(), saved, replace=True).manifest
    assert contents(database.url()) == manifest.tables != before
    # what loads of after the backup replaced is gone, and there is room for new ones
    kept = "SELECT count(*) FROM pg_tables WHERE schemaname = 'modelops_loads'"
    assert execute(database.engine(), kept) == [(0,)]
    execute(database.engine(), "CREATE TABLE modelops_loads.staged_1_place_names ()")


def test_what_comes_back_otherwise_is_not_kept(
    saved: Path, database: Database, tmp_path: Path
) -> None:
    """One row more or less than the manifest says, and the former tables are still there."""
    before = contents(database.url())
    with zipfile.ZipFile(saved) as file:
        tables = Manifest.model_validate_json(file.read(archive.MANIFEST)).tables
    other = rewritten(saved, tmp_path / "b", tables=tables | {"portfolios": "2 5"})
    with pytest.raises(BackupFailed, match=r"restored table portfolios holds 1 .* the backup 2 5"):
        restore(database.url(), other, replace=True)
    assert contents(database.url()) == before


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "absent"])
def test_a_damaged_file_is_refused(
    saved: Path, bare_database: Database, tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "damaged"
    if damage != "absent":
        copyfile(saved, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    if damage == "flipped":
        body = bytearray(path.read_bytes())
        body[len(body) // 2] ^= 1
        path.write_bytes(body)
    if damage == "text":
        path.write_text("no backup")
    with pytest.raises(BackupFailed, match=r"damaged|No such file"):
        restore(bare_database.url(), path)


def test_a_newer_program_s_backup_is_refused(
    saved: Path, bare_database: Database, tmp_path: Path
) -> None:
    """Of a newer schema, and of a newer PostgreSQL."""
    number = schema_number.of_program().number + 1
    newer = rewritten(saved, tmp_path / "schema", schema_number=number)
    with pytest.raises(SchemaNewer, match=f"schema {number}, this program knows {number - 1}"):
        restore(bare_database.url(), newer)
    newer = rewritten(saved, tmp_path / "server", server=99)
    with pytest.raises(BackupFailed, match="comes from PostgreSQL 99"):
        restore(bare_database.url(), newer)


def test_a_backup_that_fails_leaves_no_file(
    source: App, bare_database: Database, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(BackupFailed, match="exists"):
        making.make(source.url(), there)
    for url, path in (
        (bare_database.url(), tmp_path / "new"),
        (source.url(), tmp_path / "no such folder/new"),
    ):
        with pytest.raises(BackupFailed):
            making.make(url, path)
    assert [one.name for one in tmp_path.iterdir()] == ["there"]
    assert there.read_text() == "mine"


MAJORS = [one.major for one in clients() if (one.directory / "initdb").exists()]


@pytest.mark.skipif(len(MAJORS) < 2, reason="one version of PostgreSQL on this machine")
def test_an_older_postgresql_s_backup_comes_back_in_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How a major version is upgraded; not the other way round."""
    made = {}
    with ExitStack() as stack:
        for major in (MAJORS[0], MAJORS[-1]):
            monkeypatch.setattr(initdb, "find", partial(find, major))
            folder = stack.enter_context(short_folder())
            made[major] = stack.enter_context(running(Cluster(folder, settings=CARELESS)))
            assert made[major].status().major == major
        first, last = made.values()
        old = Database(first, first.name).engine()
        migrate(old, PERILS)
        execute(old, (Path(__file__).parent / "oldest_rows.sql").read_text())
        making.make(first.url(), tmp_path / "1")
        done = restore(last.url(), tmp_path / "1")
        assert (done.manifest.server, done.server) == (MAJORS[0], MAJORS[-1])
        assert contents(last.url()) == contents(first.url())
        assert check(Database(last, last.name).engine(), PERILS) is None
        _used_by_its_roles(Database(last, last.name))
        making.make(last.url(), tmp_path / "2")
        with pytest.raises(BackupFailed, match=f"comes from PostgreSQL {MAJORS[-1]}"):
            restore(first.url(), tmp_path / "2", replace=True)


def test_a_password_goes_into_a_file_of_this_user() -> None:
    """Not into the address, which is an argument of PostgreSQL's programs."""
    server = Server.of("postgresql+psycopg2://me:s3:cret@host:5433/db?sslmode=require")
    assert "s3" not in server.address
    with server.for_programs() as named:
        assert "s3" not in named.address
        options = psycopg2.extensions.parse_dsn(named.address)
        file = Path(options["passfile"])
        assert file.read_text() == "*:*:*:*:s3\\:cret\n"
        assert file.stat().st_mode & 0o777 == 0o600
        assert (options["port"], options["sslmode"]) == ("5433", "require")
    assert not file.exists()


def test_programs_of_every_installed_version_are_found() -> None:
    found = clients()
    assert found == sorted(found, key=lambda one: one.major)
    assert all(one.major >= 14 for one in found)
