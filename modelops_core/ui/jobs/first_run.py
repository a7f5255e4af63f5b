"""
Draws, in place of a page before the first finished nightly run, what is missing and how to
begin, and that nightly run while it goes on.
"""

from __future__ import annotations

import streamlit as st

from modelops_core.ui.jobs import nightly_runs
from modelops_core.ui.kit import notices
from modelops_core.ui.kit.cache import Version


def draw(at: Version, key: str) -> None:
    """What this page waits for; *key* is its own sentence where there are no data yet."""
    if not at.loaded:
        notices.empty(key, ":material/bedtime:")
        st.code("python -m modelops_core up", language="bash")
        return
    notices.empty("jobs.first_night", ":material/bedtime:")
    nightly_runs.start()
    nightly_runs.follow(elsewhere=True)
