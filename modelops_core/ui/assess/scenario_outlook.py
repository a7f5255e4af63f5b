"""Draws scenarios and horizons side by side for one site."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from modelops_core.domain import stamp
from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.services.portfolio import compare
from modelops_core.services.portfolio.compare import Amount
from modelops_core.ui.kit import cache, charts, downloads, filters, formats
from modelops_core.ui.kit.answers import saved_sites, scenario_figures, unknown_horizons
from modelops_core.ui.kit.files import exports
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode


def draw(answer: Answer, choice: Choice) -> None:
    """Totals by scenario, the chosen peril by scenario, and peril × horizon."""
    left, right = st.columns(2, gap="medium")
    with left:
        _total_lines(answer)
    with right:
        _peril_lines(answer, choice.peril, choice.scenario)
    charts.draw(
        _heat_table(answer, choice.scenario),
        "final_aal",
        key=WidgetKey.LOSS_HEAT,
        title=t("assess.heat_title"),
        place=saved_sites.district(answer),
        of=charts.of_answer(answer, choice.scenario),
        alt=t("assess.heat_table_alt"),
    )
    st.caption(t("assess.outlook_note", scenario=SCENARIOS[choice.scenario]))
    sources = cache.sources()
    downloads.table(
        "modelops_totals",
        exports.head(answer, sources, choice.scenario, choice.horizon),
        exports.TOTAL_COLUMNS,
        [total.to_row() for total in answer.totals],
        {c: t(f"columns.{c}") for c in exports.TOTAL_COLUMNS if f"columns.{c}" in catalogue()},
        file=stamp.of(answer, sources).file_name("modelops_totals", answer.district.name),
    )


def _total_lines(answer: Answer) -> None:
    sums = _sums(answer)
    drawn = compare.comparable(sums)
    lines = [scenario_figures.Line(code, [c.value for c in cells]) for code, cells in drawn.items()]
    chart = scenario_figures.lines(lines, mode(), language(), t("assess.won_year"), money=True)
    charts.draw(
        chart,
        "totals",
        key=WidgetKey.TOTALS,
        title=t("assess.total_by_scenario"),
        place=saved_sites.district(answer),
        of=charts.of_answer(answer),
    )
    unknown_horizons.draw_missing_note(drawn, sums)


def _sums(answer: Answer) -> dict[str, list[Amount]]:
    """Scenario → the sum of all perils [KRW a year] by horizon."""
    perils = cache.app().perils
    return {
        code: [compare.amount_of(answer, "grand", "loss", (code, h), perils) for h in HORIZONS]
        for code in SCENARIOS
    }


def _peril_lines(answer: Answer, peril: str, scenario: str) -> None:
    """A line a scenario; the chosen *scenario* has its interval."""
    name = filters.peril_name(peril)
    lines = rate_lines(answer, peril)
    if any(value is not None for line in lines for value in line.values):
        unit = t("assess.rate_year")
        chart = scenario_figures.lines(lines, mode(), language(), unit, banded=scenario)
        charts.draw(
            chart,
            peril,
            key=WidgetKey.PERIL_LINES,
            title=t("assess.peril_by_scenario", peril=name),
            place=saved_sites.district(answer),
            of=charts.of_answer(answer),
        )
    else:
        st.info(t("assess.no_line", peril=name), icon=":material/help:")


def rate_lines(answer: Answer, peril: str) -> list[scenario_figures.Line]:
    """Final AAL of *peril* [% a year] with its interval: a line a scenario."""

    def column(code: str, field: str) -> list[float | None]:
        return [getattr(answer.at(code, h).get(peril), field, None) for h in HORIZONS]

    return [
        scenario_figures.Line(
            code, column(code, "final_aal"), column(code, "aal_p05"), column(code, "aal_p95")
        )
        for code in SCENARIOS
    ]


def _heat_table(answer: Answer, scenario: str) -> go.Figure:
    by_horizon = [answer.at(scenario, h) for h in HORIZONS]
    keys = [key for key in cache.app().perils if all(key in results for results in by_horizon)]
    lines = [[results[key] for results in by_horizon] for key in keys]
    values = [
        [None if r.status == "not_applicable" else r.final_aal for r in line] for line in lines
    ]
    return scenario_figures.heat_table(
        [filters.peril_name(key) for key in keys],
        values,
        [[_cell_text(r) for r in line] for line in lines],
        mode(),
        language(),
    )


def _cell_text(result: PerilResult) -> str:
    """As short as a cell; the unit stands in the title."""
    if result.has_number and result.final_aal is not None:
        return formats.bare(result.final_aal)
    return formats.status(result.status, language())
