"""Makes empty plotly figures in the dashboard's style: fonts, axes with units, the tool bar."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from modelops_core.domain.stamp import SEPARATOR
from modelops_core.ui.kit.theme import GRID, TEXT, Mode

#: below the plot: however many lines it takes on a phone, it grows into no title
LEGEND = {
    "orientation": "h",
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "x": 0,
    "font": {"size": 12},
}
#: heights of a figure's title and of a line below it, 1.3 times the title's letters [px]
TITLE, LINE = 36, 19
#: of each further line of a long title [px]
HEAD = 20
SMALL = "font-size:11px;font-weight:400"
#: a line of a title is so many Latin letters long at most, a Korean letter counting two: plotly
#: breaks no line, and the third of three figures side by side is narrower than a phone
TITLE_WIDTH, LINE_WIDTH = 40, 48
#: of the labels of an axis that stands above its figure [px]
AXIS = 24
#: zeros at the end of a decimal
_ZEROS = re.compile(r"\.0+(?=\D|$)|(?<=\.\d)0+(?=\D|$)|(?<=\.\d\d)0+(?=\D|$)")
#: plotly takes its sentences from the dictionary of a locale; ours is of no language of its own
LOCALE = "modelops"


def figure(mode: Mode, height: int, *, legend: bool = False, **layout: Any) -> go.Figure:
    """An empty figure in the page's look; transparent, so that it prints and themes well."""
    axis = {
        "gridcolor": GRID[mode],
        "zeroline": False,
        "automargin": True,
        "tickfont": {"size": 12, "color": TEXT[mode]},
        "title": {"font": {"size": 13, "color": TEXT[mode]}},
        "fixedrange": True,
    }
    own = {
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 13, "color": TEXT[mode]},
        "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
        "showlegend": legend,
        "legend": LEGEND,
        "hoverlabel": {"font_size": 13},
        "dragmode": False,
        "xaxis": axis,
        "yaxis": axis,
    }
    # at once: plotly's updates of a figure that is there take eight times as long
    return go.Figure(layout={**own, **layout})


def set_axis(axis: Any, **settings: Any) -> None:
    """Set properties of one axis of a figure, in a third of the time that plotly's update takes."""
    for name, value in settings.items():
        axis[name] = value


def set_rows(chart: go.Figure, names: Sequence[str]) -> None:
    """Order the vertical axis by *names* from the top down, without lines."""
    order = list(reversed(names))
    set_axis(chart.layout.yaxis, categoryorder="array", categoryarray=order, showgrid=False)


def titled(chart: go.Figure, title: str, lines: Sequence[str]) -> None:
    """Put *title* and small *lines* above a figure, so that a saved picture says what it is."""
    height, top = chart.layout.height, chart.layout.margin.t
    heads = wrapped(title, TITLE_WIDTH)
    broken = [part for line in lines for part in wrapped(line, LINE_WIDTH)]
    room = TITLE + HEAD * (len(heads) - 1) + LINE * len(broken)
    room += AXIS if chart.layout.xaxis.side == "top" else 0
    bold = "<br>".join(f"<b>{literal(line)}</b>" for line in heads)
    small = "".join(f'<br><span style="{SMALL}">{literal(line)}</span>' for line in broken)
    chart.layout.title = {
        "text": bold + small,
        "font": {"size": 14, "weight": "normal"},
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": TITLE - 8, "l": 4},
    }
    chart.layout.height = height and height + room
    chart.layout.margin.t = top + room


def literal(text: str) -> str:
    """
    Text that somebody typed or loaded, as plotly shows it letter by letter.

    Titles, labels of axes, legends and hover texts are read as a small HTML, which knows no
    ``&quot;``.
    """
    return escape(text, quote=False)


def wrapped(text: str, width: int) -> list[str]:
    """
    *text* in lines of at most *width* Latin letters.

    It is broken between its parts, and between words where a part is longer than a line.
    """
    lines: list[str] = []
    for part in text.split(SEPARATOR):
        longer = SEPARATOR.join([*lines[-1:], part])
        if letters(longer) <= width:
            lines[-1:] = [longer]
        else:
            lines += _by_words(part, width)
    return lines


def _by_words(part: str, width: int) -> list[str]:
    lines = [""]
    for word in part.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and letters(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def letters(text: str) -> int:
    """How wide *text* is in Latin letters; those of East Asia are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def config(name: str, image: str, words: Mapping[str, str]) -> Mapping[str, Any]:
    """
    plotly's tool bar: one button, which saves the picture as *image* (png or svg) under *name*.

    *words*: plotly's own sentences in the reader's language.
    """
    return {
        "locale": LOCALE,
        "locales": {LOCALE: {"dictionary": dict(words)}},
        "displaylogo": False,
        "responsive": True,
        "modeBarButtonsToRemove": [
            "zoom2d",
            "pan2d",
            "select2d",
            "lasso2d",
            "zoomIn2d",
            "zoomOut2d",
            "autoScale2d",
            "resetScale2d",
        ],
        "toImageButtonOptions": {"format": image, "filename": name, "scale": 2},
    }


def rgba(colour: str, alpha: float) -> str:
    """``#rrggbb`` with transparency."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def without_zeros(text: str) -> str:
    """A round number of a tick without the zeros that three figures give it: ``25.0 %`` is 25 %."""
    return _ZEROS.sub("", text)


def round_ticks(top: float, count: int = 4) -> list[float]:
    """About *count* round steps from 0 to *top*."""
    if top <= 0:
        return [0.0]
    rough = top / count
    size = 10 ** math.floor(math.log10(rough))
    step = min((m * size for m in (1, 2, 2.5, 5, 10)), key=lambda s: abs(s - rough))
    return [i * step for i in range(int(top / step * 1.1) + 1)]
