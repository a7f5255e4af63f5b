"""Draws the loading of official files: choose, check, load, undo."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.errors import JobNotFound
from modelops_core.ui.data import load_choice, load_progress, load_versions
from modelops_core.ui.kit import access, notices, state
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName


def bind() -> None:
    """What this part keeps in the URL."""
    load_choice.kind_field().bind()


def draw(_at: Version) -> None:
    """What is being loaded, or the choice of files; and the versions."""
    st.markdown(t("load.intro"))
    if not access.may(UseCase.load_data):
        st.caption(t("load.read_only"))
    else:
        _own()
    load_versions.draw()


def _own() -> None:
    """The part of those who may load."""
    load_progress.show_kept_error()
    job = state.param(UrlName.LOAD_JOB)
    if job is None:
        load_choice.draw()
        return
    try:
        load_progress.draw(job)
    except JobNotFound as error:
        notices.failed(error)
        load_choice.draw()
