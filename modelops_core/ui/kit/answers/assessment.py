"""Starts the assessment of the chosen place, follows its job and returns its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from modelops_core.domain.answer import Answer
from modelops_core.domain.job import JobStatus
from modelops_core.errors import InvalidInput, JobNotFound, ModelOpsError, OutsideKorea
from modelops_core.services.site import ondemand
from modelops_core.ui.kit import access, cache, clickmap, messages, notices, state, steps
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

#: between two looks at a running job [s]
POLL_SECONDS = 0.25
PROBLEM = StateKey.ASSESSMENT_PROBLEM
EXAMPLE = (37.5665, 126.9780)
#: coordinates that differ by less are one place [°]
SAME = 1e-3


def start(
    latitude: float, longitude: float, corrections: Mapping[str, Any] | None = None, **more: Any
) -> None:
    """Queue an assessment; wrong input and the sea are kept as this session's problem."""
    st.session_state.pop(PROBLEM, None)
    params = {
        "latitude": latitude,
        "longitude": longitude,
        "corrections": dict(corrections or {}),
        **more,
    }
    try:
        access.require_runner()
        state.choose_place(latitude, longitude, cache.app().submit(params))
    except ModelOpsError as error:
        state.choose_place(latitude, longitude)
        st.session_state[PROBLEM] = (_key(latitude, longitude), error)


def clicked() -> None:
    """The map was clicked (its callback)."""
    click = clickmap.clicked(WidgetKey.MAP)
    if click is not None:
        start(click.latitude, click.longitude)


def answer() -> Answer | None:
    """The chosen place's answer; None while there is none, after saying why."""
    if (abroad := state.outside_korea()) is not None:
        notices.outside(abroad)
        return None
    point = state.point()
    if point is None:
        return None
    if state.param(UrlName.JOB) is None and _problem(point) is None:
        start(point.latitude, point.longitude)  # a link that names only the place
    problem, job = _problem(point), state.param(UrlName.JOB)
    if problem is not None:
        _show(problem)
        return None
    return None if job is None else _of_job(job, point)


def _key(latitude: float, longitude: float) -> tuple[str, str]:
    return state.degrees(latitude), state.degrees(longitude)


def _problem(point: state.Point) -> ModelOpsError | None:
    """What went wrong with this place; that of another is none."""
    place, problem = st.session_state.get(PROBLEM, (None, None))
    return problem if place == _key(point.latitude, point.longitude) else None


def _show(problem: ModelOpsError) -> None:
    if isinstance(problem, OutsideKorea):
        notices.outside(problem)
        return
    st.session_state.pop(
        PROBLEM
    )  # the sea stays the sea; anything else may be over at the next look
    notices.failed(problem)


def _of_job(job: str, point: state.Point) -> Answer | None:
    try:
        found = cache.job_status().state(job)
        answer = cache.answer(job) if found.status is JobStatus.completed else None
    except JobNotFound:  # an old link: its place is still known
        return _start_again(point)
    if answer is not None:
        return answer if _is_of_place(answer, point) else _start_again(point)
    if found.status.ended:
        st.error(t(f"assess.job_{found.status}"), icon=":material/error:")
        st.caption(messages.message(found.reason))
        st.button(
            t("common.retry"),
            on_click=start,
            args=(point.latitude, point.longitude),
            icon=":material/refresh:",
        )
        return None
    _follow(job)
    return None


def _is_of_place(answer: Answer, point: state.Point) -> bool:
    """
    Whether an answer is of a place.

    A URL whose coordinates were changed by hand still names the old job.
    """
    return bool(
        abs(answer.latitude - point.latitude) < SAME
        and abs(answer.longitude - point.longitude) < SAME
    )


def _start_again(point: state.Point) -> Answer | None:
    start(point.latitude, point.longitude)
    return answer()


@st.fragment(run_every=POLL_SECONDS)
@notices.show_errors("assess", "bar")
def _follow(job: str) -> None:
    """A live bar until the job ends; it survives a reload, for its id is in the URL."""
    found = cache.job_status().state(job)
    with st.container(border=True):
        st.markdown(f"**{t('assess.calculating')}**")
        st.progress(found.progress / 100, text=f"{steps.current_step(found)} · {found.progress} %")
        st.caption(t("assess.job_note", job=job[:8]))
    if found.status.ended:
        st.rerun()


def checked(corrections: Mapping[str, Any]) -> InvalidInput | None:
    """What is wrong with *corrections*, None where nothing is."""
    try:
        ondemand.request(
            {
                "latitude": EXAMPLE[0],
                "longitude": EXAMPLE[1],
                "as_of": 2025,
                "corrections": dict(corrections),
            }
        )
    except InvalidInput as error:
        return error
    return None
