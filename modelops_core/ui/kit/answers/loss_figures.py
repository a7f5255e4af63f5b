"""Draws expected losses by peril as bars, and the steps of one AAL as a waterfall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import plotly.graph_objects as go

from modelops_core.domain.answer import PerilResult
from modelops_core.domain.stamp import Language
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.figure_style import figure, round_ticks, set_axis, set_rows
from modelops_core.ui.kit.theme import KIND, NEUTRAL, TEXT, Mode

#: letters of a step's name beside each other: four stand on a telephone
ACROSS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One peril's loss [KRW a year]; None where there is no number, with the word for why."""

    name: str
    kind: str
    loss: float | None
    low: float | None
    high: float | None
    aal: float | None
    word: str = ""


def bars_of(
    results: Iterable[PerilResult],
    names: Mapping[str, str],
    kinds: Mapping[str, str],
    language: Language,
) -> list[Bar]:
    """Bars of one scenario and horizon, largest loss first, unknown ones last."""
    made = [_bar(r, names[r.risk_type], kinds[r.risk_type], language) for r in results]
    return sorted(made, key=lambda bar: -1.0 if bar.loss is None else bar.loss, reverse=True)


def _bar(result: PerilResult, name: str, kind: str, language: Language) -> Bar:
    return Bar(
        name,
        kind,
        None if result.status == "not_applicable" else result.expected_loss,
        result.loss_at(result.aal_p05),
        result.loss_at(result.aal_p95),
        result.final_aal,
        formats.status(result.status, language),
    )


def loss_bars(
    bars: Sequence[Bar], mode: Mode, language: Language, words: Mapping[str, str]
) -> go.Figure:
    """Horizontal bars with 5–95 % intervals; *words*: physical, operating, loss, interval."""
    chart = figure(mode, height=60 + 34 * len(bars), legend=True, bargap=0.35)
    for kind in ("physical", "operating"):
        own = [bar for bar in bars if bar.kind == kind]
        chart.add_bar(
            y=[bar.name for bar in own],
            x=[bar.loss for bar in own],
            orientation="h",
            name=words[kind],
            marker_color=KIND[mode][kind],
            error_x=_interval(own, mode),
            customdata=[
                [
                    formats.won(b.loss, language),
                    formats.percent(b.aal),
                    f"{formats.won(b.low, language)} ~ {formats.won(b.high, language)}",
                ]
                for b in own
            ],
            hovertemplate=(
                f"<b>%{{y}}</b><br>{words['loss']} %{{customdata[0]}} (%{{customdata[1]}})<br>"
                f"{words['interval']} %{{customdata[2]}}<extra></extra>"
            ),
        )
    top = max((max(bar.loss or 0, bar.high or 0) for bar in bars), default=0.0)
    set_rows(chart, [bar.name for bar in bars])
    ticks = round_ticks(top, 3)
    set_axis(
        chart.layout.xaxis,
        range=[0, top * 1.02 or 1],
        domain=[0, 0.8],
        tickvals=ticks,
        ticktext=[formats.won(v, language) for v in ticks],
    )
    chart.layout.annotations = [_label(bar, language, mode) for bar in bars]
    return chart


def _interval(bars: Sequence[Bar], mode: Mode) -> dict[str, object]:
    above = [0.0 if b.high is None or b.loss is None else max(0.0, b.high - b.loss) for b in bars]
    below = [0.0 if b.low is None or b.loss is None else max(0.0, b.loss - b.low) for b in bars]
    return {
        "type": "data",
        "array": above,
        "arrayminus": below,
        "color": NEUTRAL[mode],
        "thickness": 1.4,
        "width": 4,
    }


def _label(bar: Bar, language: Language, mode: Mode) -> dict[str, object]:
    """The number in a column of its own on the right, or the word for why there is none."""
    known = bar.loss is not None
    text = f"<b>{formats.won(bar.loss, language)}</b>" if known else bar.word
    return {
        "y": bar.name,
        "x": 1.0,
        "xref": "paper",
        "text": text,
        "showarrow": False,
        "xanchor": "right",
        "font": {"size": 12, "color": TEXT[mode] if known else NEUTRAL[mode]},
    }


def waterfall(result: PerilResult, mode: Mode, words: Mapping[str, str]) -> go.Figure:
    """
    Base AAL → site factor → vulnerability → final AAL [%/yr].

    *words*: base, site, vulnerability, final, axis.
    """
    base, factor, final = result.base_aal, result.site_factor, result.final_aal
    assert base is not None
    assert factor is not None
    assert final is not None
    site = base * factor
    steps = [base, site - base, final - site, final]
    names = [
        words["base"],
        f"{words['site']} ×{formats.number(factor)}",
        f"{words['vulnerability']} ×{formats.number(result.vulnerability_scale)}",
        words["final"],
    ]
    chart = figure(mode, height=260)
    chart.add_waterfall(
        x=["<br>".join(wrap(name, ACROSS, break_long_words=False)) for name in names],
        y=steps,
        measure=["absolute", "relative", "relative", "total"],
        text=[
            formats.percent(base),
            *(f"{formats.sign(step)}{formats.number(abs(step))}" for step in steps[1:3]),
            formats.percent(final),
        ],
        textposition="outside",
        connector={"line": {"color": NEUTRAL[mode], "width": 1}},
        increasing={"marker": {"color": KIND[mode]["operating"]}},
        decreasing={"marker": {"color": KIND[mode]["physical"]}},
        totals={"marker": {"color": NEUTRAL[mode]}},
    )
    set_axis(chart.layout.yaxis, title_text=words["axis"], rangemode="tozero")
    set_axis(chart.layout.xaxis, tickangle=0, tickfont_size=11)
    chart.update_traces(cliponaxis=False)
    chart.update_layout(margin={"t": 26})
    return chart
