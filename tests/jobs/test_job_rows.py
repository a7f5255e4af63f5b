"""What stands in batch_jobs: steps as values, order, recovery of nightly runs, retention."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import orjson
import pytest

from modelops_core.db.migrate import migrate
from modelops_core.domain.job import JobStatus, Step, StepKind
from modelops_core.jobs import rescue
from modelops_core.jobs.maintenance import MaintenanceTasks
from modelops_core.jobs.rescue import Rescue
from tests.jobs.test_worker import wait_for

HEAT = Step(StepKind.exposure, "extreme_heat")


def execute(app, statement, values=None):
    with app.owner.begin() as connection:
        connection.exec_driver_sql(statement, values)


def step_of(app, batch_id):
    job = app.jobs.get(batch_id)
    assert app.jobs.state(batch_id).step == job.step
    assert next(j for j in app.jobs.recent() if j.batch_id == batch_id).step == job.step
    return job.current_step, job.step


def test_a_step_is_kept_as_sentence_and_value(empty_app):
    """Every reader gives both; progress without a step changes neither."""
    batch_id = empty_app.jobs.create("a", {})
    assert step_of(empty_app, batch_id) == (None, None)
    empty_app.jobs.progress(batch_id, 10, HEAT)
    empty_app.jobs.progress(batch_id, 20)
    assert step_of(empty_app, batch_id) == ("Calculating E for extreme_heat", HEAT)
    empty_app.jobs.complete(batch_id, {})
    assert step_of(empty_app, batch_id) == ("Completed", Step(StepKind.completed))


def test_a_text_replaces_the_value(empty_app):
    """The requirements' callers give a sentence: no value of an earlier step stays beside it."""
    batch_id = empty_app.jobs.create("a", {})
    empty_app.jobs.progress(batch_id, 10, HEAT)
    empty_app.jobs.progress(batch_id, 20, "By hand")
    assert step_of(empty_app, batch_id) == ("By hand", None)


def test_the_end_of_a_cancelled_job_is_its_step(empty_app):
    """One that waited, and one whose worker died after the request to cancel it."""
    jobs = empty_app.jobs
    waiting, running = jobs.create("a", {}), jobs.create("b", {})
    mine = jobs.under(jobs.claim(["b"], "w").fence)
    mine.progress(running, 10, HEAT)
    assert jobs.cancel(waiting) is JobStatus.cancelled
    assert jobs.cancel(running) is JobStatus.running
    assert step_of(empty_app, waiting) == ("Cancelled", Step(StepKind.cancelled))
    assert step_of(empty_app, running)[1] == HEAT
    mine.requeue(running)
    assert jobs.state(running).status is JobStatus.cancelled
    assert step_of(empty_app, running) == ("Cancelled", Step(StepKind.cancelled))


def test_a_notice_carries_the_step(empty_app):
    """Listeners need not read the table."""
    batch_id = empty_app.jobs.create("a", {})
    with closing(empty_app.notices()) as notices:
        notices.received(0.0)
        empty_app.jobs.progress(batch_id, 10, HEAT)
        [notice] = [orjson.loads(payload) for payload in wait_for(lambda: notices.received(1.0))]
    assert notice == {
        "batch_id": batch_id,
        "status": "running",
        "progress": 10,
        "fence": 0,
        "current_step": "Calculating E for extreme_heat",
        "step": HEAT.as_row(),
    }


def test_the_oldest_job_is_claimed_first(empty_app):
    """By the time of asking, not by the place in the table."""
    ids = [empty_app.jobs.create("a", {"n": n}) for n in range(4)]
    order = [ids[n] for n in (2, 0, 3, 1)]
    for minutes, batch_id in enumerate(reversed(order), start=1):
        execute(
            empty_app,
            "UPDATE modelops.batch_jobs SET created_at = now() - make_interval(mins => %s)"
            " WHERE batch_id = %s",
            (minutes, batch_id),
        )
    assert [empty_app.jobs.claim(["a"], "w").batch_id for _ in ids] == order


def test_a_nightly_run_of_the_command_line_is_put_back_when_it_died(site_app, monkeypatch):
    """While its lock is held it lives, however silent; then a worker takes it."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    with site_app.runs.lock():
        batch_id = site_app.jobs.create("nightly", {"stages": ["hazard"]}, running=True)
        execute(
            site_app,
            "UPDATE modelops.batch_jobs SET heartbeat_at = now() - interval '1 hour'"
            " WHERE batch_id = %s",
            (batch_id,),
        )
        assert Rescue(site_app.jobs)() == []
        assert site_app.jobs.state(batch_id).status is JobStatus.running
    assert Rescue(site_app.jobs)() == [batch_id]
    job = site_app.jobs.get(batch_id)
    assert (job.status, job.step, job.worker) == ("queued", Step(StepKind.other_worker), None)
    assert site_app.jobs.claim(["nightly"], "w").batch_id == batch_id


def test_the_lock_fails_dead_nightly_runs_but_not_those_of_workers(site_app):
    """One of the command line that died is over; one of a worker is put back by another worker."""
    dead = site_app.jobs.create("nightly", {"n": 1}, running=True)
    claimed = site_app.jobs.create("nightly", {"n": 2}, running=True, worker="w")
    with site_app.runs.lock():
        pass
    assert site_app.jobs.state(dead).status is JobStatus.failed
    assert site_app.jobs.state(claimed).status is JobStatus.running


@pytest.mark.parametrize(
    ("seconds", "outdated"), [(-1, False), (1, True)], ids=["before", "during"]
)
def test_data_loaded_during_a_nightly_run_make_the_next_one_due(site_app, seconds, outdated):
    """The run may have read the old data: its start counts, not its end."""
    last = site_app.runs.last()
    execute(
        site_app,
        "UPDATE modelops.runs SET finished_at = started_at + interval '1 hour' WHERE run_id = %s",
        (last.run_id,),
    )
    execute(
        site_app,
        "UPDATE modelops.data_sources SET loaded_at = %s",
        (last.started_at + timedelta(seconds=seconds),),
    )
    code = last.inputs["code_version"]
    assert site_app.runs.outdated(last.parameter_hash, code) is outdated


def old_job(app):
    """A job that ended long ago."""
    batch_id = app.jobs.create("a", {})
    app.jobs.complete(batch_id, {})
    execute(
        app,
        "UPDATE modelops.batch_jobs SET created_at = now() - interval '99 years',"
        " completed_at = now() - interval '99 years' WHERE batch_id = %s",
        (batch_id,),
    )
    return batch_id


@pytest.mark.parametrize(("days", "kept"), [(0, True), (1, False)])
def test_zero_days_keep_jobs_for_ever(make_app, days, kept):
    """MODELOPS_JOB_DAYS through settings, maintenance tasks and database."""
    app = make_app(MODELOPS_JOB_DAYS=days)
    batch_id = old_job(app)
    app.maintenance()
    assert (batch_id in {job.batch_id for job in app.jobs.recent()}) is kept


def test_zero_days_delete_nothing_whoever_asks(empty_app):
    """Also without the maintenance tasks' own look at the setting."""
    batch_id = old_job(empty_app)
    newest = empty_app.jobs.create("a", {})
    empty_app.jobs.complete(newest, {})
    assert empty_app.jobs.prune(0) == 0
    assert {job.batch_id for job in empty_app.jobs.recent()} == {batch_id, newest}


class Store:
    """Counts what maintenance asks of the queue."""

    def __init__(self):
        self.scheduled, self.pruned = [], []

    def schedule_nightly_run(self, params, timeout, *_again):
        self.scheduled.append((params, timeout))

    def prune(self, days):
        self.pruned.append(days)
        return 0


def test_maintenance_looks_at_what_is_due_only():
    """At the first call and after each interval; what is switched off is never asked for."""
    store, calls = Store(), []
    tasks = MaintenanceTasks(store, {"stages": []}, 60, 30, (lambda: calls.append(1),))
    tasks(), tasks()
    assert (store.scheduled, store.pruned, calls) == ([({"stages": []}, 60)], [30], [1])
    off = Store()
    MaintenanceTasks(off, None, 60, 0)()
    assert (off.scheduled, off.pruned) == ([], [])


def test_rows_of_an_older_schema_show_their_sentence(empty_app):
    """A database without the column gets it; what a job said before stays as it stands."""
    batch_id = empty_app.jobs.create("a", {}, running=True)
    empty_app.jobs.progress(batch_id, 10, "Calculating E for extreme_heat")
    execute(empty_app, "ALTER TABLE modelops.batch_jobs DROP COLUMN step CASCADE")
    execute(
        empty_app,
        "UPDATE modelops.schema_ledger SET checksum = '' WHERE file = 'schema/070_jobs.sql'",
    )
    assert "schema/070_jobs.sql" in migrate(empty_app.owner, tuple(empty_app.perils)).ran
    assert step_of(empty_app, batch_id) == ("Calculating E for extreme_heat", None)
    empty_app.jobs.progress(batch_id, 20, HEAT)
    assert step_of(empty_app, batch_id) == ("Calculating E for extreme_heat", HEAT)
