"""Follows the job of a load: its bar, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from modelops_core.domain.job import Job, JobStatus
from modelops_core.errors import ModelOpsError
from modelops_core.ui.data import load_report
from modelops_core.ui.kit import access, cache, formats, messages, navigation, notices, state, steps
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

REFRESH_SECONDS = 0.5


def follow(job: str | None) -> None:
    """Show this job from now on; None: the choice of files."""
    state.set_param(UrlName.LOAD_JOB, job)


def keep_problem(error: ModelOpsError) -> None:
    """Show an error at the next run."""
    st.session_state[StateKey.LOAD_PROBLEM] = error


def show_kept_error() -> None:
    """The error that was kept, once."""
    problem = st.session_state.pop(StateKey.LOAD_PROBLEM, None)
    if problem is not None:
        notices.failed(problem)


def draw(batch_id: str) -> None:
    """The job: live for as long as it goes on; raises JobNotFound."""
    job = _job(batch_id)
    with st.container(border=True):
        if job.status.ended:
            _ended(job)
        else:
            _live(batch_id)


def _job(batch_id: str) -> Job:
    return cache.app().job_access.get(batch_id, access.caller())


@st.fragment(run_every=REFRESH_SECONDS)
@notices.show_errors("data", "load")
def _live(batch_id: str) -> None:
    job = _job(batch_id)
    if job.status.ended:
        st.rerun()
    st.markdown(_doing(job.input_params))
    st.progress(job.progress / 100, text=f"{steps.current_step(job)} · {job.progress} %")
    st.button(
        t("load.stop"),
        on_click=_stop,
        args=(batch_id,),
        icon=":material/stop_circle:",
        disabled=job.cancel_requested,
        key=WidgetKey.LOAD_STOP,
    )


def _doing(params: Mapping[str, Any]) -> str:
    if "undo" in params:
        return t("load.undoing", load=params["undo"])
    names = formats.plain(", ".join(Path(path).name for path in params["files"]))
    return t("load.checking" if params.get("dry_run") else "load.loading", names=names)


def _stop(batch_id: str) -> None:
    try:
        cache.app().job_access.cancel(batch_id, access.caller())
    except ModelOpsError as error:  # it has ended meanwhile
        keep_problem(error)


def _ended(job: Job) -> None:
    """What came of it, and what can be done next."""
    if job.status is JobStatus.completed and job.results is not None:
        load_report.draw(job)
        if job.results["outcome"] in ("loaded", "undone"):
            st.info(t("load.next_night"), icon=":material/bedtime:")
            navigation.link("jobs", t("load.to_night"), {UrlName.PART: "nights"})
    elif job.status is JobStatus.cancelled:
        st.info(t("load.cancelled"), icon=":material/stop_circle:")
    else:
        st.error(messages.message(job.reason), icon=":material/error:")
        st.caption(t("load.failed"))
        load_report.rejects_file(job)
    _next(job)


def _next(job: Job) -> None:
    with st.container(horizontal=True):
        if job.results and job.results["outcome"] == "recognised":
            st.button(
                t("load.go"),
                on_click=_go,
                args=(job,),
                type="primary",
                icon=":material/database_upload:",
                key=WidgetKey.LOAD_GO,
            )
        st.button(
            t("load.other"),
            on_click=follow,
            args=(None,),
            icon=":material/upload_file:",
            key=WidgetKey.LOAD_OTHER,
        )


def _go(job: Job) -> None:
    """Load what was looked at."""
    params = job.input_params
    try:
        again = cache.app().loads.submit(
            access.caller(), params["kind"], [Path(p) for p in params["files"]], params["given"]
        )
    except ModelOpsError as error:
        keep_problem(error)
    else:
        follow(again)
