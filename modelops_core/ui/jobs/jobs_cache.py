"""
batch_jobs as the page of the jobs reads it: one look a second for all sessions, and what may be
done.
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

#: the database is never looked at faster than this [s]
BEAT = 1


@st.cache_data(max_entries=64, ttl=BEAT, show_spinner=False)
def listing(status: JobStatus | None, limit: int) -> tuple[Sequence[Job], bool]:
    """The latest jobs, and whether there are more."""
    found, following = cache.app().jobs.page(limit, status=status)
    return found, following is not None


@st.cache_data(max_entries=4, ttl=BEAT, show_spinner=False)
def counts() -> dict[JobStatus, int]:
    """Jobs by status."""
    found = dict.fromkeys(JobStatus, 0)
    for row in cache.app().jobs.counts():
        found[JobStatus(row["status"])] += row["jobs"]
    return found


@st.cache_data(max_entries=64, max_size="50MB", ttl=BEAT, show_spinner=False)
def job(batch_id: str) -> Job:
    """One job without its results, which are large and shown elsewhere; raises JobNotFound."""
    return replace(cache.app().jobs.get(batch_id), results=None)


@st.cache_data(max_entries=4, ttl=BEAT, show_spinner=False)
def nights(limit: int) -> list[NightlyRun]:
    """The latest nightly runs."""
    return cache.app().inventory.runs(limit)


@st.cache_data(max_entries=4, ttl=BEAT, show_spinner=False)
def active_night() -> Job | None:
    """The nightly run that waits or runs, whoever started it."""
    for status in (JobStatus.running, JobStatus.queued):
        found, _ = cache.app().jobs.page(1, status=status, job_type=nightly.JOB)
        if found:
            return found[0]
    return None


def start_night() -> str:
    """Queue a nightly run; raises RunAlreadyActive where one waits or runs."""
    look_again()
    running = active_night()
    if running is not None:
        raise RunAlreadyActive("night_waits", job=running.batch_id, status=running.status)
    params = {"stages": list(STAGES), "parameter_set": "central"}
    batch_id = cache.app().jobs.enqueue(
        nightly.JOB, params, timeout=cache.app().settings.night_timeout
    )
    _note("night", batch_id)
    return batch_id


def cancel(batch_id: str) -> None:
    """Stop a job; raises InvalidInput for one that has ended."""
    cache.app().jobs.cancel(batch_id)
    _note("cancel", batch_id)


def retry(batch_id: str) -> str:
    """A new job with the input of an ended one; its id."""
    again = cache.app().jobs.retry(batch_id)
    _note("retry", batch_id, job=again)
    return again


def look_again() -> None:
    """Forget what was read: something was just done."""
    for read in (listing, counts, job, nights, active_night):
        read.clear()


def role() -> access.Role:
    """What the reader may do."""
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
    look_again()
