"""
Reads batch_jobs for the jobs page, at most once a second for all sessions, and changes jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from modelops_core.domain import access
from modelops_core.domain.job import Job, JobStatus
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.errors import RunAlreadyActive
from modelops_core.services.night import nightly
from modelops_core.services.night.tiles import STAGES
from modelops_core.ui.kit import cache

#: seconds between two reads of the database
REFRESH_SECONDS = 1


@st.cache_data(max_entries=64, ttl=REFRESH_SECONDS, show_spinner=False)
def listing(status: JobStatus | None, limit: int) -> tuple[Sequence[Job], bool]:
    """Return the latest *limit* jobs of a status (None: any), and whether there are more."""
    found, following = cache.app().jobs.page(limit, status=status)
    return found, following is not None


@st.cache_data(max_entries=4, ttl=REFRESH_SECONDS, show_spinner=False)
def counts() -> dict[JobStatus, int]:
    """Return the number of jobs by status."""
    found = dict.fromkeys(JobStatus, 0)
    for row in cache.app().jobs.counts():
        found[JobStatus(row["status"])] += row["jobs"]
    return found


@st.cache_data(max_entries=64, max_size="50MB", ttl=REFRESH_SECONDS, show_spinner=False)
def job(batch_id: str) -> Job:
    """One job without its results, which are large and shown elsewhere; raises JobNotFound."""
    return replace(cache.app().jobs.get(batch_id), results=None)


@st.cache_data(max_entries=4, ttl=REFRESH_SECONDS, show_spinner=False)
def nightly_runs(limit: int) -> list[NightlyRun]:
    """The latest nightly runs."""
    return cache.app().inventory.runs(limit)


@st.cache_data(max_entries=4, ttl=REFRESH_SECONDS, show_spinner=False)
def active_nightly_run() -> Job | None:
    """Return the nightly run that waits or runs, whoever started it; None without one."""
    for status in (JobStatus.running, JobStatus.queued):
        found, _ = cache.app().jobs.page(1, status=status, job_type=nightly.JOB)
        if found:
            return found[0]
    return None


def start_nightly_run() -> str:
    """Queue a nightly run; raises RunAlreadyActive where one waits or runs."""
    clear()
    running = active_nightly_run()
    if running is not None:
        raise RunAlreadyActive("night_waits", job=running.batch_id, status=running.status)
    params = {"stages": list(STAGES), "parameter_set": "central"}
    batch_id = cache.app().jobs.enqueue(
        nightly.JOB, params, timeout=cache.app().settings.night_timeout
    )
    _note("night", batch_id)
    return batch_id


def cancel(batch_id: str) -> None:
    """Cancel a job; raises InvalidInput for one that has ended."""
    cache.app().jobs.cancel(batch_id)
    _note("cancel", batch_id)


def retry(batch_id: str) -> str:
    """Queue a new job with the input of an ended one and return its id."""
    again = cache.app().jobs.retry(batch_id)
    _note("retry", batch_id, job=again)
    return again


def clear() -> None:
    """Clear the caches of this module: jobs have just changed."""
    for read in (listing, counts, job, nightly_runs, active_nightly_run):
        read.clear()


def role() -> access.Role:
    """Return the reader's role."""
    return access.role(_reader(), cache.app().settings)


def _reader() -> str | None:
    if not cache.app().settings.login or not st.user.is_logged_in:
        return None
    return str(st.user.get("email") or "")


def _note(action: str, subject: str, **detail: object) -> None:
    address = st.context.ip_address  # None on this machine
    cache.app().audit.note(
        _reader() or "local",
        action,
        subject,
        address if isinstance(address, str) else None,
        **detail,
    )
    clear()
