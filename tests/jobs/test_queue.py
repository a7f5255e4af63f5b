"""The queue's own rules: one job a request, cancel, deadline, signs of life, calendar, memory."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from modelops_core.db.migrate import migrate
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.jobs import fingerprint
from modelops_core.db.queue.listen import JobLocks
from modelops_core.domain.job import Step, StepKind
from modelops_core.errors import InvalidInput, JobCancelled, JobNotFound, JobTimedOut, QueueFull
from modelops_core.jobs import heartbeat, rescue, worker, worker_pool
from modelops_core.jobs.maintenance import MaintenanceTasks
from modelops_core.jobs.rescue import Rescue
from modelops_core.jobs.worker_pool import WorkerPool
from modelops_core.services.night import nightly
from tests import world
from tests.apps import wire
from tests.jobs.test_assess import params
from tests.jobs.test_worker import make_worker
from tests.waiting import PATIENCE, wait_for

LISTENING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%%'"""


def execute(app, statement):
    with app.owner.begin() as connection:
        return connection.exec_driver_sql(statement)


def held(reached, go_on):
    """A job of two steps that waits between them."""

    def handler(_batch_id, _params, progress):
        progress(10, Step(StepKind.tile, done=1, total=2))
        reached.set()
        assert go_on.wait(PATIENCE)
        progress(60, Step(StepKind.tile, done=2, total=2))
        return {"done": True}

    return handler


def test_one_job_a_request(site_app):
    """However it is written; another owner's is another's."""
    jobs = site_app.jobs
    first = jobs.enqueue("a", {"x": 1, "y": [1.5, None]})
    assert jobs.enqueue("a", {"y": [1.5, None], "x": 1}) == first
    assert (
        len(
            {
                first,
                jobs.enqueue("b", {"x": 1}),
                jobs.enqueue("a", {"x": 2}),
                jobs.enqueue("a", {"x": 1, "y": [1.5, None]}, owner="k"),
            }
        )
        == 4
    )
    while (claimed := jobs.claim(["a"], "w")).batch_id != first:
        pass  # another owner's turn
    assert jobs.enqueue("a", {"x": 1, "y": [1.5, None]}) == first
    jobs.under(claimed.fence).complete(first, {})
    assert jobs.enqueue("a", {"x": 1, "y": [1.5, None]}) != first


def test_fingerprints_differ_where_requests_do():
    """Numbers and words are not confused."""
    assert fingerprint("a", {"x": 1}, None) != fingerprint("a", {"x": "1"}, None)
    assert fingerprint("a", {"x": {"b": 1, "c": 2}}, None) == fingerprint(
        "a", {"x": {"c": 2, "b": 1}}, None
    )


def test_twins_at_the_same_instant_share_one_job(site_app):
    """Sixteen threads, one row."""
    barrier, found = threading.Barrier(8), []

    def ask():
        barrier.wait()
        found.append(site_app.jobs.enqueue("a", {"x": 1}))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_queue_is_bounded(site_app):
    """Refused with the number; a twin of a waiting job is not one more."""
    jobs = JobQueue(site_app.worker, queue_limit=2)
    first, _ = jobs.enqueue("a", {"n": 1}), jobs.enqueue("a", {"n": 2})
    with pytest.raises(QueueFull, match="2 jobs wait"):
        jobs.enqueue("a", {"n": 3})
    assert jobs.enqueue("a", {"n": 1}) == first
    jobs.claim(["a"], "w")
    jobs.enqueue("a", {"n": 3})


def test_a_running_job_is_cancelled_at_its_next_step(site_app):
    """Not sooner, not later; the worker goes on with the next one."""
    reached, go_on = threading.Event(), threading.Event()
    batch_id, following = site_app.jobs.create("a", {}), site_app.jobs.create("b", {})
    w = make_worker(site_app, {"a": held(reached, go_on), "b": lambda *_: {}})
    thread = threading.Thread(target=lambda: [w.step(), w.step()])
    thread.start()
    assert reached.wait(PATIENCE)
    assert site_app.jobs.cancel(batch_id) == "running"
    go_on.set()
    thread.join()
    job = site_app.jobs.get(batch_id)

    assert (job.status, job.error_message, job.results) == (
        "cancelled",
        "The job was cancelled.",
        None,
    )
    assert [line["step"] for line in job.logs] == ["Tile 1 of 2", "Tile 2 of 2"]
    assert site_app.jobs.state(following).status == "completed"


def test_a_cancelled_job_of_a_dead_worker_ends(site_app, monkeypatch):
    """It is not begun again."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    batch_id = site_app.jobs.create("a", {})
    site_app.jobs.claim(["a"], "a worker that dies")
    site_app.jobs.cancel(batch_id)
    wait_for(Rescue(site_app.jobs, 0.0))
    assert site_app.jobs.state(batch_id).status == "cancelled"


def test_what_cannot_be_cancelled_or_repeated(site_app):
    """Ended jobs, running jobs, no jobs."""
    batch_id = site_app.jobs.create("a", {})
    with pytest.raises(InvalidInput, match="only an ended job"):
        site_app.jobs.retry(batch_id)
    site_app.jobs.complete(batch_id, {})
    with pytest.raises(InvalidInput, match="it is completed"):
        site_app.jobs.cancel(batch_id)
    for act in (site_app.jobs.cancel, site_app.jobs.retry):
        with pytest.raises(JobNotFound):
            act("550e8400-e29b-41d4-a716-446655440000")


def test_a_night_is_cancelled_between_tiles(site_app):
    """Also one that the command line runs: its tiles stay, its job says cancelled."""
    told = []

    def progress(_step):
        if not told:
            told.append(site_app.jobs.recent(1)[0].batch_id)
            site_app.jobs.cancel(told[0])

    request = site_app.nightly_request(force=True, tile_cells=1)
    with pytest.raises(JobCancelled):
        nightly.run(site_app.nightly_ports, request, progress)
    assert site_app.jobs.state(told[0]).status == "cancelled"


def test_a_job_that_takes_too_long_is_failed(site_app, monkeypatch):
    """At the deadline, while its step still runs; what it says later changes nothing."""
    monkeypatch.setattr(heartbeat, "HEARTBEAT_INTERVAL", 0.05)
    reached, go_on = threading.Event(), threading.Event()
    batch_id = site_app.jobs.create("a", {})
    execute(site_app, "UPDATE modelops.batch_jobs SET timeout_s = 1 WHERE job_type = 'a'")
    thread = threading.Thread(target=make_worker(site_app, {"a": held(reached, go_on)}).step)
    thread.start()
    wait_for(lambda: site_app.jobs.state(batch_id).status == "failed")
    go_on.set()
    thread.join()
    job = site_app.jobs.get(batch_id)

    assert "longer than 1 s" in job.error_message
    assert job.results is None


def test_the_deadline_does_not_follow_the_wall_clock(monkeypatch):
    """A clock set forward by a day ends no job."""
    with heartbeat.Heartbeat(Beats(), "b", timeout=60) as beating:
        monkeypatch.setattr(time, "time", lambda: 4e9)
        beating.check()
    with heartbeat.Heartbeat(Beats(), "b", timeout=-1) as beating, pytest.raises(JobTimedOut):
        beating.check()


class Beats:
    """Counts signs of life."""

    def __init__(self):
        self.beats = 0

    def heartbeat(self, _batch_id):
        self.beats += 1

    def fail(self, _batch_id, _message):
        pass


def test_a_long_step_gives_signs_of_life(site_app, monkeypatch):
    """So that the page tells a slow job from a dead one."""
    monkeypatch.setattr(heartbeat, "HEARTBEAT_INTERVAL", 0.05)
    seen = []

    def slow(batch_id, _params, progress):
        progress(10, Step(StepKind.inputs))
        first = site_app.jobs.get(batch_id).heartbeat_at
        wait_for(lambda: site_app.jobs.get(batch_id).heartbeat_at > first)
        seen.append(True)
        return {}

    site_app.jobs.create("a", {})
    make_worker(site_app, {"a": slow}).step()
    assert seen == [True]


@pytest.mark.parametrize("shift", ["-1 day", "1 day"])
def test_a_clock_that_jumps_neither_loses_nor_steals_jobs(site_app, monkeypatch, shift):
    """Dead workers' jobs are found, living workers keep theirs, whatever the clock says."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    dead, alive = site_app.jobs.create("a", {}), site_app.jobs.create("a", {})
    for _ in range(2):
        site_app.jobs.claim(["a"], "w")
    execute(
        site_app,
        f"UPDATE modelops.batch_jobs SET heartbeat_at = now() + interval '{shift}' WHERE job_type = 'a'",
    )
    with JobLocks(site_app.worker)(alive):
        assert Rescue(site_app.jobs)() == [dead]
    assert site_app.jobs.state(alive).status == "running"


def test_jobs_that_no_worker_took_are_left_alone(site_app):
    """The requirements' own callers move their jobs themselves."""
    batch_id = site_app.jobs.create("theirs", {})
    site_app.jobs.progress(batch_id, 10, "by hand")
    execute(
        site_app,
        "UPDATE modelops.batch_jobs SET heartbeat_at = now() - interval '1 hour' WHERE job_type = 'theirs'",
    )
    assert Rescue(site_app.jobs)() == []
    assert site_app.jobs.state(batch_id).status == "running"


def test_old_jobs_are_forgotten_but_not_those_of_saved_sites(site_app):
    """By age, ended ones only."""
    old, saved, running = (site_app.jobs.create("a", {"n": n}) for n in range(3))
    site_app.jobs.complete(old, {}), site_app.jobs.complete(saved, {})
    execute(
        site_app,
        "UPDATE modelops.batch_jobs SET created_at = now() - interval '91 days', completed_at = completed_at - interval '91 days'",
    )
    execute(site_app, "INSERT INTO modelops.portfolios (name) VALUES ('p')")
    execute(
        site_app,
        f"INSERT INTO modelops.portfolio_sites (portfolio_id, name, latitude, longitude, batch_id) SELECT portfolio_id, 's', 37, 127, '{saved}' FROM modelops.portfolios",
    )
    assert site_app.jobs.prune(90) == 2  # the nightly run of the template too
    assert {j.batch_id for j in site_app.jobs.recent()} == {saved, running}


def test_a_missed_night_runs_once_at_the_start(app):
    """Three workers look, one nightly run is queued; run by a worker it leaves results and a run."""
    looks = [
        MaintenanceTasks(JobQueue(app.worker), {"stages": ["hazard", "probability"]}, 3600, 0)
        for _ in range(3)
    ]
    for look in looks:
        look(), look()
    [queued] = app.jobs.recent()
    assert queued.job_type == "nightly"
    assert app.worker_loop().step()
    night = app.jobs.get(queued.batch_id)

    assert (night.status, night.results["cells"], night.attempts) == ("completed", 6, 1)
    assert {"signals", "tile", "basins", "total"} == set(night.durations)
    assert app.runs.last().finished_at is not None
    assert [j.job_type for j in app.jobs.recent()] == ["nightly"]
    looks[0]._scheduled_at = None
    looks[0]()
    assert len(app.jobs.recent()) == 1  # tomorrow again


def test_no_night_is_due_after_one_that_cron_ran(site_app):
    """The template's nightly run ran today; yesterday's does not count."""
    asked = site_app.jobs.schedule_nightly_run({}, 3600)
    midnight = datetime.now(ZoneInfo("Asia/Seoul")).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    started = site_app.runs.last().started_at
    assert asked is None or started < midnight
    execute(site_app, f"UPDATE modelops.runs SET started_at = '{midnight - timedelta(seconds=1)}'")
    assert site_app.jobs.schedule_nightly_run({}, 3600) or asked


def test_no_night_without_a_grid(empty_app):
    """An empty database is not an error every day."""
    assert empty_app.jobs.schedule_nightly_run({}, 3600) is None


def test_two_nights_at_once(site_app):
    """The second is refused with a sentence, as a job too; the first is not disturbed."""
    with site_app.runs.lock():
        batch_id = site_app.jobs.create("nightly", {"stages": ["hazard"]})
        site_app.worker_loop().step()
    job = site_app.jobs.get(batch_id)
    assert (job.status, job.error_message) == (
        "failed",
        "Another nightly run holds the lock.",
    )


def test_a_stopped_pool_hands_its_jobs_back(site_app, monkeypatch):
    """What does not end in time goes back into the queue, and no attempt is counted."""
    monkeypatch.setattr(worker_pool, "GRACE_PERIOD", 0.1)
    reached, go_on = threading.Event(), threading.Event()
    batch_id = site_app.jobs.create("a", {})
    pool = WorkerPool(
        lambda: make_worker(site_app, {"a": held(reached, go_on)}, site_app.notices()), 2
    )
    pool.start()
    assert reached.wait(PATIENCE)
    with ThreadPoolExecutor(1) as aside:
        stopping = aside.submit(pool.stop)
        try:
            wait_for(lambda: all(worker._hand_back.is_set() for worker in pool._workers))
        finally:
            go_on.set()
        stopping.result(PATIENCE)
    job = site_app.jobs.get(batch_id)

    assert (job.status, job.attempts) == ("queued", 0)
    assert site_app.jobs.get(batch_id).worker is None


def test_an_idle_pool_stops_at_once(site_app, monkeypatch):
    """Nobody waits for the next look, here one that would never come."""
    monkeypatch.setattr(worker, "POLL_INTERVAL", 2 * PATIENCE)
    monkeypatch.setattr(worker_pool, "GRACE_PERIOD", PATIENCE / 2)
    pool = site_app.worker_pool(2)
    pool.start()
    wait_for(lambda: execute(site_app, LISTENING).scalar())
    pool.stop()
    assert not [thread.name for thread in pool._threads if thread.is_alive()]


def test_workers_wait_for_tables_that_are_not_there_yet(bare_database, monkeypatch):
    """A server that starts before the migration works once it has run."""
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.1)
    app = wire(bare_database)
    made = []
    with capture_logs() as logged:
        pool = WorkerPool(
            lambda: made.append(make_worker(app, {"a": lambda *_: {}}, app.notices())) or made[-1],
            1,
        )
        pool.start()
        wait_for(lambda: any(entry["event"] == "worker failed, trying again" for entry in logged))
        migrate(app.owner, tuple(app.perils))
        batch_id = app.jobs.create("a", {})
        wait_for(lambda: app.jobs.state(batch_id).status == "completed")
        pool.stop()
    made[-1].notices.close()
    app.dispose()


def test_twenty_at_once_and_two_hundred_behind(site_app):
    """None lost, none twice: each handled by exactly one of four workers."""
    site_app.__dict__["maintenance"] = lambda: None
    taken: list[str] = []
    lock = threading.Lock()

    def quick(batch_id, job_params, _progress):
        with lock:
            taken.append(batch_id)
        return dict(job_params)

    ids = [site_app.jobs.enqueue("quick", {"n": n}) for n in range(200)]
    ids += [
        site_app.jobs.enqueue("ondemand_risk_calculation", params(corrections={"floors_above": n}))
        for n in range(1, 21)
    ]
    handlers = {**site_app.handlers(), "quick": quick}
    pool = WorkerPool(lambda: make_worker(site_app, handlers, site_app.notices()), 4)
    pool.start()
    wait_for(lambda: all(site_app.jobs.state(i).status == "completed" for i in ids[::-1]), 120)
    pool.stop()

    assert sorted(taken) == sorted(ids[:200])
    assert [site_app.jobs.get(i).results["n"] for i in ids[:200:40]] == [0, 40, 80, 120, 160]
    assert all(len(site_app.jobs.get(i).results["results"]) == world.SITE_ROWS for i in ids[200:])
    assert all(site_app.jobs.get(i).attempts == 1 for i in ids)
