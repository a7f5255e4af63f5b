"""Draws the obligatory statements, what is not modelled, and the meaning of statuses and flags."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from modelops_core.domain.flags import FLAGS
from modelops_core.services.method import method_text
from modelops_core.ui.kit import downloads, formats
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.method import method_labels as words

#: of the table of flags, which scrolls inside [px]
HEIGHT = 420
FLAG_COLUMNS = ("code", "ko", "en")
STATUS_COLOURS = {
    "ok": "green",
    "low_confidence": "orange",
    "not_assessed": "gray",
    "not_applicable": "gray",
}


def draw() -> None:
    """Statements, status words, flags."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{t('method.said')}**")
        for w in method_text.STATEMENTS:
            st.markdown(f"- **{words.heading(w)}** — {words.paragraph(w)}")
    with right:
        st.markdown(f"**{words.heading(method_text.NOT_MODELLED)}**")
        st.markdown(words.paragraph(method_text.NOT_MODELLED))
        st.markdown(f"**{t('method.statuses')}**")
        for w in method_text.STATUSES:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(formats.status(w.title, language()), color=STATUS_COLOURS[w.title])  # type: ignore[arg-type]
                st.markdown(words.paragraph(w))
    st.markdown(f"**{t('method.flags')}**")
    flags = list(FLAGS.values())
    frame = pd.DataFrame(
        {
            t("method.flag"): [f.code for f in flags],
            t("method.means"): [f.ko if language() == "ko" else f.en for f in flags],
        }
    )
    with st.container(key=WidgetKey.WRAPPED.of("flags")):
        st.table(frame, hide_index=True, height=HEIGHT, alt=t("method.flags"))
    rows = [{"code": f.code, "ko": f.ko, "en": f.en} for f in flags]
    downloads.table("method_flags", words.head("flags of results"), FLAG_COLUMNS, rows)
