"""Draws figures of sites side by side: lines on one scale, changes, spans over scenarios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import plotly.graph_objects as go

from modelops_core.domain.horizons import BASELINE, HORIZONS, SCENARIOS
from modelops_core.domain.stamp import Language
from modelops_core.services.portfolio.compare import Amount, Change, Measure
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.answers import scenario_figures
from modelops_core.ui.kit.answers.scenario_figures import SYMBOL
from modelops_core.ui.kit.figure_style import figure, literal, set_axis, without_zeros
from modelops_core.ui.kit.theme import NEUTRAL, SCENARIO, TEXT, Mode

LATER = tuple(key for key in HORIZONS if key != BASELINE)
#: percentage points
POINTS: Mapping[Language, str] = {"ko": "%p", "en": "pp"}
#: of a small multiple [px]
HEIGHT = 290


def amount(value: float | None, measure: Measure, language: Language) -> str:
    """Money or a rate, as text."""
    return formats.won(value, language) if measure == "loss" else formats.percent(value)


def signed(value: float | None, measure: Measure, language: Language) -> str:
    """A change with its sign: ``+₩1.2억``, ``−0.031 %p``."""
    if value is None:
        return formats.DASH
    return f"{formats.sign(value)}{_difference(abs(value), measure, language)}"


def _difference(value: float, measure: Measure, language: Language) -> str:
    """Of two rates: percentage points, as bankers write them (%p in Korean)."""
    if measure == "loss":
        return formats.won(value, language)
    return formats.percent(value).replace("%", POINTS[language])


def top(found: Sequence[Mapping[str, Sequence[Amount]]]) -> float:
    """The largest number of all sites: the end of their common axis."""
    return max(
        (c.high or c.value or 0.0 for site in found for cells in site.values() for c in cells),
        default=0.0,
    )


def lines(
    found: Mapping[str, Sequence[Amount]],
    end: float,
    measure: Measure,
    mode: Mode,
    language: Language,
    banded: str | None = None,
) -> go.Figure:
    """
    One site: a line a scenario, *banded* with its band, on the common axis 0…*end*.

    *found*: scenario → cells in the order of HORIZONS.
    """
    drawn = [_line(code, cells) for code, cells in found.items()]
    chart = scenario_figures.lines(
        drawn, mode, language, "%", banded=banded, height=HEIGHT, money=measure == "loss"
    )
    _axis(chart, 0.0, end, lambda v: amount(v, measure, language))
    _name_horizons(chart, [formats.horizon(key, language) for key in HORIZONS], language)
    return chart


def _name_horizons(chart: go.Figure, names: Sequence[str], language: Language) -> None:
    """Three figures stand side by side: Korean names of horizons take two lines."""
    broken = [f"{name[:-2]}<br>{name[-2:]}" if language == "ko" else name for name in names]
    set_axis(chart.layout.xaxis, tickvals=list(names), ticktext=broken, tickangle=0)


def _line(code: str, cells: Sequence[Amount]) -> scenario_figures.Line:
    return scenario_figures.Line(
        code, [c.value for c in cells], [c.low for c in cells], [c.high for c in cells]
    )


def changes(
    found: Mapping[str, Sequence[Change]],
    reach: tuple[float, float],
    measure: Measure,
    mode: Mode,
    language: Language,
) -> go.Figure:
    """
    One site: bars of the difference to the baseline by later horizon and scenario.

    *reach*: the ends of the common axis.
    """
    chart = figure(mode, height=HEIGHT, legend=True, bargap=0.25, bargroupgap=0.08)
    names = [formats.horizon(key, language) for key in LATER]
    for code, own in found.items():
        chart.add_bar(
            x=names,
            y=[c.absolute for c in own],
            name=SCENARIOS[code],
            marker_color=SCENARIO[mode][code],
            customdata=[[signed(c.absolute, measure, language), ratio(c)] for c in own],
            hovertemplate=(
                f"{SCENARIOS[code]}<br>%{{x}}: %{{customdata[0]}} (%{{customdata[1]}})"
                "<extra></extra>"
            ),
        )
    chart.add_hline(y=0, line={"color": NEUTRAL[mode], "width": 1})
    set_axis(chart.layout.xaxis, categoryorder="array", categoryarray=names)
    _name_horizons(chart, names, language)
    _axis(chart, *reach, lambda v: _difference(v, measure, language))
    return chart


def ratio(found: Change) -> str:
    """The relative change in per cent, with its sign."""
    if found.relative is None:
        return formats.DASH
    sign = "+" if found.relative > 0 else "−" if found.relative < 0 else "±"
    return f"{sign}{formats.number(abs(found.relative))} %"


def reach(found: Sequence[Mapping[str, Sequence[Change]]]) -> tuple[float, float]:
    """Least and greatest change of all sites, with zero between them."""
    known = [
        c.absolute for site in found for own in site.values() for c in own if c.absolute is not None
    ]
    return min([0.0, *known]), max([0.0, *known])


def spans(
    names: Sequence[str],
    found: Sequence[Mapping[str, Amount]],
    measure: Measure,
    mode: Mode,
    language: Language,
) -> go.Figure:
    """A row a site: from the least to the greatest scenario, each scenario with its sign."""
    chart = figure(mode, height=90 + 46 * len(names), legend=True)
    labels = [literal(name) for name in names]
    for label, cells in zip(labels, found, strict=True):
        _add_span(chart, label, [c.value for c in cells.values() if c.value is not None], mode)
    for code in SCENARIOS:
        values = [cells[code].value for cells in found]
        _add_signs(
            chart, code, labels, values, [amount(v, measure, language) for v in values], mode
        )
    set_axis(
        chart.layout.yaxis,
        autorange="reversed",
        type="category",
        categoryorder="array",
        categoryarray=labels,
    )
    end = max((c.value or 0.0 for cells in found for c in cells.values()), default=0.0)
    ticks = _ticks(0.0, end)
    set_axis(
        chart.layout.xaxis,
        range=[-0.02 * (end or 1), (end or 1) * 1.06],
        tickvals=ticks,
        ticktext=[without_zeros(amount(v, measure, language)) for v in ticks],
    )
    return chart


def _add_span(chart: go.Figure, name: str, known: Sequence[float], mode: Mode) -> None:
    """The grey bar from the least to the greatest; none where nothing is known."""
    if known:
        chart.add_scatter(
            x=[min(known), max(known)],
            y=[name, name],
            mode="lines",
            showlegend=False,
            hoverinfo="skip",
            line={"color": NEUTRAL[mode], "width": 9},
            opacity=0.35,
        )


def _add_signs(
    chart: go.Figure,
    code: str,
    names: Sequence[str],
    values: Sequence[float | None],
    texts: Sequence[str],
    mode: Mode,
) -> None:
    """One scenario's sign at each site's number."""
    chart.add_scatter(
        x=list(values),
        y=list(names),
        mode="markers",
        name=SCENARIOS[code],
        text=list(texts),
        marker={
            "color": SCENARIO[mode][code],
            "size": 13,
            "symbol": SYMBOL[code],
            "line": {"color": TEXT[mode], "width": 0.6},
        },
        hovertemplate=f"%{{y}}<br>{SCENARIOS[code]}: %{{text}}<extra></extra>",
    )


def _axis(chart: go.Figure, low: float, high: float, words: Callable[[float], str]) -> None:
    """A common axis with readable ticks, written by *words*."""
    gap = (high - low) * 0.06 or 0.06
    ticks = _ticks(low, high)
    texts = [("−" if v < 0 else "") + without_zeros(words(abs(v))) for v in ticks]
    set_axis(
        chart.layout.yaxis,
        title_text="",
        range=[low - (gap if low < 0 else 0), high + gap],
        tickvals=ticks,
        ticktext=texts,
    )


def _ticks(low: float, high: float) -> list[float]:
    """About four round numbers from *low* to *high*, with zero among them."""
    if high <= low:
        return [0.0]
    rough = (high - low) / 4
    power = 10.0 ** int(f"{rough:e}".split("e")[1])
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    return [
        i * step
        for i in range(int(low / step) - 1, int(high / step) + 2)
        if low <= i * step <= high * 1.001
    ]
