"""What the program wires together and hands over, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modelops_core.bootstrap import App, assessments
from modelops_core.bootstrap.assessments import Assessments, korean_year
from modelops_core.bootstrap.nightly_job import NightlyJob, scheduled
from modelops_core.bootstrap.precomputation import BUILDING_TILES, DISTRICT_MEANS, Precomputation
from modelops_core.domain.access import Caller
from modelops_core.domain.job import Priority
from modelops_core.jobs.alerts import Alerts
from modelops_core.jobs.worker_pool import WorkerPool
from modelops_core.jobs.worker_process import WorkerProcess, worker_command
from modelops_core.perils import PERILS
from modelops_core.settings import Settings

URL = "postgresql://nobody@127.0.0.1:1/nothing"


def app(**settings):
    """An App that connects to nothing until it is asked for rows."""
    return App(Settings(database_url=URL, database_worker_url="", database_read_url="", **settings))


@pytest.fixture
def wired(monkeypatch):
    """The settings that a worker process reads."""
    return app(
        MODELOPS_JOB_TIMEOUT=123,
        MODELOPS_NIGHT_TIMEOUT=4567,
        MODELOPS_JOB_DAYS=9,
        MODELOPS_QUEUE_LIMIT=17,
    )


def test_settings_reach_what_they_set(wired):
    """Deadlines, retention, the queue's limit, threads, and the schedule that can be switched off."""
    tasks, settings = wired.maintenance, wired.settings
    assert (settings.job_timeout, settings.night_timeout, settings.job_days) == (123, 4567, 9)
    assert (tasks.nightly_timeout, tasks.keep_days) == (4567, 9)
    assert tasks.tasks[0] == wired.precomputation.queue_due
    assert tasks.tasks[1] == Alerts(wired.jobs, None)
    assert wired.jobs._queue_limit == settings.queue_limit == 17
    loop = wired.worker_loop()
    assert (loop.timeout, loop.maintenance) == (123, tasks)
    assert [len(wired.worker_pool(n)._threads) for n in (3, None)] == [4, settings.job_threads + 1]
    for on, params in ((True, scheduled()), (False, None)):
        assert app(MODELOPS_NIGHT_SCHEDULE=on).maintenance.nightly_params == params


def test_the_dashboards_workers_may_have_a_process_of_their_own():
    """They have one unless the administrator says otherwise."""
    beside = app().server_workers()
    assert isinstance(beside, WorkerProcess)
    assert beside._command == worker_command(app().settings.job_threads)
    assert isinstance(app(MODELOPS_JOB_PROCESS=False).server_workers(), WorkerPool)


def test_every_kind_of_job_has_a_handler(wired):
    """A type that no worker knows would wait for ever."""
    assert set(wired.handlers()) == {
        "ondemand_risk_calculation",
        "nightly",
        "load",
        "portfolio",
        BUILDING_TILES,
        DISTRICT_MEANS,
    }


class Asked(Exception):
    """What a nightly run is asked for."""


@pytest.mark.parametrize(
    ("params", "stages", "name"),
    [
        ({}, ("hazard", "probability"), "central"),
        ({"stages": ["hazard"], "parameter_set": "high"}, ("hazard",), "high"),
        ({"stages": [], "parameter_set": "low"}, ("hazard", "probability"), "low"),
    ],
)
def test_a_nightly_job_asks_for_its_own_numbers(params, stages, name):
    """Stages and parameter set of the job, both stages of the central set where it names none."""

    def request(**asked):
        raise Asked(asked)

    with pytest.raises(Asked) as raised:
        NightlyJob(None, None, request).perform("j", params, lambda *_: None)
    assert raised.value.args == ({"stages": stages, "set_name": name},)
    assert scheduled() == {"stages": ["hazard", "probability"], "parameter_set": "central"}


class Notes:
    """Notes every call by its name."""

    def __init__(self, **answers):
        self.calls, self._answers = [], answers
        self.perils = PERILS

    def __getattr__(self, name):
        def call(*args, **values):
            self.calls.append((name, args, values))
            return self._answers.get(name)

        return call


PLACE = {"latitude": 37.5, "longitude": 127.0}


@pytest.mark.parametrize("given", [{}, {"as_of": 2019}])
def test_what_is_submitted(monkeypatch, given):
    """The caller's year or this one; who asked goes to the job, from where to the audit log."""
    monkeypatch.setattr(assessments, "korean_year", lambda: 2026)
    places, jobs, audit = Notes(), Notes(enqueue="the id"), Notes()
    use_case = Assessments(Notes(), places, jobs, None, audit)
    asked = {**PLACE, **given}
    caller = Caller("actor", "owner", "analyst", address="203.0.113.7")

    assert use_case.submit(asked, caller, request_id="r") == "the id"
    assert places.calls == [("place", (37.5, 127.0), {})]
    queued = ("ondemand_risk_calculation", {"as_of": 2026, **asked})
    how = {"owner": "owner", "priority": Priority.click, "request_id": "r"}
    assert jobs.calls == [("enqueue", queued, how)]
    assert audit.calls == [("note", ("actor", "assess", "the id", "203.0.113.7"), asked)]


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2026, 12, 31, 14, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), 2027),
    ],
)
def test_the_year_changes_at_midnight_in_korea(monkeypatch, moment, year):
    """Nine hours before it does in London."""

    class Clock:
        @staticmethod
        def now(zone):
            return moment.astimezone(zone)

    monkeypatch.setattr(assessments, "datetime", Clock)
    assert korean_year() == year


class Due:
    """A load that is due, or nothing."""

    def __init__(self, version):
        self._version = version

    def due(self):
        return self._version


class Seen:
    """A queue that knows each request that it got."""

    def __init__(self):
        self.queued = []

    def ever_requested(self, job, params):
        return (job, params) in self.queued

    def enqueue(self, job, params):
        self.queued.append((job, params))


def test_each_load_is_asked_for_once():
    """Of buildings and of series; another load is another job, nothing due is none."""
    jobs = Seen()
    for tiles, means in (("1", None), ("1", None), ("2", "a"), ("2", "a"), (None, "b")):
        Precomputation(Due(tiles), Due(means), jobs).queue_due()
    assert jobs.queued == [
        (BUILDING_TILES, {"version": "1"}),
        (BUILDING_TILES, {"version": "2"}),
        (DISTRICT_MEANS, {"version": "a"}),
        (DISTRICT_MEANS, {"version": "b"}),
    ]
