"""
Reads batch_jobs for the jobs page, at most once a second for all sessions, and changes jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from modelops_core.domain.access import Caller
from modelops_core.domain.job import Job, JobStatus
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.ui.kit import access, cache

#: seconds between two reads of the database
REFRESH_SECONDS = 1


@st.cache_data(max_entries=64, ttl=REFRESH_SECONDS, show_spinner=False)
def listing(caller: Caller, status: JobStatus | None, limit: int) -> tuple[Sequence[Job], bool]:
    """Return the caller's latest *limit* jobs of a status (None: any), and whether more are."""
    found, following = cache.app().job_access.page(caller, limit, status=status)
    return found, following is not None


@st.cache_data(max_entries=64, ttl=REFRESH_SECONDS, show_spinner=False)
def counts(caller: Caller) -> dict[JobStatus, int]:
    """Return the number of the caller's jobs by status."""
    found = dict.fromkeys(JobStatus, 0)
    for row in cache.app().job_access.counts(caller):
        found[JobStatus(row["status"])] += row["jobs"]
    return found


@st.cache_data(max_entries=64, max_size="50MB", ttl=REFRESH_SECONDS, show_spinner=False)
def job(caller: Caller, batch_id: str) -> Job:
    """One job without its results, which are large and shown elsewhere; raises JobNotFound."""
    return replace(cache.app().job_access.get(batch_id, caller), results=None)


@st.cache_data(max_entries=4, ttl=REFRESH_SECONDS, show_spinner=False)
def nightly_runs(limit: int) -> list[NightlyRun]:
    """The latest nightly runs."""
    return cache.app().inventory.runs(limit)


@st.cache_data(max_entries=64, ttl=REFRESH_SECONDS, show_spinner=False)
def active_nightly_run(caller: Caller) -> Job | None:
    """Return the nightly run that waits or runs, whoever started it; None without one."""
    return cache.app().job_access.night(caller)


def start_nightly_run() -> str:
    """Queue a nightly run; raises RunAlreadyActive where one waits or runs."""
    app = cache.app()
    try:
        return app.job_access.start_night(access.caller(), app.settings.night_timeout)
    finally:
        clear()


def cancel(batch_id: str) -> None:
    """Cancel a job; raises InvalidInput for one that has ended."""
    cache.app().job_access.cancel(batch_id, access.caller())
    clear()


def retry(batch_id: str) -> str:
    """Queue a new job with the input of an ended one and return its id."""
    again = cache.app().job_access.retry(batch_id, access.caller())
    clear()
    return again


def clear() -> None:
    """Clear the caches of this module: jobs have just changed."""
    for read in (listing, counts, job, nightly_runs, active_nightly_run):
        read.clear()
