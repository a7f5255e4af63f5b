"""What batch_jobs, runs, keys and the audit log keep: counts, order, locks, age."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from modelops_core.db import queries
from modelops_core.db.access.audit import Audit
from modelops_core.db.access.keys import Keys
from modelops_core.db.queue import jobs as rows
from modelops_core.db.queue.listen import JobLocks
from modelops_core.domain.job import JobStatus, Step, StepKind
from modelops_core.jobs import rescue
from modelops_core.jobs.rescue import Rescue
from tests.world import SEOUL

LOCKS = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def execute(app, statement, **values):
    with app.owner.begin() as connection:
        return connection.execute(text(statement), values)


def ask(app, query):
    with app.owner.connect() as connection:
        return connection.execute(text(query)).scalar()


# --- queue -------------------------------------------------------------------------------------


def test_a_job_put_back_is_as_new(empty_app):
    """No worker, no progress; its attempts count, save those that are given back."""
    jobs = empty_app.jobs
    batch_id = jobs.create("a", {})
    mine = jobs.under(jobs.claim(["a"], "first").fence)
    mine.begin(batch_id)
    mine.progress(batch_id, 40, Step(StepKind.inputs))
    mine.requeue(batch_id)
    job = jobs.get(batch_id)
    assert (job.status, job.worker, job.progress, job.attempts) == ("queued", None, 0, 1)
    assert job.step == Step(StepKind.other_worker)
    mine = jobs.under(jobs.claim(["a"], "second").fence)
    assert mine.begin(batch_id)
    assert jobs.get(batch_id).attempts == 2
    mine.requeue(batch_id, uncounted_attempts=1)
    assert jobs.get(batch_id).attempts == 1


@pytest.mark.parametrize("end", ["complete", "fail", "cancel", "queue"])
def test_only_running_jobs_are_put_back(empty_app, end):
    """An ended one stays ended with its result, a waiting one keeps its step."""
    jobs = empty_app.jobs
    batch_id = jobs.create("a", {})
    {
        "complete": lambda: jobs.complete(batch_id, {"x": 1}),
        "fail": lambda: jobs.fail(batch_id, "no"),
        "cancel": lambda: jobs.cancel(batch_id),
        "queue": lambda: None,
    }[end]()
    before = jobs.get(batch_id)
    jobs.requeue(batch_id)
    assert jobs.get(batch_id) == before


def test_recovery_leaves_no_lock_behind(empty_app, monkeypatch):
    """It looks whether locks are free; what it looked at may be locked by others afterwards."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    one = empty_app.jobs.create("a", {})
    night = empty_app.jobs.create("nightly", {})
    for job_type in ("a", "nightly"):
        empty_app.jobs.claim([job_type], "w")
    execute(empty_app, "UPDATE modelops.batch_jobs SET heartbeat_at = now() - interval '1 hour'")
    assert Rescue(empty_app.jobs)() == [one, night]
    assert ask(empty_app, LOCKS) == 0


def test_a_job_is_locked_while_it_is_worked_on(empty_app):
    """By one session, for all others; and not afterwards."""
    batch_id = empty_app.jobs.create("a", {})
    locks = JobLocks(empty_app.worker)
    with locks(batch_id) as held:
        assert held
        with locks(batch_id) as again:
            assert not again
        assert ask(empty_app, LOCKS) == 1
    assert ask(empty_app, LOCKS) == 0


def test_a_running_job_beats_and_an_ended_one_does_not(empty_app):
    """The last sign of life of an ended job is its end."""
    jobs = empty_app.jobs
    batch_id = jobs.create("a", {}, running=True)
    assert jobs.get(batch_id).attempts == 1
    jobs.heartbeat(batch_id)
    assert jobs.get(batch_id).heartbeat_at is not None
    jobs.complete(batch_id, {})
    execute(empty_app, "UPDATE modelops.batch_jobs SET heartbeat_at = NULL")
    jobs.heartbeat(batch_id)
    assert jobs.get(batch_id).heartbeat_at is None


def test_items_are_counted_each_for_itself(empty_app):
    """Done, failed and all; what is not said stays; a job that ended well has done all."""
    jobs = empty_app.jobs
    batch_id = jobs.create("a", {}, 9)
    jobs.progress(batch_id, 10, completed_items=3, failed_items=2)
    jobs.progress(batch_id, 20, completed_items=4)
    job = jobs.get(batch_id)
    assert (job.completed_items, job.failed_items, job.total_items) == (4, 2, 9)
    jobs.progress(batch_id, 30, total_items=8)
    jobs.complete(batch_id, {})
    job = jobs.get(batch_id)
    assert (job.completed_items, job.failed_items, job.total_items) == (8, 2, 8)


def test_long_and_odd_reasons_are_stored(empty_app):
    """The head of a sentence, the end of a trace, and NUL, which PostgreSQL cannot hold."""
    batch_id = empty_app.jobs.create("a", {})
    trace = "head" + "." * rows.TRACE_LIMIT + "\0 end"
    empty_app.jobs.fail(batch_id, "why\0" + "." * rows.MESSAGE_LIMIT, trace)
    job = empty_app.jobs.get(batch_id)
    assert job.error_message.startswith("why\N{REPLACEMENT CHARACTER}.")
    assert job.error_stack_trace.endswith("\N{REPLACEMENT CHARACTER} end")
    assert (len(job.error_message), len(job.error_stack_trace)) == (
        rows.MESSAGE_LIMIT,
        rows.TRACE_LIMIT,
    )


# --- lists -------------------------------------------------------------------------------------


def test_pages_hold_jobs_of_one_moment_once(empty_app):
    """Jobs made at the same instant are in an order all the same; the last page has no next one."""
    ids = {empty_app.jobs.create("a", {"n": n}) for n in range(7)}
    execute(empty_app, "UPDATE modelops.batch_jobs SET created_at = '2026-01-31 00:00+00'")
    execute(
        empty_app, "DROP INDEX modelops.batch_jobs_created_idx"
    )  # it would order them by itself
    found, cursor = [], None
    for size in (3, 3, 1):
        page, cursor = empty_app.jobs.page(3, cursor)
        assert len(page) == size
        found += [job.batch_id for job in page]
    assert cursor is None
    assert found == sorted(ids, reverse=True)


def test_lists_of_an_owner_hold_theirs_only(empty_app):
    """Neither those of others nor those of nobody; without an owner all of them."""
    jobs = empty_app.jobs
    mine, other = (jobs.enqueue("a", {}, owner=owner) for owner in ("me", "other"))
    nobodys, typed = jobs.enqueue("a", {}), jobs.enqueue("b", {}, owner="me")
    jobs.claim(["b"], "w")

    def listed(**filters):
        return {job.batch_id for job in jobs.page(10, **filters)[0]}

    assert listed(owner="me") == {mine, typed}
    assert listed() == {mine, other, nobodys, typed}
    assert listed(job_type="b") == listed(status="running") == {typed}
    assert listed(owner="other", job_type="b") == set()
    assert {job.batch_id for job in jobs.recent(10, JobStatus.running)} == {typed}


def test_repeating_a_job_is_the_callers(empty_app):
    """Its input again, marked as a repetition, owned by who asks."""
    jobs = empty_app.jobs
    first = jobs.enqueue("a", {"x": 1}, owner="me")
    jobs.fail(first, "no")
    again = jobs.get(jobs.retry(first, "other"))
    assert (again.input_params, again.retry_of, again.owner) == ({"x": 1}, first, "other")


# --- age ---------------------------------------------------------------------------------------


def aged(app, batch_id, created, ended):
    execute(
        app,
        "UPDATE modelops.batch_jobs SET created_at = now() - make_interval(days => :created),"
        " completed_at = now() - make_interval(days => :ended) WHERE batch_id = :batch_id",
        created=created,
        ended=ended,
        batch_id=batch_id,
    )


def test_what_retention_deletes(empty_app):
    """Jobs that were made and ended long ago, however they ended; no others."""
    jobs, gone, kept = empty_app.jobs, set(), set()
    for n, end in enumerate((jobs.complete, jobs.fail, lambda batch_id, _: jobs.cancel(batch_id))):
        for age, into in (((9, 9), gone), ((9, 1), kept), ((1, 1), kept)):
            batch_id = jobs.create("a", {"n": n})
            end(batch_id, "no")
            aged(empty_app, batch_id, *age)
            into.add(batch_id)
    waiting = jobs.create("a", {"n": 9})
    execute(
        empty_app,
        "UPDATE modelops.batch_jobs SET created_at = '1999-01-01' WHERE batch_id = :batch_id",
        batch_id=waiting,
    )
    assert jobs.prune(5) == len(gone) == 3
    assert {job.batch_id for job in jobs.recent()} == kept | {waiting}


# --- nightly runs ------------------------------------------------------------------------------


def begun(app):
    """A run that began now, its number."""
    numbers = {"parameter_hash": "h", "name": "central", "version": "1", "content": {}}
    batch_id = app.jobs.create("nightly", {}, running=True)
    run_id = app.runs.begin(batch_id, ["hazard", "probability"], numbers)
    app.jobs.complete(batch_id, {})
    return run_id


def test_the_last_run_is_the_latest_that_ended(empty_app):
    """One that goes on, or was cut off, is not; nor does its beginning change what pages may keep."""
    assert empty_app.runs.last() is None
    versions = []
    for _ in range(2):
        run_id = second = begun(empty_app)
        empty_app.runs.finish(run_id, inputs={"n": run_id}, counts={"cells": 1}, durations={"a": 2})
        versions.append(empty_app.stored_results.version())
        last = empty_app.runs.last()
        assert (last.run_id, last.inputs) == (run_id, {"n": run_id})
        assert (last.counts, last.durations) == ({"cells": 1}, {"a": 2})
    begun(empty_app)
    assert empty_app.runs.last().run_id == second
    assert [*versions, empty_app.stored_results.version()] == [
        versions[0],
        versions[1],
        versions[1],
    ]
    assert versions[0] != versions[1]


def test_a_run_of_one_stage_is_not_enough(site_app):
    """Both stages are asked for; a run of both is enough for one of them."""
    last = site_app.runs.last()
    known = (last.parameter_hash, last.inputs["code_version"])
    assert not site_app.runs.outdated(*known, ["hazard"])
    execute(site_app, "UPDATE modelops.runs SET stages = '{hazard}'")
    assert site_app.runs.outdated(*known)
    assert not site_app.runs.outdated(*known, ["hazard"])


KOREA = "date_trunc('day', now() AT TIME ZONE 'Asia/Seoul') AT TIME ZONE 'Asia/Seoul'"


@pytest.mark.parametrize(
    ("started", "finished", "due"),
    [
        (f"{KOREA}", "now()", False),
        (f"{KOREA} - interval '1 second'", "now()", True),
        (f"{KOREA}", "NULL", True),
    ],
    ids=["at midnight", "before midnight", "not ended"],
)
def test_a_day_in_korea_begins_at_its_midnight(site_app, started, finished, due):
    """A run that began since then and ended is today's."""
    execute(site_app, f"UPDATE modelops.runs SET started_at = {started}, finished_at = {finished}")
    asked = site_app.jobs.schedule_nightly_run({"stages": ["hazard"]}, 77)
    assert (asked is not None) is due
    if due:
        assert site_app.jobs.schedule_nightly_run({}, 77) is None
        item = site_app.jobs.claim(["nightly"], "w")
        assert (item.batch_id, item.timeout_s) == (asked, 77)
        assert item.input_params == {"stages": ["hazard"]}


def test_the_name_of_a_scheduled_run_is_the_day_in_korea(app):
    """Between midnight in Korea and midnight in London it is a day ahead."""
    source = queries.TEXTS["schedule_nightly_run"]
    for moment in ("2026-01-31 14:59:59+00", "2026-01-31 15:00:00+00"):
        statement = source.replace("now()", f"CAST('{moment}' AS timestamptz)")
        with app.owner.begin() as connection:
            given = {"input_params": "{}", "timeout_s": 1, "again": 3, "pause": 0, "priority": 0}
            connection.execute(text(statement), given)
            connection.exec_driver_sql("UPDATE modelops.batch_jobs SET status = 'completed'")
    with app.owner.connect() as connection:
        keys = connection.execute(text("SELECT schedule_key FROM modelops.batch_jobs ORDER BY 1"))
        assert keys.scalars().all() == ["nightly 2026-01-31", "nightly 2026-02-01"]


# --- keys, audit, portfolios -------------------------------------------------------------------


def test_the_use_of_a_key_is_noted(empty_app):
    """At once the first time, then once a minute; a revoked or expired key opens nothing."""
    keys = Keys(empty_app.owner)
    key = keys.add("GIS", ["read", "run"], days=2)
    for_ever = keys.add("other", ["read"])

    def used():
        return {row["name"]: row["last_used_at"] for row in keys.all()}

    assert used() == {"GIS": None, "other": None}
    found = empty_app.keys.check(key)
    assert (found["name"], found["scopes"]) == ("GIS", ["read", "run"])
    first = used()["GIS"]
    assert first is not None
    assert used()["other"] is None
    empty_app.keys.check(key)
    assert used()["GIS"] == first
    execute(empty_app, "UPDATE modelops.api_keys SET last_used_at = now() - interval '61 seconds'")
    empty_app.keys.check(key)
    assert used()["GIS"] > used()["other"] + timedelta(seconds=60)
    [listed] = [row for row in keys.all() if row["name"] == "GIS"]
    assert listed["expires_at"] - listed["created_at"] == timedelta(days=2)
    execute(empty_app, "UPDATE modelops.api_keys SET expires_at = now() WHERE name = 'GIS'")
    assert empty_app.keys.check(key) is None
    assert empty_app.keys.check(for_ever)["scopes"] == ["read"]
    assert [row["state"] for row in keys.all()] == ["expired", "valid"]


def test_the_audit_log_shows_the_latest(empty_app):
    """Newest first, each field in its place."""
    for n in range(3):
        empty_app.audit.note("actor", f"act {n}", f"subject {n}", "203.0.113.7", n=n)
    latest, before = Audit(empty_app.owner).recent(2)
    assert (latest["action"], before["action"]) == ("act 2", "act 1")
    assert (latest["actor"], latest["subject"]) == ("actor", "subject 2")
    assert (latest["address"], latest["detail"]) == ("203.0.113.7", {"n": 2})
    assert latest["at"].astimezone(ZoneInfo("UTC")) >= before["at"]


def test_an_empty_portfolio_is_listed(empty_app):
    """With no site; a name is one portfolio however often it is used."""
    site_id = empty_app.portfolios.save("a", *SEOUL, portfolio="one")
    empty_app.portfolios.save("b", *SEOUL, portfolio="two")
    empty_app.portfolios.save("c", *SEOUL, portfolio="two")
    empty_app.portfolios.remove(site_id)
    assert [(p.name, p.sites) for p in empty_app.portfolios.all()] == [("one", 0), ("two", 2)]
    assert [site.name for site in empty_app.portfolios.places("two")] == ["b", "c"]
