"""A file: upload, what is wrong with it, corrections in place, and the live bar of its job."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from modelops_core.bootstrap.portfolio_files import Draft, Edit
from modelops_core.domain.access import UseCase
from modelops_core.domain.job import JobStatus
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import Finding, counted, findings
from modelops_core.errors import JobNotFound, ModelOpsError
from modelops_core.services.portfolio import run
from modelops_core.services.portfolio.validation import Validated
from modelops_core.ui.kit import access, cache, formats, messages, navigation, notices, steps
from modelops_core.ui.kit.downloads import XLSX
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, WidgetKey
from modelops_core.ui.portfolio import choice

#: findings that the grid shows at once
SHOWN = 500
POLL_SECONDS = 0.5
FILE, JOB = StateKey.PORTFOLIO_FILE, StateKey.PORTFOLIO_JOB
ICONS = {"error": "⛔", "warning": "⚠️", "note": "ℹ️"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way: which, as it was read and corrected, and what is wrong with it."""

    ids: tuple[str, ...]
    choices: Choices
    draft: Draft
    found: Validated
    #: counts the checks: edits of a former grid must not fall on other cells
    turn: int = 0


def draw(*, expanded: bool) -> None:
    """Upload and errors, or the calculation that goes on."""
    problem()
    if job := st.session_state.get(JOB) or _active():
        st.session_state[JOB] = job
        _follow()
        return
    if not access.may(UseCase.assess):
        return
    with st.expander(t("portfolio.new"), expanded=expanded, icon=":material/upload_file:"):
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
    left, right = st.columns([2, 1])
    given = left.file_uploader(
        t("portfolio.upload"),
        accept_multiple_files=True,
        help=t("portfolio.upload_help"),
        key=WidgetKey.PORTFOLIO_UPLOAD,
    )
    day = right.date_input(t("portfolio.as_of"), key=WidgetKey.PORTFOLIO_DAY)
    right.download_button(
        t("portfolio.template"),
        _template,
        "portfolio.xlsx",
        XLSX,
        on_click="ignore",
        icon=":material/table_view:",
        key=WidgetKey.PORTFOLIO_TEMPLATE,
    )
    if not given:
        st.session_state.pop(FILE, None)
        return
    try:
        upload = read(given, day if isinstance(day, date) else date.today())
    except ModelOpsError as error:
        notices.failed(error)
        return
    _checked(upload)


def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.xlsx"
        cache.app().portfolio_files.template(path)
        return path.read_bytes()


def read(given: Sequence[Any], day: date) -> Upload:
    """The uploaded files, read once; corrections of before stay until other files come."""
    ids, choices = tuple(one.file_id for one in given), Choices(as_of=day)
    known: Upload | None = st.session_state.get(FILE)
    if known is not None and known.ids == ids and known.choices == choices:
        return known
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / Path(one.name).name for one in given]
        for path, one in zip(paths, given, strict=True):
            path.write_bytes(one.getvalue())
        same = known is not None and known.ids == ids
        draft = known.draft if same and known else cache.app().portfolio_files.read(paths, choices)
    return keep(Upload(ids, choices, draft, check(draft, choices)))


def check(draft: Draft, choices: Choices) -> Validated:
    """What is wrong with a draft."""
    return cache.app().portfolio_files.check(draft, choices)


def keep(upload: Upload) -> Upload:
    """Remember an upload in the session."""
    st.session_state[FILE] = upload
    return upload


def _checked(upload: Upload) -> None:
    """How many cells are wrong, the grid in which they are corrected, and the way on."""
    counts = counted(upload.found.problems)
    said = {name: f"{count:,}" for name, count in counts.items()}
    st.markdown(t("portfolio.counts", sites=f"{upload.found.sites:,}", **said))
    shown = list(findings(upload.found.problems, SHOWN))
    if shown:
        _grid(upload, shown)
    if upload.found.portfolio is None:
        st.warning(t("portfolio.not_yet"), icon=":material/edit:")
        return
    st.button(
        t("portfolio.calculate"),
        on_click=_start,
        args=(upload,),
        type="primary",
        icon=":material/calculate:",
        key=WidgetKey.PORTFOLIO_START,
    )


def grid(shown: Sequence[Finding]) -> pd.DataFrame:
    """One row a finding; ``new`` is what shall stand in the cell, for errors what is proposed."""
    lang = language()
    return pd.DataFrame(
        {
            "severity": [f"{ICONS[one.problem.severity]}" for one in shown],
            "cell": [_cell(one) for one in shown],
            "column": [one.problem.column.header for one in shown],
            "value": [one.value for one in shown],
            "message": [f"{one.message(lang)} {one.fix(lang)}" for one in shown],
            "new": [one.proposal if one.problem.severity == "error" else "" for one in shown],
        }
    )


def _cell(one: Finding) -> str:
    row = "" if one.row is None else str(one.row)
    return "!".join(part for part in (one.problem.sheet, one.cell or row) if part)


def _grid(upload: Upload, shown: Sequence[Finding]) -> None:
    table = grid(shown)
    locked = [name for name in table.columns if name != "new"]
    config = {
        name: st.column_config.TextColumn(t(f"portfolio.grid_{name}")) for name in table.columns
    }
    with st.form(WidgetKey.PORTFOLIO_FIX.of(upload.turn), border=False):
        edited = st.data_editor(
            table,
            disabled=locked,
            hide_index=True,
            num_rows="fixed",
            column_config=config,
            key=WidgetKey.PORTFOLIO_GRID.of(upload.turn),
        )
        if st.form_submit_button(t("portfolio.apply"), icon=":material/done_all:"):
            corrected(upload, edits(shown, edited["new"].tolist()))
            st.rerun()
    if len(shown) == SHOWN:
        st.caption(t("portfolio.more_findings", shown=SHOWN))


def edits(shown: Sequence[Finding], texts: Sequence[str | None]) -> list[Edit]:
    """The cells that get another text."""
    return [
        Edit(one.problem.sheet, one.row, one.problem.column.header, text)
        for one, text in zip(shown, texts, strict=True)
        if text and text != one.value and one.row is not None
    ]


def corrected(upload: Upload, changes: Sequence[Edit]) -> Upload:
    """The upload with corrected cells, checked again."""
    draft = upload.draft.edited(changes)
    again = check(draft, upload.choices)
    return keep(replace(upload, draft=draft, found=again, turn=upload.turn + 1))


def _start(upload: Upload) -> None:
    """Keep the portfolio and queue its calculation (a button's callback)."""
    app, caller = cache.app(), access.caller()
    if upload.found.portfolio is None:
        return
    try:
        version = app.portfolio_jobs.keep(upload.found.portfolio, caller)
        as_of = upload.choices.as_of.year
        st.session_state[JOB] = app.portfolio_jobs.submit(version, caller, as_of=as_of)
        st.session_state.pop(FILE, None)
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
