"""Draws the durations of a job's steps and of nightly runs as bars."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from modelops_core.ui.kit.figure_style import figure, set_axis, set_rows
from modelops_core.ui.kit.theme import KIND, NEUTRAL, TEXT, Mode

#: share of the width that the numbers at the right get
COLUMN = 0.3


def steps(
    names: Sequence[str], seconds: Sequence[float], texts: Sequence[str], mode: Mode
) -> go.Figure:
    """Horizontal bars in the order given, the first on top, with their numbers at the right."""
    chart = figure(mode, height=30 + 34 * len(names), bargap=0.4)
    chart.add_bar(
        y=list(names),
        x=list(seconds),
        orientation="h",
        marker_color=KIND[mode]["physical"],
        customdata=list(texts),
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    set_rows(chart, names)
    set_axis(
        chart.layout.xaxis,
        range=[0, max(seconds, default=0) * 1.02 or 1],
        domain=[0, 1 - COLUMN],
        showticklabels=False,
        showgrid=False,
    )
    # one by one each annotation would be checked against all before it
    chart.update_layout(
        annotations=[
            {
                "y": name,
                "x": 1.0,
                "xref": "paper",
                "text": text,
                "showarrow": False,
                "xanchor": "right",
                "font": {"size": 12, "color": TEXT[mode]},
            }
            for name, text in zip(names, texts, strict=True)
        ]
    )
    return chart


def nights(
    names: Sequence[str],
    seconds: Sequence[float | None],
    texts: Sequence[str],
    mode: Mode,
    unit: str,
) -> go.Figure:
    """
    A bar a nightly run, the latest at the right; a nightly run without an end has none.

    The first word of each of *names* stands below its bar, the whole name is shown at it.
    """
    chart = figure(mode, height=220, bargap=0.45)
    chart.add_bar(
        x=list(names),
        y=[0 if s is None else s for s in seconds],
        text=list(texts),
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        marker_color=[NEUTRAL[mode] if s is None else KIND[mode]["physical"] for s in seconds],
        width=min(0.6, 0.06 * len(names)),
        hovertemplate="%{x}: %{text}<extra></extra>",
    )
    set_axis(chart.layout.yaxis, title_text=unit, rangemode="tozero")
    short = [name.split()[0] for name in names]
    set_axis(chart.layout.xaxis, type="category", tickvals=list(names), ticktext=short, tickangle=0)
    chart.update_layout(margin={"t": 28})
    return chart
