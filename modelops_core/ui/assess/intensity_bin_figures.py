"""Draws the probability of each class of intensity, with the damage ratio over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from modelops_core.domain.explanation import YearValue
from modelops_core.ui.kit.figure_style import figure, set_axis
from modelops_core.ui.kit.layers.metrics import span
from modelops_core.ui.kit.theme import KIND, NEUTRAL, Mode


@dataclass(frozen=True, slots=True)
class Bin:
    """
    One class of intensity; an outer edge is None where the class is open.

    ``p`` with its interval: probability a year 0..1; ``damage``: the damage ratio 0..1 in it.
    """

    lower: float | None
    upper: float | None
    p: float | None
    p_low: float | None
    p_high: float | None
    damage: float | None


def bins_of(data: Mapping[str, Sequence[float]]) -> list[Bin]:
    """Bins from the stored columns; the outer edges are open."""
    edges = [None, *data["edges"], None]
    columns = (data[name] for name in ("p", "p_low", "p_high", "dr"))
    return [
        Bin(lower, upper, *values)
        for lower, upper, values in zip(
            edges[:-1], edges[1:], zip(*columns, strict=True), strict=True
        )
    ]


def bins(found: Sequence[Bin], unit: str, mode: Mode, words: Mapping[str, str]) -> go.Figure:
    """
    P of each bin with its interval, and the damage ratio in it on a second axis.

    *words*: probability, damage, intensity.
    """
    names = [span(b.lower, b.upper) for b in found]
    chart = figure(mode, height=320, legend=True, bargap=0.3)
    chart.add_bar(
        x=names,
        y=[_percent(b.p) for b in found],
        name=words["probability"],
        marker_color=KIND[mode]["physical"],
        error_y=_interval(found, mode),
        hovertemplate=f"%{{x}} {unit}<br>{words['probability']} %{{y:.3g}} %<extra></extra>",
    )
    chart.add_scatter(
        x=names,
        y=[_percent(b.damage) for b in found],
        name=words["damage"],
        yaxis="y2",
        mode="lines+markers",
        line={"color": KIND[mode]["operating"], "width": 2.5, "shape": "spline"},
        marker={"size": 8, "symbol": "diamond"},
        hovertemplate=f"%{{x}} {unit}<br>{words['damage']} %{{y:.3g}} %<extra></extra>",
    )
    chart.update_layout(
        yaxis={"title": {"text": words["probability_axis"]}, "rangemode": "tozero"},
        yaxis2=_right_axis(chart, f"{words['damage']} [%]"),
        xaxis={"title": {"text": f"{words['intensity']} [{unit}]"}, "type": "category"},
    )
    return chart


def _right_axis(chart: go.Figure, title: str) -> dict[str, object]:
    """A second axis in the ink of the first: a theme's own is hard to read."""
    own = chart.layout.yaxis
    ink = {"title": {"text": title, "font": own.title.font}, "tickfont": own.tickfont}
    return {**RIGHT_AXIS, **ink}


def _interval(found: Sequence[Bin], mode: Mode) -> dict[str, object]:
    return {
        "type": "data",
        "color": NEUTRAL[mode],
        "thickness": 1.4,
        "width": 5,
        "array": [_gap(b.p_high, b.p) for b in found],
        "arrayminus": [_gap(b.p, b.p_low) for b in found],
    }


#: the axis of the damage ratio, on the right over the one of P
RIGHT_AXIS = {
    "overlaying": "y",
    "side": "right",
    "showgrid": False,
    "rangemode": "tozero",
    "fixedrange": True,
    "tickmode": "auto",
    "nticks": 5,
}


def yearly(found: Sequence[YearValue], edges: Sequence[float], unit: str, mode: Mode) -> go.Figure:
    """The yearly values that were counted or fitted, with the bins' edges."""
    chart = figure(mode, height=240)
    chart.add_bar(
        x=[one.year for one in found],
        y=[one.value for one in found],
        marker_color=KIND[mode]["physical"],
        hovertemplate=f"%{{x}}: %{{y:.3g}} {unit}<extra></extra>",
    )
    for edge in edges:
        chart.add_hline(y=edge, line={"color": NEUTRAL[mode], "width": 1, "dash": "dot"})
    set_axis(chart.layout.yaxis, title_text=unit)
    return chart


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _gap(high: float | None, low: float | None) -> float:
    return 0.0 if high is None or low is None else max(0.0, 100 * (high - low))
