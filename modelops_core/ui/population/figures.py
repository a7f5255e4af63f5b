"""Makes the figures of population: map scales, series, ranking, sums beside published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from modelops_core.domain.climate import Array
from modelops_core.domain.stamp import Language
from modelops_core.services.series.population import YEARS
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.figure_style import figure, literal, rgba, set_axis, set_rows
from modelops_core.ui.kit.formats import DASH
from modelops_core.ui.kit.theme import DIVERGING, KIND, TEXT, Mode, Scale, css

#: fixed for all years, so that the years can be compared; by measure, then level
SCALES: Mapping[str, Mapping[str, Scale]] = {
    "population": {
        "sigungu": Scale("population", "", 1e4, 1e6, True, (1e4, 3e4, 1e5, 3e5, 1e6)),
        "sido": Scale("population", "", 3e5, 1.5e7, True, (3e5, 1e6, 3e6, 1e7)),
    },
    "density": dict.fromkeys(
        ("sigungu", "sido"), Scale("density", "", 20.0, 3e4, True, (20.0, 100.0, 1e3, 1e4))
    ),
    "change": dict.fromkeys(
        ("sigungu", "sido"),
        Scale("change", "%", -40.0, 40.0, False, (-40.0, -20.0, 0.0, 20.0, 40.0), DIVERGING),
    ),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One district of a ranking."""

    name: str
    value: float
    text: str
    chosen: bool = False


def persons(value: float, language: Language) -> str:
    """People in 만 (Korean) or M / k (English), three significant figures."""
    if formats.missing(value):
        return DASH
    if language == "ko":
        return f"{formats.number(value / 1e4)}만" if abs(value) >= 1e4 else formats.number(value)
    for size, name in ((1e6, "\N{NO-BREAK SPACE}M"), (1e3, "\N{NO-BREAK SPACE}k")):
        if abs(value) >= size:
            return f"{formats.number(value / size)}{name}"
    return formats.number(value)


def shown(value: float, measure: str, language: Language) -> str:
    """A value of the measure as text, without its unit; a change has its sign."""
    if measure == "population" or formats.missing(value):
        return persons(value, language)
    if measure == "density":
        return formats.number(value)
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{formats.number(abs(value))}"


def series(
    values: Array, names: Sequence[str], year: int, mode: Mode, language: Language
) -> go.Figure:
    """
    People of a place by year, the chosen year marked; from zero, so that a change is not
    overdrawn.
    """
    chart = figure(mode, height=250)
    chart.add_scatter(
        x=list(YEARS),
        y=values,
        mode="lines+markers+text",
        text=[persons(v, language) for v in values],
        textposition="top center",
        line={"color": KIND[mode]["physical"], "width": 2.6},
        fill="tozeroy",
        fillcolor=rgba(KIND[mode]["physical"], 0.14),
        marker={"size": [13 if y == year else 7 for y in YEARS]},
        textfont={"color": TEXT[mode], "size": 12},
        hovertemplate=f"%{{x}}: %{{text}} {names[0]}<extra></extra>",
        cliponaxis=False,
    )
    top = max((v for v in values if not formats.missing(v)), default=1.0)
    set_axis(chart.layout.yaxis, range=[0, 1.22 * top], showticklabels=False, showgrid=False)
    set_axis(
        chart.layout.xaxis,
        tickvals=list(YEARS),
        range=[YEARS[0] - 2, YEARS[-1] + 2],
        showgrid=False,
    )
    return chart


def ranking(bars: Sequence[Bar], measure: str, mode: Mode) -> go.Figure:
    """Horizontal bars, the first on top; growth and decline in the map's two colours."""
    chart = figure(mode, height=40 + 26 * len(bars), bargap=0.3)
    names = [f"<b>{literal(b.name)}</b>" if b.chosen else literal(b.name) for b in bars]
    chart.add_bar(
        y=names,
        x=[bar.value for bar in bars],
        orientation="h",
        marker_color=[_colour(bar, measure, mode) for bar in bars],
        text=[bar.text for bar in bars],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
        textfont={"size": 12, "color": TEXT[mode]},
    )
    low, high = min((b.value for b in bars), default=0.0), max((b.value for b in bars), default=1.0)
    room = 0.3 * ((max(high, 0.0) - min(low, 0.0)) or 1.0)
    set_axis(
        chart.layout.xaxis,
        range=[
            min(low, 0.0) - (room if low < 0 else 0),
            max(high, 0.0) + (room if high > 0 else 0),
        ],
        showticklabels=False,
        showgrid=False,
    )
    set_rows(chart, names)
    return chart


def _colour(bar: Bar, measure: str, mode: Mode) -> str:
    if measure != "change":
        return KIND[mode]["operating" if bar.chosen else "physical"]
    return css(DIVERGING[5] if bar.value >= 0 else DIVERGING[1])


def tick(value: float, measure: str, language: Language) -> str:
    """A round value of the legend, short."""
    if measure == "change":
        return f"{value:+g}".replace("-", formats.MINUS) if value else "0"
    if language == "ko":
        return f"{value / 1e4:,g}만" if value >= 1e4 else f"{value:,g}"
    return (
        f"{value / 1e6:g}M"
        if value >= 1e6
        else f"{value / 1e3:g}k"
        if value >= 1e3
        else f"{value:g}"
    )


def national(
    total: Array, published: Mapping[int, float], mode: Mode, words: Mapping[str, str], size: float
) -> go.Figure:
    """
    The sums by year as a line, published figures as marks, in units of *size*; *words*: own,
    published, axis.
    """
    chart = figure(mode, height=280, legend=True)
    chart.add_scatter(
        x=list(YEARS),
        y=total / size,
        name=words["own"],
        mode="lines+markers",
        line={"color": KIND[mode]["physical"], "width": 2.6},
        hovertemplate="%{x}: %{y:,.4~r}<extra></extra>",
    )
    chart.add_scatter(
        x=list(published),
        y=[v / size for v in published.values()],
        name=words["published"],
        mode="markers",
        marker={
            "symbol": "diamond-open",
            "size": 13,
            "color": KIND[mode]["operating"],
            "line": {"width": 2.4},
        },
        hovertemplate="%{x}: %{y:,.4~r}<extra></extra>",
    )
    set_axis(chart.layout.yaxis, title_text=words["axis"], tickformat=",")
    set_axis(chart.layout.xaxis, showgrid=False, dtick=10)
    return chart
