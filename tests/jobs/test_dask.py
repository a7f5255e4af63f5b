"""The nightly run on a Dask cluster of two processes: the rows of the nightly run on one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest
from distributed.protocol.pickle import dumps

from modelops_core.bootstrap import App
from modelops_core.errors import InvalidInput
from modelops_core.jobs import dask_tiles
from modelops_core.services.night import nightly
from tests.world import NIGHTLY_ROWS

ROWS = """
    SELECT md5(string_agg(t::text, '' ORDER BY grid_id, risk_type, ssp_scenario, horizon))
      FROM (SELECT {columns} FROM modelops.{table}) AS t"""
COLUMNS = {
    "hazard_results": "grid_id, risk_type, ssp_scenario, horizon, hazard_score, hazard_level, statistic, status, flags",
    "probability_results": "grid_id, risk_type, ssp_scenario, horizon, aal, aal_p05, aal_p95, bin_probabilities, bin_data,"
    " calculation_details, status, flags",
}


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster on this machine."""
    from distributed import LocalCluster

    # None as the dashboard's address still listens on a fixed port: any free one on loopback
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


def digests(app: App) -> dict[str, str]:
    """One hash a table over everything that was calculated."""
    with app.reader.connect() as connection:
        return {
            table: connection.exec_driver_sql(ROWS.format(table=table, columns=columns)).scalar()
            for table, columns in COLUMNS.items()
        }


def test_same_rows_as_on_one_process(app, scheduler):
    """Three tiles on two workers; H, P(H) and AAL are identical to the last figure."""
    nightly.run(app.nightly_ports, app.nightly_request(tile_cells=2))
    alone = digests(app)
    with app.owner.begin() as connection:
        connection.exec_driver_sql(
            "TRUNCATE modelops.hazard_results, modelops.probability_results, modelops.run_tiles"
        )
    report = nightly.run(app.nightly_ports_on(scheduler), app.nightly_request(tile_cells=2))

    assert (report.tiles, report.skipped, report.cells) == (3, 0, 6)
    assert digests(app) == alone
    assert (
        nightly.run(app.nightly_ports_on(scheduler), app.nightly_request(tile_cells=2)).skipped == 3
    )


def test_the_work_is_done_by_the_workers(app, scheduler, monkeypatch):
    """No tile is calculated in this process."""
    monkeypatch.setattr("modelops_core.bootstrap.wiring.run_tile", None)
    report = nightly.run(app.nightly_ports_on(scheduler), app.nightly_request(tile_cells=3))
    assert report.changed["hazard_results"] == NIGHTLY_ROWS


def test_an_error_in_a_worker_is_the_nights(app, scheduler):
    """Results cannot be written: the run's job says why."""
    with app.owner.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE modelops.hazard_results ADD CHECK (grid_id < 4) NOT VALID"
        )
    with pytest.raises(Exception, match="hazard_results"):
        nightly.run(app.nightly_ports_on(scheduler), app.nightly_request(tile_cells=1))
    [job] = app.jobs.recent()
    assert job.status == "failed"


def test_workers_of_other_code_are_named(scheduler, monkeypatch):
    """Here the version is the number of the process, so each of the two differs."""
    monkeypatch.setattr(dask_tiles, "code_version", lambda _perils: str(os.getpid()))
    with dask_tiles._client(scheduler) as client:
        dask_tiles._require_package(client, scheduler)
        with pytest.raises(
            InvalidInput, match=r"tcp://\S+, tcp://\S+ would calculate by other code"
        ):
            dask_tiles._require_version(client, [])


class Cluster:
    """A cluster of one worker, or none, whose processes have the package or not."""

    def __init__(self, **has: bool) -> None:
        self.has = has

    def wait_for_workers(self, count: int, timeout: float) -> None:
        if "worker" not in self.has:
            raise TimeoutError

    def run_on_scheduler(self, _function: object) -> bool:
        return self.has["scheduler"]

    def run(self, _function: object) -> dict[str, bool]:
        return {"tcp://worker": self.has["worker"]}


@pytest.mark.parametrize(
    ("cluster", "sentence"),
    [
        (Cluster(scheduler=True), "no worker has joined within 60 s"),
        (Cluster(scheduler=True, worker=False), "Dask: tcp://worker cannot import modelops_core;"),
        (Cluster(scheduler=False, worker=True), "Dask: tcp://here cannot import modelops_core;"),
    ],
)
def test_a_cluster_that_cannot_work_is_one_sentence(cluster, sentence):
    """No worker, or no package in some process."""
    with pytest.raises(InvalidInput, match=sentence):
        dask_tiles._require_package(cluster, "tcp://here")


def test_the_question_for_the_package_needs_no_package():
    """It goes as code, so that a process without the package can answer it."""
    sent = dumps(dask_tiles._probe())
    code = (
        "import sys, pickle; sys.path.append(sys.argv[1]); print(pickle.load(sys.stdin.buffer)())"
    )
    folder = str(Path(distributed.__file__).parents[1])
    run = [sys.executable, "-I", "-S", "-c", code, folder]
    assert subprocess.run(run, input=sent, capture_output=True, check=False).stdout == b"False\n"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:not-a-port"])
def test_no_scheduler_is_one_sentence(app, address, monkeypatch):
    """The address is named."""
    monkeypatch.setattr("modelops_core.jobs.dask_tiles.CONNECT_TIMEOUT", 1)
    with pytest.raises(InvalidInput, match=address):
        nightly.run(app.nightly_ports_on(address), app.nightly_request())


def test_dask_is_imported_only_when_asked_for():
    """The command line starts without it."""
    code = "import sys, modelops_core.cli; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
