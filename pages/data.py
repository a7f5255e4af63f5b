"""Data: what is loaded, where does it come from, and can it be trusted?"""

import streamlit as st

from modelops_core.domain.horizons import DEFAULT_SCENARIO, SCENARIOS
from modelops_core.ui import cache, state
from modelops_core.ui.i18n import t
from modelops_core.ui.panels import data_checks, data_inputs, data_results

PARTS = {"inputs": data_inputs.draw, "results": data_results.draw, "checks": data_checks.draw}

at = cache.version()
part = state.bind("part", tuple(PARTS), "inputs")
# all of them at once: else each change of part would add steps to the browser's history
data_inputs.bind()
state.bind("ssp", tuple(SCENARIOS), DEFAULT_SCENARIO)
data_checks.bind()
st.segmented_control(
    t("data.part"), tuple(PARTS), format_func=lambda name: t(f"data.part_{name}"), default=st.session_state["part"], key="part", on_change=state.note,
    args=("part",), required=True, label_visibility="collapsed",
)  # fmt: skip
PARTS[st.session_state.get("part") or part](at)
