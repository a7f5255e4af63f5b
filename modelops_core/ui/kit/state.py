"""
What the reader chose, kept in the URL: a link reproduces the view, Back works.

Widgets' own binding writes translated labels; ours writes identifiers, so that a link
means the same in both languages.

What the reader does is a step of the browser's history, written at once and in one piece
(``keep``, ``note``, ``choose``). What a page adds of itself, such as defaults and what the
session remembers, completes the address at the end of the run (``address``) and is no step:
see ``ui/frame/history``.
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
WHOLE = UrlName.FIGURES
#: what completes the address, by name, while a page is drawn
DUE = StateKey.ADDRESS_DUE
#: name → values that the URL may still have from before the reader's last act
STALE = StateKey.ADDRESS_STALE
#: the page whose address it is
PAGE = StateKey.ADDRESS_PAGE
#: names whose value in the URL means nothing
REFUSED = StateKey.ADDRESS_REFUSED


@dataclass(frozen=True, slots=True)
class Point:
    """A chosen place [°]."""

    latitude: float
    longitude: float


@contextmanager
def address(page: str = "") -> Iterator[None]:
    """
    Draw *page* inside; whatever its address lacks is written when it is drawn, however that ends.
    """
    if st.session_state.get(PAGE) != page or _history():
        st.session_state[PAGE], st.session_state[STALE] = page, {}
    st.session_state[DUE] = {}
    try:
        yield
    finally:
        _write(st.session_state.pop(DUE, {}))


def bind(name: UrlName, allowed: Sequence[str], default: str) -> str:
    """
    The value of ``?name=``, put into the widget of the same key before it is drawn.

    A value that is not allowed is the default, and said to be so. What the session chose
    before stays when a page is opened without a whole address.
    """
    asked = _asked(name)
    value = asked if asked is not None and asked in allowed else default
    if value != asked and st.query_params.get(name):
        refuse(name)
    if st.session_state.get(name) != value:
        st.session_state[name] = value
    settle(name, value)
    return value


def note(name: UrlName) -> None:
    """A widget changed: its value goes to the URL (use as ``on_change``)."""
    value = st.session_state.get(name)
    keep(name, None if value is None else str(value))


def text(name: UrlName) -> str | None:
    """``?name=`` as it stands or as the session remembers it, None where absent."""
    value = _asked(name) or None
    settle(name, value)
    return value


def keep(name: UrlName, value: str | None) -> None:
    """The reader chose: put ``?name=`` into the URL and the session; None takes it away."""
    keep_all({name: value})


def keep_all(values: Mapping[UrlName, str | None]) -> None:
    """Several at once: one step."""
    stale = st.session_state.setdefault(STALE, {})
    earlier = {name: st.session_state.get(_kept(name)) for name in stale if _late(name)}
    for name, value in values.items():
        stale.setdefault(name, set()).update(
            {st.query_params.get(name), st.session_state.get(_kept(name))}
        )
        st.session_state[_kept(name)] = value
        st.session_state.get(DUE, {}).pop(name, None)
    _write({**earlier, **values})


def settle(name: UrlName, value: str | None) -> None:
    """The page found: ``?name=`` completes or mends the address."""
    st.session_state[_kept(name)] = value
    if DUE in st.session_state:
        st.session_state[DUE][name] = value


def held(name: UrlName) -> str | None:
    """``?name=`` as it stands or will stand after this run; None where this page has none."""
    due: Mapping[UrlName, str | None] = st.session_state.get(DUE, {})
    return due.get(name) or st.query_params.get(name) or None


def refuse(name: UrlName) -> None:
    """What the URL says of *name* means nothing: the frame says so once."""
    st.session_state.setdefault(REFUSED, set()).add(name)


def refused() -> list[str]:
    """Names that were refused since the last time of asking."""
    return sorted(st.session_state.pop(REFUSED, ()))


def point() -> Point | None:
    """The chosen place; None where there is none or it is no pair of numbers in Korea's box."""
    given = _pair()
    if given is None:
        for name in (UrlName.LATITUDE, UrlName.LONGITUDE):
            if text(name) is not None:
                refuse(name)
                settle(name, None)
        return None
    return None if _abroad(given) else Point(*given)


def abroad() -> OutsideKorea | None:
    """
    Why the numbers of the URL are no place of ours; None where they are, or where there are none.
    """
    given = _pair()
    return None if given is None else _abroad(given)


def choose(latitude: float, longitude: float, job: str | None = None) -> None:
    """Another place; the job of the former one is forgotten."""
    keep_all({**place(latitude, longitude), UrlName.JOB: job})


def place(latitude: float, longitude: float) -> dict[UrlName, str]:
    """A place [°] as parameters of a link."""
    return {UrlName.LATITUDE: degrees(latitude), UrlName.LONGITUDE: degrees(longitude)}


def around(latitude: float, longitude: float, level: str) -> str:
    """Where a map is, for the URL: a place [°] and the level of the district that shall fit."""
    return f"{degrees(latitude)},{degrees(longitude)},{level}"


def degrees(value: float) -> str:
    """A coordinate [°] as the URL has it, to a decimetre."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _pair() -> tuple[float, float] | None:
    try:
        latitude, longitude = (
            float(text(UrlName.LATITUDE) or ""),
            float(text(UrlName.LONGITUDE) or ""),
        )
    except ValueError:
        return None
    return (latitude, longitude) if math.isfinite(latitude + longitude) else None


def _abroad(given: tuple[float, float]) -> OutsideKorea | None:
    try:
        check_coordinates(*given)
    except InvalidInput as error:
        return OutsideKorea.from_dict(error.as_dict())
    return None


def _asked(name: UrlName) -> str | None:
    """
    The URL's value; the session's where the address is not whole, or older than the reader's last
    act.
    """
    remembered: str | None = st.session_state.get(_kept(name))
    if _late(name):
        return remembered
    st.session_state.get(STALE, {}).pop(name, None)
    if name in st.query_params:
        return st.query_params[name]
    return None if WHOLE in st.query_params else remembered


def _late(name: UrlName) -> bool:
    """
    Whether the URL of this run was sent before the browser heard of the last act.

    A second click while the first is being worked on brings the old address with it.
    """
    asked = st.query_params.get(name)
    return (
        asked in st.session_state.get(STALE, {}).get(name, ())
        and asked != st.session_state.get(_kept(name))
        and not _history()
    )


def _history() -> bool:
    """Whether Back or Forward caused this run."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _write(values: Mapping[UrlName, str | None]) -> None:
    """Change the address in one piece; None takes a name away."""
    before: dict[str, str] = st.query_params.to_dict()
    wanted: dict[str, str | None] = {**before, **{str(name): v for name, v in values.items()}}
    after = {name: value for name, value in wanted.items() if value is not None}
    if after != before:
        st.query_params.from_dict(after)


def _kept(name: UrlName) -> str:
    return StateKey.KEPT.of(name)
