"""Every peril of the chosen scenario and horizon, from H to expected loss."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from modelops_core.ports import Row
from modelops_core.ui.assess.summary_card import chosen
from modelops_core.ui.kit import cache, downloads, exports, filters, formats
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t


def draw(found: Row, choice: Choice) -> None:
    """The table, and all scenarios and horizons as files."""
    st.dataframe(
        _frame(chosen(found, choice.scenario, choice.horizon)),
        hide_index=True,
        alt=t("assess.table_alt"),
    )
    st.caption(t("assess.table_note"))
    labels = {c: t(f"columns.{c}") for c in exports.RESULT_COLUMNS if f"columns.{c}" in catalogue()}
    head = exports.head(found, cache.app().sources.all())
    name = f"modelops_{found['latitude']:.4f}_{found['longitude']:.4f}"
    downloads.table(name, head, exports.RESULT_COLUMNS, found["results"], labels)


def _frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame([_row(row) for row in rows])


def _row(row: Row) -> dict[str, str]:
    """One peril in words: what is unknown is said, not left blank."""
    lang = language()
    none = formats.status(row["status"], lang)
    excluded = row["status"] == "not_applicable"

    def score(value: float | None, level: str | None = None) -> str:
        if value is None:
            return none
        return f"{value:.2f}" + (f" {formats.level(level, lang)}" if level else "")

    return {
        t("columns.risk_type"): filters.peril_name(row["risk_type"]),
        t("columns.status"): none,
        t("columns.hazard_score"): score(row["hazard_score"], row["hazard_level"]),
        t("columns.exposure_score"): score(row["exposure_score"]),
        t("columns.vulnerability_score"): score(
            row["vulnerability_score"], row["vulnerability_level"]
        ),
        t("columns.base_aal"): formats.percent(row["base_aal"]),
        t("columns.site_factor"): formats.number(row["site_factor"]),
        t("columns.final_aal"): formats.value_or_status(row, "final_aal", lang),
        t("assess.interval"): formats.interval(row["aal_p05"], row["aal_p95"]),
        t("columns.expected_loss"): none
        if row["expected_loss"] is None or excluded
        else formats.won_full(row["expected_loss"]),
        t("columns.integrated_risk"): score(row["integrated_risk"], row.get("integrated_level")),
    }
