"""Draws the active nightly run, a button that starts one, and the history of all runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.job import Job
from modelops_core.domain.nightly_run import NightlyRun
from modelops_core.errors import ModelOpsError, RunAlreadyActive
from modelops_core.ports import Row
from modelops_core.ui.jobs import figures, job_labels, jobs_cache
from modelops_core.ui.kit import (
    access,
    cache,
    charts,
    choose,
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
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode

PROBLEM = StateKey.NIGHT_PROBLEM
LIMIT, DRAWN = 200, 30
PARTS = ("wall", "read", "calculate", "write")
COUNTS = ("cells", "tiles", "skipped", "hazard_results", "probability_results")
COLUMNS = (
    "run_id",
    "batch_id",
    "started_at",
    "finished_at",
    *(f"{part}_s" for part in PARTS),
    *COUNTS,
    "stages",
    "parameter_set",
    "parameter_hash",
    "method_version",
)


def draw() -> None:
    """Live state, then history."""
    start()
    follow()
    runs = jobs_cache.nightly_runs(LIMIT)
    if not runs:
        notices.empty("jobs.no_nights", ":material/bedtime:")
        st.code("python -m modelops_core nightly", language="bash")
        return
    if len(runs) > 1:
        _chart(runs[:DRAWN])
    _table(runs)
    downloads.table(
        "modelops_nights", labels.file_head("nights"), COLUMNS, [_file_row(run) for run in runs]
    )
    st.caption(t("jobs.nights_note"))


def start() -> None:
    """The button that queues a nightly run, and what became of it."""
    left, right = st.columns([1, 2.4], vertical_alignment="center")
    if access.may(UseCase.start_night):
        left.button(
            t("jobs.start_night"),
            on_click=_go,
            type="primary",
            icon=":material/bedtime:",
            key=WidgetKey.NIGHT_START,
            width="stretch",
        )
    scheduled = cache.app().settings.night_schedule
    right.caption(t("jobs.scheduled" if scheduled else "jobs.not_scheduled"))
    problem = st.session_state.pop(PROBLEM, None)
    if isinstance(problem, RunAlreadyActive):
        st.warning(t("jobs.night_active"), icon=":material/block:")
        st.caption(messages.message(problem))
    elif problem is not None:
        notices.failed(problem)


def _go() -> None:
    try:
        jobs_cache.start_nightly_run()
    except ModelOpsError as error:
        st.session_state[PROBLEM] = error


@st.fragment(run_every=jobs_cache.REFRESH_SECONDS)
@notices.show_errors("jobs", "nights")
def follow(elsewhere: bool = False) -> None:
    """
    The bar of the nightly run that waits or runs; when it ends, the page is drawn again.
    *elsewhere*: not on the page of jobs.
    """
    night = jobs_cache.active_nightly_run(access.caller())
    before = st.session_state.get(StateKey.NIGHT_SEEN)
    st.session_state[StateKey.NIGHT_SEEN] = None if night is None else night.batch_id
    if night is None:
        if before is not None:
            jobs_cache.nightly_runs.clear()
            st.rerun()
        return
    with st.container(border=True):
        st.progress(
            night.progress / 100,
            text=f"**{job_labels.status(night.status)}** · {steps.current_step(night)}"
            f" · {night.progress} %",
        )
        st.caption(
            t(
                "jobs.night_since",
                ago=timestamps.duration(
                    job_labels.run_seconds(night) or job_labels.queue_seconds(night)
                ),
            )
        )
        if elsewhere:
            navigation.link("jobs", t("jobs.night_job"), {UrlName.ID: night.batch_id})
        else:
            st.button(
                t("jobs.night_job"),
                on_click=_open,
                args=(night.batch_id,),
                icon=":material/open_in_full:",
                key=WidgetKey.NIGHT_OPEN,
            )


def _open(batch_id: str) -> None:
    state.set_param(UrlName.ID, batch_id)
    choose.set_choice(Field(UrlName.PART, ("jobs", "nights")), "jobs")


def _file_row(run: NightlyRun) -> Row:
    """A nightly run with its durations and counts side by side."""
    return {
        "run_id": run.run_id,
        "batch_id": run.batch_id,
        "started_at": timestamps.iso(run.started_at),
        "finished_at": timestamps.iso(run.finished_at),
        **{f"{part}_s": run.durations.get(part) for part in PARTS},
        **{name: run.counts.get(name) for name in COUNTS},
        "stages": run.stages,
        "parameter_set": run.parameter_set,
        "parameter_hash": run.parameter_hash,
        "method_version": run.method_version,
    }


def run_status_text(run: NightlyRun, active: Job | None) -> str:
    """Whether a nightly run ended, runs, or was cut off."""
    if run.finished_at is not None:
        return t("jobs.night_done")
    running = active is not None and run.batch_id == active.batch_id
    return t("jobs.night_runs" if running else "jobs.night_cut")


def _chart(runs: Sequence[NightlyRun]) -> None:
    shown = list(reversed(runs))
    names = [f"#{run.run_id} {timestamps.local_time(run.started_at)[5:]}" for run in shown]
    walls = [run.durations.get("wall") for run in shown]
    texts = [t("jobs.night_cut") if wall is None else timestamps.duration(wall) for wall in walls]
    chart = figures.nights(names, walls, texts, mode(), t("jobs.second_unit"))
    first, last = (timestamps.local_time(run.started_at) for run in (shown[0], shown[-1]))
    charts.draw(
        chart,
        "nights",
        key=WidgetKey.NIGHTS_CHART,
        title=t("jobs.night_walls"),
        origin=f"{first} – {last}",
    )


def _table(runs: Sequence[NightlyRun]) -> None:
    active = jobs_cache.active_nightly_run(access.caller())
    frame = pd.DataFrame(
        {
            t("jobs.run"): [run.run_id for run in runs],
            t("jobs.status"): [run_status_text(run, active) for run in runs],
            t("jobs.started"): [timestamps.local_time(run.started_at) for run in runs],
            **{
                t(f"jobs.{part}"): [timestamps.duration(run.durations.get(part)) for run in runs]
                for part in PARTS
            },
            t("jobs.cells"): [_count(run.counts.get("cells")) for run in runs],
            t("jobs.tiles"): [
                f"{_count(run.counts.get('skipped'))} / {_count(run.counts.get('tiles'))}"
                for run in runs
            ],
            t("jobs.changed"): [_count(run.changed) for run in runs],
            t("columns.parameter_set"): [_parameters(run) for run in runs],
        }
    )
    st.dataframe(
        frame, hide_index=True, alt=t("jobs.nights_alt"), height=labels.table_height(len(runs), 460)
    )


def _parameters(run: NightlyRun) -> str:
    """Word and the beginning of the hash of the parameters of a run; the file has all of it."""
    name = formats.parameter_set(run.parameter_set or formats.DASH, language())
    return f"{name} {run.parameter_hash[:8]}"


def _count(value: int | None) -> str:
    return formats.DASH if value is None else f"{value:,}"
