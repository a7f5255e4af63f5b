"""The widgets for peril, scenario, horizon and map layer; their values are kept in the URL."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from modelops_core.domain.horizons import DEFAULT_HORIZON, DEFAULT_SCENARIO, HORIZONS, SCENARIOS
from modelops_core.stages import totals
from modelops_core.ui.kit import cache, choose, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName
from modelops_core.ui.kit.maps import View
from modelops_core.ui.kit.theme import SCALES

DEFAULT_PERIL = "extreme_heat"
SCENARIO = Field(UrlName.SCENARIO, tuple(SCENARIOS), DEFAULT_SCENARIO)
HORIZON = Field(UrlName.HORIZON, tuple(HORIZONS), DEFAULT_HORIZON)
METRIC = Field(UrlName.METRIC, tuple(SCALES))
VIEW: Field[View] = Field(UrlName.VIEW, ("smooth", "cells", "districts", "heat"))
#: of the surface [%]
OPACITY = Field(UrlName.OPACITY, tuple(str(value) for value in range(20, 101, 5)), "85")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the map shows."""

    peril: str
    scenario: str
    horizon: str
    metric: str
    view: View
    opacity: float

    @property
    def layer(self) -> tuple[str, str, str, str]:
        """What the values depend on: '' for peril, scenario and horizon where not on them."""
        if not SCALES[self.metric].of_peril:
            return "", "", "", self.metric
        return self.peril, self.scenario, self.horizon, self.metric


def peril_name(key: str) -> str:
    """The peril in the reader's language."""
    peril = cache.app().perils[key]
    return peril.label_ko if language() == "ko" else peril.label


def subtotal_formula(kind: str) -> str:
    """How the subtotal of a kind of perils is made, in the reader's words."""
    perils = cache.app().perils
    return totals.formula(kind, perils, {key: peril_name(key) for key in perils})


def horizon_name(key: str) -> str:
    """The window in the reader's language."""
    return formats.horizon(key, language())


def peril_field() -> Field[str]:
    """Which peril is chosen."""
    return Field(UrlName.PERIL, tuple(cache.app().perils), DEFAULT_PERIL)


def peril() -> str:
    """Which peril."""
    return choose.from_list(peril_field(), t("common.peril"), peril_name)


def scenario() -> str:
    """Which scenario."""
    return choose.segments(SCENARIO, t("common.scenario"), SCENARIOS.__getitem__, stretch=True)


def horizon() -> str:
    """Which window of years."""
    return choose.slider(HORIZON, t("common.horizon"), horizon_name, help=t("common.horizon_help"))


def metric() -> str:
    """Hazard, loss, integrated risk, or the response of the rain."""
    # not stretched, so that it wraps where it is narrow
    return choose.segments(METRIC, t("common.metric"), lambda key: t(f"common.metric_{key}"))


def drawing() -> tuple[View, float]:
    """How the surface is drawn, and how opaque 0..1."""
    with st.popover(t("common.drawing"), icon=":material/layers:", width="stretch"):
        view = choose.radio(
            VIEW,
            t("common.view"),
            lambda key: t(f"common.view_{key}"),
            [t(f"common.view_{key}_help") for key in VIEW.options],
        )
        opacity = choose.slider(OPACITY, t("common.opacity"), lambda value: f"{value} %")
    return view, int(opacity) / 100
