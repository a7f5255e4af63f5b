"""Method: how is each number made, from what, and how far can it be trusted?"""

import streamlit as st

from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.ui.kit import cache, notices, state
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.method import frame, limits, numbers, perils

PARTS = {
    "perils": perils.draw,
    "numbers": numbers.draw,
    "frame": frame.draw,
    "limits": limits.draw,
}

part = state.bind("part", tuple(PARTS), "perils")
# all of them at once: else each change of part would add steps to the browser's history
perils.bind()
numbers.bind()
st.caption(t("method.version", method=METHOD_VERSION, digest=cache.app().parameters.digest()))
st.segmented_control(
    t("method.part"),
    tuple(PARTS),
    format_func=lambda name: t(f"method.part_{name}"),
    default=st.session_state["part"],
    key="part",
    on_change=state.note,
    args=("part",),
    required=True,
    label_visibility="collapsed",
)
PARTS[st.session_state.get("part") or part]()
notices.screening()
