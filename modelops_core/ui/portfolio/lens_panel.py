"""How much of the portfolio is vulnerable: four numbers, and the curve that the slider moves on."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.services.report.portfolio import exposed, figures, partial
from modelops_core.services.report.portfolio.amounts import of_assets
from modelops_core.services.report.portfolio.lenses import ALL_KINDS
from modelops_core.services.report.portfolio.material import Material
from modelops_core.ui.kit import charts, choose, formats
from modelops_core.ui.kit.answers.scenario_figures import SYMBOL
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.figure_style import figure, rgba, set_axis
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.kit.theme import SCENARIO, TEXT, Mode

HEIGHT = 300
KIND = Field(UrlName.KIND, ("any", "acute", "chronic"))
DASHES = {"ssp1": "solid", "ssp2": "dash", "ssp3": "dot", "ssp5": "dashdot"}


def draw(material: Material) -> None:
    """The numbers and the curve."""
    kind = choose.segments(KIND, t("portfolio.kind"), lambda key: t(f"portfolio.kind_{key}"))
    _numbers(material, kind)
    charts.draw(
        curve(material, kind, mode()),
        "portfolio-curve",
        key=WidgetKey.PORTFOLIO_CURVE,
        title=t("portfolio.curve"),
        of=charts.of_climate(horizon=material.focus.horizon),
    )


def _numbers(material: Material, kind: str) -> None:
    focus, items = material.focus, of_assets(material)
    measure, k = material.measures[focus.lens], ALL_KINDS.index(kind)
    hit = measure.vulnerable(focus.threshold)[k, material.at]
    unknown = measure.unknown(focus.threshold)[k, material.at]
    loss = partial.loss(material, np.ones(items.site.size, dtype=bool))
    amount, lost = exposed.amount(items, hit), exposed.amount(items, unknown)
    boxes = st.columns(4)
    said = (
        ("value", items.total, t("portfolio.sites_of", count=f"{items.site.size:,}")),
        ("vulnerable", amount, _share(amount, items.total)),
        ("undetermined", lost, _share(lost, items.total)),
        ("loss", loss, t("portfolio.a_year", rate=_share(loss, items.total))),
    )
    for box, (name, value, below) in zip(boxes, said, strict=True):
        box.metric(t(f"portfolio.{name}"), formats.won(value, language()))
        box.caption(below)


def _share(part: float | None, whole: float) -> str:
    return formats.percent(exposed.percent(part, whole))


def curve(material: Material, kind: str, look: Mode) -> go.Figure:
    """Share of the value against the threshold, a line a scenario, the chosen threshold marked."""
    focus = material.focus
    made = figure(look, HEIGHT, legend=True)
    _add_band(made, material, kind, look)
    for scenario, points in figures.curve_of(material, focus.lens, focus.horizon, kind).items():
        made.add_scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            name=SCENARIOS[scenario],
            mode="lines",
            line={"color": SCENARIO[look][scenario], "dash": DASHES[scenario]},
            meta=SYMBOL[scenario],
        )
    made.add_vline(x=focus.threshold, line_width=1.5, line_color=TEXT[look])
    set_axis(made.layout.xaxis, title={"text": t(f"portfolio.threshold_{focus.lens}")})
    set_axis(made.layout.yaxis, title={"text": t("portfolio.share")}, range=[0, 101])
    return made


def _add_band(chart: go.Figure, material: Material, kind: str, look: Mode) -> None:
    """What may be vulnerable besides in the chosen scenario: sites of which a peril is unknown."""
    band = figures.undetermined_band(material, kind)
    if not any(high > low for _, low, high in band):
        return
    there, back = band, band[::-1]
    chart.add_scatter(
        x=[x for x, *_ in (*there, *back)],
        y=[*(low for _, low, _ in there), *(high for *_, high in back)],
        name=t("portfolio.curve_undetermined", name=SCENARIOS[material.focus.scenario]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=rgba(SCENARIO[look][material.focus.scenario], 0.16),
        hoverinfo="skip",
    )
