"""
What the reader chose, kept in the URL: a link reproduces the view, Back works.

Widgets' own binding writes translated labels; ours writes identifiers, so that a link
means the same in both languages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from modelops_core.domain.site import LATITUDES, LONGITUDES


@dataclass(frozen=True, slots=True)
class Point:
    """A chosen place [°]."""

    latitude: float
    longitude: float


def bind(name: str, allowed: Sequence[str], default: str) -> str:
    """
    The value of ``?name=``, put into the widget of the same key before it is drawn.

    A value that is not allowed is the default. What the session chose before stays when
    a page without the parameter is opened.
    """
    asked = st.query_params.get(name, st.session_state.get(name, default))
    value = asked if asked in allowed else default
    if st.session_state.get(name) != value:
        st.session_state[name] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value
    return value


def note(name: str) -> None:
    """A widget changed: its value goes to the URL (use as ``on_change``)."""
    value = st.session_state.get(name)
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def text(name: str) -> str | None:
    """``?name=`` as it stands, None where absent."""
    value = st.query_params.get(name) or st.session_state.get(f"kept.{name}")
    return value or None


def keep(name: str, value: str | None) -> None:
    """Put ``?name=`` into the URL and the session; None takes it away."""
    st.session_state[f"kept.{name}"] = value
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def point() -> Point | None:
    """The chosen place; None where there is none or it is no pair of numbers in Korea's box."""
    try:
        latitude, longitude = float(text("lat") or "nan"), float(text("lon") or "nan")
    except ValueError:
        return None
    inside = LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]
    return Point(latitude, longitude) if inside and math.isfinite(latitude + longitude) else None


def choose(latitude: float, longitude: float, job: str | None = None) -> None:
    """Another place; the job of the former one is forgotten."""
    keep("lat", f"{latitude:.6f}".rstrip("0").rstrip("."))
    keep("lon", f"{longitude:.6f}".rstrip("0").rstrip("."))
    keep("job", job)


def forget_point() -> None:
    """No place is chosen."""
    for name in ("lat", "lon", "job"):
        keep(name, None)
