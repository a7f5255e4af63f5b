"""The private cluster: made once, started when needed, mended after whatever killed it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
from sqlalchemy import NullPool, create_engine
from structlog.testing import capture_logs

from modelops_core.db import engine as engines
from modelops_core.db.cluster import initdb, place
from modelops_core.db.cluster.binaries import find
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.cluster.settings import memory, rendered
from modelops_core.db.cluster.supervisor import Supervisor
from modelops_core.errors import ClusterUnavailable, DatabaseUnavailable
from tests.database import CARELESS, running, short_folder
from tests.waiting import wait_for

PROJECT = Path(__file__).parents[2]
SETTINGS = CARELESS | {"synchronous_commit": "on"}
ENSURE = f"""
import sys
from pathlib import Path
from modelops_core.db.cluster.private import Cluster
ensured = Cluster(Path(sys.argv[1]), settings={SETTINGS!r}).ensure()
print(ensured.created, ensured.started)
"""
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands a cluster to another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder."""
    with short_folder() as folder:
        yield folder


@pytest.fixture
def fresh(folder: Path) -> Iterator[Cluster]:
    """A cluster that does not exist yet."""
    cluster = Cluster(folder, settings=SETTINGS)
    try:
        yield cluster
    finally:
        cluster.stop(immediate=True)


@pytest.fixture(scope="module")
def used() -> Iterator[Cluster]:
    """A cluster that the tests of this module kill in turn."""
    with short_folder() as folder, running(Cluster(folder, settings=SETTINGS)) as cluster:
        ask(cluster, "CREATE TABLE kept (n integer)")
        yield cluster


def ask(cluster: Cluster, query: str) -> list[tuple[object, ...]]:
    """The rows of *query*, asked by the owner."""
    engine = create_engine(cluster.url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        result = connection.exec_driver_sql(query)
        return [tuple(row) for row in result] if result.returns_rows else []


def pid_of(cluster: Cluster) -> int:
    pid = cluster.status().pid
    assert pid is not None
    return pid


def ensure_elsewhere(folder: Path) -> subprocess.Popen[str]:
    """Call `ensure` in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", ENSURE, folder],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def kill_after(process: subprocess.Popen[str], seconds: float, *, group: bool) -> None:
    """Kill *process*, or all of its group, in the middle of whatever it does."""
    time.sleep(seconds)
    (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
    process.communicate()


def test_ensure_makes_a_cluster_from_nothing(fresh: Cluster) -> None:
    """PostGIS calculates, pages carry checksums."""
    ensured = fresh.ensure()
    assert ensured.created
    assert ensured.started
    assert ask(fresh, "SELECT ST_AsText(ST_MakePoint(127, 37))") == [("POINT(127 37)",)]
    assert ask(fresh, "SHOW data_checksums") == [("on",)]
    assert fresh.status().running


def test_ensure_again_does_nothing(used: Cluster) -> None:
    pid = pid_of(used)
    ensured = used.ensure()
    assert (ensured.created, ensured.started) == (False, False)
    assert pid_of(used) == pid


def test_stop_and_ensure_keep_the_rows(used: Cluster) -> None:
    ask(used, "INSERT INTO kept VALUES (7)")
    assert used.stop()
    assert not used.status().running
    assert used.ensure().started
    assert ask(used, "SELECT count(*) FROM kept WHERE n = 7") == [(1,)]


def test_what_does_not_run_is_not_stopped(fresh: Cluster) -> None:
    assert not fresh.stop()
    status = fresh.status()
    assert (status.exists, status.running, status.pid, status.major) == (False,) * 2 + (None,) * 2


def test_nothing_listens_on_the_network(used: Cluster) -> None:
    assert ask(used, "SHOW listen_addresses") == [("",)]
    hosts = "SELECT DISTINCT auth_method FROM pg_hba_file_rules WHERE type <> 'local'"
    assert ask(used, hosts) == [("reject",)]


def test_only_its_owner_enters_the_folder(used: Cluster) -> None:
    for path in (used.place.root, used.place.data, used.place.sockets):
        assert path.stat().st_mode & 0o777 == 0o700
    assert used.place.root.stat().st_uid != 0


@pytest.mark.parametrize("victims", ["the postmaster", "every process"])
def test_committed_rows_survive_a_killed_server(used: Cluster, victims: str) -> None:
    """What was committed while the server was killed is there when it is back."""
    ask(used, "DROP TABLE IF EXISTS written; CREATE TABLE written (n integer)")
    writer = Writer(used)
    writer.start()
    assert writer.busy.wait(timeout=60)
    children = [pid for (pid,) in ask(used, "SELECT pid FROM pg_stat_activity")]
    for pid in [pid_of(used), *(children if victims == "every process" else [])]:
        kill(pid)
    assert used.ensure().started
    writer.join(timeout=60)
    assert not writer.is_alive()
    assert ask(used, f"SELECT count(*) >= {writer.committed} FROM written") == [(True,)]


class Writer(threading.Thread):
    """Commits a row at a time until the server is gone."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self.cluster = cluster
        self.committed = 0
        self.busy = threading.Event()

    def run(self) -> None:
        with (
            suppress(psycopg2.Error),
            closing(psycopg2.connect(self.cluster.url().replace("+psycopg2", ""))) as connection,
        ):
            while True:
                with connection, connection.cursor() as cursor:
                    cursor.execute("INSERT INTO written VALUES (%s)", (self.committed,))
                self.committed += 1
                if self.committed == 100:
                    self.busy.set()


def kill(pid: object) -> None:
    with suppress(ProcessLookupError):
        os.kill(int(str(pid)), signal.SIGKILL)


def test_a_stale_pid_file_of_somebody_elses_process_is_in_nobodys_way(used: Cluster) -> None:
    """After a reboot the noted pid may be any process of the same user."""
    used.stop()
    with subprocess.Popen(["sleep", "600"], **used.place.owner.process()) as stranger:
        note = f"{stranger.pid}\n{used.place.data}\n1\n5432\n{used.place.sockets}\n\n 1 1\n"
        for path in (used.place.data / "postmaster.pid", used.place.sockets / ".s.PGSQL.5432.lock"):
            path.write_text(note)
        assert used.ensure().started
        assert stranger.poll() is None
        stranger.kill()


def test_four_at_once_give_one_server(fresh: Cluster, folder: Path) -> None:
    """One makes it, one starts it, all four return when it answers."""
    others = [ensure_elsewhere(folder) for _ in range(4)]
    said = sorted(process.communicate()[0].split() for process in others)
    assert said == [["False", "False"]] * 3 + [["True", "True"]]
    assert fresh.status().running


@pytest.mark.parametrize("group", [True, False], ids=["with its children", "alone"])
def test_ensure_killed_at_any_moment_is_completed_by_the_next(
    folder: Path, fresh: Cluster, group: bool
) -> None:
    """Killed in imports, in initdb, in the start or in the database: the next one carries on."""
    for seconds in (0.2, 0.4, 0.6, 0.9, 1.2, 1.5):
        kill_after(ensure_elsewhere(folder), seconds, group=group)
    fresh.ensure()
    assert ask(fresh, "SELECT postgis_lib_version() IS NOT NULL") == [(True,)]
    assert not list(fresh.place.root.glob("data.new*"))


@pytest.mark.parametrize("group", [True, False], ids=["with its children", "alone"])
def test_a_start_killed_at_any_moment_is_completed_by_the_next(used: Cluster, group: bool) -> None:
    folder = used.place.root.parent
    for seconds in (0.1, 0.2, 0.25, 0.3, 0.35, 0.4):
        used.stop(immediate=True)
        kill_after(ensure_elsewhere(folder), seconds, group=group)
        used.ensure()
        assert ask(used, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "running"])
def test_a_folder_may_move(folder: Path, stopped: bool) -> None:
    """The socket lies in the folder, so its address moves along."""
    old, new = (Cluster(folder / name, settings=SETTINGS) for name in ("old", "new"))
    old.ensure()
    ask(old, "CREATE TABLE kept AS SELECT 1")
    if stopped:
        old.stop()
    (folder / "old").rename(folder / "new")
    with running(new):
        assert ask(new, "SELECT * FROM kept") == [(1,)]


@pytest.mark.parametrize("name", ["x" * 100, "한글 폴더", "a,b:c"])
def test_any_path_will_do(folder: Path, name: str) -> None:
    """Too long for a socket's address, or with a sign that separates hosts: it lies elsewhere."""
    with running(Cluster(folder / name, settings=SETTINGS)) as cluster:
        assert ask(cluster, "SELECT 1") == [(1,)]
        assert len(os.fsencode(cluster.place.sockets / ".s.PGSQL.5432")) <= 107
    if cluster.place.sockets != cluster.place.root:
        shutil.rmtree(cluster.place.sockets)


@ROOT
def test_below_a_closed_folder_it_lies_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unprivileged user cannot pass through /root."""
    monkeypatch.setattr(place, "SYSTEM_ROOT", folder / "lib")
    (folder / "closed").mkdir(mode=0o700)
    with running(Cluster(folder / "closed" / "var", settings=SETTINGS)) as cluster:
        assert cluster.place.root.parent == folder / "lib"
        assert cluster.url() == Cluster(folder / "closed" / "var").url()


@ROOT
def test_root_runs_somebodys_cluster_as_that_somebody(folder: Path) -> None:
    (folder / "postgres").mkdir(mode=0o700)
    os.chown(folder / "postgres", 65534, 65534)
    with running(Cluster(folder, settings=SETTINGS)) as cluster:
        assert cluster.place.data.stat().st_uid == 65534


@ROOT
def test_a_strangers_folder_is_not_taken_over(folder: Path) -> None:
    cluster = Cluster(folder / ("x" * 100))
    cluster.place.sockets.mkdir()
    try:
        os.chown(cluster.place.sockets, 12345, 12345)
        with pytest.raises(ClusterUnavailable, match="belongs to user 12345"):
            cluster.ensure()
    finally:
        cluster.place.sockets.rmdir()


def test_without_postgis_it_says_how_to_get_it(tmp_path: Path) -> None:
    """PostgreSQL 16 is there, PostGIS is not."""
    (tmp_path / "initdb").touch()
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.4'\n")
    program.chmod(0o755)
    with pytest.raises(ClusterUnavailable) as caught:
        find(places=[str(tmp_path)])
    assert "PostgreSQL 16 is installed, PostGIS is not" in str(caught.value)
    assert "apt-get install postgresql-16-postgis-3" in str(caught.value)


def test_without_postgresql_it_names_every_way() -> None:
    with pytest.raises(ClusterUnavailable) as caught:
        find(places=[])
    for way in ("apt-get install", "dnf install", "brew install", "DATABASE_URL", "compose.yaml"):
        assert way in str(caught.value)


def test_data_of_another_version_are_left_alone(used: Cluster) -> None:
    """PostgreSQL cannot read them, and says so before it tries."""
    used.stop()
    version = used.place.data / "PG_VERSION"
    mine = version.read_text()
    try:
        version.write_text("9\n")
        with pytest.raises(ClusterUnavailable, match=r"made by PostgreSQL 9, which is missing"):
            used.ensure()
    finally:
        version.write_text(mine)
    assert used.ensure().started


def test_a_full_disk_is_named_before_it_hurts(
    fresh: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(initdb, "ROOM_TO_CREATE", 10**9)
    with pytest.raises(ClusterUnavailable, match=r"MB free; PostgreSQL needs 1000000000 MB"):
        fresh.ensure()


def test_a_dead_server_is_started_again_when_there_is_room(
    used: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is named until then; a server that was stopped on purpose stays stopped."""
    watching = Supervisor(used)
    kill(pid_of(used))
    wait_for(used.died)
    monkeypatch.setattr(place.Place, "free_megabytes", lambda _: 3)
    with capture_logs() as logged:
        watching.check(), watching.check()
    assert watching.trouble is not None
    assert watching.trouble.code == "disk_too_small"
    assert [line["event"] for line in logged if "not started" in line["event"]] == [
        "database server not started"
    ]
    assert "disk nearly full" in [line["event"] for line in logged]
    refused = f'connection to server on socket "{used.place.sockets}/.s.PGSQL.5432" failed: gone'
    monkeypatch.setattr(engines.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with (
        pytest.raises(DatabaseUnavailable, match="disk of the database is full"),
        engines.translated_errors(),
    ):
        raise psycopg2.OperationalError(refused)
    monkeypatch.undo()
    watching.check()
    assert watching.trouble is None
    assert ask(used, "SELECT 1") == [(1,)]
    used.stop()
    watching.check()
    assert not used.status().running
    used.ensure()


def test_a_server_that_refuses_its_settings_is_one_line(used: Cluster) -> None:
    used.stop()
    broken = Cluster(used.place.root.parent, settings={"shared_buffers": "many"})
    with pytest.raises(ClusterUnavailable, match=r"does not start: .*shared_buffers.*server\.log"):
        broken.ensure()
    assert used.ensure().started


def test_initdb_that_fails_is_one_line_and_leaves_nothing(folder: Path) -> None:
    cluster = Cluster(folder, name="pg_reserved", settings=SETTINGS)
    with pytest.raises(ClusterUnavailable, match=r'initdb failed: .*"pg_reserved"'):
        cluster.ensure()
    assert not cluster.status().exists


def test_other_systems_are_told_the_other_ways(
    fresh: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    with pytest.raises(ClusterUnavailable, match=r"Linux only.*DATABASE_URL"):
        fresh.ensure()


def test_memory_is_shared_with_the_program() -> None:
    """Of 1 GB an eighth are buffers; a big machine's share ends at 2 GB."""
    assert memory(1024)["shared_buffers"] == "128MB"
    assert memory(4096)["shared_buffers"] == "512MB"
    assert memory(2**20)["shared_buffers"] == "2048MB"


def test_settings_are_quoted() -> None:
    assert rendered({"a": "it's \\"}) == "a = 'it''s \\\\'\n"
