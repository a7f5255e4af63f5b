"""Words the steps of jobs in the reader's language."""

from __future__ import annotations

from modelops_core.domain.job import JobState, Step
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.i18n import catalogue, t


def step_text(step: Step | None, text: str | None = None) -> str:
    """Return the words of a step, else *text*, else the word for a waiting job."""
    if step is None:
        return text or t("steps.waiting")
    return t(f"steps.{step.kind}", of=_of(step), done=step.done, total=step.total)


def current_step(job: JobState) -> str:
    """Return the words of a job's current step."""
    return step_text(job.step, job.current_step)


def kind(name: str) -> str:
    """Return the word for a kind of step; an unknown kind (of another version) as it is."""
    for key in (f"steps.kind_{name}", f"steps.{name}"):
        if key in catalogue():
            return t(key)
    return name


def _of(step: Step) -> str:
    peril = cache.app().perils.get(step.of or "")
    return (step.of or "") if peril is None else cache.peril_label(peril)
