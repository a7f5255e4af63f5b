"""Widgets that several pages share; what they hold lies in the URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from modelops_core.domain.horizons import DEFAULT_HORIZON, DEFAULT_SCENARIO, HORIZONS, SCENARIOS
from modelops_core.ui.kit import cache, formats, state
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.maps import View
from modelops_core.ui.kit.theme import SCALES

DEFAULT_PERIL = "extreme_heat"
VIEWS: tuple[View, ...] = ("smooth", "cells", "districts", "heat")
METRICS = tuple(SCALES)
#: of the surface [%]
OPACITIES = tuple(str(value) for value in range(20, 101, 5))


@dataclass(frozen=True, slots=True)
class Choice:
    """What the map shows."""

    peril: str
    scenario: str
    horizon: str
    metric: str
    view: View
    opacity: float


def peril_name(key: str) -> str:
    """The peril in the reader's language."""
    peril = cache.app().perils[key]
    return peril.label_ko if language() == "ko" else peril.label


def horizon_name(key: str) -> str:
    """The window in the reader's language."""
    return formats.horizon(key, language())


def peril() -> str:
    """Which peril."""
    keys = tuple(cache.app().perils)
    state.bind("peril", keys, DEFAULT_PERIL)
    return _select("peril", t("common.peril"), keys, peril_name)


def scenario() -> str:
    """Which scenario."""
    state.bind("ssp", tuple(SCENARIOS), DEFAULT_SCENARIO)
    return _segments("ssp", t("common.scenario"), tuple(SCENARIOS), SCENARIOS.__getitem__)


def horizon() -> str:
    """Which window of years."""
    value = state.bind("horizon", tuple(HORIZONS), DEFAULT_HORIZON)
    return str(
        st.select_slider(
            t("common.horizon"),
            tuple(HORIZONS),
            value,
            format_func=horizon_name,
            key="horizon",
            help=t("common.horizon_help"),
            on_change=state.note,
            args=("horizon",),
        )
    )


def metric() -> str:
    """Hazard, loss or integrated risk."""
    state.bind("metric", METRICS, "hazard")
    return _segments("metric", t("common.metric"), METRICS, lambda key: t(f"common.metric_{key}"))


def drawing() -> tuple[View, float]:
    """
    How the surface is drawn, and how opaque.

    What lies in a popover is made when it is opened, from its default: so that has to be the value.
    """
    view, opacity = state.bind("view", VIEWS, "smooth"), state.bind("opacity", OPACITIES, "85")
    with st.popover(t("common.drawing"), icon=":material/layers:", width="stretch"):
        st.radio(
            t("common.view"),
            VIEWS,
            VIEWS.index(cast(View, view)),
            format_func=lambda key: t(f"common.view_{key}"),
            key="view",
            captions=[t(f"common.view_{key}_help") for key in VIEWS],
            on_change=state.note,
            args=("view",),
        )
        st.select_slider(
            t("common.opacity"),
            OPACITIES,
            opacity,
            format_func=lambda value: f"{value} %",
            key="opacity",
            on_change=state.note,
            args=("opacity",),
        )
    return cast(View, st.session_state["view"]), int(st.session_state["opacity"]) / 100


# A widget's default is its value too: a run that another one overtakes may take the value of the session with it, and
# the browser then shows the default, while the server goes on with the value.


def _select(key: str, label: str, options: Sequence[str], name: Callable[[str], str]) -> str:
    return st.selectbox(
        label,
        options,
        options.index(st.session_state[key]),
        format_func=name,
        key=key,
        on_change=state.note,
        args=(key,),
    )


def _segments(key: str, label: str, options: Sequence[str], name: Callable[[str], str]) -> str:
    chosen = st.segmented_control(
        label,
        options,
        default=st.session_state[key],
        format_func=name,
        key=key,
        on_change=state.note,
        args=(key,),
        required=True,
        width="stretch",
    )
    return chosen or options[0]
