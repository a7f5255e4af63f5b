"""Designed states: nothing here yet, cannot go on, wrong input; each says what to do next."""

from __future__ import annotations

import streamlit as st

from modelops_core.errors import (
    DatabaseUnavailable,
    ModelOpsError,
    NoResults,
    OutsideKorea,
    SchemaOutdated,
)
from modelops_core.ui import messages
from modelops_core.ui.i18n import catalogue, t


def failed(error: ModelOpsError) -> None:
    """An error raised on purpose, as a sentence; its own words below."""
    key = f"errors.{type(error).__name__}"
    st.error(t(key if key in catalogue() else "errors.ModelOpsError"), icon=":material/error:")
    st.caption(messages.said(str(error)))
    if isinstance(error, (DatabaseUnavailable, SchemaOutdated)):
        st.button(t("common.retry"), icon=":material/refresh:", type="primary", key="retry")
    elif isinstance(error, NoResults):
        st.code("python -m modelops_core up", language="bash")


def unexpected(reference: str) -> None:
    """An error that nobody expected: what to do, and what to tell the administrator."""
    st.error(t("errors.unexpected", reference=reference), icon=":material/bug_report:")
    st.button(t("common.retry"), icon=":material/refresh:", key="retry.unexpected")


def outside(error: OutsideKorea) -> None:
    """A click into the sea: a hint, not a failure."""
    st.warning(t("errors.OutsideKorea"), icon=":material/waves:")
    st.caption(messages.said(str(error)))


def empty(key: str, icon: str = ":material/inbox:", **values: object) -> None:
    """Nothing to show yet, and what brings it; *key* is a text's name."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"### {icon}", text_alignment="center")
        st.markdown(t(key, **values), text_alignment="center")


def screening() -> None:
    """What must be said next to every number (METHOD §13)."""
    st.caption(t("common.screening"))
