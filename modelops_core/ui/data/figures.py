"""Draws the share of cells that have a result, by peril and horizon."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from modelops_core.ui.kit.figure_style import figure, rgba, set_axis
from modelops_core.ui.kit.theme import KIND, TEXT, Mode


def coverage_heatmap(
    rows: Sequence[str],
    columns: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    labels: Sequence[Sequence[str]],
    mode: Mode,
) -> go.Figure:
    """Draw shares 0..1, (row, column), as a heat map; *labels* is the text in each cell."""
    colour = KIND[mode]["physical"]
    chart = figure(mode, height=70 + 34 * len(rows))
    chart.add_heatmap(
        x=list(columns),
        y=list(rows),
        z=[[0.0 if v is None else v for v in line] for line in shares],
        zmin=0,
        zmax=1,
        colorscale=[[0, rgba(colour, 0.06)], [1, rgba(colour, 0.38)]],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
        text=[list(line) for line in labels],
        texttemplate="%{text}",
        textfont={"size": 12, "color": TEXT[mode]},
    )
    set_axis(chart.layout.yaxis, autorange="reversed", showgrid=False)
    set_axis(chart.layout.xaxis, side="top", showgrid=False)
    return chart
