"""Draws where a site stands among the country's cells and among its peers, peril by peril."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.services.portfolio import rating
from modelops_core.services.portfolio.rating import Rank, Standing
from modelops_core.ui.assess import peril_table
from modelops_core.ui.kit import cache, charts, filters, formats
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import language, t


def draw(answer: Answer, choice: Choice) -> None:
    """One row a peril: share of the cells below, number of peers below."""
    results = answer.at(choice.scenario, choice.horizon)
    ratings = cache.standings(answer.batch_id)
    use = t(f"classes.{answer.building.use_group}")
    head = t("return_periods.peers", use=use, district=saved_sites.district(answer))
    rows = [_row(result, ratings[rating.key_of(result)], head) for result in results.values()]
    st.markdown(f"**{t('return_periods.rating')}**")
    charts.note(charts.of_answer(answer, choice.scenario, choice.horizon))
    peril_table.wrapped(rows, "rating", t("return_periods.rating_alt"))
    st.caption(t("return_periods.rating_note"))


def _row(result: PerilResult, standing: Standing, head: str) -> dict[str, str]:
    return {
        t("columns.risk_type"): filters.peril_name(result.risk_type),
        t("return_periods.national"): national_text(result, standing.national),
        head: peers_text(result, standing.peers),
    }


def national_text(result: PerilResult, rank: Rank | None) -> str:
    """The share of the country's cells below, or why there is none."""
    if rank is None:
        return formats.status(_why(result), language())
    return t(
        "return_periods.percentile", share=formats.rank(rank.percentile), count=f"{rank.count:,}"
    )


def peers_text(result: PerilResult, rank: Rank | None) -> str:
    """How many peers lie below, or that there are none."""
    if rank is not None:
        return t("return_periods.peers_of", above=rank.below, count=rank.count)
    if not result.has_number:
        return formats.status(result.status, language())
    return t("return_periods.peers_none")


def _why(result: PerilResult) -> str:
    return "not_assessed" if result.has_number else result.status
