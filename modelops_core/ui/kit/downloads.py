"""Buttons that save a table; the file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from modelops_core.ports import Row
from modelops_core.ui.kit import exports
from modelops_core.ui.kit.exports import Head
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import WidgetKey

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(
    name: str,
    head: Head,
    columns: Sequence[str],
    rows: Sequence[Row],
    labels: Mapping[str, str] | None = None,
) -> None:
    """CSV and XLSX of one table, as *name*.csv and *name*.xlsx."""
    known = labels or {}
    with st.container(horizontal=True):
        st.download_button(
            t("common.download_csv"),
            lambda: exports.csv_bytes(head, columns, known, rows),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=WidgetKey.DOWNLOAD_CSV.of(name),
        )
        st.download_button(
            t("common.download_xlsx"),
            lambda: exports.xlsx_bytes(head, {name: (columns, known, rows)}),
            f"{name}.xlsx",
            XLSX,
            on_click="ignore",
            icon=":material/table_view:",
            key=WidgetKey.DOWNLOAD_XLSX.of(name),
        )
