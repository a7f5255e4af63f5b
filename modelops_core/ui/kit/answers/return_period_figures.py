"""Draws exceedance curves: the loss of a year over its return period, on logarithmic years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import plotly.graph_objects as go

from modelops_core.domain.stamp import Language
from modelops_core.services.portfolio.rare_years import RareYear
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.figure_style import figure, round_ticks, set_axis, without_zeros
from modelops_core.ui.kit.theme import GROUND, Mode

HEIGHT = 320
#: ticks of the axis of years
TICKS = (2, 5, 10, 20, 50, 100, 200, 500)
Amount = Callable[[float | None], str]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its name, colour and sign, and the years in ascending order of their periods."""

    name: str
    colour: str
    symbol: str
    years: Sequence[RareYear]


def curves(
    found: Sequence[Curve],
    mode: Mode,
    language: Language,
    axis: str,
    beyond: str,
    *,
    amount: Amount | None = None,
    top: float | None = None,
) -> go.Figure:
    """
    One line a curve, dotted with hollow signs where it is extrapolated.

    *axis* names the years, *beyond* is the word for an extrapolated value. *amount* writes a loss
    (won where not given); *top* is the end of an axis that several figures share.
    """
    words = amount or partial(formats.won, language=language)
    chart = figure(mode, HEIGHT, legend=True)
    for curve in found:
        for years, known in ((_within(curve.years), True), (_beyond(curve.years), False)):
            if years:
                _add(chart, curve, years, mode, words, None if known else beyond)
    set_axis(
        chart.layout.xaxis,
        type="log",
        tickvals=TICKS,
        ticktext=[str(t) for t in TICKS],
        title_text=axis,
    )
    end = highest(found) if top is None else top
    ticks = round_ticks(end)
    texts = [without_zeros(words(v)) for v in ticks]
    set_axis(chart.layout.yaxis, rangemode="tozero", tickvals=ticks, ticktext=texts)
    if top:
        set_axis(chart.layout.yaxis, range=[0, top * 1.05])
    return chart


def highest(found: Sequence[Curve]) -> float:
    """The largest loss of some curves."""
    return max((year.loss or 0.0 for curve in found for year in curve.years), default=0.0)


def _within(years: Sequence[RareYear]) -> list[RareYear]:
    return [year for year in years if not year.extrapolated]


def _beyond(years: Sequence[RareYear]) -> list[RareYear]:
    """The extrapolated years, from the last that the data carry on, so that the line goes on."""
    return [*_within(years)[-1:], *(year for year in years if year.extrapolated)]


def _add(
    chart: go.Figure,
    curve: Curve,
    years: Sequence[RareYear],
    mode: Mode,
    amount: Amount,
    beyond: str | None,
) -> None:
    first = beyond is None or not _within(curve.years)
    chart.add_scatter(
        x=[year.period for year in years],
        y=[year.loss for year in years],
        name=curve.name,
        legendgroup=curve.name,
        showlegend=first,
        mode="lines+markers",
        line={"color": curve.colour, "width": 2.5, "dash": "solid" if beyond is None else "dot"},
        marker={
            "size": 7,
            "symbol": curve.symbol,
            "color": curve.colour if beyond is None else GROUND[mode],
            "line": {"color": curve.colour, "width": 1.6},
        },
        text=[amount(year.loss) + (f" ({beyond})" if year.extrapolated else "") for year in years],
        hovertemplate=f"{curve.name}<br>%{{x}}: %{{text}}<extra></extra>",
    )
