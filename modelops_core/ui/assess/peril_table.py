"""Draws the table of all perils in the chosen scenario and horizon, from H to expected loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain import stamp
from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.ports import Row
from modelops_core.services.portfolio import rating
from modelops_core.ui.kit import cache, charts, downloads, filters, formats
from modelops_core.ui.kit.files import exports
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey


def draw(answer: Answer, choice: Choice) -> None:
    """The table, and all scenarios and horizons as files."""
    rows = [_row(result) for result in answer.at(choice.scenario, choice.horizon).values()]
    made = charts.of_answer(answer, choice.scenario, choice.horizon)
    st.caption(f"{charts.line(made)}\n\n{t('assess.table_note')}")
    wrapped(rows, "perils", t("assess.table_alt"))
    labels = {c: t(f"columns.{c}") for c in exports.RESULT_COLUMNS if f"columns.{c}" in catalogue()}
    sources = cache.sources()
    head = exports.head(answer, sources, choice.scenario, choice.horizon)
    place = f"{answer.district.name}_{answer.latitude:.4f}_{answer.longitude:.4f}"
    file = stamp.of(answer, sources).file_name("modelops", place)
    downloads.table(
        "modelops_results",
        head,
        exports.RESULT_COLUMNS,
        lambda: _file_rows(answer),
        labels,
        file=file,
    )


def wrapped(rows: Sequence[Mapping[str, str]], name: str, alt: str) -> None:
    """
    A row a peril; cells of several words take more lines, so that no column is out of sight.

    On a telephone the first column stays while the others move.
    """
    frame = pd.DataFrame(rows).rename(columns=formats.heading)
    with st.container(key=WidgetKey.WRAPPED.of(name)):
        st.table(frame, hide_index=True, alt=alt)


def _file_rows(answer: Answer) -> list[Row]:
    """All results, each with where it stands when the file is made."""
    ratings = cache.app().ratings.of(answer)
    return [{**r.to_row(), **ratings[rating.key_of(r)].to_row()} for r in answer.results]


def _row(result: PerilResult) -> dict[str, str]:
    """One peril in words: an unknown number is the word for why, never a blank."""
    status = formats.status(result.status, language())
    no_loss = result.expected_loss is None or result.status == "not_applicable"
    return {
        t("columns.risk_type"): filters.peril_name(result.risk_type),
        t("columns.status"): status,
        t("columns.hazard_score"): _score(status, result.hazard_score, result.hazard_level),
        t("columns.exposure_score"): _score(status, result.exposure_score),
        t("columns.vulnerability_score"): _score(
            status, result.vulnerability_score, result.vulnerability_level
        ),
        t("columns.base_aal"): formats.percent(result.base_aal),
        t("columns.site_factor"): formats.number(result.site_factor),
        t("columns.final_aal"): formats.rate_or_status(result.status, result.final_aal, language()),
        t("assess.interval_short"): formats.interval(result.aal_p05, result.aal_p95),
        t("columns.expected_loss"): status if no_loss else formats.won_full(result.expected_loss),
        t("columns.integrated_risk"): _score(
            status, result.integrated_risk, result.integrated_level
        ),
    }


def _score(status: str, value: float | None, level: str | None = None) -> str:
    if value is None:
        return status
    return f"{value:.2f}" + (f" {formats.level(level, language())}" if level else "")
