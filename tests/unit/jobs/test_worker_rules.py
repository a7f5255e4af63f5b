"""Workers, pools, heartbeats, maintenance and the tiles of a nightly run, without a database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from modelops_core.db.queue import listen
from modelops_core.domain.job import SignOfLife, Step, StepKind, WorkItem
from modelops_core.errors import (
    DatabaseFull,
    DatabaseUnavailable,
    InvalidInput,
    JobTimedOut,
    RunLost,
)
from modelops_core.jobs import heartbeat, maintenance, rescue, worker, worker_pool
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

    def __init__(self, *jobs, signs=(), living=()):
        self.jobs, self.signs, self.living = list(jobs), list(signs), living
        self.ended_sessions = 0
        self.completed, self.failed, self.requeued, self.beats = [], [], [], 0

    def claim(self, _job_types, _worker):
        return self.jobs.pop(0) if self.jobs else None

    def begin(self, _batch_id):
        return True

    def under(self, _fence):
        return self

    def running(self):
        return self.signs

    def abandoned(self, sign):
        return sign.batch_id not in self.living

    def end_nightly_session(self):
        self.ended_sessions += 1

    def progress(self, *_args, **_items):
        return True

    def heartbeat(self, _batch_id):
        self.beats += 1

    def complete(self, batch_id, results, notes=None):
        self.completed.append((batch_id, results, notes))

    def fail(self, batch_id, why, trace=None, notes=None):
        self.failed.append((batch_id, why, trace, notes))

    def requeue(self, batch_id, uncounted_attempts=0, *, rescued=False, retry=None):
        self.requeued.append((batch_id, uncounted_attempts, *(retry or ())[:1]))
        return True


def lock(held=True):
    """A lock that is free, or that another worker holds."""

    @contextmanager
    def taken(_batch_id, _fence=0):
        yield held

    return taken


def make(queue, handler, held=True, **more):
    return worker.Worker(queue, lock(held), None, {"a": handler}, **more)


def test_a_lock_that_a_frozen_process_keeps_does_not_keep_the_job():
    """The fence shuts the former worker out: its session may be open for hours."""
    queue = Queue(item())
    assert make(queue, lambda *_: {"x": 1}, held=False).step() is True
    assert [(batch_id, results) for batch_id, results, _ in queue.completed] == [("j", {"x": 1})]
    assert make(queue, lambda *_: {}).step() is False


def test_a_claim_that_is_lost_before_it_begins_is_nobodys_business():
    """The handler does not run; the next job is taken."""
    queue, done = Queue(item()), []
    queue.begin = lambda _batch_id: False
    assert make(queue, lambda *_: done.append(1) or {}).step() is True
    assert (done, queue.completed, queue.failed, queue.requeued) == ([], [], [], [])


@pytest.mark.parametrize(("retries", "pause"), [(0, 2.0), (3, 16.0), (7, 120.0)])
def test_errors_that_pass_put_the_job_back(retries, pause):
    """With growing pauses, and no attempt is counted."""
    for error in (DatabaseUnavailable("connections_busy"), DatabaseFull("no_room_left"), RunLost()):
        queue = Queue(item(retries=retries))
        assert make(queue, raising(error)).step()
        assert (queue.requeued, queue.failed) == ([("j", 1, pause)], [])


def test_what_does_not_pass_is_failed_in_the_end():
    """After eight times, with the error itself."""
    queue = Queue(item(retries=worker.MAX_RETRIES))
    make(queue, raising(DatabaseFull("no_room_left"))).step()
    assert [(batch_id, why.code) for batch_id, why, *_ in queue.failed] == [("j", "no_room_left")]


def test_a_job_is_put_back_once_the_database_is_back():
    """Until then the worker remembers it and takes no other."""
    queue, away = Queue(item(), item(batch_id="next")), DatabaseUnavailable("connections_busy")
    performing, put_back = make(queue, raising(away)), queue.requeue

    def gone(*_args, **_more):
        raise away

    queue.requeue = gone
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            performing.step()
    assert len(queue.jobs) == 1
    queue.requeue = put_back
    performing.step()
    assert [batch_id for batch_id, *_ in queue.requeued] == ["j", "next"]


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


def test_a_job_that_killed_three_workers_is_failed(monkeypatch):
    """The second time it is put back, the third time it is given up."""
    queue = Queue(signs=[sign("second", attempts=2), sign("third", attempts=3)])
    assert looks(queue, monkeypatch, 0, 6) == ["second", "third"]
    assert queue.requeued == [("second", 0)]
    [(batch_id, why, _, _)] = queue.failed
    assert (batch_id, why.code, why.values["count"]) == ("third", "worker_died", 3)


def looks(queue, monkeypatch, *moments):
    """What a rescue puts back when it looks at these seconds of its own clock."""
    now = [0.0]
    monkeypatch.setattr(rescue.time, "monotonic", lambda: now[0])
    look, found = rescue.Rescue(queue), []
    for now[0] in moments:
        found += look()
    return found


def sign(batch_id, **values):
    """The last sign of life of a running job."""
    given = {"job_type": "a", "attempts": 1, "fence": 1, "claimed": True, "heartbeat": "12:00"}
    return SignOfLife(batch_id, **{**given, **values})


def test_an_open_session_keeps_a_silent_job_for_half_a_minute(monkeypatch):
    """The machine may be gone though its socket is open; a nightly run's session is ended too."""
    queue = Queue(signs=[sign("j"), sign("n", job_type="nightly")], living=("j", "n"))
    seconds = (0, 5, 10, 15, 20, 25, 29)
    assert looks(queue, monkeypatch, *seconds) == []
    assert looks(queue, monkeypatch, *seconds, 34) == ["j", "n"]
    assert queue.ended_sessions == 1
    by_hand = Queue(signs=[sign("n", job_type="nightly", claimed=False)], living=("n",))
    assert looks(by_hand, monkeypatch, *seconds, 34, 40) == []


def test_silence_counts_only_while_the_database_is_watched(monkeypatch):
    """After a pause of the database every heartbeat is old; the workers get time to write one."""
    queue = Queue(signs=[sign("j")])
    assert looks(queue, monkeypatch, 0, 60, 64) == []
    assert looks(queue, monkeypatch, 0, 60, 66) == ["j"]


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


def test_a_pool_may_be_stopped_before_it_starts():
    """Its server died meanwhile: no worker is made, and nobody waits."""
    made = []
    pool = WorkerPool(lambda: made.append(1), 2)
    pool.stop()
    pool.start()
    pool.join()
    assert made == []


class MaintenanceStore:
    """Counts what maintenance asks of the queue."""

    def __init__(self):
        self.scheduled, self.pruned = 0, 0

    def schedule_nightly_run(self, _params, _timeout, _again, _pause):
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
