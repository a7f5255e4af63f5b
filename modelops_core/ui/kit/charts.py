"""In which format figures are saved: PNG for slides, SVG for print; chosen once for all pages."""

from __future__ import annotations

from typing import Any

import streamlit as st

from modelops_core.ui.kit import figure_style, state
from modelops_core.ui.kit.i18n import t

FORMATS = ("png", "svg")


def switch() -> None:
    """The choice, in the corner of every page."""
    chosen = state.bind("figures", FORMATS, "png")
    with st.popover(t("common.settings"), icon=":material/tune:"):
        st.segmented_control(
            t("common.figures"),
            FORMATS,
            default=chosen,
            format_func=str.upper,
            key="figures",
            on_change=state.note,
            args=("figures",),
            required=True,
            help=t("common.figures_help"),
        )


def config(name: str) -> dict[str, Any]:
    """The tool bar of a figure, whose button saves it under *name*."""
    return dict(figure_style.config(name, st.session_state.get("figures", "png")))
