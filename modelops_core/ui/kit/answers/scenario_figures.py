"""Draws scenarios side by side over the horizons; they are never averaged or weighted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.domain.stamp import Language
from modelops_core.ui.kit import formats, theme
from modelops_core.ui.kit.figure_style import figure, rgba, round_ticks, set_axis
from modelops_core.ui.kit.theme import RAMP, SCALES, SCENARIO, Mode

#: text of a chart whose words must fit on a telephone [px]
SMALL = 11
#: of a word in a cell that is one of five on a telephone [px]
WORD = 10
#: letters of a name that takes one line beside five cells on a telephone
SHORT = 5
#: on every colour of the ramp one of the two has a contrast of 4.5:1 or more
WHITE_INK, BLACK_INK = "#ffffff", "#000000"
#: a second sign beside a scenario's colour
SYMBOL = {"ssp1": "circle", "ssp2": "square", "ssp3": "diamond", "ssp5": "triangle-up"}


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario's values by horizon, in the order of HORIZONS; None where unknown."""

    scenario: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


def lines(
    found: Sequence[Line],
    mode: Mode,
    language: Language,
    unit: str,
    *,
    banded: str | None = None,
    height: int = 320,
    money: bool = False,
) -> go.Figure:
    """
    One line a scenario, the one called *banded* with its sampling band; *unit* names the axis.

    Bands of all scenarios would lie on each other and tell none apart.
    """
    names = [formats.horizon(key, language) for key in HORIZONS]
    chart = figure(mode, height, legend=True)
    for line in found:
        if line.scenario == banded:
            _add_bands(chart, line, names, mode)
        texts = [formats.won(v, language) if money else formats.number(v) for v in line.values]
        _add_line(chart, line, names, texts, "" if money else f" {unit}", mode)
    set_axis(chart.layout.yaxis, title_text=unit, rangemode="tozero")
    _name_windows(chart, language)
    if money:
        ticks = round_ticks(max((v or 0.0 for line in found for v in line.values), default=0.0))
        set_axis(
            chart.layout.yaxis,
            tickvals=ticks,
            ticktext=[formats.won(v, language) for v in ticks],
            title_text="",
        )
    return chart


def _add_bands(chart: go.Figure, line: Line, names: Sequence[str], mode: Mode) -> None:
    """The 5–95 % interval as a filled band: along the upper ends, back along the lower ones."""
    for part in _bands(line):
        across = names[part]
        chart.add_scatter(
            x=[*across, *reversed(across)],
            y=[*line.high[part], *reversed(line.low[part])],
            fill="toself",
            mode="lines",
            fillcolor=rgba(SCENARIO[mode][line.scenario], 0.2),
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )


def _add_line(
    chart: go.Figure,
    line: Line,
    names: Sequence[str],
    texts: Sequence[str],
    unit: str,
    mode: Mode,
) -> None:
    name = SCENARIOS[line.scenario]
    chart.add_scatter(
        x=list(names),
        y=list(line.values),
        name=name,
        mode="lines+markers",
        text=list(texts),
        line={"color": SCENARIO[mode][line.scenario], "width": 2.5},
        marker={"size": 7, "symbol": SYMBOL[line.scenario]},
        hovertemplate=f"{name}<br>%{{x}}: %{{text}}{unit}<extra></extra>",
    )


def _bands(line: Line) -> Iterator[slice]:
    """Stretches of horizons of which both ends are known."""
    known = [
        low is not None and high is not None for low, high in zip(line.low, line.high, strict=True)
    ]
    for has, run in groupby(range(len(known)), key=known.__getitem__):
        if has:
            positions = list(run)
            yield slice(positions[0], positions[-1] + 1)


def heat_table(
    rows: Sequence[str],
    values: Sequence[Sequence[float | None]],
    words: Sequence[Sequence[str]],
    mode: Mode,
    language: Language,
) -> go.Figure:
    """
    Peril × horizon, coloured by the map's fixed AAL scale.

    *values* are AAL [% a year] (row, horizon); *words*, short ones, stand in the cells.
    """
    numbers = np.array([[np.nan if v is None else v for v in line] for line in values], dtype=float)
    colours = SCALES["aal"].colours(numbers)
    chart = figure(mode, height=70 + 36 * len(rows))
    chart.add_heatmap(
        x=[formats.horizon(key, language) for key in HORIZONS],
        y=list(rows),
        z=SCALES["aal"].position(numbers),
        zmin=0,
        zmax=1,
        colorscale=[[i / (len(RAMP) - 1), theme.css(c)] for i, c in enumerate(RAMP)],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    chart.layout.annotations = [  # set at once: adding one by one takes a second for six tables
        _cell_note(
            (formats.horizon(key, language), name),
            words[i][j],
            _ink(colours[i, j], mode),
            known=values[i][j] is not None,
        )
        for i, name in enumerate(rows)
        for j, key in enumerate(HORIZONS)
    ]
    _end_with_the_cells(chart, rows)
    _name_windows(chart, language)
    return chart


def _end_with_the_cells(chart: go.Figure, rows: Sequence[str]) -> None:
    """
    Plotly would leave room for the longest word, and none for the cells of a telephone.

    Long names of two words take two lines, so that five numbers have room beside them.
    """
    ends = {"showgrid": False, "ticklen": 2}
    texts = [name.replace(" ", "<br>", 1) if len(name) > SHORT else name for name in rows]
    names = {"tickvals": list(rows), "ticktext": texts}
    ends_of_rows = [len(rows) - 0.5, -0.5]
    set_axis(chart.layout.yaxis, range=ends_of_rows, tickfont_size=SMALL, **names, **ends)
    set_axis(chart.layout.xaxis, range=[-0.5, len(HORIZONS) - 0.5], side="top", **ends)


def _ink(colour: npt.NDArray[np.uint8], mode: Mode) -> str:
    """What is read best on a cell's RGBA; an unknown cell is transparent."""
    red, green, blue, alpha = map(int, colour)
    if not alpha:
        return theme.TEXT[mode]
    background = (red, green, blue)
    return max(WHITE_INK, BLACK_INK, key=lambda ink: theme.contrast(theme.rgb(ink), background))


def _cell_note(cell: tuple[str, str], text: str, ink: str, *, known: bool) -> dict[str, object]:
    """A number, or why there is none, a word a line."""
    font = {"size": SMALL if known else WORD, "color": ink}
    text = text if known else text.replace(" ", "<br>")
    return {"x": cell[0], "y": cell[1], "text": text, "showarrow": False, "font": font}


def _name_windows(chart: go.Figure, language: Language) -> None:
    """Names of the windows, level and in their order; five of them fit on a telephone."""
    names = [formats.horizon(key, language) for key in HORIZONS]
    set_axis(
        chart.layout.xaxis,
        tickvals=names,
        ticktext=names,
        categoryorder="array",
        categoryarray=names,
        tickangle=0,
        tickfont_size=SMALL,
    )


def window_labels(language: Language) -> Mapping[str, str]:
    """Names of the windows."""
    return {key: formats.horizon(key, language) for key in HORIZONS}
