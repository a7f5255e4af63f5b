"""Draws numbers with source, provenance and grade as a table, tables among them below it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.services.method.method_page import Number
from modelops_core.ui.kit import downloads
from modelops_core.ui.kit import labels as data_words
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.method import method_labels as words

#: taller tables scroll inside
HEIGHT = 560


def numbers_table(
    found: Sequence[tuple[str, Number]], name: str, *, with_section: bool = False
) -> None:
    """The numbers, their files, and those that are tables themselves."""
    rows = [words.number_row(code, n) for code, n in found]
    for row, (_, n) in zip(rows, found, strict=True):
        row["used"] = t("method.used") if n.used else t("method.unused")
        row |= {column: words.written(row[column]) for column in ("value", "low", "high")}
    columns = [c for c in words.SHOWN if with_section or c != "section"]
    frame = pd.DataFrame(rows, columns=columns)
    labels = {c: t(f"method.column_{c}") for c in frame.columns}
    st.dataframe(
        frame.rename(columns=labels),
        hide_index=True,
        alt=t("method.numbers_alt"),
        height=data_words.table_height(len(rows), HEIGHT),
        column_config={
            labels["source"]: st.column_config.TextColumn(width=290),
            labels["unit"]: st.column_config.TextColumn(width=110),
            labels["value"]: st.column_config.TextColumn(width=150),
        },
    )
    downloads.table(name, words.head("parameters"), words.NUMBER_COLUMNS, words.file_rows(found))
    for _, n in found:
        if n.table:
            with st.expander(
                f"{n.key} [{data_words.parameter_unit(n.unit)}]", icon=":material/table_rows:"
            ):
                header = [h or t("method.column_key") for h in n.table[0]]
                lines = [[words.written(value) for value in line] for line in n.table[1:]]
                st.dataframe(pd.DataFrame(lines, columns=header), hide_index=True, alt=n.key)
                st.caption(words.source(n))
