"""Workers, pools, heartbeats, maintenance and the tiles of a nightly run, without a database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from modelops_core.db.queue import listen
from modelops_core.domain.job import Step, StepKind, WorkItem
from modelops_core.errors import InvalidInput, JobTimedOut
from modelops_core.jobs import heartbeat, maintenance, worker, worker_pool
from modelops_core.jobs.maintenance import MaintenanceTasks
from modelops_core.jobs.nightly_job import ClaimedJobStore
from modelops_core.jobs.process_tiles import ProcessTiles
from modelops_core.jobs.worker_pool import WorkerPool
from tests.waiting import PATIENCE, wait_for

STEP = Step(StepKind.inputs)


def item(**values):
    """A claimed job."""
    given = {"batch_id": "j", "job_type": "a", "input_params": {}, "attempts": 1, "timeout_s": None}
    return WorkItem(**{**given, **values})


class Queue:
    """Notes what a worker writes."""

    def __init__(self, *jobs, orphans=()):
        self.jobs, self.found = list(jobs), list(orphans)
        self.completed, self.failed, self.requeued, self.beats = [], [], [], 0

    def claim(self, _job_types, _worker):
        return self.jobs.pop(0) if self.jobs else None

    def orphans(self, _silence):
        return self.found

    def progress(self, *_args, **_items):
        return True

    def heartbeat(self, _batch_id):
        self.beats += 1

    def complete(self, batch_id, results, notes=None):
        self.completed.append((batch_id, results, notes))

    def fail(self, batch_id, why, trace=None, notes=None):
        self.failed.append((batch_id, why, trace, notes))

    def requeue(self, batch_id, uncounted_attempts=0):
        self.requeued.append((batch_id, uncounted_attempts))


def lock(held=True):
    """A lock that is free, or that another worker holds."""

    @contextmanager
    def taken(_batch_id):
        yield held

    return taken


def make(queue, handler, held=True, **more):
    return worker.Worker(queue, lock(held), None, {"a": handler}, **more)


def test_a_job_that_another_worker_holds_is_left_alone():
    """Its former worker lives: the job is neither performed nor ended, and the next one is taken."""
    queue, done = Queue(item()), []
    assert make(queue, lambda *_: done.append(1) or {}, held=False).step() is True
    assert (done, queue.completed, queue.failed) == ([], [], [])
    assert make(queue, lambda *_: {}).step() is False


@pytest.mark.parametrize(("own", "seconds"), [(7, 7), (None, 50)])
def test_a_jobs_own_deadline_goes_before_the_workers(monkeypatch, own, seconds):
    """A nightly run may take longer than an assessment."""
    given = []
    monkeypatch.setattr(
        worker,
        "Heartbeat",
        lambda queue, batch_id, timeout: (
            given.append(timeout) or heartbeat.Heartbeat(queue, batch_id, timeout)
        ),
    )
    make(Queue(item(timeout_s=own)), lambda *_: {}, timeout=50).step()
    assert given == [seconds]


def test_a_job_handed_back_costs_no_attempt():
    """At its next step, and it is not failed."""
    queue = Queue(item())

    def handler(_batch_id, _params, progress):
        performing.hand_back()
        progress(10, STEP)
        raise AssertionError("the step did not stop the job")

    performing = make(queue, handler)
    performing.step()
    assert (queue.requeued, queue.failed, queue.completed) == ([("j", 1)], [], [])


def raising(error):
    def handler(_batch_id, _params, progress):
        progress(10, STEP)
        raise error

    return handler


def test_only_the_unexpected_keeps_a_trace():
    """An error on purpose is a sentence; a fault in the program says where."""
    queue = Queue(item(), item())
    make(queue, raising(InvalidInput("no_scope", known="read"))).step()
    make(queue, raising(KeyError("x"))).step()
    (_, _, expected, _), (_, why, unexpected, _) = queue.failed
    assert expected is None
    assert "KeyError" in unexpected
    assert why.values["kind"] == "KeyError"


def test_a_failed_job_keeps_its_log():
    """Durations and steps until the error, as those of a job that ended well."""
    queue = Queue(item(), item())
    make(queue, raising(KeyError("x"))).step()
    make(queue, lambda _id, _params, progress: progress(10, STEP) or {"x": 1}).step()
    [(_, _, _, failed)], [(_, results, completed)] = queue.failed, queue.completed
    assert results == {"x": 1}
    for notes in (failed, completed):
        assert set(notes["durations"]) == {"inputs", "total"}
        assert [(line["progress"], line["kind"]) for line in notes["logs"]] == [(10, "inputs")]


def test_a_job_that_was_ended_elsewhere_is_not_written_again():
    """Its row says already how it ended."""
    queue = Queue(item())
    queue.progress = lambda *_args, **_items: False
    make(queue, lambda _id, _params, progress: progress(10, STEP) or {}).step()
    assert (queue.completed, queue.failed, queue.requeued) == ([], [], [])


def test_a_job_that_killed_three_workers_is_failed():
    """The second time it is put back, the third time it is given up."""
    queue = Queue(orphans=[item(batch_id="second", attempts=2), item(batch_id="third", attempts=3)])
    assert worker.recover(queue) == ["second", "third"]
    assert queue.requeued == [("second", 0)]
    [(batch_id, why, _, _)] = queue.failed
    assert (batch_id, why.code, why.values["count"]) == ("third", "worker_died", 3)


def test_at_the_deadline_the_job_is_failed_once(monkeypatch):
    """Though its step goes on: until then the heart beats, afterwards it does not."""
    monkeypatch.setattr(heartbeat, "HEARTBEAT_INTERVAL", 0.01)
    now = [0.0]
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: now[0])
    queue = Queue()
    with heartbeat.Heartbeat(queue, "j", timeout=60) as beating:
        wait_for_beats(queue, 2)
        beating.check()
        assert queue.failed == []
        now[0] = 60.0
        last = queue.beats + 2  # one that was under way
        while beating._thread.is_alive():
            assert queue.beats <= last, "it beats after its deadline"
        now[0] = 60.1
        with pytest.raises(JobTimedOut):
            beating.check()
    [(batch_id, why, _, _)] = queue.failed
    assert (batch_id, why.values["seconds"]) == ("j", 60)


def wait_for_beats(queue, count):
    """Wait by the number of looks: the clock stands still here."""
    ended = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if queue.beats >= count or ended.wait(0.01):
            return
    raise AssertionError("no heartbeat")


class PoolWorker:
    """Works until it is stopped and then *busy* says so, or until it is to hand its job back."""

    def __init__(self, busy):
        self.busy, self.events = busy, []
        self.handed = threading.Event()

    def run(self, stop):
        self.events.append("run")
        assert stop.wait(PATIENCE)
        if self.busy:
            assert self.handed.wait(PATIENCE)

    def wake(self):
        self.events.append("wake")

    def hand_back(self):
        self.events.append("hand back")
        self.handed.set()


def test_a_job_that_ends_within_the_grace_is_not_handed_back(monkeypatch):
    """First all are woken and their threads waited for, then those that still work hand back."""
    order = []
    monkeypatch.setattr(worker_pool, "GRACE_PERIOD", PATIENCE / 2)
    quick = PoolWorker(busy=False)
    pool = WorkerPool(lambda: quick, 1)
    pool.start()
    wait_for(lambda: quick.events)
    monkeypatch.setattr(
        quick, "hand_back", lambda: order.append([t.is_alive() for t in pool._threads])
    )
    pool.stop()
    assert quick.events == ["run", "wake"]
    assert order == [[False]]


def test_a_job_that_outlasts_the_grace_is_handed_back(monkeypatch):
    """And the pool waits for it."""
    monkeypatch.setattr(worker_pool, "GRACE_PERIOD", 0.01)
    busy = PoolWorker(busy=True)
    pool = WorkerPool(lambda: busy, 1)
    pool.start()
    wait_for(lambda: busy.events)
    pool.stop()
    assert busy.events == ["run", "wake", "hand back"]
    assert not any(thread.is_alive() for thread in pool._threads)


class MaintenanceStore:
    """Counts what maintenance asks of the queue."""

    def __init__(self):
        self.scheduled, self.pruned = 0, 0

    def schedule_nightly_run(self, _params, _timeout):
        self.scheduled += 1

    def prune(self, _days):
        self.pruned += 1
        return 0


def test_each_maintenance_task_has_its_interval(monkeypatch):
    """Half a minute for what is due, an hour for retention; other tasks need no schedule."""
    now = [0.0]
    monkeypatch.setattr(maintenance.time, "monotonic", lambda: now[0])
    store, calls = MaintenanceStore(), []
    tasks = MaintenanceTasks(store, {}, 60, 30, (lambda: calls.append(now[0]),))
    for now[0] in (0.0, 30.0, 31.0, 3600.0, 3632.0):
        tasks()
    assert (store.scheduled, store.pruned) == (4, 2)
    assert calls == [0.0, 31.0, 3600.0, 3632.0]
    unscheduled = MaintenanceStore()
    MaintenanceTasks(unscheduled, None, 60, 0, (lambda: calls.append("other"),))()
    assert (unscheduled.scheduled, unscheduled.pruned, calls[-1]) == (0, 0, "other")


def test_maintenance_is_run_by_one_thread_at_a_time_and_again_after_an_error():
    """A second worker goes on with its jobs; an error does not keep the lock."""
    inside, calls = [], []

    def task():
        calls.append(1)
        if len(calls) == 1:
            tasks()  # as another worker would
            inside.append(len(calls))
            raise RuntimeError("no database")

    tasks = MaintenanceTasks(MaintenanceStore(), None, 60, 0, (task,))
    with pytest.raises(RuntimeError):
        tasks()
    assert inside == [1]
    tasks._scheduled_at = None
    tasks()
    assert len(calls) == 2


def mapper(processes, work=lambda *_: "process", ended=lambda: None):
    """Tiles with threads instead of processes; *ended* is called before their end is waited for."""

    class Threads(ProcessTiles):
        @contextmanager
        def _pool(self, count):
            counts.append(count)
            with ThreadPoolExecutor(1) as threads:
                try:
                    yield threads
                finally:
                    ended()

    counts = []
    return Threads(processes, None, None, work, lambda *_: "here", "json"), counts


def test_one_tile_needs_no_process():
    """Nor does one process; more processes than tiles are not started."""
    for processes, tiles, where, started in (
        (8, 1, {"here"}, []),
        (1, 3, {"here"}, []),
        (8, 3, {"process"}, [3]),
        (2, 3, {"process"}, [2]),
    ):
        tried, counts = mapper(processes)
        reports = list(tried(None, list(range(tiles))))
        assert (set(reports), len(reports), counts) == (where, tiles, started)


def test_tiles_that_wait_are_cancelled_when_one_fails():
    """The error ends the run: of six tiles the first fails, one may have been begun by then."""
    began, ended = [], threading.Event()

    def work(_settings, _plan, tile):
        began.append(tile)
        if tile == 0:
            raise InvalidInput("no_scope", known="read")
        assert ended.wait(PATIENCE)

    tried, _ = mapper(2, work, ended.set)
    with pytest.raises(InvalidInput):
        list(tried(None, list(range(6))))
    assert began in ([0], [0, 1])


class Rows:
    """Notes what is written of the claimed job."""

    def __init__(self):
        self.written = []

    def progress(self, batch_id, progress, step=None, **items):
        self.written.append((batch_id, progress, step, items))
        return True


def test_a_nightly_run_writes_into_the_claimed_job():
    """Its number of tiles at the start, each tile through the worker, its results at the end."""
    rows, reported = Rows(), []
    store = ClaimedJobStore(rows, "claimed", lambda *report: reported.append(report))
    tile = Step(StepKind.tile, done=3, total=8)

    assert store.create("nightly", {}, 8, running=True) == "claimed"
    assert store.progress("claimed", 30, tile, completed_items=3)
    assert store.progress("claimed", 31)
    store.complete("claimed", {"cells": 6})
    assert rows.written == [("claimed", 0, STEP, {"total_items": 8})]
    assert reported == [(30, tile, 3)]
    assert store.results == {"cells": 6}


def test_notices_wake_once(monkeypatch):
    """A wait that was woken ends at once; the next one waits again."""
    waits = []
    monkeypatch.setattr(listen.select, "select", lambda *a: waits.append(a[3]) or ([], [], []))
    now = iter(range(1000))
    monkeypatch.setattr(listen.time, "monotonic", lambda: next(now))
    notices = listen.Notices(None)
    notices.wake()
    notices._until_readable(10)
    assert waits == []
    notices._until_readable(4)
    assert waits == [listen.POLL_INTERVAL] * 3
