"""A portfolio from its version to its sums, by the queue's own workers and a real database."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from modelops_core.db.results.portfolio_versions import fingerprint
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.result import HEADLINE, KEPT, PERIODS, Status
from modelops_core.errors import JobCancelled, NoResults, RunLost
from modelops_core.jobs import rescue
from modelops_core.jobs.rescue import Rescue
from modelops_core.services.portfolio import run
from tests import portfolios
from tests.flows import load
from tests.jobs.test_deaths import ROOT, environment
from tests.jobs.test_worker import make_worker
from tests.waiting import wait_for
from tests.world import BUSAN, SEOUL

AS_OF = 2025
#: an island off the basins, a hill beyond the coast, the sea, a point abroad
NO_BASIN, INLAND, SEA, ABROAD = (37.64, 127.06), (35.27, 129.07), (34.2, 128.0), (40.5, 127.0)
FULL = {
    "asset_value": 3e9,
    "structure": "철골조",
    "purpose": "공장",
    "built_year": 1990,
    "floors_above": 3,
    "floors_below": 1,
    "total_area": 4000,
    "elevation_m": 1.2,
    "coast_distance_m": 300,
    "river_distance_m": 40,
    "river_class": "national",
    "hand_m": 1.5,
    "forest_distance_m": 90,
    "urban_share": 0.4,
    "impervious": 0.7,
    "depression": True,
}


def kinds():
    """Points and what is given of them: coast, gauge, no basin, unknown and corrected attributes."""
    gauged = {**FULL, "river_name": "한강"}
    nakdong = {"river_name": "낙동강", "river_distance_m": 50.0, "hand_m": 0.0}
    return [
        *((SEOUL, one) for one in ({}, FULL, gauged, {"asset_value": 1e8})),
        *((BUSAN, one) for one in (nakdong, {**nakdong, "purpose": "주택"})),
        *((BUSAN, one) for one in ({}, FULL, {"elevation_m": 0.4}, {"elevation_m": 400})),
        *(((BUSAN[0] + 0.03 * i, 128.96), {"river_distance_m": 5.0 * i}) for i in range(3)),
        *((NO_BASIN, one) for one in ({}, FULL, {"river_name": "없는강", "river_distance_m": 5})),
        *((INLAND, one) for one in ({}, {"coast_distance_m": 30_000.0}, {"depression": True})),
        *((SEOUL, {"river_distance_m": 9, "river_class": c}) for c in ("local", "national_key")),
        *((SEOUL, {"purpose": use, "total_area": 900}) for use in ("주택", "창고", "병원", "기타")),
        *(
            (SEOUL, {"value_basis": b, "built_year": 1980})
            for b in ("depreciated", "standard_price")
        ),
        (BUSAN, {"structure": "목조", "floors_above": 40, "floors_below": 5, "impervious": 0.05}),
        ((37.555555555, 127.044444444), {"urban_share": 1.0, "forest_distance_m": 0.0}),
    ]


def calculated(app, portfolio, owner=COMMAND_LINE, **options):
    """Run a portfolio as a job; its summary and what is stored of each peril, site by site."""
    version = app.portfolio_jobs.keep(portfolio, owner)
    batch_id = app.jobs.enqueue(run.JOB, {"version_id": version, "as_of": AS_OF, **options})
    make_worker(app, app.handlers()).step()
    job = app.jobs.get(batch_id)
    assert job.status == "completed", (job.error_message, job.error_stack_trace)
    return job


def stored(app, run_id, sites):
    every = np.arange(sites)
    return {key: app.portfolio_jobs.ports.runs.peril(run_id, key, every) for key in app.perils}


def test_many_sites_are_calculated_as_each_alone(site_app):
    """All kinds of sites: every number of every peril, scenario and horizon as `assess` gives it."""
    load(site_app, "observed")  # flows of the river gauges
    cases = kinds()
    assert len(cases) >= 25
    points, given = zip(*cases, strict=True)
    job = calculated(site_app, portfolios.portfolio(points, given), block_sites=11)
    found = stored(site_app, job.results["run_id"], len(cases))
    assert job.results["sites"] == len(cases)

    statuses = set()
    for i, (point, own) in enumerate(cases):
        corrections = {k: v for k, v in own.items() if v is not False}
        answer = site_app.assess(
            {
                "latitude": point[0],
                "longitude": point[1],
                "as_of": AS_OF,
                "corrections": corrections,
            }
        )
        for row in answer["results"]:
            one = found[row["risk_type"]]
            c = run.COMBINATIONS.index((row["ssp_scenario"], row["horizon"]))
            where = (i, row["risk_type"], row["ssp_scenario"], row["horizon"])
            statuses.add(row["status"])
            assert Status(int(one.status[c, i])).name == row["status"], where
            same(one.exposure[i], row["exposure_score"], where)
            same(one.vulnerability[i], row["vulnerability_score"], where)
            same(one.hazard[c, i], row["hazard_score"], where)
            for name in ("base_aal", "final_aal", "aal_p05", "aal_p95", "expected_loss"):
                same(getattr(one, name)[c, i], row[name], (*where, name))
            for k, period in enumerate(HEADLINE):
                if row["return_losses"]:
                    loss = row["return_losses"][PERIODS.index(period)]
                    same(one.return_losses[k, c, i], loss, (*where, period))
            if row["return_losses"]:
                low, high = (row["return_losses"][PERIODS.index(period)] for period in (200, 500))
                assert low <= one.return_losses[KEPT.index(250), c, i] <= high, where
    assert statuses == {status.name for status in Status}
    assert flagged(site_app, job.results["run_id"]) >= {"river_gauged", "gauge_none_near"}


def flagged(app, run_id):
    """All flags that a run has."""
    with app.owner.connect() as connection:
        rows = connection.execute(
            text("SELECT unnest(flags) FROM modelops.portfolio_run_flags WHERE run_id = :id"),
            {"id": run_id},
        )
        return set(rows.scalars())


def same(many, single, where):
    """Equal to 1e-9; an unknown number is NaN among many."""
    if single is None:
        assert math.isnan(many), where
    else:
        assert many == pytest.approx(single, rel=1e-9, abs=1e-15), where


def test_what_has_no_place_is_said_and_in_no_sum(site_app):
    """A site in the sea, abroad or without coordinates has a reason, no number, and no loss."""
    points = [SEOUL, SEA, ABROAD, (math.nan, math.nan), SEOUL]
    given = [{"asset_value": 1e9, "river_distance_m": 20}] * 5
    made = portfolios.portfolio(points, given, match=[1, 1, 1, 0, 8])
    job = calculated(site_app, made)
    found = stored(site_app, job.results["run_id"], 5)

    assert sum(job.results["unplaced"].values()) == 3
    assert (
        job.results["unplaced"]["outside_box"] == job.results["unplaced"]["position_unknown"] == 1
    )
    assert job.results["repeated"] == {"sites": 1, "value": 1e9, "value_unknown": 0}
    for one in found.values():
        assert (one.status[:, 1:4] == Status.not_assessed).all()
        assert np.isnan(one.expected_loss[:, 1:4]).all()
    river = found["river_flood"]
    assert (river.status[:, 0] <= Status.low_confidence).any()
    assert (
        river.status[:, 4] == Status.not_assessed
    ).all()  # the middle of a town has no river bank
    assert np.isfinite(found["typhoon"].expected_loss[:, 4]).all()
    rows = site_app.portfolio_jobs.ports.runs.sums(job.results["run_id"], "all")
    all_perils, grand = (
        next(row for row in rows if row["quantity"] == quantity)
        for quantity in ("river_flood", "grand")
    )
    c = run.COMBINATIONS.index(("ssp2", "2050s"))
    assert all_perils["not_assessed_value"][c] == 4e9
    assert grand["not_assessed_value"][c] == 3e9  # nothing at all is known there
    assert grand["partly_assessed_value"][c] == 1e9  # all but the river and the other depths
    with site_app.owner.connect() as connection:
        reader = "INSERT INTO modelops.report_readers VALUES (session_user, '*')"
        connection.execute(text(reader))
        viewed = connection.execute(
            text("SELECT partly_assessed_value_krw FROM rpt.portfolio_sums WHERE run_id = :id"
                 " AND dimension = 'all' AND quantity = 'grand' AND ssp_scenario = 'ssp2'"
                 " AND horizon = '2050s'"), {"id": job.results["run_id"]},
        ).scalar()  # fmt: skip
    assert viewed == 1e9
    assert all_perils["loss"][c] == pytest.approx(river.expected_loss[c, 0])


def test_a_version_is_read_as_it_was_kept(site_app):
    """Columns, what the file gives and the loans come back equal, under the same fingerprint."""
    points, given = zip(*kinds(), strict=True)
    made = portfolios.portfolio(points, given, loans=portfolios.loans([5e8, 2e8], [(0, 0), (1, 0)]))
    versions = site_app.portfolio_jobs.versions
    again = versions.read(versions.write(made))

    assert fingerprint(again) == fingerprint(made)
    assert len(again.loans) == 2
    assert fingerprint(portfolios.portfolio(points[:5])) != fingerprint(made)


def totals(job):
    """The loss of every quantity, scenario and horizon; NaN where none is known."""
    return {
        (row["quantity"], row["ssp_scenario"], row["horizon"]): (
            math.nan if row["loss"] is None else row["loss"]
        )
        for row in job.results["totals"]
    }


#: works at one job and kills itself when it is told the n-th step of the sites
VICTIM = """
import os, signal, sys
from modelops_core import bootstrap
from modelops_core.db.queue.listen import JobLocks
from modelops_core.jobs import worker

class Now:
    def wait(self, seconds): pass
    def wake(self): pass

app = bootstrap.app()
def handler(batch_id, params, progress):
    def deadly(done, step, completed=None):
        progress(done, step, completed)
        if step.kind == "portfolio" and step.done >= int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
    return app.handlers()["portfolio"](batch_id, params, deadly)
worker.Worker(app.jobs, JobLocks(app.worker), Now(), {"portfolio": handler}).step()
"""


def test_a_killed_run_goes_on_after_its_last_whole_block(site_app, monkeypatch):
    """kill −9 between blocks: another worker calculates the rest only, and the sums are the same."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    made = portfolios.portfolio([SEOUL, BUSAN, INLAND] * 4, [{"asset_value": 2e9}] * 12)
    whole = calculated(site_app, made, block_sites=4)
    version = site_app.portfolio_jobs.keep(made, COMMAND_LINE)
    asked = {"version_id": version, "as_of": AS_OF, "block_sites": 4}
    batch_id = site_app.jobs.enqueue(run.JOB, asked)
    died = subprocess.run(
        [sys.executable, "-c", VICTIM, "8"], cwd=ROOT, env=environment(site_app), check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert block_count(site_app, batch_id) == 2

    wait_for(Rescue(site_app.jobs, 0.0))
    calculated_blocks = []
    real = run._Calculation.block
    monkeypatch.setattr(
        run._Calculation,
        "block",
        lambda self, number, *of: calculated_blocks.append(number) or real(self, number, *of),
    )
    make_worker(site_app, site_app.handlers()).step()
    job = site_app.jobs.get(batch_id)
    assert (job.status, job.attempts, calculated_blocks) == ("completed", 2, [2])
    assert totals(job) == pytest.approx(totals(whole), rel=1e-12, nan_ok=True)
    assert job.results["run_id"] != whole.results["run_id"]


def test_a_worker_that_dies_after_the_last_sum_leaves_one_run(site_app):
    """Its job is taken up again and finds the run that has ended, with the same totals."""
    made = portfolios.portfolio([SEOUL, BUSAN] * 2, [{"asset_value": 2e9}] * 4)
    done = calculated(site_app, made, block_sites=2)
    asked = run.request(done.input_params)
    ports = site_app.portfolio_jobs.ports
    again = run.run(asked, ports, lambda *_: None, done.batch_id)
    assert again == done.results
    assert len(ports.runs.of_version(asked.version_id)) == 1


def block_count(app, batch_id):
    with app.owner.connect() as connection:
        return connection.execute(
            text(
                "SELECT count(*) FROM modelops.portfolio_run_blocks AS b JOIN modelops.portfolio_runs"
                " AS r USING (run_id) WHERE r.batch_id = CAST(:id AS uuid)"
            ),
            {"id": batch_id},
        ).scalar()


def test_a_cancelled_run_stops_at_the_next_block(site_app):
    """Who cancels meets no more blocks; what is written stays a run that has not finished."""
    made = portfolios.portfolio([SEOUL, BUSAN, INLAND] * 2)
    ports, version = site_app.portfolio_jobs.ports, site_app.portfolio_jobs.keep(made, COMMAND_LINE)
    batch_id = site_app.jobs.create(run.JOB, {"version_id": version}, running=True)

    def progress(done, step, completed=None):
        if step.kind == "portfolio":
            raise JobCancelled

    with pytest.raises(JobCancelled):
        run.run(run.Request(version, AS_OF, 2), ports, progress, batch_id)
    assert block_count(site_app, batch_id) == 1
    begun = ports.runs.begin(batch_id, version, facts_of(site_app, batch_id))
    assert (begun.blocks, bool(begun.flags)) == (frozenset({0}), True)


def facts_of(app, batch_id):
    with app.owner.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM modelops.portfolio_runs WHERE batch_id = CAST(:id AS uuid)"),
            {"id": batch_id},
        ).mappings()
        return dict(row.one())


def test_cells_of_two_nights_never_stand_together(site_app):
    """A nightly run that ends meanwhile ends the calculation; without a night there is none."""
    made = portfolios.portfolio([SEOUL, BUSAN])
    jobs = site_app.portfolio_jobs
    version = jobs.keep(made, COMMAND_LINE)
    batch_id = site_app.jobs.create(run.JOB, {"version_id": version}, running=True)
    nights = iter([(1, jobs.ports.parameters.digest()), (2, jobs.ports.parameters.digest())])
    changing = replace(jobs.ports, last_night=lambda: next(nights))
    with pytest.raises(RunLost, match="begins again"):
        run.run(run.Request(version, AS_OF), changing, lambda *_: None, batch_id)
    for last, why in (
        (None, "No finished nightly run"),
        ((1, "another"), "parameters have changed"),
    ):
        with pytest.raises(NoResults, match=why):
            run.run(
                run.Request(version, AS_OF),
                replace(jobs.ports, last_night=lambda last=last: last),
                lambda *_: None,
                batch_id,
            )
