"""Lets the reader choose the format in which figures are saved (PNG or SVG), for all pages."""

from __future__ import annotations

from typing import Any

import streamlit as st

from modelops_core.ui.kit import choose, figure_style
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName

FORMAT = Field(UrlName.FIGURES, ("png", "svg"))


def switch() -> None:
    """The choice, in the corner of every page."""
    FORMAT.bind()
    with st.popover(t("common.settings"), icon=":material/tune:"):
        choose.segments(FORMAT, t("common.figures"), str.upper, help=t("common.figures_help"))


def config(name: str) -> dict[str, Any]:
    """The tool bar of a figure, whose button saves it under *name*."""
    return dict(figure_style.config(name, FORMAT.named(st.session_state.get(FORMAT.name))))
