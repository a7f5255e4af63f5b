"""Workers: what they take, how jobs end, and what happens when a worker dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from modelops_core.db.queue.listen import JobLocks, Notices
from modelops_core.errors import InvalidInput
from modelops_core.jobs import rescue, worker
from modelops_core.jobs.rescue import Rescue
from tests import world
from tests.jobs.test_assess import params
from tests.waiting import PATIENCE, wait_for


class Silent:
    """No notices: the worker looks again at once."""

    def wake(self):
        pass

    def wait(self, seconds):
        time.sleep(0.01)


def make_worker(app, handlers, notices=None):
    return worker.Worker(app.jobs, JobLocks(app.worker), notices or Silent(), handlers)


def test_a_queued_assessment_is_worked_off(site_app):
    """What the page does: a row, a worker, an answer."""
    batch_id = site_app.jobs.create("ondemand_risk_calculation", params())
    assert make_worker(site_app, site_app.handlers()).step()
    job = site_app.jobs.get(batch_id)

    assert job.status == "completed"
    assert len(job.results["results"]) == world.SITE_ROWS
    assert not make_worker(site_app, site_app.handlers()).step()


def test_oldest_first_and_only_known_types(site_app):
    """First in, first out; a type without a handler stays for another worker."""
    taken = []
    handlers = {"a": lambda batch_id, _params, _progress: taken.append(batch_id) or {}}
    ids = [site_app.jobs.create("a", {}) for _ in range(3)]
    other = site_app.jobs.create("b", {})
    w = make_worker(site_app, handlers)
    while w.step():
        pass

    assert taken == ids
    assert site_app.jobs.get(other).status == "queued"


def test_two_workers_never_take_the_same_job(site_app):
    """Forty jobs, four threads: each once."""
    taken, stop = [], threading.Event()
    handlers = {"a": lambda batch_id, _params, _progress: taken.append(batch_id) or {}}
    ids = [site_app.jobs.create("a", {}) for _ in range(40)]
    threads = [
        threading.Thread(target=make_worker(site_app, handlers).run, args=(stop,)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: all(j.status == "completed" for j in site_app.jobs.recent(50)))
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert sorted(taken) == sorted(ids)


def test_an_error_on_purpose_is_a_sentence(site_app):
    """InvalidInput becomes the job's message, without a trace."""

    def refuse(_batch_id, _params, _progress):
        raise InvalidInput("note_length", count=3000, limit=2000)

    batch_id = site_app.jobs.create("a", {})
    make_worker(site_app, {"a": refuse}).step()
    job = site_app.jobs.get(batch_id)

    assert (job.status, job.error_message) == (
        "failed",
        "note: 3000 characters; at most 2000 are allowed.",
    )
    assert job.error == {"code": "note_length", "values": {"count": 3000, "limit": 2000}}
    assert job.error_stack_trace is None


def test_an_unexpected_error_keeps_its_trace_and_the_worker(site_app):
    """A bug in one job does not stop the next."""

    def crash(_batch_id, params, _progress):
        return 1 / params["by"]

    bad, good = (site_app.jobs.create("a", {"by": by}) for by in (0, 1))
    w = make_worker(site_app, {"a": lambda *a: {"x": crash(*a)}})
    w.step(), w.step()

    assert site_app.jobs.get(bad).error_message == "Unexpected ZeroDivisionError: division by zero"
    assert site_app.jobs.get(bad).error["values"]["kind"] == "ZeroDivisionError"
    assert "Traceback" in site_app.jobs.get(bad).error_stack_trace
    assert site_app.jobs.get(good).results == {"x": 1.0}


def test_a_new_job_wakes_a_waiting_worker(site_app):
    """NOTIFY, not polling."""
    notices = Notices(site_app.worker)
    notices.wait(0.01)
    waiting = threading.Thread(target=notices.wait, args=(2 * PATIENCE,))
    waiting.start()
    site_app.jobs.create("a", {})
    waiting.join(PATIENCE)
    woken = not waiting.is_alive()
    waiting.join()
    notices.close()

    assert woken


def test_a_killed_worker_gives_its_job_back(site_app, monkeypatch):
    """SIGKILL in mid-job: the lock is free, another worker ends the job."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    batch_id = site_app.jobs.create("ondemand_risk_calculation", params())
    code = (
        "import sys, time\n"
        "from modelops_core.bootstrap import app\n"
        "from modelops_core.db.queue.listen import JobLocks\n"
        "from modelops_core.domain.job import Step, StepKind\n"
        "from modelops_core.jobs import worker\n"
        "def slow(batch_id, params, progress):\n"
        "    progress(50, Step(StepKind.fetched))\n"
        "    print('working', flush=True)\n"
        "    time.sleep(600)\n"
        "class N:\n    wake = None\n    def wait(self, s): time.sleep(.05)\n"
        "worker.Worker(app().jobs, JobLocks(app().worker), N(), {'ondemand_risk_calculation': slow}).step()\n"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": site_app.settings.database_url,
        "DATABASE_WORKER_URL": site_app.settings.database_worker_url,
    }
    victim = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert victim.stdout.readline() == "working\n"
    assert site_app.jobs.state(batch_id).progress == 50
    assert Rescue(site_app.jobs)() == []  # alive, though silent: its lock is held

    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    wait_for(Rescue(site_app.jobs, 0.0))
    assert site_app.jobs.state(batch_id).status == "queued"
    make_worker(site_app, site_app.handlers()).step()

    job = site_app.jobs.get(batch_id)
    assert (job.status, job.attempts, len(job.results["results"])) == (
        "completed",
        2,
        world.SITE_ROWS,
    )


def test_a_job_that_kills_its_workers_is_given_up(site_app, monkeypatch):
    """Three dead workers are enough."""
    monkeypatch.setattr(rescue, "HEARTBEAT_TIMEOUT", 0.0)
    batch_id = site_app.jobs.create("a", {})
    for _ in range(3):
        item = site_app.jobs.claim(["a"], "a worker that dies")
        assert site_app.jobs.under(item.fence).begin(batch_id)
        wait_for(Rescue(site_app.jobs, 0.0))
    job = site_app.jobs.get(batch_id)

    assert job.status == "failed"
    assert "died 3 times" in job.error_message


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_ended_jobs_stay_ended(site_app, status):
    """Neither late progress nor a late result revives a job."""
    batch_id = site_app.jobs.create("a", {})
    site_app.jobs.complete(batch_id, {"x": 1}) if status == "completed" else site_app.jobs.fail(
        batch_id, "no"
    )
    site_app.jobs.progress(batch_id, 20)
    site_app.jobs.complete(batch_id, {"x": 2})
    site_app.jobs.fail(batch_id, "late")

    assert site_app.jobs.get(batch_id).status == status
    assert site_app.jobs.get(batch_id).results == ({"x": 1} if status == "completed" else None)
