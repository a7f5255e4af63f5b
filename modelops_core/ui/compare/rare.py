"""Makes the table of rare years of a comparison: a row a peril and period, a column a site."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.result import HEADLINE
from modelops_core.ports import Row
from modelops_core.services.portfolio import rare_years
from modelops_core.ui.compare import tables
from modelops_core.ui.compare.choice import Choice, Subject
from modelops_core.ui.kit import cache, filters, formats
from modelops_core.ui.kit.i18n import language, t

#: of the file of a comparison
COLUMNS = tuple(f"loss_{period}yr" for period in HEADLINE)


def draw(found: Sequence[Subject], choice: Choice) -> None:
    """The table, with the perils that have no such years below it."""
    rows = {
        (filters.peril_name(peril), t("compare.period", count=period)): [
            _cell(subject, peril, (choice.scenario, choice.horizon), period) for subject in found
        ]
        for peril in cache.app().perils
        if any(_years(s, peril, (choice.scenario, choice.horizon)) for s in found)
        for period in HEADLINE
    }
    if not rows:
        st.info(t("compare.rare_none"), icon=":material/help:")
        return
    frame = pd.DataFrame(
        [[peril, period, *(cells)] for (peril, period), cells in rows.items()],
        columns=[t("columns.risk_type"), t("columns.return_period"), *(s.name for s in found)],
    )
    tables.of(found, choice.scenario, choice.horizon)
    st.dataframe(frame, hide_index=True, height="content", alt=t("compare.alt_rare"))
    st.caption(t("compare.note_rare"))


def _years(subject: Subject, peril: str, key: tuple[str, str]) -> dict[int, rare_years.RareYear]:
    result = subject.answer.at(*key).get(peril)
    if result is None:
        return {}
    return {year.period: year for year in rare_years.headline(subject.answer, result)}


def _cell(subject: Subject, peril: str, key: tuple[str, str], period: int) -> str:
    """The loss, marked where it is extrapolated, or the word for why there is none."""
    year = _years(subject, peril, key).get(period)
    if year is not None:
        return formats.won(year.loss, language()) + ("*" if year.extrapolated else "")
    result = subject.answer.at(*key).get(peril)
    status = "not_assessed" if result is None or result.has_number else result.status
    return formats.status(status, language())


def columns_of(subject: Subject, quantity: str, key: tuple[str, str]) -> Row:
    """The columns of one row of the file; None where the quantity has no rare years."""
    years = _years(subject, quantity, key)
    result = subject.answer.at(*key).get(quantity)
    losses = {f"loss_{p}yr": years[p].loss if p in years else None for p in HEADLINE}
    return {**losses, "return_years": result.return_years if result and years else None}
