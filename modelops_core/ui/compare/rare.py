"""Draws rare years of a comparison: a table of all perils, and exceedance curves of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.result import HEADLINE
from modelops_core.ports import Row
from modelops_core.services.portfolio import rare_years
from modelops_core.services.portfolio.compare import Measure
from modelops_core.services.portfolio.rare_years import RareYear
from modelops_core.ui.compare import figures, tables
from modelops_core.ui.compare.choice import Choice, Subject, beside
from modelops_core.ui.kit import cache, charts, choose, filters, formats
from modelops_core.ui.kit.answers import return_period_figures
from modelops_core.ui.kit.answers.return_period_figures import Curve
from modelops_core.ui.kit.answers.scenario_figures import SYMBOL
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.layers import metrics
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.kit.theme import SCENARIO

#: of the file of a comparison
COLUMNS = tuple(f"loss_{period}yr" for period in HEADLINE)


def draw(found: Sequence[Subject], choice: Choice) -> None:
    """The table of all perils that have such years, and below it the curves of one of them."""
    key = choice.scenario, choice.horizon
    perils = [p for p in cache.app().perils if any(_years(s, p, key) for s in found)]
    if not perils:
        st.info(t("compare.rare_none"), icon=":material/help:")
        return
    _table(found, perils, choice)
    st.caption(t("compare.note_rare"))
    _curves(found, perils, choice)


def _table(found: Sequence[Subject], perils: Sequence[str], choice: Choice) -> None:
    """A row a peril and period, a column a site."""
    key = choice.scenario, choice.horizon
    lines = [
        [
            filters.peril_name(peril),
            t("compare.period", count=period),
            *(_cell(s, peril, key, period, choice.measure) for s in found),
        ]
        for peril in perils
        for period in HEADLINE
    ]
    head = [t("columns.risk_type"), t("columns.return_period"), *(s.name for s in found)]
    tables.of(found, *key)
    frame = pd.DataFrame(lines, columns=head)
    st.dataframe(frame, hide_index=True, height="content", alt=t("compare.alt_rare"))


def _curves(found: Sequence[Subject], perils: Sequence[str], choice: Choice) -> None:
    """The curves of one peril by scenario, a figure a site; rates on one axis."""
    every = (metrics.TOTAL, *cache.app().perils)
    field = Field(UrlName.PERIL, perils, kept=tuple(p for p in every if p not in perils))
    peril = choose.segments(field, t("compare.curve_of"), filters.peril_name)
    each = [_by_scenario(subject, peril, choice) for subject in found]
    top = max(return_period_figures.highest(own) for own in each)
    for (subject, column), own in zip(beside(found), each, strict=True):
        with column:
            _curve(subject, peril, own, choice, top if choice.measure == "rate" else None)


def _by_scenario(subject: Subject, peril: str, choice: Choice) -> list[Curve]:
    share = _share(subject, choice.measure)
    results = {code: subject.answer.at(code, choice.horizon).get(peril) for code in SCENARIOS}
    return [
        Curve(
            SCENARIOS[code],
            SCENARIO[mode()][code],
            SYMBOL[code],
            [
                RareYear(year.period, share(year.loss), year.extrapolated)
                for year in rare_years.of(subject.answer, result)
            ],
        )
        for code, result in results.items()
        if result is not None and result.return_losses
    ]


def _curve(
    subject: Subject, peril: str, own: Sequence[Curve], choice: Choice, top: float | None
) -> None:
    """One site's figure, or why it has none."""
    name = filters.peril_name(peril)
    if not own:
        status = _status(subject, peril, (choice.scenario, choice.horizon))
        st.info(f"{formats.plain(subject.name)} — {name}: {status}", icon=":material/help:")
        return
    chart = return_period_figures.curves(
        own,
        mode(),
        language(),
        t("compare.curve_axis"),
        t("compare.curve_beyond"),
        amount=lambda value: figures.amount(value, choice.measure, language()),
        top=top,
    )
    title = t("compare.curve", peril=name, unit=t(f"compare.unit_rare_{choice.measure}"))
    of = charts.of_answer(subject.answer, None, choice.horizon)
    key = WidgetKey.COMPARE_CURVE.of(subject.key)
    charts.draw(chart, f"curve_{peril}", key=key, title=title, place=subject.name, of=of)


def _share(subject: Subject, measure: Measure) -> Callable[[float | None], float | None]:
    """What makes a loss the number that is shown: itself, or per cent of the site's value."""
    value = subject.answer.asset_value or subject.answer.sum_insured
    if measure == "loss":
        return lambda loss: loss
    return lambda loss: None if loss is None or not value else 100 * loss / value


def _years(subject: Subject, peril: str, key: tuple[str, str]) -> dict[int, RareYear]:
    result = subject.answer.at(*key).get(peril)
    if result is None:
        return {}
    return {year.period: year for year in rare_years.headline(subject.answer, result)}


def _cell(subject: Subject, peril: str, key: tuple[str, str], period: int, measure: Measure) -> str:
    """The loss, marked where it is extrapolated, or the word for why there is none."""
    year = _years(subject, peril, key).get(period)
    if year is None:
        return _status(subject, peril, key)
    shown = _share(subject, measure)(year.loss)
    return figures.amount(shown, measure, language()) + ("*" if year.extrapolated else "")


def _status(subject: Subject, peril: str, key: tuple[str, str]) -> str:
    """Why a site has no rare years of a peril."""
    result = subject.answer.at(*key).get(peril)
    status = "not_assessed" if result is None or result.has_number else result.status
    return formats.status(status, language())


def columns_of(subject: Subject, quantity: str, key: tuple[str, str]) -> Row:
    """The columns of one row of the file; None where the quantity has no rare years."""
    years = _years(subject, quantity, key)
    result = subject.answer.at(*key).get(quantity)
    losses = {f"loss_{p}yr": years[p].loss if p in years else None for p in HEADLINE}
    return {**losses, "return_years": result.return_years if result and years else None}
