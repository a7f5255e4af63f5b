"""Words jobs in the reader's language: type, status, requested inputs, seconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.job import Job, JobStatus
from modelops_core.services import load_files
from modelops_core.services.night import nightly
from modelops_core.services.site import ondemand
from modelops_core.ui.kit import filters, formats, timestamps
from modelops_core.ui.kit.answers import given_facts
from modelops_core.ui.kit.i18n import catalogue, t

STATUS_COLOURS = {
    JobStatus.queued: "gray",
    JobStatus.running: "blue",
    JobStatus.completed: "green",
    JobStatus.failed: "red",
    JobStatus.cancelled: "orange",
}
STATUS_ICONS = {
    JobStatus.queued: ":material/schedule:",
    JobStatus.running: ":material/progress_activity:",
    JobStatus.completed: ":material/check_circle:",
    JobStatus.failed: ":material/error:",
    JobStatus.cancelled: ":material/cancel:",
}


def status(code: JobStatus) -> str:
    """The word for a job's status."""
    return t(f"jobs.status_{code}")


def kind(job_type: str) -> str:
    """The word for a type of job, its own name where there is none."""
    key = f"jobs.type_{job_type}"
    return t(key) if key in catalogue() else job_type


def request_summary(job: Job) -> str:
    """Summarise a job's request: place and corrections, stages, or plain parameters."""
    params = job.input_params
    if job.job_type == ondemand.JOB and "latitude" in params:
        fixed = len(params.get("corrections") or {})
        place = f"{params['latitude']:.4f}°N {params['longitude']:.4f}°E"
        return place + (f" · {t('jobs.corrected', count=fixed)}" if fixed else "")
    if job.job_type == nightly.JOB:
        return " · ".join(t(f"jobs.stage_{stage}") for stage in params.get("stages") or ())
    if job.job_type == load_files.JOB:
        return _load_summary(params)
    return " · ".join(
        f"{name} {value}" for name, value in params.items() if isinstance(value, str | int | float)
    )


def _load_summary(params: Mapping[str, Any]) -> str:
    """What is done with which files; their folders do not matter."""
    if "undo" in params:
        return t("jobs.load_undone", kind=params["kind"], load=params["undo"])
    names = ", ".join(Path(path).name for path in params.get("files", ()))
    said = f"{params.get('kind', '')} · {names}"
    return f"{said} · {t('jobs.load_checked')}" if params.get("dry_run") else said


def run_seconds(job: Job) -> float | None:
    """Return the seconds that a job has run so far; None before it began."""
    return timestamps.seconds_between(job.started_at, job.completed_at)


def queue_seconds(job: Job) -> float | None:
    """Return the seconds that a job has waited in the queue so far."""
    return timestamps.seconds_between(job.created_at, job.started_at or job.completed_at)


def inputs(params: Mapping[str, Any]) -> dict[str, str]:
    """Return label → value of each field of a job's request, corrections one by one."""
    asked = {name: value for name, value in params.items() if name != "corrections"}
    facts = params.get("corrections") or {}
    return {
        **{_field(n): _value(n, v) for n, v in asked.items() if v not in (None, [], {})},
        **{_field(n): given_facts.text(n, v) for n, v in facts.items() if v not in (None, "")},
    }


def _field(name: str) -> str:
    for key in (f"jobs.field_{name}", f"columns.{name}"):
        if key in catalogue():
            return t(key)
    return name


def _value(name: str, value: Any) -> str:
    if name == "files":
        return ", ".join(Path(path).name for path in value)
    if name == "risk_types":
        return ", ".join(filters.peril_name(key) for key in value)
    if name == "stages":
        return ", ".join(t(f"jobs.stage_{key}") for key in value)
    if name in ("latitude", "longitude"):
        whole, digits = f"{value:.6f}".split(".")
        return f"{whole}.{digits.rstrip('0'):0<4}"
    if isinstance(value, str):
        return SCENARIOS.get(value, value)
    return (
        str(value)
        if name in ("as_of", "built_year") or not isinstance(value, int | float)
        else formats.number(value)
    )
