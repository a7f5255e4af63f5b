"""Starts the assessment of the chosen place, follows its job and returns its answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from modelops_core.domain.access import UseCase
from modelops_core.domain.answer import Answer
from modelops_core.domain.job import JobState, JobStatus
from modelops_core.errors import InvalidInput, JobNotFound, ModelOpsError, OutsideKorea
from modelops_core.services.site import ondemand
from modelops_core.ui.kit import access, cache, clickmap, messages, notices, state, steps
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

#: a run of the page waits so long for the job [s]: most jobs end sooner, and a click waits for it
PATIENCE_SECONDS = 1.0
#: between two steps of the bar in one run, and between two runs that poll [s]
LOOK_SECONDS, POLL_SECONDS = 0.4, 0.25
PROBLEM = StateKey.ASSESSMENT_PROBLEM
EXAMPLE = (37.5665, 126.9780)
#: coordinates that differ by less are one place [°]
SAME = 1e-3


class Slot:
    """A place on the page for one element after another, taken when the first one is drawn."""

    def __init__(self) -> None:
        #: the job whose bar it shows, while that goes on
        self.job: str | None = None
        self._last: Any = st

    def put(self, command: str, *args: Any, **more: Any) -> DeltaGenerator:
        """Draw what Streamlit's *command* draws, in place of what was drawn before."""
        self._last = getattr(self._last, command)(*args, **more)
        return cast(DeltaGenerator, self._last)


def start(
    latitude: float, longitude: float, corrections: Mapping[str, Any] | None = None, **more: Any
) -> None:
    """
    Queue an assessment; wrong input and the sea are kept as this session's problem.

    A reader who may look only sees the place, with the answer of a site that is shared with them.
    """
    st.session_state.pop(PROBLEM, None)
    if not access.may(UseCase.assess):
        state.choose_place(latitude, longitude, saved_sites.job_at(latitude, longitude))
        return
    params = {
        "latitude": latitude,
        "longitude": longitude,
        "corrections": dict(corrections or {}),
        **more,
    }
    try:
        state.choose_place(latitude, longitude, cache.app().submit(params, access.caller()))
    except ModelOpsError as error:
        state.choose_place(latitude, longitude)
        st.session_state[PROBLEM] = (_key(latitude, longitude), error)


def clicked(key: WidgetKey = WidgetKey.MAP) -> None:
    """The map was clicked, which the component *key* reports (its callback)."""
    click = clickmap.clicked(key)
    if click is not None:
        start(click.latitude, click.longitude)


def answer(slot: Slot) -> Answer | None:
    """
    The chosen place's answer; None while there is none, after saying why.

    The job's bar moves in *slot*; the caller puts something else there, or looks again where the
    job goes on.
    """
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
    if job is None:
        st.info(t("gate.look_only"), icon=":material/visibility:")
        return None
    return _of_job(job, point, slot)


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


def _of_job(job: str, point: state.Point, slot: Slot) -> Answer | None:
    try:
        found = _awaited(job, slot)
        answer = cache.answer(job) if found.status is JobStatus.completed else None
    except JobNotFound:  # an old link, or somebody else's: its place is still known
        state.reject_param(UrlName.JOB)
        return _start_again(point, slot)
    if answer is not None:
        return answer if _is_of_place(answer, point) else _start_again(point, slot)
    if found.status.ended:
        slot.put("error", t(f"assess.job_{found.status}"), icon=":material/error:")
        st.caption(messages.message(found.reason))
        st.button(
            t("common.retry"),
            on_click=start,
            args=(point.latitude, point.longitude),
            icon=":material/refresh:",
        )
        return None
    slot.job = job
    return None


def _state(job: str) -> JobState:
    """How far a job is; raises JobNotFound for one that the reader does not see."""
    found = cache.job_status().state(job)
    return cache.app().job_access.visible(job, found, access.caller())


def _is_of_place(answer: Answer, point: state.Point) -> bool:
    """
    Whether an answer is of a place.

    A URL whose coordinates were changed by hand still names the old job.
    """
    return bool(
        abs(answer.latitude - point.latitude) < SAME
        and abs(answer.longitude - point.longitude) < SAME
    )


def _start_again(point: state.Point, slot: Slot) -> Answer | None:
    start(point.latitude, point.longitude)
    return answer(slot)


def _awaited(job: str, slot: Slot) -> JobState:
    """
    The job's state when it has ended, or after PATIENCE_SECONDS; meanwhile its bar moves.

    One run of the page then shows bar and card: each run costs messages and the server's time.
    """
    jobs, until = cache.job_status(), time.monotonic() + PATIENCE_SECONDS
    found = _state(job)
    while not found.status.ended:
        _bar(found, slot)
        if (left := until - time.monotonic()) <= 0:
            break
        found = jobs.ended(job, min(left, LOOK_SECONDS))
    return found


def _bar(found: JobState, slot: Slot) -> None:
    """What is being calculated, and how far it is."""
    step = f"{steps.current_step(found)} · {found.progress} %"
    slot.put("progress", found.progress / 100, text=f"**{t('assess.calculating')}** · {step}")


@st.fragment(run_every=POLL_SECONDS)
@notices.show_errors("assess", "bar")
def follow(job: str) -> None:
    """Poll the job and move its bar; once it has ended the page is drawn anew."""
    found = _state(job)
    _bar(found, Slot())
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
