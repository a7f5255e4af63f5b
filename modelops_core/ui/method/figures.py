"""Draws a peril's damage curve: the central line, the span of the sets, the classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from modelops_core.services.method.curves import Curve
from modelops_core.ui.kit.figure_style import TITLE_WIDTH, figure, rgba, set_axis, wrapped
from modelops_core.ui.kit.theme import KIND, NEUTRAL, Mode

#: dashes of the other classes of use
DASHES = ("dash", "dot", "dashdot")
#: lowest damage ratio of a logarithmic axis [%]
FLOOR = 1e-5


def damage(
    found: Sequence[Curve],
    edges: Sequence[float],
    unit: str,
    kind: str,
    mode: Mode,
    words: Mapping[str, str],
    *,
    logarithmic: bool = False,
) -> go.Figure:
    """
    Damage ratio [%] of an average building over the intensity; no damage has no place on a
    *logarithmic* axis.

    *words*: intensity, damage, central, range, edge, and the name of each class of use.
    """
    chart = figure(mode, height=360, legend=True)
    colour = KIND[mode][kind]
    low, central, high = found[:3]
    _range(chart, low, high, FLOOR if logarithmic else 0.0, rgba(colour, 0.16), words["range"])
    for curve, dash in zip(found[3:], DASHES, strict=False):
        _line(
            chart,
            curve,
            words[curve.use],
            {"color": NEUTRAL[mode], "width": 1.8, "dash": dash},
            unit,
            words["damage"],
        )
    name = words["central"] + (f" · {words[central.use]}" if central.use else "")
    _line(chart, central, name, {"color": colour, "width": 3}, unit, words["damage"])
    for edge in edges:
        chart.add_vline(x=edge, line={"color": NEUTRAL[mode], "width": 1, "dash": "dot"})
    across = "<br>".join(wrapped(f"{words['intensity']} [{unit}]", TITLE_WIDTH))
    set_axis(chart.layout.xaxis, title_text=across, range=[0, float(central.x[-1])])
    set_axis(chart.layout.yaxis, title_text=f"{words['damage']} [%]", rangemode="tozero")
    if logarithmic:
        _logarithmic(chart, found)
    return chart


def _range(chart: go.Figure, low: Curve, high: Curve, floor: float, fill: str, name: str) -> None:
    """The span between two sets, filled; *floor* is the least damage ratio [%] that is drawn."""
    lower, upper = (np.maximum(100 * curve.published, floor) for curve in (low, high))
    chart.add_scatter(
        x=[*low.x, *high.x[::-1]],
        y=[*lower, *upper[::-1]],
        fill="toself",
        fillcolor=fill,
        line={"width": 0},
        name=name,
        hoverinfo="skip",
    )


def _logarithmic(chart: go.Figure, found: Sequence[Curve]) -> None:
    """From half the least damage of any curve to twice the largest of the high set."""
    start = min(float(c.published[c.published > 0][0]) for c in found)
    set_axis(
        chart.layout.yaxis,
        type="log",
        dtick=1,
        exponentformat="none",
        range=[np.log10(max(FLOOR, 50 * start)), np.log10(200 * found[2].published[-1])],
    )


def _line(
    chart: go.Figure, curve: Curve, name: str, line: Mapping[str, object], unit: str, damage: str
) -> None:
    chart.add_scatter(
        x=curve.x,
        y=100 * curve.published,
        name=name,
        mode="lines",
        line=dict(line),
        hovertemplate=f"%{{x:.3g}} {unit}<br>{damage} %{{y:.3g}} %<extra>{name}</extra>",
    )
