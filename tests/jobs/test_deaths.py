"""What is really killed here: workers at every step, sockets, listening sessions, migrations; full disks."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from shutil import copytree

import httpx
import orjson
import pytest
from websockets.sync.client import connect

from modelops_core.db.migrate import SQL, migrate
from modelops_core.domain.job import Step, StepKind
from modelops_core.errors import DatabaseFull
from modelops_core.jobs import rescue
from modelops_core.jobs.rescue import Rescue
from modelops_core.services.night import nightly
from tests import world
from tests.api.conftest import serving
from tests.database import PERILS
from tests.jobs.test_assess import params
from tests.jobs.test_worker import make_worker
from tests.waiting import PATIENCE, wait_for

ROOT = Path(__file__).parents[2]
JOB = "ondemand_risk_calculation"
BASE = "/api/v1/risk-assessment"

#: forks a worker for each number on stdin; it kills itself when it says its n-th step
VICTIMS = """
import os, signal, sys
from modelops_core import bootstrap
from modelops_core.db.queue.listen import JobLocks
from modelops_core.jobs import worker

class Now:
    def wait(self, seconds): pass
    def wake(self): pass

def one(fatal):
    app = bootstrap.app()
    told = 0
    def handler(batch_id, params, progress):
        def deadly(done, step, completed=None):
            nonlocal told
            progress(done, step, completed)
            told += 1
            if told == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
        answer = app.handlers()[JOB](batch_id, params, deadly)
        os.kill(os.getpid(), signal.SIGKILL)  # after the last step, before the job is completed
        return answer
    JOB = "ondemand_risk_calculation"
    worker.Worker(app.jobs, JobLocks(app.worker), Now(), {JOB: handler}).step()

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        one(int(line))
        os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


def environment(app):
    return {
        **os.environ,
        "DATABASE_URL": app.settings.database_url,
        "DATABASE_WORKER_URL": app.settings.database_worker_url,
    }


def rows(app, table):
    with app.owner.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM modelops.{table}").scalar()


def execute(app, statement):
    with app.owner.begin() as connection:
        return connection.exec_driver_sql(statement)


def test_a_worker_dies_at_every_step(site_app, monkeypatch):
    """SIGKILL at the first and last step of each kind and before the end: whole tables only, and the job is done."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    steps = []
    site_app.handlers()[JOB](
        "00000000-0000-0000-0000-000000000000", params(), lambda p, step, c=None: steps.append(step)
    )
    with subprocess.Popen(
        [sys.executable, "-c", VICTIMS],
        cwd=ROOT,
        env=environment(site_app),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as victims:
        for fatal in deadly(steps):
            for table in ("exposure_results", "vulnerability_results", "aal_scaled_results"):
                execute(site_app, f"DELETE FROM modelops.{table}")
            batch_id = site_app.jobs.enqueue(JOB, params())
            victims.stdin.write(f"{fatal}\n"), victims.stdin.flush()
            assert victims.stdout.readline() == f"{-signal.SIGKILL}\n"

            assert rows(site_app, "exposure_results") in (0, len(PERILS))
            assert rows(site_app, "vulnerability_results") in (0, len(PERILS))
            assert rows(site_app, "aal_scaled_results") in (0, world.SITE_ROWS)
            assert site_app.jobs.state(batch_id).status == "running"
            wait_for(Rescue(site_app.jobs, 0.0))
            make_worker(site_app, site_app.handlers()).step()
            job = site_app.jobs.get(batch_id)
            assert (job.status, job.attempts, len(job.results["results"])) == (
                "completed",
                2,
                world.SITE_ROWS,
            ), fatal
        victims.stdin.close()


def deadly(steps):
    """Numbers of the first and last step of each kind, and one after all."""
    kinds = [step.kind for step in steps]
    first = {kind: kinds.index(kind) + 1 for kind in kinds}
    last = {kind: len(kinds) - kinds[::-1].index(kind) for kind in kinds}
    assert {"place", "fetched", "exposure", "vulnerability", "scaled_aal"} <= set(kinds)
    return sorted({*first.values(), *last.values(), len(steps) + 1})


def test_a_full_disk_in_a_job(site_app):
    """A write meets a full disk: nothing half is stored, the job says why it waits, and is done later."""
    full(site_app, "aal_scaled_results")
    batch_id = site_app.jobs.create(JOB, params())
    w = make_worker(site_app, site_app.handlers())
    w.step()
    job = site_app.jobs.get(batch_id)

    assert (job.status, job.step) == ("queued", Step(StepKind.another_try))
    assert job.error_message.startswith("The database has no room left: could not extend file")
    assert rows(site_app, "aal_scaled_results") == 0
    execute(site_app, "DROP TRIGGER full_disk ON modelops.aal_scaled_results")
    assert not w.step()  # not before its pause is over
    execute(site_app, "UPDATE modelops.batch_jobs SET run_after = now()")
    assert w.step()
    done = site_app.jobs.get(batch_id)
    assert (done.status, done.error_message, done.attempts) == ("completed", None, 1)


def test_a_full_disk_in_a_night(site_app):
    """The tile that met it is not stored; the last results stay whole; the next nightly run goes on."""
    before = rows(site_app, "probability_results")
    full(site_app, "probability_results", "UPDATE")
    execute(site_app, "UPDATE modelops.probability_results SET aal_p95 = aal_p95 + 1 WHERE false")
    execute(site_app, "UPDATE modelops.ta_data SET ssp2 = ssp2 + 3 WHERE grid_id = 1")
    with pytest.raises(DatabaseFull, match="no room left"):
        nightly.run(site_app.nightly_ports, site_app.nightly_request())
    failed = site_app.jobs.recent(1)[0]
    assert failed.status == "failed"
    assert "no room left" in failed.error_message
    assert rows(site_app, "probability_results") == before
    execute(site_app, "DROP TRIGGER full_disk ON modelops.probability_results")
    report = nightly.run(site_app.nightly_ports, site_app.nightly_request())
    assert report.changed["probability_results"] > 0


def full(app, table, event="INSERT"):
    """Rows for *table* meet the error that PostgreSQL raises on ENOSPC."""
    execute(
        app,
        """CREATE OR REPLACE FUNCTION modelops.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device';
        END $$""",
    )
    execute(
        app,
        f"CREATE TRIGGER full_disk BEFORE {event} ON modelops.{table} FOR EACH ROW EXECUTE FUNCTION modelops.full_disk()",
    )


def test_a_socket_closed_under_a_websocket(site_app):
    """Cut off without a goodbye: the job goes on, another reader gets its results, nobody stays subscribed."""
    reached, go_on = threading.Event(), threading.Event()

    def held(batch_id, job_params, progress):
        progress(10, Step(StepKind.tile, done=1, total=2))
        reached.set()
        assert go_on.wait(PATIENCE)
        progress(60, Step(StepKind.tile, done=2, total=2))
        return {"done": True}

    batch_id = site_app.jobs.create("held", {})
    with serving(site_app, workers=False) as url:
        ws = f"{url.replace('http', 'ws')}{BASE}/ws/{batch_id}"
        cut, kept = connect(ws, legacy=True), connect(ws, legacy=True)
        assert orjson.loads(cut.recv())["status"] == orjson.loads(kept.recv())["status"] == "queued"
        thread = threading.Thread(target=make_worker(site_app, {"held": held}).step)
        thread.start()
        assert reached.wait(PATIENCE)
        cut.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        cut.socket.close()  # a reset, no closing handshake
        terminated = execute(
            site_app,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'",
        ).all()
        go_on.set()
        thread.join()
        messages = [orjson.loads(message) for message in kept]
        kept.close()
        assert httpx.get(f"{url}/health").status_code == 200
    assert terminated, "nobody listened"
    assert messages[-1]["status"] == "completed"
    assert messages[-1]["results"] == {"done": True}


def test_a_migration_dies_half_way(bare_database, tmp_path):
    """SIGKILL in mid-file: nothing of that file is there; the next migration does all of it."""
    files = copytree(SQL, tmp_path / "sql")
    slow = files / "schema" / "050_api.sql"
    slow.write_text(slow.read_text() + "\nSELECT pg_sleep(60);\n")
    code = (
        "import sys; from pathlib import Path; from sqlalchemy import create_engine\n"
        "from modelops_core.db.migrate import migrate\n"
        "migrate(create_engine(sys.argv[1]), ('drought',), Path(sys.argv[2]))\n"
    )
    victim = subprocess.Popen(
        [sys.executable, "-c", code, bare_database.url(), str(files)], cwd=ROOT
    )
    engine = bare_database.engine()

    def sleeping():
        with engine.connect() as connection:
            return connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
            ).scalar()

    wait_for(sleeping)
    victim.kill()
    victim.wait()
    with engine.connect() as connection:
        terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        connection.exec_driver_sql(terminate)
        assert (
            connection.exec_driver_sql("SELECT to_regclass('modelops.location_grid')").scalar()
            is None
        )
    report = migrate(engine, PERILS, SQL)
    assert report.fresh
    assert migrate(engine, PERILS, SQL).ran == ()
