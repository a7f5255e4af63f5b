"""What is really killed here: the database server, in a nightly run and in a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
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
from tests.jobs.test_worker import Silent, wait_for

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own() -> App:
    """An App with a private cluster of its own, as a user has one, that may be killed."""
    with short_folder() as folder, running(Cluster(folder)):
        app = App(Settings(MODELOPS_VAR=folder, MODELOPS_PROCESSES=2, MODELOPS_TILE_CELLS=1))
        migrate(app.owner, tuple(app.perils))
        world.fill(app.owner)
        yield app
        app.dispose()


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


def command(app: App, *args: str, **more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "modelops_core", *args],
        cwd=ROOT,
        env=environment(app, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(app: App, sql: str) -> int:
    with app.owner.connect() as connection:
        return connection.exec_driver_sql(sql).scalar()


WHOLE_TILES = """
    SELECT count(*) FROM (
        SELECT grid_id FROM modelops.hazard_results WHERE risk_type <> 'water_stress'
         GROUP BY grid_id HAVING count(*) <> 160) AS half"""


def test_the_server_dies_in_mid_night(own):
    """One clear line, exit code 2, whole tiles only; the next nightly run completes."""
    night = command(own, "nightly")
    wait_for(lambda: count(own, "SELECT count(*) FROM modelops.run_tiles") >= 2)
    kill_server(own)
    _, said = night.communicate(timeout=120)

    assert night.returncode == 2, said
    assert said.count("\n") == 1, said
    assert said.startswith("error: The database")
    own.cluster.ensure()
    assert count(own, WHOLE_TILES) == 0
    assert count(own, "SELECT count(*) FROM modelops.hazard_results") < 1080

    report = nightly.run(own.night, own.night_request())
    assert report.skipped >= 1  # run_tiles holds two rows a tile
    assert count(own, "SELECT count(*) FROM modelops.hazard_results") == 1080
    assert count(own, "SELECT count(*) FROM modelops.probability_results") == 1080


def test_the_night_itself_dies(own):
    """kill -9 of the nightly run and its processes: the lock is free, the next nightly run goes on."""
    night = command(own, "nightly")
    wait_for(lambda: count(own, "SELECT count(*) FROM modelops.run_tiles") >= 1)
    night.kill()
    night.communicate(timeout=30)  # its processes end with it and let go of its output

    def next_night() -> bool:
        again = command(own, "nightly")
        again.communicate(timeout=300)
        return again.returncode == 0

    wait_for(next_night)  # a tile in progress may hold the lock of its session for a moment
    assert count(own, WHOLE_TILES) == 0
    assert count(own, "SELECT count(*) FROM modelops.probability_results") == 1080
    statuses = {job.status for job in own.jobs.recent()}
    assert statuses == {"completed", "failed"}


def test_the_server_dies_in_mid_job(own):
    """The job is taken up again when the database is back; its answer is whole."""
    nightly.run(own.night, own.night_request())
    batch_id = own.jobs.create("ondemand_risk_calculation", params())
    reached, go_on = threading.Event(), threading.Event()
    handlers = own.handlers()

    def held(job_id, job_params, progress):
        def slow(done, step, completed=None):
            progress(done, step, completed)
            if done >= 50 and not reached.is_set():
                reached.set()
                go_on.wait(60)

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
    assert reached.wait(60)
    os.kill(own.cluster.status().pid, signal.SIGKILL)
    go_on.set()
    thread.join(60)
    assert errors, "the worker noticed nothing"

    own.cluster.ensure()
    assert own.jobs.state(batch_id).status == "running"
    time.sleep(0.2)
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


def test_two_nights_at_once(own):
    """Two commands at the same moment: one runs, the other says why it does not and ends with 3."""
    first, second = command(own, "nightly"), command(own, "nightly")
    said = [night.communicate(timeout=120) for night in (first, second)]

    assert sorted((first.returncode, second.returncode)) == [0, 3]
    refused = said[0] if first.returncode else said[1]
    assert refused[1] == "error: Another nightly run holds the lock.\n"
    assert count(own, "SELECT count(*) FROM modelops.probability_results") == 1080
