"""Nights: the one that runs, a button for the next, and all before."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.job import Job
from modelops_core.errors import ModelOpsError, RunAlreadyActive
from modelops_core.ports import Row
from modelops_core.ui.jobs import figures, jobs_cache
from modelops_core.ui.jobs import job_labels as words
from modelops_core.ui.kit import (
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
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode

PROBLEM = StateKey.NIGHT_PROBLEM
LIMIT, DRAWN = 200, 30
COLUMNS = (
    "run_id",
    "batch_id",
    "started_at",
    "finished_at",
    "wall_s",
    "read_s",
    "calculate_s",
    "write_s",
    "cells",
    "tiles",
    "skipped",
    "hazard_results",
    "probability_results",
    "stages",
    "parameter_set",
    "parameter_hash",
    "method_version",
)


def draw() -> None:
    """Live state, then history."""
    start()
    follow()
    runs = jobs_cache.nights(LIMIT)
    if not runs:
        notices.empty("jobs.no_nights", ":material/bedtime:")
        st.code("python -m modelops_core nightly", language="bash")
        return
    rows = [_row(run) for run in runs]
    if len(rows) > 1:
        _chart(rows[:DRAWN])
    _table(rows)
    downloads.table(
        "modelops_nights", labels.head("nights"), COLUMNS, [_file_row(row) for row in rows]
    )
    st.caption(t("jobs.nights_note"))


def start() -> None:
    """The button that queues a nightly run, and what became of it."""
    left, right = st.columns([1, 2.4], vertical_alignment="center")
    allowed = jobs_cache.role() == "admin"
    left.button(
        t("jobs.start_night"),
        on_click=_go,
        type="primary",
        icon=":material/bedtime:",
        key=WidgetKey.NIGHT_START,
        disabled=not allowed,
        help=None if allowed else t("jobs.admins_only"),
        width="stretch",
    )
    scheduled = cache.app().settings.night_schedule
    right.caption(t("jobs.scheduled" if scheduled else "jobs.not_scheduled"))
    problem = st.session_state.pop(PROBLEM, None)
    if isinstance(problem, RunAlreadyActive):
        st.warning(t("jobs.night_active"), icon=":material/block:")
        st.caption(messages.said(problem))
    elif problem is not None:
        notices.failed(problem)


def _go() -> None:
    try:
        jobs_cache.start_night()
    except ModelOpsError as error:
        st.session_state[PROBLEM] = error


@st.fragment(run_every=jobs_cache.BEAT)
@notices.guarded("jobs", ".nights")
def follow(elsewhere: bool = False) -> None:
    """
    The bar of the nightly run that waits or runs; when it ends, the page is drawn again.
    *elsewhere*: not on the page of jobs.
    """
    night = jobs_cache.active_night()
    before = st.session_state.get(StateKey.NIGHT_SEEN)
    st.session_state[StateKey.NIGHT_SEEN] = None if night is None else night.batch_id
    if night is None:
        if before is not None:
            jobs_cache.nights.clear()
            st.rerun()
        return
    with st.container(border=True):
        st.progress(
            night.progress / 100,
            text=f"**{words.status(night.status)}** · {steps.current(night)} · {night.progress} %",
        )
        st.caption(
            t("jobs.night_since", ago=timestamps.lasted(words.took(night) or words.waited(night)))
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
    state.keep(UrlName.ID, batch_id)
    choose.put(Field(UrlName.PART, ("jobs", "nights")), "jobs")


def _row(run: Row) -> Row:
    """A nightly run with its durations and counts side by side."""
    counts, seconds = run["counts"], run["durations"]
    return {
        **{
            name: run[name]
            for name in (
                "run_id",
                "batch_id",
                "started_at",
                "finished_at",
                "parameter_set",
                "parameter_hash",
                "method_version",
            )
        },
        "stages": run["stages"],
        **{f"{name}_s": seconds.get(name) for name in ("wall", "read", "calculate", "write")},
        **{
            name: counts.get(name)
            for name in ("cells", "tiles", "skipped", "hazard_results", "probability_results")
        },
    }


def _file_row(row: Row) -> Row:
    return {
        **row,
        "started_at": timestamps.iso(row["started_at"]),
        "finished_at": timestamps.iso(row["finished_at"]),
    }


def state_of(row: Row, active: Job | None) -> str:
    """Whether a nightly run ended, runs, or was cut off."""
    if row["finished_at"] is not None:
        return t("jobs.night_done")
    running = active is not None and str(row["batch_id"]) == active.batch_id
    return t("jobs.night_runs" if running else "jobs.night_cut")


def _chart(rows: Sequence[Row]) -> None:
    shown = list(reversed(rows))
    names = [f"#{row['run_id']} {timestamps.when(row['started_at'])[5:]}" for row in shown]
    texts = [
        timestamps.lasted(row["wall_s"]) if row["wall_s"] is not None else t("jobs.night_cut")
        for row in shown
    ]
    st.markdown(f"**{t('jobs.night_walls')}**")
    chart = figures.nights(
        names, [row["wall_s"] for row in shown], texts, mode(), t("jobs.second_unit")
    )
    st.plotly_chart(
        chart, config=charts.config("nights"), key=WidgetKey.NIGHTS_CHART, alt=t("jobs.night_walls")
    )


def _table(rows: Sequence[Row]) -> None:
    active = jobs_cache.active_night()
    lasted, count = timestamps.lasted, _count
    frame = pd.DataFrame(
        {
            t("jobs.run"): [row["run_id"] for row in rows],
            t("jobs.status"): [state_of(row, active) for row in rows],
            t("jobs.started"): [timestamps.when(row["started_at"]) for row in rows],
            t("jobs.wall"): [lasted(row["wall_s"]) for row in rows],
            t("jobs.read"): [lasted(row["read_s"]) for row in rows],
            t("jobs.calculate"): [lasted(row["calculate_s"]) for row in rows],
            t("jobs.write"): [lasted(row["write_s"]) for row in rows],
            t("jobs.cells"): [count(row["cells"]) for row in rows],
            t("jobs.tiles"): [f"{count(row['skipped'])} / {count(row['tiles'])}" for row in rows],
            t("jobs.changed"): [count(_changed(row)) for row in rows],
            t("columns.parameter_set"): [
                f"{row['parameter_set']} {row['parameter_hash']}" for row in rows
            ],
        }
    )
    st.dataframe(
        frame, hide_index=True, alt=t("jobs.nights_alt"), height=labels.tall(len(rows), 460)
    )


def _changed(row: Row) -> int | None:
    known = [
        row[name] for name in ("hazard_results", "probability_results") if row[name] is not None
    ]
    return sum(known) if known else None


def _count(value: int | None) -> str:
    return formats.DASH if value is None else f"{value:,}"
