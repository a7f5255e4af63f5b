"""Makes the figures of a climate variable's series by year and by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.services.series.projections import count_equal_years
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.figure_style import figure, rgba, set_axis
from modelops_core.ui.kit.theme import GRID, NEUTRAL, SCENARIO, TEXT, Mode

#: of single years, beside the mean of twenty
FAINT = 0.34
#: a band of fewer years has no room for its name
SHORT = 9
SYMBOL = {"ssp1": "circle", "ssp2": "square", "ssp3": "diamond", "ssp5": "triangle-up"}


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded stretch of years with its name."""

    name: str
    first: int
    last: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """How the values are named: title of the axis, and unit after a number."""

    title: str
    unit: str


def years(
    axis_years: IntArray,
    values: Array,
    means: Array,
    bands: Sequence[Band],
    axis: Axis,
    mode: Mode,
    words: Mapping[str, str],
) -> go.Figure:
    """
    Thin lines of years and thick running means, (scenario, year); *words*: history, same, running.

    What is equal in all scenarios is drawn once, in a neutral colour.
    """
    chart = figure(mode, height=400, legend=True, hovermode="x unified")
    _shade(chart, bands, mode)
    common, common_mean = count_equal_years(values), count_equal_years(means)
    own = [
        _Pair(
            words["same"] if common == axis_years.size else words["history"],
            NEUTRAL[mode],
            values[0],
            means[0],
            slice(0, common),
            slice(0, common_mean),
        )
    ]
    if common < axis_years.size:
        after = slice(max(0, common - 1), None), slice(max(0, common_mean - 1), None)
        own += [
            _Pair(SCENARIOS[code], SCENARIO[mode][code], values[i], means[i], *after)
            for i, code in enumerate(SCENARIOS)
        ]
    for pair in own:
        _draw(chart, axis_years, pair, axis.unit, words["running"])
    set_axis(chart.layout.yaxis, title_text=axis.title)
    set_axis(chart.layout.xaxis, range=[axis_years[0] - 1, axis_years[-1] + 1], showgrid=False)
    return chart


@dataclass(frozen=True, slots=True)
class _Pair:
    """Values and means (year,) of a scenario, and which of the years each line shows."""

    name: str
    colour: str
    values: Array
    means: Array
    thin: slice
    thick: slice


def _draw(chart: go.Figure, axis_years: IntArray, pair: _Pair, unit: str, running: str) -> None:
    """A thin line of years and its thick mean; nothing where all is unknown."""
    own = pair.values[pair.thin]
    if own.size < 2 or np.isnan(own).all():
        return
    shared_by_both = {"mode": "lines", "name": pair.name, "legendgroup": pair.name}
    chart.add_scatter(
        x=axis_years[pair.thin],
        y=own,
        line={"color": rgba(pair.colour, FAINT), "width": 1.1},
        showlegend=False,
        text=[formats.number(v) for v in own],
        customdata=[formats.number(v) for v in pair.means[pair.thin]],
        hovertemplate=f"%{{text}} {unit} ({running} %{{customdata}})",
        **shared_by_both,
    )
    chart.add_scatter(
        x=axis_years[pair.thick],
        y=pair.means[pair.thick],
        line={"color": pair.colour, "width": 3},
        hoverinfo="skip",
        **shared_by_both,
    )


def _shade(chart: go.Figure, bands: Sequence[Band], mode: Mode) -> None:
    """Shapes and names in one go: plotly checks each call on its own, which takes long."""
    shapes, names = [], []
    for i, band in enumerate(bands):
        strength = 0.9 if band.chosen else 0.45 if i % 2 else 0.2
        shapes.append(
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": band.first - 0.5,
                "x1": band.last + 0.5,
                "y0": 0,
                "y1": 1,
                "fillcolor": rgba(GRID[mode], strength),
                "line": {"width": 0},
                "layer": "below",
            }
        )
        names.append(
            {
                "text": ""
                if band.last - band.first < SHORT
                else f"<b>{band.name}</b>"
                if band.chosen
                else band.name,
                "x": (band.first + band.last) / 2,
                "xref": "x",
                "y": 1,
                "yref": "paper",
                "yanchor": "top",
                "showarrow": False,
                "font": {"size": 11, "color": TEXT[mode] if band.chosen else NEUTRAL[mode]},
            }
        )
    chart.update_layout(shapes=shapes, annotations=names)


def months(
    baseline: Array, future: Array, names: Sequence[str], axis: Axis, mode: Mode, reference: str
) -> go.Figure:
    """
    The twelve months of the baseline and of each scenario, (scenario, month); unknown ones are
    left out.
    """
    chart = figure(mode, height=360, legend=True, hovermode="x unified")
    for code, own in zip(SCENARIOS, future, strict=True):
        if not np.isnan(own).all():
            chart.add_scatter(
                x=list(names),
                y=own,
                name=SCENARIOS[code],
                mode="lines+markers",
                text=[formats.number(v) for v in own],
                line={"color": SCENARIO[mode][code], "width": 2.2},
                marker={"size": 6, "symbol": SYMBOL[code]},
                hovertemplate=f"%{{text}} {axis.unit}",
            )
    chart.add_scatter(
        x=list(names),
        y=baseline[0],
        name=reference,
        mode="lines+markers",
        text=[formats.number(v) for v in baseline[0]],
        line={"color": NEUTRAL[mode], "width": 2.6, "dash": "dot"},
        marker={"size": 5},
        hovertemplate=f"%{{text}} {axis.unit}",
    )
    set_axis(chart.layout.yaxis, title_text=axis.title)
    set_axis(chart.layout.xaxis, tickangle=0, tickvals=list(names[::2]))  # twelve would touch
    return chart


def monthly_change(change: Array, names: Sequence[str], axis: Axis, mode: Mode) -> go.Figure:
    """How much each month of each scenario differs from the baseline, (scenario, month)."""
    chart = figure(
        mode, height=360, legend=True, hovermode="x unified", bargap=0.25, bargroupgap=0.06
    )
    for code, own in zip(SCENARIOS, change, strict=True):
        if not np.isnan(own).all():
            chart.add_bar(
                x=list(names),
                y=own,
                name=SCENARIOS[code],
                marker_color=SCENARIO[mode][code],
                text=[formats.number(v) for v in own],
                textposition="none",
                hovertemplate=f"%{{text}} {axis.unit}",
            )
    chart.add_hline(y=0, line={"color": NEUTRAL[mode], "width": 1})
    set_axis(chart.layout.yaxis, title_text=axis.title)
    set_axis(chart.layout.xaxis, tickangle=0, tickvals=list(names[::2]))  # twelve would touch
    return chart
