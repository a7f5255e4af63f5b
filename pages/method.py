"""Method: how is each number made, from what, and how far can it be trusted?"""

import streamlit as st

from modelops_core.services.tiles import METHOD_VERSION
from modelops_core.ui import cache, notices, state
from modelops_core.ui.i18n import t
from modelops_core.ui.panels import method_frame, method_limits, method_numbers, method_perils

PARTS = {
    "perils": method_perils.draw,
    "numbers": method_numbers.draw,
    "frame": method_frame.draw,
    "limits": method_limits.draw,
}

part = state.bind("part", tuple(PARTS), "perils")
# all of them at once: else each change of part would add steps to the browser's history
method_perils.bind()
method_numbers.bind()
st.caption(t("method.version", method=METHOD_VERSION, digest=cache.app().parameters.digest()))
st.segmented_control(
    t("method.part"), tuple(PARTS), format_func=lambda name: t(f"method.part_{name}"), default=st.session_state["part"], key="part", on_change=state.note,
    args=("part",), required=True, label_visibility="collapsed",
)  # fmt: skip
PARTS[st.session_state.get("part") or part]()
notices.screening()
