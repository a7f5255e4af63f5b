"""Nothing twice: who lost a job or a nightly run writes nothing more; nothing stuck: who waits comes on."""

from __future__ import annotations

import threading

import pytest
import structlog
from sqlalchemy import text
from starlette.testclient import TestClient
from structlog.contextvars import merge_contextvars

from modelops_core.api import create
from modelops_core.db.queue import claims
from modelops_core.db.queue.listen import JobLocks
from modelops_core.domain.job import Priority, Step, StepKind
from modelops_core.errors import (
    ClaimLost,
    DatabaseUnavailable,
    InvalidInput,
    QueueFull,
    RunLost,
)
from modelops_core.jobs import worker
from modelops_core.services.night import nightly
from modelops_core.services.site import ondemand
from tests import world
from tests.jobs.test_assess import params
from tests.jobs.test_worker import make_worker

NIGHTLY_SESSION = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('modelops nightly', 0)"""


LATE = text("UPDATE modelops.batch_jobs SET worker = 'late' WHERE batch_id = :id")


def ask(app, query, **values):
    with app.owner.begin() as connection:
        return connection.execute(text(query), values).scalar()


def rows(app, batch_id):
    return ask(
        app, "SELECT count(*) FROM modelops.aal_scaled_results WHERE batch_id = :id", id=batch_id
    )


def test_a_worker_that_lost_its_job_writes_nothing_more(site_app):
    """Its session ended unnoticed and another worker took the job: neither results, progress nor end."""
    jobs = site_app.jobs
    batch_id = jobs.enqueue(ondemand.JOB, params())
    first = jobs.claim([ondemand.JOB], "cut off")
    mine = jobs.under(first.fence)
    mine.begin(batch_id)
    assert mine.requeue(batch_id, rescued=True)  # as a rescue does
    assert mine.progress(batch_id, 40, Step(StepKind.inputs)) is False
    with JobLocks(site_app.worker)(batch_id, first.fence), pytest.raises(ClaimLost):
        site_app.assessments.perform(batch_id, params(), lambda *_: None)
    assert rows(site_app, batch_id) == 0
    second = jobs.claim([ondemand.JOB], "another")
    assert second.fence > first.fence > 0  # 0: whoever did not take it from the queue
    sign = jobs.get(batch_id).heartbeat_at
    mine.heartbeat(batch_id)
    assert jobs.get(batch_id).heartbeat_at == sign  # the second's alone tells that it lives
    with (
        JobLocks(site_app.worker)(batch_id, first.fence),
        pytest.raises(ClaimLost),
        claims.fenced(site_app.worker) as connection,
    ):
        connection.execute(LATE, {"id": batch_id})
    assert jobs.get(batch_id).worker == "another"
    assert mine.progress(batch_id, 50, Step(StepKind.inputs)) is False
    mine.fail(batch_id, "late")
    with pytest.raises(ClaimLost):
        mine.complete(batch_id, {"late": True})
    assert jobs.state(batch_id).status == "running"
    with JobLocks(site_app.worker)(batch_id, second.fence):
        answer = site_app.assessments.perform(batch_id, params(), lambda *_: None)
        jobs.under(second.fence).complete(batch_id, answer)
    assert rows(site_app, batch_id) == world.SITE_ROWS


def test_a_lost_lock_session_ends_a_nightly_run_before_its_next_write(app):
    """Its tiles so far stay; what it calculated without the lock is not stored."""
    told = []

    def progress(step):
        told.append(step)
        if step.kind == StepKind.tile and step.done == 1:
            assert ask(app, NIGHTLY_SESSION)

    with pytest.raises(RunLost):
        nightly.run(app.nightly_ports, app.nightly_request(tile_cells=2), progress)
    assert ask(app, "SELECT count(DISTINCT tile) FROM modelops.run_tiles") == 1
    assert ask(app, "SELECT count(*) FROM modelops.runs WHERE finished_at IS NOT NULL") == 0
    assert app.jobs.recent(1)[0].error["code"] == "run_lost"


def test_a_second_nightly_run_shuts_the_first_out(app):
    """There is one active run: the unique index says so whatever becomes of locks."""
    numbers = {"parameter_hash": "h", "name": "central", "version": "1", "content": {}}
    batch_id = app.jobs.create("nightly", {}, running=True)
    first, second = (app.runs.begin(batch_id, ["hazard"], numbers) for _ in range(2))
    done = {"inputs": {}, "counts": {}, "durations": {}}
    with pytest.raises(RunLost):
        app.runs.finish(first, **done)
    app.runs.finish(second, **done)
    with pytest.raises(Exception, match="runs_active_idx"):
        ask(app, "UPDATE modelops.runs SET active = true")


def test_a_job_whose_worker_found_no_database_is_not_a_dead_workers(site_app, monkeypatch):
    """Six times there is no connection for its lock: no attempt is counted, then it is done."""
    tries = []

    class Locks(JobLocks):
        def __call__(self, batch_id, fence=0):
            tries.append(batch_id)
            if len(tries) <= 6:
                raise DatabaseUnavailable("connections_busy")
            return super().__call__(batch_id, fence)

    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.01)
    batch_id = site_app.jobs.create("a", {})
    performing = make_worker(site_app, {"a": lambda *_: {}})
    performing.lock = Locks(site_app.worker)
    stop = threading.Event()
    performing.maintenance = lambda: (
        stop.set() if site_app.jobs.state(batch_id).status.ended else None
    )
    performing.run(stop)
    assert (len(tries), site_app.jobs.get(batch_id).attempts) == (7, 1)


def test_a_failed_nightly_run_is_due_again_the_same_day(app):
    """Half an hour after each failure, three times; not after one that was cancelled or went well."""
    jobs, asked = app.jobs, []
    for _ in range(6):
        if (batch_id := jobs.schedule_nightly_run({}, 60, again=3, pause=1800)) is not None:
            asked.append(batch_id)
            jobs.fail(batch_id, "no")
        assert jobs.schedule_nightly_run({}, 60, again=3, pause=1800) is None
        ask_none(app, "UPDATE modelops.batch_jobs SET completed_at = now() - interval '31 minutes'")
    assert len(set(asked)) == 4
    assert {found["batch_id"] for found in jobs.unreported_failures()} == set(asked)
    assert jobs.unreported_failures() == []
    jobs.unreported(asked[0])
    assert [found["batch_id"] for found in jobs.unreported_failures()] == asked[:1]


def ask_none(app, statement):
    with app.owner.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_click_comes_before_what_nobody_waits_for(empty_app):
    """Whoever clicked; then who wants least: twenty do not wait behind two hundred."""
    jobs = empty_app.jobs
    for n in range(5):
        jobs.enqueue("a", {"n": n}, owner="many")
    few = [jobs.enqueue("a", {"n": n}, owner="few") for n in range(2)]
    click = jobs.enqueue("a", {"n": -1}, owner="many", priority=Priority.click)
    order = [jobs.claim(["a"], "w").batch_id for _ in range(5)]
    assert order[:3] == [click, *few]


def test_a_stream_of_small_requests_shuts_nobody_out(empty_app):
    """What began within a minute counts, and of what waits a hundred jobs at most."""
    jobs = empty_app.jobs
    rows = (
        "INSERT INTO modelops.batch_jobs (job_type, owner, status, started_at)"
        " SELECT 'a', '{}', '{}', {} FROM generate_series(1, {})"
    )
    ask_none(empty_app, rows.format("stream", "completed", "now() - interval '30 s'", 100))
    ask_none(empty_app, rows.format("heap", "queued", "NULL", 300))
    stream = jobs.enqueue("a", {}, owner="stream")
    assert jobs.claim(["a"], "w").batch_id != stream
    ask_none(empty_app, "UPDATE modelops.batch_jobs SET started_at = now() - interval '61 s'")
    assert jobs.claim(["a"], "w").batch_id == stream


def test_one_owner_cannot_take_all_places(make_app):
    """Nor do jobs that nobody waits for take those of clicks."""
    jobs = make_app(MODELOPS_QUEUE_LIMIT=4, MODELOPS_OWNER_LIMIT=2).jobs
    for n in range(2):
        jobs.enqueue("a", {"n": n}, owner="many")
    with pytest.raises(QueueFull, match="2 jobs of this caller"):
        jobs.enqueue("a", {"n": 3}, owner="many")
    for n in range(2):
        jobs.enqueue("a", {"n": n}, owner="few")
    with pytest.raises(QueueFull, match="4 jobs wait"):
        jobs.enqueue("a", {"n": 5}, owner="third")
    assert jobs.enqueue("a", {"n": 6}, priority=Priority.click)


def test_an_idempotency_key_gives_the_first_job(empty_app):
    """Though it has ended; another owner's key is another, and another request is refused."""
    jobs = empty_app.jobs
    first = jobs.enqueue("a", {"n": 1}, owner="k", key="once")
    jobs.complete(first, {})
    assert jobs.enqueue("a", {"n": 1}, owner="k", key="once") == first
    assert jobs.enqueue("a", {"n": 1}, owner="k") != first
    assert jobs.enqueue("a", {"n": 1}, owner="other", key="once") != first
    with pytest.raises(InvalidInput, match="another request"):
        jobs.enqueue("a", {"n": 2}, owner="k", key="once")
    ask_none(empty_app, "UPDATE modelops.job_requests SET created_at = now() - interval '25 hours'")
    assert jobs.enqueue("a", {"n": 2}, owner="k", key="once") != first


def test_a_request_is_followed_from_its_answer_to_the_workers_log(site_app):
    """One name in the answer, in the job and in what the worker says."""
    client = TestClient(create(site_app), "http://127.0.0.1", client=("127.0.0.1", 1))
    answer = client.post(
        "/api/v1/risk-assessment/calculate",
        json={"latitude": world.SEOUL[0], "longitude": world.SEOUL[1]},
        headers={"X-Request-ID": "order-17", "Idempotency-Key": "17"},
    )
    client.close()
    assert (answer.status_code, answer.headers["x-request-id"]) == (202, "order-17")
    said = []
    structlog.configure(processors=[merge_contextvars, lambda *entry: said.append(entry[2]) or ""])
    try:
        assert make_worker(site_app, site_app.handlers()).step()
    finally:
        structlog.reset_defaults()
    [done] = [entry for entry in said if entry["event"] == "job completed"]
    assert (done["batch_id"], done["request_id"]) == (answer.json()["request_id"], "order-17")
