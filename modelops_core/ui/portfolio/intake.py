"""A file: upload, what is wrong with it, corrections in place, and the live bar of its job."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.job import JobStatus
from modelops_core.domain.portfolio.findings import counted
from modelops_core.errors import JobNotFound, ModelOpsError
from modelops_core.services.portfolio import run
from modelops_core.ui.kit import access, cache, formats, messages, navigation, notices, steps
from modelops_core.ui.kit.downloads import XLSX
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, WidgetKey
from modelops_core.ui.portfolio import choice, corrections, unstated_settings, upload
from modelops_core.ui.portfolio.upload import Upload

POLL_SECONDS = 0.5
JOB = StateKey.PORTFOLIO_JOB


def draw(*, expanded: bool) -> None:
    """Upload and errors, or the calculation that goes on."""
    problem()
    if job := st.session_state.get(JOB) or _active():
        st.session_state[JOB] = job
        _follow()
        return
    if not access.may(UseCase.assess):
        return
    opened = expanded or upload.known() is not None
    with st.expander(t("portfolio.new"), expanded=opened, icon=":material/upload_file:"):
        _form()


def _active() -> str | None:
    """The reader's calculation that waits or runs, also after the page was loaded anew."""
    caller = access.caller()
    for status in (JobStatus.running, JobStatus.queued):
        found, _ = cache.app().job_access.page(caller, 1, job_type=run.JOB, status=status)
        if found and found[0].owner == caller.owner:
            return found[0].batch_id
    return None


def _form() -> None:
    before = upload.known()
    left, right = st.columns([2, 1])
    given = left.file_uploader(
        t("portfolio.upload"),
        accept_multiple_files=True,
        help=t("portfolio.upload_help"),
        on_change=upload.discard,
        key=WidgetKey.PORTFOLIO_UPLOAD,
    )
    day = right.date_input(
        t("portfolio.as_of"),
        date.today() if before is None else before.choices.as_of,
        key=WidgetKey.PORTFOLIO_DAY,
    )
    right.download_button(
        t("portfolio.template"),
        _template,
        "portfolio.xlsx",
        XLSX,
        on_click="ignore",
        icon=":material/table_view:",
        key=WidgetKey.PORTFOLIO_TEMPLATE,
    )
    as_of = day if isinstance(day, date) else date.today()
    try:
        own = upload.read(given, as_of) if given else upload.known()
        if own is not None:
            _checked(_of_day(own, as_of))
    except ModelOpsError as error:
        notices.failed(error)


def _of_day(own: Upload, day: date) -> Upload:
    """The upload as of the day that is chosen."""
    if own.choices.as_of == day:
        return own
    return upload.again(own, choices=replace(own.choices, as_of=day))


def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.xlsx"
        cache.app().portfolio_files.template(path)
        return path.read_bytes()


def _checked(own: Upload) -> None:
    """How many cells are wrong, the grid in which they are corrected, and the way on."""
    counts = counted(own.found.problems)
    said = {name: f"{count:,}" for name, count in counts.items()}
    name = formats.plain(own.draft.name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("portfolio.counts", name=name, sites=f"{own.found.sites:,}", **said))
        st.button(
            t("portfolio.discard"),
            on_click=upload.discard,
            type="tertiary",
            icon=":material/close:",
            key=WidgetKey.PORTFOLIO_DISCARD,
        )
    unstated_settings.draw(own)
    corrections.draw(own)
    if own.found.portfolio is None:
        st.warning(t("portfolio.not_yet"), icon=":material/edit:")
        return
    st.button(
        t("portfolio.calculate"),
        on_click=_start,
        args=(own,),
        type="primary",
        icon=":material/calculate:",
        key=WidgetKey.PORTFOLIO_START,
    )


def _start(own: Upload) -> None:
    """Keep the portfolio and queue its calculation (a button's callback)."""
    app, caller = cache.app(), access.caller()
    if own.found.portfolio is None:
        return
    try:
        version = app.portfolio_jobs.keep(own.found.portfolio, caller)
        as_of = own.choices.as_of.year
        st.session_state[JOB] = app.portfolio_jobs.submit(version, caller, as_of=as_of)
        upload.discard()
    except ModelOpsError as error:
        st.session_state[StateKey.PORTFOLIO_PROBLEM] = error


@st.fragment(run_every=POLL_SECONDS)
@notices.show_errors("portfolio", "job")
def _follow() -> None:
    """The bar of the job; its end opens the run."""
    job = st.session_state.get(JOB)
    if not job:
        return
    try:
        now = cache.job_status().state(job)
    except JobNotFound:
        st.session_state.pop(JOB, None)
        st.rerun()
    with st.container(border=True):
        words = t("portfolio.following", step=formats.plain(steps.current_step(now)))
        st.progress(min(1.0, now.progress / 100), text=words)
        navigation.link("jobs", t("portfolio.to_jobs"))
    if not now.status.ended:
        return
    st.session_state.pop(JOB, None)
    if now.status is JobStatus.completed:
        found = cache.app().job_access.get(job, access.caller()).results or {}
        choice.open_run(int(found["run_id"]))
    else:
        st.session_state[StateKey.PORTFOLIO_PROBLEM] = now.reason
    st.rerun()


def problem() -> None:
    """Say once why a calculation did not begin or failed."""
    why = st.session_state.pop(StateKey.PORTFOLIO_PROBLEM, None)
    if isinstance(why, ModelOpsError):
        notices.failed(why)
    elif why:
        st.error(messages.message(why), icon=":material/error:")
