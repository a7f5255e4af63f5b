"""Draws the live table of jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from modelops_core.domain.job import Job, JobStatus
from modelops_core.ports import Row
from modelops_core.ui.jobs import detail, job_labels, jobs_cache
from modelops_core.ui.kit import (
    access,
    choose,
    downloads,
    formats,
    labels,
    messages,
    notices,
    state,
    steps,
    timestamps,
)
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

ALL = "all"
STATUS = Field(UrlName.STATUS, (ALL, *JobStatus))
PAGE, MOST = 50, 500
#: how many rows the list may have, as the URL says it
LIMIT = Field(UrlName.LIMIT, tuple(str(count) for count in range(PAGE, MOST + 1, PAGE)))
#: seconds after which a waiting job means that nobody works
STUCK_SECONDS = 15.0
COLUMNS = (
    "batch_id",
    "job_type",
    "status",
    "progress",
    "current_step",
    "created_at",
    "started_at",
    "completed_at",
    "worker",
    "attempts",
    "error_message",
)


def bind() -> None:
    """What this part keeps in the URL, besides the job."""
    STATUS.bind()
    LIMIT.bind()


def draw() -> None:
    """Filter, live table, and the chosen job below it."""
    choose.segments(
        STATUS,
        t("jobs.status"),
        lambda code: t("jobs.all") if code == ALL else job_labels.status(JobStatus(code)),
        hide_label=True,
    )
    chosen = state.param(UrlName.ID)
    st.session_state[StateKey.JOB_DRAWN] = chosen
    with st.container(key=WidgetKey.LIVE.of("jobs")):
        _live()
    _files()
    if chosen:
        detail.draw(chosen)


@st.fragment(run_every=jobs_cache.REFRESH_SECONDS)
@notices.show_errors("jobs", "jobs")
def _live() -> None:
    if state.param(UrlName.ID) != st.session_state.get(StateKey.JOB_DRAWN):
        st.rerun()  # a row was clicked: the job below is not part of this fragment
    _counts()
    status = _status()
    limit = int(LIMIT.named(st.session_state.get(LIMIT.name)))
    jobs, more = jobs_cache.listing(access.caller(), status, limit)
    _stuck(jobs)
    if not jobs:
        notices.empty("jobs.none" if status is None else "jobs.none_of_status", ":material/inbox:")
        return
    _table(jobs)
    if more and limit < MOST:
        st.button(
            t("jobs.more"),
            on_click=_more,
            args=(limit,),
            icon=":material/expand_more:",
            key=WidgetKey.JOB_MORE,
        )


def _files() -> None:
    """
    The latest MOST jobs of the chosen status when the file is asked for.

    Outside the live part, whose redrawing each second would take the file away from its button.
    """
    caller, status = access.caller(), _status()

    def rows() -> list[Row]:
        return [_file_row(job) for job in jobs_cache.listing(caller, status, MOST)[0]]

    downloads.table("modelops_jobs", labels.file_head("jobs"), COLUMNS, rows)


def _status() -> JobStatus | None:
    """The chosen status; None for all."""
    chosen = STATUS.named(st.session_state.get(STATUS.name))
    return None if chosen == ALL else JobStatus(chosen)


def _counts() -> None:
    """Jobs by status, in one line."""
    found = jobs_cache.counts(access.caller())
    with st.container(horizontal=True):
        for code in JobStatus:
            st.badge(
                f"{job_labels.status(code)} {found[code]:,}",
                color=job_labels.STATUS_COLOURS[code],  # type: ignore[arg-type]
                icon=job_labels.STATUS_ICONS[code],
            )


def _stuck(jobs: Sequence[Job]) -> None:
    """Jobs that nobody takes: say what is missing."""
    waiting = [
        job_labels.queue_seconds(job) or 0.0 for job in jobs if job.status is JobStatus.queued
    ]
    if (
        waiting
        and max(waiting) > STUCK_SECONDS
        and JobStatus.running not in {job.status for job in jobs}
    ):
        st.warning(t("jobs.no_worker"), icon=":material/engineering:")


def _more(limit: int) -> None:
    choose.set_choice(LIMIT, str(min(limit + PAGE, MOST)))


def _table(jobs: Sequence[Job]) -> None:
    ids = tuple(job.batch_id for job in jobs)
    # another list is another table: a selected row must not pass to a job that moved into its place
    digest = hashlib.sha1("".join(ids).encode(), usedforsecurity=False).hexdigest()[:12]
    key = WidgetKey.JOB_TABLE.of(digest)
    st.dataframe(
        _frame(jobs),
        hide_index=True,
        key=key,
        on_select=partial(_selected, key, ids),
        selection_mode="single-row",
        height=labels.table_height(len(jobs), 400),
        alt=t("jobs.table_alt"),
        column_config=_columns(),
    )


def _frame(jobs: Sequence[Job]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("jobs.status"): [[job_labels.status(job.status)] for job in jobs],
            t("jobs.type"): [job_labels.kind(job.job_type) for job in jobs],
            t("jobs.asked"): [job_labels.request_summary(job) for job in jobs],
            t("jobs.progress"): [job.progress for job in jobs],
            t("jobs.step"): [
                messages.message(job.reason)
                if job.status is JobStatus.failed
                else steps.current_step(job)
                for job in jobs
            ],
            t("jobs.created"): [timestamps.local_time(job.created_at) for job in jobs],
            t("jobs.took"): [
                timestamps.duration(job_labels.run_seconds(job)) if job.started_at else formats.DASH
                for job in jobs
            ],
            t("jobs.id"): [job.batch_id[:8] for job in jobs],
        }
    )


def _columns() -> dict[str, Any]:
    text = st.column_config.TextColumn
    return {
        t("jobs.status"): labels.badges(
            t("jobs.status"),
            {job_labels.status(c): job_labels.STATUS_COLOURS[c] for c in JobStatus},
        ),
        t("jobs.type"): text(width=114),
        t("jobs.asked"): text(width=151),
        t("jobs.progress"): st.column_config.ProgressColumn(
            t("jobs.progress"), min_value=0, max_value=100, format="%d %%", width=92
        ),
        t("jobs.step"): text(width=102),
        t("jobs.created"): text(width=128),
        t("jobs.took"): text(width=76),
    }


def _selected(key: str, ids: Sequence[str]) -> None:
    """A row was clicked: its job is shown below."""
    rows = st.session_state[key].selection.rows
    if rows and rows[0] < len(ids):
        state.set_param(UrlName.ID, ids[rows[0]])


def _file_row(job: Job) -> Row:
    return {
        **job.as_row(),
        "created_at": timestamps.iso(job.created_at),
        "started_at": timestamps.iso(job.started_at),
        "completed_at": timestamps.iso(job.completed_at),
    }
