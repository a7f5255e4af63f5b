"""Steps, statuses and jobs as values; the job log groups by kind of step."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modelops_core.domain.job import Job, JobState, JobStatus, Step, StepKind
from modelops_core.jobs.job_log import MAX_LINES, JobLog
from modelops_core.ui.kit.i18n import catalogue

#: a step of each kind with all its fields, and its sentence in ``batch_jobs.current_step``
SENTENCES = {
    Step(StepKind.place): "Finding the place",
    Step(StepKind.exposure, "extreme_heat"): "Calculating E for extreme_heat",
    Step(StepKind.vulnerability, "drought"): "Calculating V for drought",
    Step(StepKind.scaled_aal, "typhoon"): "Calculating AAL for typhoon",
    Step(StepKind.tile, done=3, total=8): "Tile 3 of 8",
    Step(StepKind.zoom_tiles, "7"): "Tiles of zoom 7",
    Step(StepKind.district_means, "ta"): "District means of ta",
    Step(StepKind.other_worker): "Waiting for another worker",
    Step(StepKind.another_try): "Waiting to try again",
}


@pytest.mark.parametrize("step", SENTENCES, ids=lambda step: step.kind)
def test_a_step_has_a_sentence_and_survives_json(step):
    """The sentence of the requirements; the fields come back as they were."""
    assert str(step) == SENTENCES[step]
    assert Step.from_row(step.as_row()) == step


def test_a_step_of_another_version_is_none():
    """A reader then shows the sentence as it stands."""
    assert Step.from_row(None) is None
    assert Step.from_row({}) is None
    assert Step.from_row({"kind": "teleporting"}) is None
    state = JobState.from_row(
        {"status": "running", "current_step": "Teleporting", "step": {"kind": "teleporting"}}
    )
    assert (state.step, state.current_step) == (None, "Teleporting")


@pytest.mark.parametrize("kind", StepKind)
def test_every_kind_is_worded(kind):
    """In current_step and, with the same fields, in the catalogue of the pages."""
    text = str(Step(kind, "a peril", 3, 8))
    assert "{" not in text
    for language in ("ko", "en"):
        worded = catalogue()[f"steps.{kind}"][language]
        filled = worded.format(of="a peril", done=3, total=8)
        assert all((value in filled) == (value in text) for value in ("a peril", "3", "8"))


def test_which_statuses_are_ends():
    """Queued and running jobs change, others do not."""
    assert {status for status in JobStatus if not status.ended} == {"queued", "running"}


def test_a_job_is_made_of_its_row():
    """Columns get their types; what was not read has its default; a row comes out again."""
    row = {
        "batch_id": "a",
        "job_type": "nightly",
        "status": "running",
        "progress": 37,
        "current_step": "Tile 3 of 8",
        "step": {"kind": "tile", "done": 3, "total": 8},
        "created_at": datetime(2026, 1, 31, tzinfo=UTC),
        "schedule_key": "a column that no reader uses",
    }
    job = Job.from_row(row)

    assert job.status is JobStatus.running
    assert job.step == Step(StepKind.tile, done=3, total=8)
    assert (job.results, job.owner, job.attempts) == (None, None, 0)
    assert {name: job.as_row()[name] for name in row if name != "schedule_key"} == {
        name: value for name, value in row.items() if name != "schedule_key"
    }


def test_the_log_adds_up_steps_of_one_kind():
    """A step lasts until the next one; a long job keeps its first and last lines."""
    now = [0.0]
    job_log = JobLog(lambda: now[0])
    for after, step in (
        (1, Step(StepKind.exposure, "drought")),
        (3, Step(StepKind.exposure, "typhoon")),
        (6, Step(StepKind.tile, done=3, total=7)),
        (10, Step(StepKind.tile, done=4, total=7)),
    ):
        now[0] = after
        job_log.step(0, step)
    now[0] = 15
    assert job_log.notes()["durations"] == {"exposure": 5, "tile": 9, "total": 15}
    first = job_log.notes()["logs"][0]
    assert first["step"] == "Calculating E for drought"
    assert Step.from_row(first) == Step(StepKind.exposure, "drought")
    for n in range(1000):
        job_log.step(0, Step(StepKind.tile, done=n, total=1000))
    steps = [line["step"] for line in job_log.notes()["logs"]]
    assert len(steps) == MAX_LINES
    assert (steps[0], steps[-1]) == ("Calculating E for drought", "Tile 999 of 1000")
