"""Steps of jobs in the reader's words."""

from __future__ import annotations

from modelops_core.domain.job import JobState, Step
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.i18n import catalogue, t


def worded(step: Step | None, text: str | None = None) -> str:
    """A step; where there is only a *text* that text, and where there is neither the job waits."""
    if step is None:
        return text or t("steps.waiting")
    return t(f"steps.{step.kind}", of=_of(step), done=step.done, total=step.total)


def current(job: JobState) -> str:
    """What a job does now."""
    return worded(job.step, job.current_step)


def kind(name: str) -> str:
    """A kind of step, whatever it is done for; a name of another version as it stands."""
    for key in (f"steps.kind_{name}", f"steps.{name}"):
        if key in catalogue():
            return t(key)
    return name


def _of(step: Step) -> str:
    peril = cache.app().perils.get(step.of or "")
    return (step.of or "") if peril is None else cache.peril_label(peril)
