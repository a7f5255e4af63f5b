"""
Keeps what the reader chose in the URL, so that a link reproduces the view and Back works.

Streamlit's own binding writes translated labels; this one writes identifiers, so that a link
means the same in both languages.

What the reader does is one step of the browser's history, written at once and in one piece
(``set_param``, ``on_widget_change``, ``choose_place``). What a page adds by itself, such as
defaults and what the session remembers (``complete_param``), is written at the end of the run
(``address``) and is no step: see ``ui/frame/history``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from modelops_core.domain.site import check_coordinates
from modelops_core.errors import InvalidInput, OutsideKorea
from modelops_core.ui.kit.keys import StateKey, UrlName

#: every page writes this name: where it stands, the address is whole and what is absent was not
#: chosen
COMPLETE_MARK = UrlName.FIGURES
#: what completes the address, by name, while a page is drawn
PENDING_PARAMS = StateKey.ADDRESS_DUE
#: name → values that the URL may still have from before the reader's last act
STALE_PARAMS = StateKey.ADDRESS_STALE
#: the page whose address it is
PAGE = StateKey.ADDRESS_PAGE
#: names whose value in the URL means nothing
REJECTED_PARAMS = StateKey.ADDRESS_REFUSED


@dataclass(frozen=True, slots=True)
class Point:
    """A chosen place [°]."""

    latitude: float
    longitude: float


@contextmanager
def address(page: str = "") -> Iterator[None]:
    """
    Draw *page* inside the block; afterwards the parameters that its URL lacks are written, also
    when the block raises.
    """
    if st.session_state.get(PAGE) != page or _is_history_navigation():
        st.session_state[PAGE], st.session_state[STALE_PARAMS] = page, {}
    st.session_state[PENDING_PARAMS] = {}
    try:
        yield
    finally:
        _write(st.session_state.pop(PENDING_PARAMS, {}))


def bind_widget(
    name: UrlName,
    allowed: Sequence[str],
    default: str,
    elsewhere: Sequence[str] = (),
    kept: Sequence[str] = (),
) -> str:
    """
    Put the value of ``?name=`` into the widget of the same key before it is drawn; return it.

    In place of a value that is not allowed the default holds, and the frame tells the reader; not
    of a value that is allowed *elsewhere*. A value of *kept* stays in the URL, so that the page
    that knows it finds it again.
    Where a page is opened without a complete URL, the session's earlier choice holds.
    """
    requested = _requested(name)
    value = requested if requested is not None and requested in allowed else default
    meaningless = requested not in elsewhere and requested not in kept
    if value != requested and st.query_params.get(name) and meaningless:
        reject_param(name)
    if st.session_state.get(name) != value:
        st.session_state[name] = value
    complete_param(name, requested if requested in kept else value)
    return value


def on_widget_change(name: UrlName, allowed: Sequence[str] = ()) -> None:
    """
    Write a widget's new value into the URL; the ``on_change`` callback of widgets.

    A list's value comes as the label that the browser shows. After a switch of the language that is
    of the former one, hence none of the *allowed*: nobody chose it, and what was chosen holds.
    """
    value = st.session_state.get(name)
    if not allowed or value in allowed:
        set_param(name, None if value is None else str(value))


def param(name: UrlName) -> str | None:
    """Return ``?name=`` from the URL or from the session's memory; None where absent."""
    value = _requested(name) or None
    complete_param(name, value)
    return value


def set_param(name: UrlName, value: str | None) -> None:
    """Write the reader's choice of ``?name=`` into URL and session; None removes it."""
    set_params({name: value})


def set_params(values: Mapping[UrlName, str | None]) -> None:
    """Write several parameters as one step of the browser's history."""
    stale = st.session_state.setdefault(STALE_PARAMS, {})
    earlier = {name: st.session_state.get(_session_key(name)) for name in stale if _is_stale(name)}
    for name, value in values.items():
        stale.setdefault(name, set()).update(
            {st.query_params.get(name), st.session_state.get(_session_key(name))}
        )
        st.session_state[_session_key(name)] = value
        st.session_state.get(PENDING_PARAMS, {}).pop(name, None)
    _write({**earlier, **values})


def complete_param(name: UrlName, value: str | None) -> None:
    """Complete or correct ``?name=`` on behalf of the page, at the end of the run."""
    st.session_state[_session_key(name)] = value
    if PENDING_PARAMS in st.session_state:
        st.session_state[PENDING_PARAMS][name] = value


def current_param(name: UrlName) -> str | None:
    """Return ``?name=`` as it is or will be after this run; None where this page has none."""
    due: Mapping[UrlName, str | None] = st.session_state.get(PENDING_PARAMS, {})
    return due.get(name) or st.query_params.get(name) or None


def reject_param(name: UrlName) -> None:
    """Mark the URL's value of *name* as meaningless; the frame tells the reader once."""
    st.session_state.setdefault(REJECTED_PARAMS, set()).add(name)


def take_rejected_params() -> list[str]:
    """Return the names that were rejected since the last call, and forget them."""
    return sorted(st.session_state.pop(REJECTED_PARAMS, ()))


def point() -> Point | None:
    """Return the chosen place; None without one, or where the URL has no point in Korea's box."""
    given = _pair()
    if given is None:
        for name in (UrlName.LATITUDE, UrlName.LONGITUDE):
            if param(name) is not None:
                reject_param(name)
                complete_param(name, None)
        return None
    return None if _outside_korea(given) else Point(*given)


def outside_korea() -> OutsideKorea | None:
    """
    Return the error of a point of the URL that lies outside Korea's box; None where it lies
    inside, or where there is none.
    """
    given = _pair()
    return None if given is None else _outside_korea(given)


def choose_place(latitude: float, longitude: float, job: str | None = None) -> None:
    """Choose a place [°]; the job of the former one is forgotten."""
    set_params({**place(latitude, longitude), UrlName.JOB: job})


def place(latitude: float, longitude: float) -> dict[UrlName, str]:
    """Return a place [°] as parameters of a link."""
    return {UrlName.LATITUDE: degrees(latitude), UrlName.LONGITUDE: degrees(longitude)}


def map_position(latitude: float, longitude: float, level: str) -> str:
    """Format a map's position for the URL: centre [°] and the level of district that shall fit."""
    return f"{degrees(latitude)},{degrees(longitude)},{level}"


def degrees(value: float) -> str:
    """Format a coordinate [°] for the URL, to a decimetre."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _pair() -> tuple[float, float] | None:
    try:
        latitude, longitude = (
            float(param(UrlName.LATITUDE) or ""),
            float(param(UrlName.LONGITUDE) or ""),
        )
    except ValueError:
        return None
    return (latitude, longitude) if math.isfinite(latitude + longitude) else None


def _outside_korea(given: tuple[float, float]) -> OutsideKorea | None:
    try:
        check_coordinates(*given)
    except InvalidInput as error:
        return OutsideKorea.from_dict(error.as_dict())
    return None


def _requested(name: UrlName) -> str | None:
    """
    The URL's value; the session's where the address is not whole, or older than the reader's last
    act.
    """
    remembered: str | None = st.session_state.get(_session_key(name))
    if _is_stale(name):
        return remembered
    st.session_state.get(STALE_PARAMS, {}).pop(name, None)
    if name in st.query_params:
        return st.query_params[name]
    return None if COMPLETE_MARK in st.query_params else remembered


def _is_stale(name: UrlName) -> bool:
    """
    Whether the URL of this run was sent before the browser heard of the last act.

    A second click while the first is being worked on brings the old address with it.
    """
    requested = st.query_params.get(name)
    return (
        requested in st.session_state.get(STALE_PARAMS, {}).get(name, ())
        and requested != st.session_state.get(_session_key(name))
        and not _is_history_navigation()
    )


def _is_history_navigation() -> bool:
    """Whether Back or Forward caused this run."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _write(values: Mapping[UrlName, str | None]) -> None:
    """Change the URL in one piece; None removes a name."""
    before: dict[str, str] = st.query_params.to_dict()
    wanted: dict[str, str | None] = {**before, **{str(name): v for name, v in values.items()}}
    after = {name: value for name, value in wanted.items() if value is not None}
    if after != before:
        st.query_params.from_dict(after)


def _session_key(name: UrlName) -> str:
    return StateKey.KEPT.of(name)
