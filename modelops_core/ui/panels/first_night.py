"""Before the first finished night: what is missing, how to begin, and the night itself while it runs."""

from __future__ import annotations

import streamlit as st

from modelops_core.ui import notices
from modelops_core.ui.cache import Version
from modelops_core.ui.panels import jobs_nights


def draw(at: Version, key: str) -> None:
    """What this page waits for; *key* is its own sentence where there are no data yet."""
    if not at.loaded:
        notices.empty(key, ":material/bedtime:")
        st.code("python -m modelops_core up", language="bash")
        return
    notices.empty("jobs.first_night", ":material/bedtime:")
    jobs_nights.start()
    jobs_nights.follow(elsewhere=True)
