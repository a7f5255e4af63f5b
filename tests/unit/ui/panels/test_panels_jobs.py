"""The page of the jobs: waits, counts, nightly runs and moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from modelops_core import bootstrap
from modelops_core.domain.access import COMMAND_LINE
from modelops_core.domain.job import Job, JobStatus
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.ui.jobs import job_labels, job_list, jobs_cache, nightly_runs
from modelops_core.ui.kit import timestamps
from tests.unit.ui.screen import Screen, program

NOON = datetime(2026, 1, 31, 15, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """The reader's language."""
    monkeypatch.setattr("modelops_core.ui.kit.i18n.language", lambda: "en")


def job(status="queued", created=NOON, **more):
    return Job(
        batch_id="b", job_type="nightly", status=JobStatus(status), created_at=created, **more
    )


def run(**more):
    given = {"run_id": 1, "stages": ["hazard"], "method_version": "1", "parameter_hash": "h"}
    return NightlyRun(**{**given, "started_at": NOON, "finished_at": None, **more})


def later(seconds):
    return NOON + timedelta(seconds=seconds)


def test_how_long_a_job_waited_and_worked():
    """Until it began; one that ended before that waited until its end, and never worked."""
    done = job("completed", started_at=later(5), completed_at=later(12))
    ended = job("cancelled", completed_at=later(7))
    assert (job_labels.queue_seconds(done), job_labels.run_seconds(done)) == (5.0, 7.0)
    assert (job_labels.queue_seconds(ended), job_labels.run_seconds(ended)) == (7.0, None)


def waiting(seconds):
    """Made when the test runs: jobs made at collection have waited for as long as the tests before."""
    return lambda: job(created=datetime.now(UTC) - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("makers", "said"),
    [
        ([waiting(100)], True),
        ([waiting(0), waiting(100)], True),
        ([waiting(100), lambda: job("running")], False),
        ([waiting(0)], False),
        ([lambda: job("completed")], False),
        ([], False),
    ],
)
def test_a_queue_that_nobody_works_on(monkeypatch, makers, said):
    """Long waits while none runs."""
    screen = Screen()
    monkeypatch.setattr(job_list, "st", screen)
    job_list._stuck([make() for make in makers])
    assert ("warning" in screen.said) is said


def test_jobs_of_every_type_are_counted(monkeypatch):
    """Two types of one status add up; a status without jobs is none."""
    rows = [
        {"job_type": "a", "status": "failed", "jobs": 2},
        {"job_type": "b", "status": "failed", "jobs": 3},
        {"job_type": "b", "status": "queued", "jobs": 1},
    ]
    jobs = SimpleNamespace(counts=lambda caller: rows)
    monkeypatch.setattr(bootstrap, "app", lambda: program(job_access=jobs))
    assert jobs_cache.counts.__wrapped__(COMMAND_LINE) == {
        JobStatus.queued: 1,
        JobStatus.running: 0,
        JobStatus.completed: 0,
        JobStatus.failed: 5,
        JobStatus.cancelled: 0,
    }


@pytest.mark.parametrize(
    ("hazard", "probability", "changed"),
    [(3, 4, 7), (3, None, 3), (None, 0, 0), (None, None, None)],
)
def test_results_that_a_nightly_run_changed(hazard, probability, changed):
    """What is unknown of both is unknown, not zero."""
    counts = {"hazard_results": hazard, "probability_results": probability}
    found = run(counts={name: rows for name, rows in counts.items() if rows is not None}).changed
    assert found == changed
    assert nightly_runs._count(found) == ("–" if changed is None else str(changed))


@pytest.mark.parametrize(
    ("finished", "batch_id", "active", "key"),
    [
        (NOON, "b", job("running"), "night_done"),
        (None, "b", job("running"), "night_runs"),
        (None, "other", job("running"), "night_cut"),
        (None, "b", None, "night_cut"),
    ],
)
def test_a_run_without_an_end_runs_or_was_cut_off(monkeypatch, finished, batch_id, active, key):
    """It runs where its own job does."""
    monkeypatch.setattr(nightly_runs, "t", lambda name: name)
    found = run(finished_at=finished, batch_id=batch_id)
    assert nightly_runs.run_status_text(found, active) == f"jobs.{key}"


def test_a_nightly_run_is_a_row_of_its_durations_and_counts():
    """Each under its own name; what was not kept is unknown."""
    durations = {"wall": 9.0, "read": 1.0, "calculate": 5.0, "write": 2.0}
    counts = {"cells": 6, "tiles": 3, "skipped": 1, "hazard_results": 12}
    row = nightly_runs._file_row(run(durations=durations, counts=counts))
    times = ("wall_s", "read_s", "calculate_s", "write_s")
    assert [row[name] for name in times] == [9.0, 1.0, 5.0, 2.0]
    counts = ("cells", "tiles", "skipped", "hazard_results", "probability_results")
    assert [row[name] for name in counts] == [6, 3, 1, 12, None]


def test_moments_are_koreas():
    """15:05 in UTC is five past midnight of the next day there."""
    assert timestamps.local_time(NOON) == "2026-02-01 00:05"
    assert timestamps.iso(NOON) == "2026-02-01T00:05:09+09:00"
    assert (timestamps.local_time(None), timestamps.iso(None)) == ("–", None)
