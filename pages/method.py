"""Method: how is each number made, from what, and how far can it be trusted?"""

import streamlit as st

from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.ui.kit import cache, choose, notices
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName
from modelops_core.ui.method import frame, glossary, limits, numbers, perils, warming

PARTS = {
    "perils": perils.draw,
    "numbers": numbers.draw,
    "frame": frame.draw,
    "warming": warming.draw,
    "limits": limits.draw,
    "glossary": glossary.draw,
}

PART = Field(UrlName.PART, tuple(PARTS))
PART.bind()
# all of them at once: else each change of part would add steps to the browser's history
perils.bind()
numbers.bind()
st.caption(t("method.version", method=METHOD_VERSION, digest=cache.app().parameters.digest()))
part = choose.segments(
    PART, t("method.part"), lambda name: t(f"method.part_{name}"), hide_label=True
)
PARTS[part]()
notices.screening()
