"""Draws what all perils share: order of calculation, windows, statistics, money, totals."""

from __future__ import annotations

import streamlit as st

from modelops_core.ui.kit.i18n import t
from modelops_core.ui.method import method_labels as words
from modelops_core.ui.method.table import numbers_table


def draw() -> None:
    """The common frame, then totals and uncertainty, then the common numbers."""
    frame = words.section("frame")
    for i in range(0, len(frame.words), 2):
        for column, (place, w) in zip(
            st.columns(2, gap="medium"), list(enumerate(frame.words, 1))[i : i + 2], strict=False
        ):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**1.{place} {words.heading(w).removeprefix(f'1.{place} ')}**")
                st.markdown(words.paragraph(w, f"frame_{place}"))
    for key in ("totals", "uncertainty"):
        section = words.section(key)
        st.markdown(f"**{words.chapter(section)}**")
        for place, w in enumerate(section.words, 1):
            st.markdown(f"- **{words.heading(w)}** — {words.paragraph(w, f'{key}_{place}')}")
    st.markdown(f"**{t('method.common_numbers')}**")
    numbers_table(
        [(n.key.partition(".")[0], n) for table in frame.tables for n in table.rows],
        "method_common",
        with_section=True,
    )
