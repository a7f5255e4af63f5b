"""
Queues assessments of saved sites, follows the jobs and stores their completed answers.

A site keeps its former answer until the new one is complete, so a failed job loses nothing.
The process, not a session, remembers the jobs: a reloaded page goes on following them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import streamlit as st

from modelops_core.domain.job import JobStatus, Priority
from modelops_core.domain.saved_site import SavedSite
from modelops_core.errors import JobNotFound, ModelOpsError, NotAllowed
from modelops_core.ui.kit import access, cache, formats, messages, notices, steps
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey

#: seconds between two checks of the jobs
POLL_SECONDS = 0.5
#: number of jobs that one check reads; the queue runs them in their order
MAX_JOBS_PER_POLL = 10
PROBLEM = StateKey.SITES_PROBLEM
FAILED = StateKey.SITES_FAILED


@dataclass
class Pending:
    """Jobs that wait or run, by site; ``total`` counts them since there were last none."""

    jobs: dict[int, tuple[str, str]] = field(default_factory=dict)
    total: int = 0
    lock: Lock = field(default_factory=Lock)

    def add(self, site_id: int, batch_id: str, name: str) -> None:
        with self.lock:
            self.total = self.total + 1 if self.jobs else 1
            self.jobs[site_id] = (batch_id, name)

    def drop(self, site_id: int) -> None:
        with self.lock:
            self.jobs.pop(site_id, None)

    def first(self, count: int) -> list[tuple[int, str, str]]:
        with self.lock:
            return [(site, *job) for site, job in list(self.jobs.items())[:count]]


def pending() -> Pending:
    """Return the jobs that this process follows for the reader."""
    return _pending(access.caller().owner)


@st.cache_resource(show_spinner=False)
def _pending(owner: str | None) -> Pending:
    return Pending()


def queue_assessments(sites: Sequence[SavedSite]) -> None:
    """Queue an assessment of each site with its analyst's corrections (a button's callback)."""
    for site in sites:
        if site.site_id in pending().jobs:
            continue
        params = {
            "latitude": site.latitude,
            "longitude": site.longitude,
            "corrections": dict(site.corrections),
        }
        try:
            job = cache.app().submit(params, access.caller(), priority=Priority.batch)
            pending().add(site.site_id, job, site.name)
        except ModelOpsError as error:
            st.session_state[PROBLEM] = error
            return


def apply_results() -> None:
    """Link sites to completed jobs, and remember the errors of failed ones for :func:`follow`."""
    for site_id, job, name in pending().first(MAX_JOBS_PER_POLL):
        try:
            found = cache.job_status().state(job)
        except JobNotFound:
            pending().drop(site_id)
            continue
        if not found.status.ended:
            continue
        if found.status is JobStatus.completed:
            _keep(site_id, job, name)
        else:
            st.session_state.setdefault(FAILED, []).append((name, found.reason))
        pending().drop(site_id)


def _keep(site_id: int, job: str, name: str) -> None:
    """Give the site its new assessment; one that is shared no longer keeps its old one."""
    try:
        cache.app().site_access.change(access.caller(), site_id, batch_id=job)
    except NotAllowed as error:
        st.session_state.setdefault(FAILED, []).append((name, error.as_dict()))


def follow() -> None:
    """Draw a live progress bar while sites are assessed, and the errors of failed jobs."""
    if (problem := st.session_state.pop(PROBLEM, None)) is not None:
        notices.failed(problem)
    for name, why in st.session_state.pop(FAILED, []):
        st.error(t("sites.job_failed", name=formats.plain(name)), icon=":material/error:")
        st.caption(messages.message(why))
    if pending().jobs:
        _bar()


@st.fragment(run_every=POLL_SECONDS)
@notices.show_errors("sites", "sites")
def _bar() -> None:
    waiting = pending().first(1)
    if waiting:
        _, job, name = waiting[0]
        left, total = len(pending().jobs), pending().total
        progress, step = _state(job)
        done = max(0, total - left)
        words = t("sites.following", done=done, asked=total, name=formats.plain(name), step=step)
        with st.container(border=True):
            st.progress(min(1.0, (done + progress / 100) / total), text=words)
    apply_results()
    if not pending().jobs:
        st.rerun()


def _state(job: str) -> tuple[int, str]:
    """Progress [%] and step of a job."""
    try:
        found = cache.job_status().state(job)
    except JobNotFound:  # the next look drops it
        return 0, steps.step_text(None)
    return found.progress, steps.current_step(found)
