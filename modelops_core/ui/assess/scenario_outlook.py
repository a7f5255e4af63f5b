"""Scenarios and horizons side by side for one site."""

from __future__ import annotations

from typing import cast

import streamlit as st

from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.ports import Row
from modelops_core.services.portfolio import compare
from modelops_core.services.portfolio.compare import Cell
from modelops_core.ui.kit import cache, charts, downloads, exports, filters, formats
from modelops_core.ui.kit.answers import scenario_figures, unknown_horizons
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode


def draw(found: Row, choice: Choice) -> None:
    """Totals by scenario, the chosen peril by scenario, and peril × horizon."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{t('assess.total_by_scenario')}**")
        sums = _totals(found)
        drawn = compare.comparable(sums)
        lines = [scenario_figures.Line(code, [c.value for c in own]) for code, own in drawn.items()]
        chart = scenario_figures.lines(lines, mode(), language(), t("assess.won_year"), money=True)
        st.plotly_chart(
            chart,
            config=charts.config("totals"),
            key=WidgetKey.TOTALS,
            alt=t("assess.total_by_scenario"),
        )
        unknown_horizons.note(drawn, sums)
    with right:
        name = filters.peril_name(choice.peril)
        st.markdown(f"**{t('assess.peril_by_scenario', peril=name)}**")
        lines = _peril(found, choice.peril)
        if any(value is not None for line in lines for value in line.values):
            chart = scenario_figures.lines(lines, mode(), language(), "%/yr")
            st.plotly_chart(
                chart, config=charts.config(choice.peril), key=WidgetKey.PERIL_LINES, alt=name
            )
        else:
            st.info(t("assess.no_line", peril=name), icon=":material/help:")
    st.markdown(f"**{t('assess.heat_table', scenario=SCENARIOS[choice.scenario])}**")
    st.plotly_chart(
        _heat(found, choice.scenario),
        config=charts.config("heat"),
        key=WidgetKey.LOSS_HEAT,
        alt=t("assess.heat_table_alt"),
    )
    st.caption(t("assess.outlook_note"))
    downloads.table(
        "modelops_totals",
        exports.head(found, cache.app().sources.all()),
        exports.TOTAL_COLUMNS,
        found["totals"],
    )


def _totals(found: Row) -> dict[str, list[Cell]]:
    """Scenario → the sum of all perils [KRW a year] by horizon."""
    answer, perils = (
        compare.answer(found, 0.0),
        cache.app().perils,
    )  # a sum in money needs no insured sum
    return {
        code: [compare.cell(answer, "grand", "loss", (code, h), perils) for h in HORIZONS]
        for code in SCENARIOS
    }


def _peril(found: Row, peril: str) -> list[scenario_figures.Line]:
    rows = {
        (r["ssp_scenario"], r["horizon"]): r for r in found["results"] if r["risk_type"] == peril
    }

    def column(code: str, field: str) -> list[float | None]:
        return [cast("float | None", rows.get((code, h), {}).get(field)) for h in HORIZONS]

    lines = []
    for code in SCENARIOS:
        low, high = column(code, "aal_p05"), column(code, "aal_p95")
        lines.append(scenario_figures.Line(code, column(code, "final_aal"), low, high))
    return lines


def _heat(found: Row, scenario: str) -> object:
    rows = {
        (r["risk_type"], r["horizon"]): r for r in found["results"] if r["ssp_scenario"] == scenario
    }
    keys = [key for key in cache.app().perils if (key, "baseline") in rows]
    values = [
        [
            rows[key, h]["final_aal"] if rows[key, h]["status"] != "not_applicable" else None
            for h in HORIZONS
        ]
        for key in keys
    ]
    words = [[_brief(rows[key, h]) for h in HORIZONS] for key in keys]
    return scenario_figures.heat_table(
        [filters.peril_name(key) for key in keys], values, words, mode(), language()
    )


def _brief(row: Row) -> str:
    """As short as a cell; the unit stands in the title."""
    known = row["status"] not in ("not_assessed", "not_applicable")
    return formats.bare(row["final_aal"]) if known else formats.status(row["status"], language())
