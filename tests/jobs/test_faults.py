"""What is really killed here: the database server, in a night and in a job."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelops_core.bootstrap import App
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.migrate import migrate
from modelops_core.db.queue.listen import JobLocks
from modelops_core.errors import DatabaseUnavailable
from modelops_core.jobs.worker import Worker
from modelops_core.services.night import nightly
from modelops_core.settings import Settings
from tests import world
from tests.database import running, short_folder
from tests.jobs.test_assess import params
from tests.jobs.test_worker import Silent
from tests.waiting import PATIENCE, wait_for

ROOT = Path(__file__).parents[2]
#: the advisory lock at which a nightly run is made to stand still
HALT = 4711


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """The folder of a private cluster, as a user has one, with the small world; it is stopped."""
    with short_folder() as folder:
        with running(Cluster(folder)):
            app = _app(folder)
            migrate(app.owner, tuple(app.perils))
            world.fill(app.owner)
            app.dispose()
        yield folder


@pytest.fixture
def own(stopped: Path) -> Iterator[App]:
    """An App over a copy of that cluster, which may be killed."""
    with short_folder() as folder:
        # not shutil: the files' owner matters
        subprocess.run(["cp", "-a", f"{stopped}/.", folder], check=True)
        with running(Cluster(folder)):
            app = _app(folder)
            yield app
            app.dispose()


def _app(folder: Path) -> App:
    return App(Settings(MODELOPS_VAR=folder, MODELOPS_PROCESSES=2, MODELOPS_TILE_CELLS=1))


def kill_server(app: App) -> None:
    """SIGKILL to the postmaster, and wait until nothing answers."""
    os.kill(app.cluster.status().pid, signal.SIGKILL)
    app.dispose()
    for name in (
        "owner",
        "worker",
        "reader",
        "jobs",
        "runs",
        "climate",
        "night",
        "cells",
        "ondemand",
        "places",
    ):
        app.__dict__.pop(name, None)


def environment(app: App, **more: str) -> dict[str, str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE")}
    return {
        **base,
        "MODELOPS_VAR": str(app.settings.var),
        "MODELOPS_PROCESSES": "2",
        "MODELOPS_TILE_CELLS": "1",
        **more,
    }


@pytest.fixture
def command(own) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts the command line; what still runs after a test is killed and its output closed."""
    with contextlib.ExitStack() as started:

        def start(*args: str, **more: str) -> subprocess.Popen:
            process = subprocess.Popen(
                [sys.executable, "-m", "modelops_core", *args],
                cwd=ROOT,
                env=environment(own, **more),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


def count(app: App, sql: str) -> int:
    with app.owner.connect() as connection:
        return connection.exec_driver_sql(sql).scalar()


#: cells with some of their rows; a basin's peril is written apart from the tiles
HALF_TILES = f"""
    SELECT count(*) FROM (
        SELECT grid_id FROM modelops.hazard_results WHERE risk_type <> 'water_stress'
         GROUP BY grid_id HAVING count(*) <> {world.SITE_ROWS - 4 * 5}) AS half"""
ADVISORY = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


@contextlib.contextmanager
def halting(app: App, rows: int) -> Iterator[Callable[[], None]]:
    """
    A nightly run inside stands still in mid-tile once *rows* rows of finished tiles are stored.

    What is yielded waits until it stands. It goes on when the block ends.
    """
    with app.owner.begin() as connection:
        connection.exec_driver_sql(
            f"""
            CREATE OR REPLACE FUNCTION modelops.halt() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF (SELECT count(*) FROM modelops.run_tiles) >= {rows} THEN
                    PERFORM pg_advisory_xact_lock({HALT});
                END IF;
                RETURN NEW;
            END $$;
            CREATE OR REPLACE TRIGGER halt BEFORE INSERT ON modelops.run_tiles
            FOR EACH ROW EXECUTE FUNCTION modelops.halt()"""
        )
    holder = app.owner.connect()
    holder.exec_driver_sql(f"SELECT pg_advisory_lock({HALT})")
    try:
        yield lambda: wait_for(lambda: count(app, f"{ADVISORY} AND NOT granted")) and None
    finally:
        holder.invalidate()  # its session ends, also where the server is gone
        holder.close()


def test_the_server_dies_in_mid_night(own, command):
    """One clear line, exit code 2, whole tiles only; the next nightly run completes."""
    with halting(own, 2) as until_it_stands:
        night = command("nightly")
        until_it_stands()
        kill_server(own)
        _, said = night.communicate(timeout=PATIENCE)

    assert night.returncode == 2, said
    assert said.count("\n") == 1, said
    assert said.startswith("error: The database")
    own.cluster.ensure()
    assert count(own, HALF_TILES) == 0
    assert count(own, "SELECT count(*) FROM modelops.hazard_results") < world.NIGHTLY_ROWS

    report = nightly.run(own.nightly_ports, own.nightly_request())
    assert report.skipped >= 1  # run_tiles holds two rows a tile
    assert count(own, "SELECT count(*) FROM modelops.hazard_results") == world.NIGHTLY_ROWS
    assert count(own, "SELECT count(*) FROM modelops.probability_results") == world.NIGHTLY_ROWS


def test_the_night_itself_dies(own, command):
    """
    While one runs, another says why it does not and ends with 3.

    After kill -9 of the nightly run and its processes the lock is free: the next one goes on.
    """
    with halting(own, 1) as until_it_stands:
        first = command("nightly")
        until_it_stands()
        second = command("nightly")
        _, refused = second.communicate(timeout=PATIENCE)
        first.kill()
        first.communicate(timeout=PATIENCE)  # its processes end with it and let go of its output
    assert second.returncode == 3
    assert refused == "error: Another nightly run holds the lock.\n"
    wait_for(lambda: count(own, ADVISORY) == 0)  # the server hears of it a moment later

    again = command("nightly")
    _, said = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert count(own, HALF_TILES) == 0
    assert count(own, "SELECT count(*) FROM modelops.probability_results") == world.NIGHTLY_ROWS
    statuses = {job.status for job in own.jobs.recent()}
    assert statuses == {"completed", "failed"}


def test_the_server_dies_in_mid_job(own):
    """The job is taken up again when the database is back; its answer is whole."""
    nightly.run(own.nightly_ports, own.nightly_request())
    batch_id = own.jobs.create("ondemand_risk_calculation", params())
    reached, go_on = threading.Event(), threading.Event()
    handlers = own.handlers()

    def held(job_id, job_params, progress):
        def slow(done, step, completed=None):
            progress(done, step, completed)
            if done >= 50 and not reached.is_set():
                reached.set()
                go_on.wait(PATIENCE)

        return handlers["ondemand_risk_calculation"](job_id, job_params, slow)

    errors = []

    def once():
        try:
            Worker(
                own.jobs, JobLocks(own.worker), Silent(), {"ondemand_risk_calculation": held}
            ).step()
        except DatabaseUnavailable as error:
            errors.append(error)

    thread = threading.Thread(target=once)
    thread.start()
    assert reached.wait(PATIENCE)
    os.kill(own.cluster.status().pid, signal.SIGKILL)
    go_on.set()
    thread.join(PATIENCE)
    assert errors, "the worker noticed nothing"

    own.cluster.ensure()
    assert own.jobs.state(batch_id).status == "running"
    stop = threading.Event()
    worker = own.worker_loop()
    loop = threading.Thread(target=worker.run, args=(stop,))
    loop.start()
    try:
        wait_for(lambda: own.jobs.state(batch_id).status == "completed")
    finally:
        stop.set()
        loop.join()
        worker.notices.close()
    assert len(own.jobs.get(batch_id).results["results"]) == world.SITE_ROWS
    assert count(own, "SELECT count(*) FROM modelops.aal_scaled_results") == world.SITE_ROWS
