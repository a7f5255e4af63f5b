"""Draws one job in full: progress, input, durations, result or error, cancel and retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.job import Job, JobStatus, Step
from modelops_core.errors import JobNotFound, ModelOpsError
from modelops_core.ports import Row
from modelops_core.services.night import nightly
from modelops_core.services.site import ondemand
from modelops_core.ui.jobs import figures, job_labels, jobs_cache
from modelops_core.ui.kit import (
    access,
    charts,
    downloads,
    formats,
    labels,
    messages,
    navigation,
    notices,
    state,
    steps,
    timestamps,
)
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode

PROBLEM = StateKey.JOB_PROBLEM
STEP_COLUMNS = ("at", "progress", "step")
TOTAL = "total"


def draw(batch_id: str) -> None:
    """The job; live for as long as it goes on."""
    try:
        found = jobs_cache.job(access.caller(), batch_id)
    except JobNotFound as error:
        notices.failed(error)
        st.button(
            t("jobs.close"), on_click=_close, icon=":material/close:", key=WidgetKey.JOB_CLOSE
        )
        return
    active = not found.status.ended

    @st.fragment(run_every=jobs_cache.REFRESH_SECONDS if active else None)
    @notices.show_errors("jobs", "job")
    def live() -> None:
        now = jobs_cache.job(access.caller(), batch_id)
        if active and now.status.ended:
            st.rerun()
        _one(now)

    with st.container(border=True, key=WidgetKey.LIVE.of("job")):
        live()


def _one(job: Job) -> None:
    _head(job)
    whose, problem = st.session_state.get(PROBLEM, (None, None))
    if problem is not None and whose == job.batch_id:
        notices.failed(problem)
    _state(job)
    _moments(job)
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        _input(job)
    with right:
        _durations(job)
    _logs(job)


def _head(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(
            job_labels.status(job.status),
            color=job_labels.STATUS_COLOURS[job.status],  # type: ignore[arg-type]
            icon=job_labels.STATUS_ICONS[job.status],
        )
        st.markdown(f"**{job_labels.kind(job.job_type)}** · {job_labels.request_summary(job)}")
        _buttons(job)
    st.caption(
        t("jobs.full_id", id=job.batch_id)
        + (f" · {t('jobs.retry_of', id=job.retry_of[:8])}" if job.retry_of else "")
    )


def _buttons(job: Job) -> None:
    """The result, and what the reader may do."""
    place = job.input_params
    if job.job_type == ondemand.JOB and job.status is JobStatus.completed:
        navigation.link(
            "assess",
            t("jobs.to_map"),
            {**state.place(place["latitude"], place["longitude"]), UrlName.JOB: job.batch_id},
        )
    if job.job_type == nightly.JOB:
        navigation.link("jobs", t("jobs.to_nights"), {UrlName.PART: "nights"})
    _changes(job)
    st.button(t("jobs.close"), on_click=_close, icon=":material/close:", key=WidgetKey.JOB_CLOSE)


def _changes(job: Job) -> None:
    """What the reader may do with a job of their own."""
    caller = access.caller()
    if not caller.sees(job):
        return
    if not job.status.ended and caller.may(UseCase.cancel_job):
        _button(
            "cancel",
            jobs_cache.cancel,
            job.batch_id,
            ":material/stop_circle:",
            disabled=job.cancel_requested,
        )
    elif job.status.ended and caller.may(UseCase.retry_job):
        _button("retry", _again, job.batch_id, ":material/replay:")


def _button(
    name: str, action: Callable[[str], None], batch_id: str, icon: str, *, disabled: bool = False
) -> None:
    def act() -> None:
        st.session_state.pop(PROBLEM, None)
        try:
            action(batch_id)
        except ModelOpsError as error:
            st.session_state[PROBLEM] = (batch_id, error)

    st.button(
        t(f"jobs.{name}"), on_click=act, icon=icon, disabled=disabled, key=WidgetKey.JOB.of(name)
    )


def _again(batch_id: str) -> None:
    state.set_param(UrlName.ID, jobs_cache.retry(batch_id))


def _close() -> None:
    state.set_param(UrlName.ID, None)


def _state(job: Job) -> None:
    """The bar of one that goes on; the reason of one that failed."""
    if not job.status.ended:
        st.progress(job.progress / 100, text=f"{steps.current_step(job)} · {job.progress} %")
        if job.cancel_requested:
            st.caption(t("jobs.stopping"))
    if job.error_message:
        (st.error if job.status is JobStatus.failed else st.info)(messages.message(job.reason))
    if job.error_stack_trace and access.may(UseCase.see_all):
        with st.expander(t("jobs.trace"), icon=":material/bug_report:"):
            st.code(job.error_stack_trace, language="python")


def _moments(job: Job) -> None:
    items = (
        formats.DASH
        if job.total_items is None
        else f"{job.completed_items:,} / {job.total_items:,}"
    )
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            t("jobs.created"),
            timestamps.ago(job.created_at),
            help=timestamps.local_time(job.created_at),
            width="content",
        )
        st.metric(
            t("jobs.waited"), timestamps.duration(job_labels.queue_seconds(job)), width="content"
        )
        st.metric(
            t("jobs.took"),
            timestamps.duration(job_labels.run_seconds(job)) if job.started_at else formats.DASH,
            width="content",
        )
        st.metric(
            t("jobs.attempts"), f"{job.attempts}", help=t("jobs.attempts_help"), width="content"
        )
        st.metric(t("jobs.items"), items, width="content")
    if job.worker:
        st.caption(t("jobs.worker", name=job.worker))


def _input(job: Job) -> None:
    st.markdown(f"**{t('jobs.input')}**")
    rows = job_labels.inputs(job.input_params)
    if rows:
        st.table(rows, border="horizontal")
    else:
        st.caption(t("jobs.no_input"))


def _durations(job: Job) -> None:
    found = {name: seconds for name, seconds in (job.durations or {}).items() if name != TOTAL}
    if not found:
        st.markdown(f"**{t('jobs.durations')}**")
        st.caption(t("jobs.no_durations"))
        return
    names = _order(found, job.logs or ())
    texts = [timestamps.duration(found[name]) for name in names]
    chart = figures.steps(
        [steps.kind(name) for name in names], [found[name] for name in names], texts, mode()
    )
    charts.draw(
        chart,
        f"job_{job.batch_id[:8]}_steps",
        key=WidgetKey.JOB_STEPS,
        title=t("jobs.durations"),
        place=f"{job_labels.kind(job.job_type)} {job.batch_id[:8]}",
        origin=timestamps.local_time(job.created_at),
    )


def _order(found: Mapping[str, float], logs: Sequence[Row]) -> list[str]:
    """Kinds of steps in the order in which they came."""

    def first(name: str) -> int:
        return next((i for i, line in enumerate(logs) if line.get("kind") == name), len(logs))

    return sorted(found, key=first)


def _logs(job: Job) -> None:
    lines = job.logs or []
    if not lines:
        return
    with st.expander(t("jobs.logs", count=len(lines)), icon=":material/receipt_long:"):
        frame = pd.DataFrame(
            {
                t("jobs.at"): [line["at"][11:23] for line in lines],
                t("jobs.progress"): [f"{line['progress']} %" for line in lines],
                t("jobs.step"): [
                    steps.step_text(Step.from_row(line), line["step"]) for line in lines
                ],
            }
        )
        st.dataframe(frame, hide_index=True, alt=t("jobs.logs", count=len(lines)))
        downloads.table(
            f"job_{job.batch_id[:8]}",
            labels.file_head(f"steps of job {job.batch_id}"),
            STEP_COLUMNS,
            lines,
        )
