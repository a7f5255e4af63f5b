"""Draws what rare years cost at a site, by peril and scenario."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain import stamp
from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.result import HEADLINE
from modelops_core.domain.stamp import Stamp
from modelops_core.services.portfolio import rare_years
from modelops_core.services.portfolio.rare_years import RareYear
from modelops_core.ui.assess import peril_table, rating
from modelops_core.ui.kit import cache, charts, downloads, filters, formats
from modelops_core.ui.kit.answers import return_period_figures, saved_sites
from modelops_core.ui.kit.answers.return_period_figures import Curve
from modelops_core.ui.kit.answers.scenario_figures import SYMBOL
from modelops_core.ui.kit.files import exports
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.kit.theme import SCENARIO

#: colour and sign of the perils' curves, in their order: there are never more than five
COLOURS = {
    "light": ("#0072b2", "#c77c00", "#a8508f", "#0b7a5f", "#5b6770"),
    "dark": ("#56b4e9", "#e69f00", "#d58bc0", "#3fc29a", "#a7b4bc"),
}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def draw(answer: Answer, choice: Choice) -> None:
    """The table of all perils, both exceedance charts, and all scenarios as files."""
    st.markdown(f"**{t('return_periods.title')}**")
    charts.note(charts.of_answer(answer, choice.scenario, choice.horizon))
    results = answer.at(choice.scenario, choice.horizon)
    table = [_row(answer, result) for result in results.values()]
    peril_table.wrapped(table, "return-periods", t("return_periods.table_alt"))
    st.caption(t("return_periods.note"))
    left, right = st.columns(2, gap="medium")
    with left:
        _by_peril(answer, choice)
    with right:
        _by_scenario(answer, choice)
    rating.draw(answer, choice)
    columns = rare_years.COLUMNS
    labels = {c: t(f"columns.{c}") for c in columns if f"columns.{c}" in catalogue()}
    sources = cache.sources()
    head = exports.head(answer, sources, choice.scenario, choice.horizon)
    rows = list(rare_years.rows(answer))
    name = "modelops_return_periods"
    file = stamp.of(answer, sources).file_name(name, saved_sites.district(answer))
    downloads.table(name, head, columns, rows, labels, file=file)


def worst(answer: Answer, scenario: str, horizon: str) -> str:
    """One line for the card: the peril that costs most once in 100 years; empty without one."""
    found = rare_years.worst(answer, (scenario, horizon), 100)
    if found is None or not found[1].loss:
        return ""
    peril, year = found
    key = "return_periods.worst_extrapolated" if year.extrapolated else "return_periods.worst"
    return t(key, peril=filters.peril_name(peril), loss=formats.won(year.loss, language()))


def _row(answer: Answer, result: PerilResult) -> dict[str, str]:
    """One peril: its losses and what they are known from, or why there are none."""
    years = {year.period: year for year in rare_years.headline(answer, result)}
    return {
        t("columns.risk_type"): filters.peril_name(result.risk_type),
        **{
            t("return_periods.years", count=period): _money(years.get(period))
            for period in HEADLINE
        },
        t("return_periods.basis"): _known_from(answer, result),
    }


def _money(year: RareYear | None) -> str:
    if year is None:
        return formats.DASH
    star = f"{formats.UNSEEN}*" if year.extrapolated else ""  # never on a line of its own
    return formats.won(year.loss, language()) + star


def _known_from(answer: Answer, result: PerilResult) -> str:
    why = rare_years.why_none(answer, result)
    if why is not None:
        return _none(why)
    return formats.known_from(result.return_basis, result.return_years, language())


def _none(why: str | None) -> str:
    """Why there is no such loss, as ``rare_years.why_none`` names it."""
    own = f"return_periods.none_{why}"
    return t(own) if own in catalogue() else formats.status(why or "", language())


def _by_peril(answer: Answer, choice: Choice) -> None:
    title = t(
        "return_periods.curve",
        scenario=SCENARIOS[choice.scenario],
        horizon=filters.horizon_name(choice.horizon),
    )
    known = {
        key: rare_years.of(answer, result)
        for key, result in answer.at(choice.scenario, choice.horizon).items()
        if result.return_losses
    }
    found = [
        Curve(filters.peril_name(key), colour, symbol, years)
        for (key, years), colour, symbol in zip(
            known.items(), COLOURS[mode()], SYMBOLS, strict=False
        )
    ]
    if not found:
        st.info(t("return_periods.curve_none"), icon=":material/help:")
        return
    of = charts.of_answer(answer, choice.scenario, choice.horizon)
    _plot(found, WidgetKey.RETURN_PERILS, title, answer, of)


def _by_scenario(answer: Answer, choice: Choice) -> None:
    name = filters.peril_name(choice.peril)
    horizon = filters.horizon_name(choice.horizon)
    title = t("return_periods.curve_peril", peril=name, horizon=horizon)
    results = {code: answer.at(code, choice.horizon).get(choice.peril) for code in SCENARIOS}
    found = [
        Curve(SCENARIOS[code], SCENARIO[mode()][code], SYMBOL[code], rare_years.of(answer, result))
        for code, result in results.items()
        if result is not None and result.return_losses
    ]
    if found:
        of = charts.of_answer(answer, horizon=choice.horizon)
        _plot(found, WidgetKey.RETURN_SCENARIOS, title, answer, of)
        return
    result = results[choice.scenario]
    why = "not_assessed" if result is None else rare_years.why_none(answer, result)
    text = t("return_periods.curve_none_peril", peril=name, why=_none(why))
    st.info(text, icon=":material/help:")


def _plot(found: list[Curve], key: WidgetKey, title: str, answer: Answer, of: Stamp) -> None:
    words = t("return_periods.axis"), t("return_periods.extrapolated")
    chart = return_period_figures.curves(found, mode(), language(), *words)
    place = saved_sites.district(answer)
    charts.draw(chart, key.value, key=key, title=title, place=place, of=of)
