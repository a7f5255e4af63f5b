"""How often a job's progress is written, and that no step that lasts is missed."""

from __future__ import annotations

import threading
from time import sleep

import pytest

from modelops_core.domain.job import Step, StepKind
from modelops_core.errors import ClaimLost, DatabaseUnavailable, JobCancelled
from modelops_core.jobs.progress_writer import ProgressWriter
from tests.waiting import PATIENCE, wait_for

STEP = Step(StepKind.inputs)
NEVER = 1e6


class Store:
    """Keeps what is written; answers or raises *answer*."""

    def __init__(self, answer=True):
        self.answer, self.written = answer, []

    def progress(self, _batch_id, progress, step=None, **items):
        self.written.append((progress, items["completed_items"]))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_steps_that_follow_at_once_are_not_all_written():
    """The first is; of those within the interval none, where the job then completes."""
    store = Store()
    with ProgressWriter(store, "j", interval=NEVER) as writer:
        for i in range(30):
            writer.write(i, STEP, i)
    assert store.written == [(0, 0)]


def test_the_last_step_of_each_kind_is_written():
    """Whoever follows a job sees that a stage was reached, however short it was."""
    store = Store()
    kinds = (StepKind.exposure, StepKind.vulnerability, StepKind.scaled_aal)
    with ProgressWriter(store, "j", interval=NEVER) as writer:
        writer.write(0, STEP)
        for i, kind in enumerate(kinds):
            for part in (1, 2, 3):
                writer.write(10 * i + part, Step(kind))
        writer.finish()
    assert [progress for progress, _ in store.written] == [0, 3, 13, 23]


def test_without_an_interval_every_step_is_written_in_order():
    store = Store()
    with ProgressWriter(store, "j", interval=0.0) as writer:
        for i in range(5):
            writer.write(i, STEP)
    assert store.written == [(i, None) for i in range(5)]


def test_a_step_that_lasts_is_written_though_it_came_soon():
    """The newest of those held back; nothing is written twice."""
    store = Store()
    with ProgressWriter(store, "j", interval=0.05) as writer:
        for i in (1, 2, 3):
            writer.write(i, STEP)
        wait_for(lambda: store.written[-1][0] == 3)
    assert [progress for progress, _ in store.written].count(3) == 1


def test_a_job_that_failed_shows_the_step_in_which_it_did():
    store = Store()

    def job():
        with ProgressWriter(store, "j", interval=NEVER) as writer:
            writer.write(1, STEP)
            writer.write(50, STEP)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        job()
    assert [progress for progress, _ in store.written] == [1, 50]


def test_a_job_cancelled_before_its_last_step_does_not_complete():
    """The step held back is written at the end and finds it."""
    store = Store()

    def job():
        with ProgressWriter(store, "j", interval=NEVER) as writer:
            writer.write(1, STEP)
            store.answer = JobCancelled()
            writer.write(2, STEP)
            writer.finish()

    with pytest.raises(JobCancelled):
        job()
    assert [progress for progress, _ in store.written] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (False, ClaimLost),
        (JobCancelled(), JobCancelled),
        (DatabaseUnavailable("unavailable"), DatabaseUnavailable),
    ],
)
def test_what_a_write_raises_ends_the_job_at_once(answer, raised):
    with pytest.raises(raised), ProgressWriter(Store(answer), "j", interval=0.0) as writer:
        writer.write(1, STEP)


def test_what_a_late_write_raises_ends_the_job_at_its_next_step():
    """The step held back finds the job cancelled; the thread keeps that for the job."""
    store = Store()

    def job():
        with ProgressWriter(store, "j", interval=0.05) as writer:
            writer.write(1, STEP)
            store.answer = JobCancelled()
            writer.write(2, STEP)
            wait_for(lambda: len(store.written) == 2)
            writer.write(3, STEP)

    with pytest.raises(JobCancelled):
        job()
    assert [progress for progress, _ in store.written] == [1, 2]


def test_a_job_that_ends_while_a_step_is_written_ends():
    """No wake-up is lost between the end and the thread: jobs end at all moments."""

    def jobs():
        for i in range(3000):
            with ProgressWriter(Store(), "j", interval=1e-4) as writer:
                for _ in range(2):
                    writer.write(1, STEP)
                sleep(i % 100 * 2e-6)  # the held-back step is due meanwhile, or at the very end

    running = threading.Thread(target=jobs, daemon=True)
    running.start()
    running.join(PATIENCE)
    assert not running.is_alive()
