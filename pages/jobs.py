"""Jobs: what is being calculated, what failed and why, and how the nights went?"""

import streamlit as st

from modelops_core.ui import jobs_cache, state
from modelops_core.ui.i18n import t
from modelops_core.ui.panels import jobs_list, jobs_nights

jobs_cache.counts()  # a database that is away is said once, by the page, and not by each of its parts
PARTS = {"jobs": jobs_list.draw, "nights": jobs_nights.draw}

part = state.bind("part", tuple(PARTS), "jobs")
jobs_list.bind()  # at once: else a change of part would add a step to the browser's history
st.segmented_control(
    t("jobs.part"), tuple(PARTS), format_func=lambda name: t(f"jobs.part_{name}"), default=st.session_state["part"], key="part", on_change=state.note,
    args=("part",), required=True, label_visibility="collapsed",
)  # fmt: skip
PARTS[st.session_state.get("part") or part]()
