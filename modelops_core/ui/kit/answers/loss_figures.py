"""Expected losses by peril, and how one of them comes about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from modelops_core.ports import Row
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.figure_style import figure, round_ticks
from modelops_core.ui.kit.formats import Language
from modelops_core.ui.kit.theme import KIND, NEUTRAL, TEXT, Mode


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
    rows: Sequence[Row], names: Mapping[str, str], kinds: Mapping[str, str], language: Language
) -> list[Bar]:
    """Bars from result rows of one scenario and horizon, largest loss first, unknown ones last."""
    made = []
    for row in rows:
        value = row["exposed_value"]
        scale = None if value is None else value / 100
        low, high = (
            None if scale is None or row[k] is None else row[k] * scale
            for k in ("aal_p05", "aal_p95")
        )
        word = formats.status(row["status"], language)
        shown = row["status"] != "not_applicable"
        loss = row["expected_loss"] if shown else None
        made.append(
            Bar(
                names[row["risk_type"]],
                kinds[row["risk_type"]],
                loss,
                low,
                high,
                row["final_aal"],
                word,
            )
        )
    return sorted(made, key=lambda bar: -1.0 if bar.loss is None else bar.loss, reverse=True)


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
            hovertemplate=f"<b>%{{y}}</b><br>{words['loss']} %{{customdata[0]}} (%{{customdata[1]}})<br>{words['interval']} %{{customdata[2]}}<extra></extra>",
        )
    top = max((max(bar.loss or 0, bar.high or 0) for bar in bars), default=0.0)
    chart.update_yaxes(
        categoryorder="array", categoryarray=[bar.name for bar in reversed(bars)], showgrid=False
    )
    ticks = round_ticks(top, 3)
    chart.update_xaxes(
        range=[0, top * 1.02 or 1],
        domain=[0, 0.8],
        tickvals=ticks,
        ticktext=[formats.won(v, language) for v in ticks],
    )
    chart.update_layout(annotations=[_label(bar, language, mode) for bar in bars])
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


def waterfall(row: Row, mode: Mode, words: Mapping[str, str]) -> go.Figure:
    """Base AAL → site factor → vulnerability → final AAL [%/yr]; *words*: base, site, vulnerability, final."""
    base, factor, final = row["base_aal"], row["site_factor"], row["final_aal"]
    site = base * factor
    steps = [base, site - base, final - site, final]
    chart = figure(mode, height=260)
    chart.add_waterfall(
        x=[
            words["base"],
            f"{words['site']} ×{formats.number(factor)}",
            f"{words['vulnerability']} ×{formats.number(row['vulnerability_scale'])}",
            words["final"],
        ],
        y=steps,
        measure=["absolute", "relative", "relative", "total"],
        text=[
            formats.percent(base),
            formats.number(steps[1]),
            formats.number(steps[2]),
            formats.percent(final),
        ],
        textposition="outside",
        connector={"line": {"color": NEUTRAL[mode], "width": 1}},
        increasing={"marker": {"color": KIND[mode]["operating"]}},
        decreasing={"marker": {"color": KIND[mode]["physical"]}},
        totals={"marker": {"color": NEUTRAL[mode]}},
    )
    chart.update_yaxes(title_text="AAL %/yr", rangemode="tozero")
    chart.update_traces(cliponaxis=False)
    chart.update_layout(margin={"t": 26})
    return chart
