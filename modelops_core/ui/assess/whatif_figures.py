"""Draws what-if answers: parameter sets as bars, attributes as spans of loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from modelops_core.domain.stamp import Language
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.figure_style import figure, rgba, round_ticks, set_axis, set_rows
from modelops_core.ui.kit.theme import GRID, KIND, NEUTRAL, TEXT, Mode

#: share of the width that the numbers at the right get
COLUMN = 0.34


@dataclass(frozen=True, slots=True)
class SetBar:
    """One parameter set: AAL [%/yr] with interval and its text; None where there is no number."""

    name: str
    aal: float | None
    low: float | None
    high: float | None
    text: str
    central: bool


def sets(bars: Sequence[SetBar], kind: str, mode: Mode, words: Mapping[str, str]) -> go.Figure:
    """Final AAL under each set, from zero; *words*: aal, interval."""
    chart = figure(mode, height=54 + 50 * len(bars), bargap=0.38)
    colour = KIND[mode][kind]
    above = [_gap(bar.high, bar.aal) for bar in bars]
    below = [_gap(bar.aal, bar.low) for bar in bars]
    chart.add_bar(
        y=[bar.name for bar in bars],
        x=[bar.aal for bar in bars],
        orientation="h",
        marker_color=[colour if bar.central else rgba(colour, 0.5) for bar in bars],
        error_x={
            "type": "data",
            "array": above,
            "arrayminus": below,
            "color": NEUTRAL[mode],
            "thickness": 1.4,
            "width": 4,
        },
        customdata=[[bar.text, formats.interval(bar.low, bar.high)] for bar in bars],
        hovertemplate=(
            f"<b>%{{y}}</b><br>{words['aal']} %{{customdata[0]}}<br>"
            f"{words['interval']} %{{customdata[1]}}<extra></extra>"
        ),
    )
    top = max((max(bar.aal or 0.0, bar.high or 0.0) for bar in bars), default=0.0)
    ticks = round_ticks(top, 2)
    set_rows(chart, [bar.name for bar in bars])
    set_axis(
        chart.layout.xaxis,
        range=[0, top * 1.02 or 1],
        domain=[0, 1 - COLUMN],
        tickvals=ticks,
        ticktext=[formats.percent(v) for v in ticks],
        tickangle=0,
    )
    chart.layout.annotations = [_of_bar(bar, mode) for bar in bars]
    return chart


def _of_bar(bar: SetBar, mode: Mode) -> dict[str, object]:
    """Two short lines leave the bars room on a phone."""
    lines = bar.text.replace(" · ", "<br>")
    return _right(
        bar.name,
        f"<b>{lines}</b>" if bar.central else lines,
        TEXT[mode] if bar.aal is not None else NEUTRAL[mode],
    )


@dataclass(frozen=True, slots=True)
class Span:
    """What one attribute can do: its two values in words and their losses [KRW a year]."""

    name: str
    least: str
    largest: str
    low: float
    high: float


def spans(
    found: Sequence[Span],
    now: float | None,
    kind: str,
    mode: Mode,
    language: Language,
    words: Mapping[str, str],
) -> go.Figure:
    """
    A line from the least to the largest loss of each attribute, and the loss as it is.

    *now*: that loss [KRW a year], None where it is unknown; *words*: loss, now.
    """
    chart = figure(mode, height=70 + 50 * len(found))
    labels = [_span_label(span, mode) for span in found]
    for label, span in zip(labels, found, strict=True):
        _add_span(chart, label, span, KIND[mode][kind], language, words["loss"])
    top = max([*(span.high for span in found), now or 0.0])
    ticks = round_ticks(top, 2)
    set_rows(chart, labels)
    set_axis(
        chart.layout.xaxis,
        range=[-0.02 * top, top * 1.04 or 1],
        domain=[0, 1 - COLUMN],
        tickvals=ticks,
        ticktext=[formats.won(v, language) for v in ticks],
        tickangle=0,
        gridcolor=GRID[mode],
    )
    notes = [
        _right(label, _losses(span, language), TEXT[mode])
        for label, span in zip(labels, found, strict=True)
    ]
    if now is not None:
        chart.add_vline(x=now, line={"color": TEXT[mode], "width": 1.5, "dash": "dash"})
        notes.append(_now_label(now, words["now"], mode))
        chart.update_layout(margin={"t": 26})
    chart.layout.annotations = notes
    return chart


def _span_label(span: Span, mode: Mode) -> str:
    """The attribute, and below it the two values that were tried."""
    style = f"font-size:11px;color:{NEUTRAL[mode]}"
    return f"{span.name}<br><span style='{style}'>{span.least} → {span.largest}</span>"


def _add_span(
    chart: go.Figure, label: str, span: Span, colour: str, language: Language, word: str
) -> None:
    """A line with a bar at the least loss and a dot at the largest."""
    chart.add_scatter(
        x=[span.low, span.high],
        y=[label, label],
        mode="lines+markers",
        line={"color": colour, "width": 6},
        marker={
            "size": 11,
            "color": colour,
            "symbol": ["line-ns", "circle"],
            "line": {"color": colour, "width": 2},
        },
        customdata=[
            [span.least, formats.won(span.low, language)],
            [span.largest, formats.won(span.high, language)],
        ],
        hovertemplate=(
            f"<b>{span.name}</b>: %{{customdata[0]}}<br>{word} %{{customdata[1]}}<extra></extra>"
        ),
        showlegend=False,
    )


def _losses(span: Span, language: Language) -> str:
    return f"{formats.won(span.low, language)}<br>~ {formats.won(span.high, language)}"


def _now_label(now: float, text: str, mode: Mode) -> dict[str, object]:
    """The word above the dashed line."""
    return {
        "x": now,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"size": 12, "color": TEXT[mode]},
    }


def _right(y: str, text: str, colour: str) -> dict[str, object]:
    """A number in the column at the right."""
    return {
        "y": y,
        "x": 1.0,
        "xref": "paper",
        "text": text,
        "showarrow": False,
        "xanchor": "right",
        "align": "right",
        "font": {"size": 12, "color": colour},
    }


def _gap(high: float | None, low: float | None) -> float:
    return 0.0 if high is None or low is None else max(0.0, high - low)
