"""Jobs: what is being calculated, what failed and why, and how the nights went?"""

import streamlit as st

from modelops_core.ui.jobs import job_list, jobs_cache, nightly_runs
from modelops_core.ui.kit import state
from modelops_core.ui.kit.i18n import t

jobs_cache.counts()  # a database that is away is said once, by the page, and not by each of its parts
PARTS = {"jobs": job_list.draw, "nights": nightly_runs.draw}

part = state.bind("part", tuple(PARTS), "jobs")
job_list.bind()  # at once: else a change of part would add a step to the browser's history
st.segmented_control(
    t("jobs.part"),
    tuple(PARTS),
    format_func=lambda name: t(f"jobs.part_{name}"),
    default=st.session_state["part"],
    key="part",
    on_change=state.note,
    args=("part",),
    required=True,
    label_visibility="collapsed",
)
PARTS[st.session_state.get("part") or part]()
