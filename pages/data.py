"""Data: what is loaded, where does it come from, and can it be trusted?"""

import streamlit as st

from modelops_core.domain.horizons import DEFAULT_SCENARIO, SCENARIOS
from modelops_core.ui.data import checks, inputs, results
from modelops_core.ui.kit import cache, state
from modelops_core.ui.kit.i18n import t

PARTS = {"inputs": inputs.draw, "results": results.draw, "checks": checks.draw}

at = cache.version()
part = state.bind("part", tuple(PARTS), "inputs")
# all of them at once: else each change of part would add steps to the browser's history
inputs.bind()
state.bind("ssp", tuple(SCENARIOS), DEFAULT_SCENARIO)
checks.bind()
st.segmented_control(
    t("data.part"),
    tuple(PARTS),
    format_func=lambda name: t(f"data.part_{name}"),
    default=st.session_state["part"],
    key="part",
    on_change=state.note,
    args=("part",),
    required=True,
    label_visibility="collapsed",
)
PARTS[st.session_state.get("part") or part](at)
