"""Buttons that save a table; the file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from modelops_core.ports import Row
from modelops_core.ui.kit.files import exports, table_files
from modelops_core.ui.kit.files.table_files import Head, Table
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import WidgetKey

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(
    name: str,
    head: Head,
    columns: Sequence[str],
    rows: Sequence[Row] | Callable[[], Sequence[Row]],
    labels: Mapping[str, str] | None = None,
    *,
    units: Mapping[str, str] | None = None,
    file: str = "",
) -> None:
    """
    CSV and XLSX of one table as *file*, else *name*; the head says when it was made.

    *rows* that are slow to make, or that change, are a function: it is called for each file.
    """

    def whole() -> Table:
        made = rows() if callable(rows) else rows
        return Table(columns=columns, rows=made, labels=labels or {}, units=units or {})

    with st.container(horizontal=True):
        st.download_button(
            t("common.download_csv"),
            lambda: table_files.csv_bytes(exports.dated(head), whole()),
            f"{file or name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=WidgetKey.DOWNLOAD_CSV.of(name),
        )
        st.download_button(
            t("common.download_xlsx"),
            lambda: table_files.xlsx_bytes(exports.dated(head), {name: whole()}),
            f"{file or name}.xlsx",
            XLSX,
            on_click="ignore",
            icon=":material/table_view:",
            key=WidgetKey.DOWNLOAD_XLSX.of(name),
        )
