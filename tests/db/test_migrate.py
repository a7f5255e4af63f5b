"""Migrations: each file once, whole or not at all, one process at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from modelops_core.db import migrate as migrations
from modelops_core.db.migrate import check, migrate
from modelops_core.errors import DatabaseUnavailable, SchemaOutdated
from tests.database import PERILS, Database

CELL = "INSERT INTO modelops.location_grid (grid_id, latitude, longitude) VALUES (1, 37.5, 127.0)"
HAZARD = """
INSERT INTO modelops.hazard_results
    (grid_id, risk_type, ssp_scenario, horizon, latitude, longitude, status, method_version)
VALUES (1, 'drought', 'ssp2', '2050s', 37.5, 127.0, 'ok', 'test')"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the SQL files, to be edited."""
    return copytree(migrations.SQL, tmp_path / "sql")


@pytest.fixture
def bare(bare_database: Database) -> Engine:
    return bare_database.engine()


def write(files: Path, name: str, sql: str) -> None:
    with (files / name).open("a", encoding="utf-8") as file:
        file.write(sql)


def scalar(engine: Engine, query: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()


def execute(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def labels(engine: Engine) -> object:
    return scalar(engine, "SELECT enum_range(NULL::modelops.risk_type)::text[]")


def table_exists(engine: Engine, name: str) -> object:
    return scalar(engine, f"SELECT to_regclass('modelops.{name}') IS NOT NULL")


def test_a_fresh_database_gets_every_schema_file(bare: Engine) -> None:
    """Schema files run in order, roles last, and the check is content."""
    report = migrate(bare, PERILS)
    found = sorted(
        (migrations.SQL / "schema").iterdir(),
        key=lambda path: (path.name.endswith("_roles.sql"), path.name),
    )
    names = [f"schema/{path.name}" for path in found]
    assert report.fresh
    assert list(report.ran) == names
    assert report.ran[-1].endswith("_roles.sql")
    check(bare, PERILS)


def test_a_second_time_finds_nothing_to_do(engine: Engine) -> None:
    report = migrate(engine, PERILS)
    assert (report.fresh, report.ran, report.perils) == (False, (), ())


def test_migrations_of_a_fresh_database_are_noted_not_run(bare: Engine, files: Path) -> None:
    """The schema files already hold what a migration would change."""
    write(files, "migrations/0001_add_thing.sql", "CREATE TABLE modelops.thing (id integer)")
    migrate(bare, PERILS, files)
    assert not table_exists(bare, "thing")
    check(bare, PERILS, files)


def test_a_changed_schema_file_runs_again_and_the_roles_after_it(
    engine: Engine, files: Path
) -> None:
    write(files, "schema/080_portfolios.sql", "CREATE TABLE modelops.thing (id integer);")
    report = migrate(engine, PERILS, files)
    assert report.ran == ("schema/080_portfolios.sql", "schema/090_roles.sql")
    assert scalar(
        engine, "SELECT has_table_privilege('modelops_dashboard', 'modelops.thing', 'SELECT')"
    )


def test_a_migration_runs_once_and_before_the_schema(engine: Engine, files: Path) -> None:
    write(files, "schema/080_portfolios.sql", "COMMENT ON COLUMN modelops.thing.id IS 'here';")
    write(files, "migrations/0001_add_thing.sql", "CREATE TABLE modelops.thing (id integer)")
    report = migrate(engine, PERILS, files)
    assert report.ran == (
        "migrations/0001_add_thing.sql",
        "schema/080_portfolios.sql",
        "schema/090_roles.sql",
    )
    assert migrate(engine, PERILS, files).ran == ()


def test_a_failing_migration_leaves_nothing_behind(engine: Engine, files: Path) -> None:
    """Its table is gone, it is not noted, and it runs once it is mended."""
    path = files / "migrations/0002_second.sql"
    write(files, "migrations/0001_first.sql", "CREATE TABLE modelops.first (id integer)")
    path.write_text("CREATE TABLE modelops.second (id integer); SELECT 1 / 0;")
    with pytest.raises(SchemaOutdated, match=r"0002_second\.sql failed .* division by zero"):
        migrate(engine, PERILS, files)
    assert table_exists(engine, "first")
    assert not table_exists(engine, "second")
    path.write_text("CREATE TABLE modelops.second (id integer)")
    assert migrate(engine, PERILS, files).ran[0] == "migrations/0002_second.sql"


def test_a_fresh_database_is_filled_whole_or_not_at_all(bare: Engine, files: Path) -> None:
    write(files, "schema/080_portfolios.sql", "SELECT 1 / 0;")
    with pytest.raises(SchemaOutdated, match=r"schema/080_portfolios\.sql failed"):
        migrate(bare, PERILS, files)
    assert not table_exists(bare, "schema_ledger")
    assert migrate(bare, PERILS).fresh


def test_a_migration_may_not_change_after_it_ran(engine: Engine, files: Path) -> None:
    write(files, "migrations/0001_add_thing.sql", "CREATE TABLE modelops.thing (id integer)")
    migrate(engine, PERILS, files)
    write(files, "migrations/0001_add_thing.sql", "; SELECT 2")
    for look in (migrate, check):
        with pytest.raises(SchemaOutdated, match=r"0001_add_thing\.sql was changed"):
            look(engine, PERILS, files)


def test_an_older_program_refuses_a_newer_database(engine: Engine, files: Path) -> None:
    write(files, "migrations/0001_add_thing.sql", "CREATE TABLE modelops.thing (id integer)")
    migrate(engine, PERILS, files)
    for look in (migrate, check):
        with pytest.raises(SchemaOutdated, match=r"newer than this program .*0001_add_thing"):
            look(engine, PERILS)


@pytest.mark.parametrize("word", ["COMMIT;", "begin;", "  ROLLBACK ;", "START TRANSACTION;"])
def test_a_file_may_not_end_its_own_transaction(engine: Engine, files: Path, word: str) -> None:
    write(files, "migrations/0001_add_thing.sql", f"SELECT 1;\n{word}\nSELECT 2")
    with pytest.raises(SchemaOutdated, match="one transaction already"):
        migrate(engine, PERILS, files)


def test_a_misnamed_file_is_refused_not_skipped(engine: Engine, files: Path) -> None:
    write(files, "migrations/1_thing.sql", "SELECT 1")
    with pytest.raises(SchemaOutdated, match=r"migrations/1_thing\.sql: the name does not fit"):
        migrate(engine, PERILS, files)


def test_percent_signs_reach_the_server(engine: Engine, files: Path) -> None:
    """`%` in a file is SQL's, never a placeholder of the driver."""
    write(files, "migrations/0001_percent.sql", "CREATE TABLE modelops.p AS SELECT '100 %s' AS x")
    migrate(engine, PERILS, files)
    assert scalar(engine, "SELECT x FROM modelops.p") == "100 %s"


def test_two_at_once_run_each_file_once(bare_database: Database, files: Path) -> None:
    """The second waits for the first and then finds nothing to do."""
    write(files, "schema/080_portfolios.sql", "SELECT pg_sleep(0.2);")
    engines = [bare_database.engine() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda engine: migrate(engine, PERILS, files), engines))
    assert sorted(report.fresh for report in reports) == [False, False, False, True]
    assert [report.ran for report in reports].count(()) == 3
    assert labels(engines[0]) == list(PERILS)


def test_a_new_peril_extends_the_enumeration(engine: Engine) -> None:
    assert labels(engine) == list(PERILS)
    with pytest.raises(SchemaOutdated, match="risk_type/invented"):
        check(engine, [*PERILS, "invented"])
    assert migrate(engine, [*PERILS, "invented"]).perils == ("invented",)
    assert labels(engine) == [*PERILS, "invented"]


def test_the_check_of_an_unmigrated_database_says_what_to_do(bare: Engine) -> None:
    with pytest.raises(SchemaOutdated, match="db migrate"):
        check(bare)


def test_the_check_names_what_is_missing(engine: Engine, files: Path) -> None:
    write(files, "schema/080_portfolios.sql", "SELECT 1;")
    with pytest.raises(SchemaOutdated, match=r"schema/080_portfolios\.sql"):
        check(engine, PERILS, files)


def test_the_check_is_one_query_the_dashboard_may_ask(database: Database) -> None:
    check(database.engine("modelops_dashboard"), PERILS)


def test_only_the_owner_migrates(database: Database) -> None:
    with pytest.raises(SchemaOutdated, match=r"owner may migrate it, not 'modelops_dashboard'"):
        migrate(database.engine("modelops_dashboard"), PERILS)


def test_a_database_that_is_away_is_no_traceback(database: Database) -> None:
    away = Database(database.cluster, "not_there").engine()
    for look in (migrate, check):
        with pytest.raises(DatabaseUnavailable, match="does not answer"):
            look(away, PERILS)


def test_a_connection_cut_in_the_middle_leaves_nothing(bare: Engine, files: Path) -> None:
    """The session dies inside the last file: the next run starts from nothing."""
    write(files, "schema/090_roles.sql", "SELECT pg_terminate_backend(pg_backend_pid());")
    with pytest.raises(DatabaseUnavailable):
        migrate(bare, PERILS, files)
    assert migrate(bare, PERILS).fresh


def test_the_dashboard_reads_results_and_cannot_write_them(database: Database) -> None:
    execute(database.engine(), CELL)
    dashboard = database.engine("modelops_dashboard")
    assert scalar(dashboard, "SELECT count(*) FROM modelops.hazard_results") == 0
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(dashboard, HAZARD)


def test_the_dashboard_queues_jobs(database: Database) -> None:
    dashboard = database.engine("modelops_dashboard")
    execute(dashboard, "INSERT INTO modelops.batch_jobs (job_type) VALUES ('assess')")
    assert scalar(dashboard, "SELECT count(*) FROM modelops.batch_jobs") == 1


def test_the_worker_writes_results_and_no_inputs(database: Database) -> None:
    execute(database.engine(), CELL)
    worker = database.engine("modelops_worker")
    execute(worker, HAZARD)
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(worker, "DELETE FROM modelops.location_grid")


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_has_a_database_of_its_own(engine: Engine, time: int) -> None:
    """What one test writes, the next one does not see."""
    assert scalar(engine, "SELECT count(*) FROM modelops.location_grid") == 0
    execute(engine, CELL)
