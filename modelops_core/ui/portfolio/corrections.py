"""What is wrong with a file, cell by cell, and its corrections in place."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st

from modelops_core.bootstrap.portfolio_files import Draft, Edit
from modelops_core.domain.portfolio.findings import Finding, findings
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.portfolio import upload as uploads
from modelops_core.ui.portfolio.upload import Upload

Width = Literal["small", "medium", "large"] | int
#: findings that the grid shows at once
SHOWN = 500
#: two lines of a sentence [px]
ROW_HEIGHT = 54
#: columns of the grid that are not as wide as what stands in them
WIDTHS: Mapping[str, Width] = {"severity": "small", "cell": "small", "message": 620}
#: what is typed for a cell that shall be empty
EMPTY = "-"
#: findings about a header, which a new value renames
HEADERS = ("header_alike", "header_unknown", "header_twice", "unit_of_title", "unit_not_read")


def draw(upload: Upload) -> None:
    """The grid of findings, and all of them as a file."""
    shown = list(findings(upload.found.problems, SHOWN))
    if not shown:
        return
    _grid(upload, shown)
    if len(shown) == SHOWN:
        st.caption(t("portfolio.more_findings", shown=SHOWN))
    st.download_button(
        t("portfolio.all_findings"),
        lambda: _listed(upload),
        "portfolio-findings.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/csv:",
        key=WidgetKey.PORTFOLIO_FINDINGS,
    )


def grid(shown: Sequence[Finding]) -> pd.DataFrame:
    """
    One row a finding: ``new`` is what shall stand in the cell, for errors what is proposed.

    ``out`` leaves the whole row of the file out.
    """
    lang = language()
    return pd.DataFrame(
        {
            "severity": [t(f"portfolio.{one.problem.severity}") for one in shown],
            "cell": [_cell(one) for one in shown],
            "column": [one.problem.column.header for one in shown],
            "value": [one.value for one in shown],
            "new": [one.proposal if one.problem.severity == "error" else "" for one in shown],
            "out": [False for _ in shown],
            "message": [f"{one.message(lang)} {one.fix(lang)}" for one in shown],
        }
    )


def _cell(one: Finding) -> str:
    row = "" if one.row is None else str(one.row)
    return "!".join(part for part in (one.problem.sheet, one.cell or row) if part)


def _grid(upload: Upload, shown: Sequence[Finding]) -> None:
    table = grid(shown)
    names = [str(name) for name in table.columns]
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(t(f"portfolio.grid_{name}"), width=WIDTHS.get(name))
        for name in names
    }
    label, said = t("portfolio.grid_out"), t("portfolio.out_help")
    config["out"] = st.column_config.CheckboxColumn(label, help=said)
    with st.form(WidgetKey.PORTFOLIO_FIX.of(upload.turn), border=False):
        edited = st.data_editor(
            table,
            disabled=[name for name in names if name not in ("new", "out")],
            hide_index=True,
            num_rows="fixed",
            row_height=ROW_HEIGHT,
            column_config=config,
            key=WidgetKey.PORTFOLIO_GRID.of(upload.turn),
        )
        st.caption(t("portfolio.grid_help"))
        if st.form_submit_button(t("portfolio.apply"), icon=":material/done_all:"):
            columns = edited["new"].tolist(), edited["out"].tolist()
            uploads.again(upload, draft=corrected(upload.draft, shown, *columns))
            st.rerun()


def corrected(
    draft: Draft, shown: Sequence[Finding], texts: Sequence[str | None], out: Sequence[bool]
) -> Draft:
    """The draft with the new texts of its cells and headers, without the rows that are *out*."""
    rows = [
        (one.problem.sheet, one.row)
        for one, left in zip(shown, out, strict=True)
        if left and one.row is not None
    ]
    return draft.edited(edits(shown, texts)).without(rows)


def edits(shown: Sequence[Finding], texts: Sequence[str | None]) -> list[Edit]:
    """The cells and headers that get another text."""
    return [
        Edit(one.problem.sheet, one.row, one.problem.column.header, "" if text == EMPTY else text)
        for one, text in zip(shown, texts, strict=True)
        if text and text != one.value and _has_place(one)
    ]


def _has_place(one: Finding) -> bool:
    """Whether a finding is about a cell or a header, where another text may stand."""
    if one.row is None:
        return one.problem.code in HEADERS
    return bool(one.problem.column.header)


def _listed(upload: Upload) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "findings.csv"
        cache.app().portfolio_files.list_findings(path, upload.found)
        return path.read_bytes()
