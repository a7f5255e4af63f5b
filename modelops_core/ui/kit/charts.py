"""Draws figures that say what they are, on the screen and saved (PNG or SVG), for all pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from modelops_core.domain import stamp
from modelops_core.domain.answer import Answer
from modelops_core.domain.stamp import SEPARATOR, Stamp
from modelops_core.ui.kit import cache, choose, figure_style, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName

FORMAT = Field(UrlName.FIGURES, ("png", "svg"))
#: plotly's own sentences, and the texts that stand for them
NOTICES = {
    "Download plot as a PNG": "common.plotly_png",
    "Download plot": "common.plotly_svg",
    "Preparing image - this may take a few seconds": "common.plotly_taking",
    "Image download succeeded": "common.plotly_done",
    "Sorry, there was a problem downloading your image!": "common.plotly_failed",
    "Double-click on legend to isolate one trace": "common.plotly_alone",
}


def switch() -> None:
    """The choice, in the corner of every page."""
    FORMAT.bind()
    with st.popover(t("common.settings"), icon=":material/tune:"):
        choose.segments(FORMAT, t("common.figures"), str.upper, help=t("common.figures_help"))


def of_answer(answer: Answer, scenario: str | None = None, horizon: str | None = None) -> Stamp:
    """What a number of *answer* is of; a figure of all scenarios or horizons names none."""
    return stamp.of(answer, cache.sources(), scenario, horizon)


def of_answers(
    answers: Sequence[Answer], scenario: str | None = None, horizon: str | None = None
) -> Stamp:
    """The same of several answers, with what they have in common."""
    return stamp.of_all(answers, cache.sources(), scenario, horizon)


def of_climate(scenario: str | None = None, horizon: str | None = None) -> Stamp:
    """The same for what is of no assessment: climate and stored results."""
    sources = tuple(cache.sources())
    return Stamp(scenario=scenario, horizon=horizon, sources=sources)


def line(made: Stamp, place: str = "") -> str:
    """What numbers are of, as one line of a page; it ends nowhere inside a date."""
    words = [part for part in (place, made.text(language())) if part]
    return formats.whole_days(SEPARATOR.join(words))


def note(made: Stamp, place: str = "") -> None:
    """Say above a table what its numbers are of, in the words of a figure's title."""
    if words := line(made, place):
        st.caption(words)


def draw(
    chart: go.Figure,
    name: str,
    *,
    key: str,
    title: str,
    alt: str = "",
    place: str = "",
    of: Stamp | None = None,
    origin: str = "",
) -> None:
    """
    Draw *chart* below its *title*, *place* and stamp; it is saved as *name* with the same.

    *alt* describes it where the title does not; *origin* says where its numbers come from where
    they are not of an assessment or of the climate.
    """
    made = of or Stamp()
    first = [part for part in (place, *made.when(language())) if part]
    last = [part for part in (*made.origin(language()), origin) if part]
    lines = [SEPARATOR.join(line) for line in (first, last) if line]
    figure_style.titled(chart, title, lines)
    st.plotly_chart(chart, config=config(made.file_name(name, place)), key=key, alt=alt or title)


def config(name: str) -> dict[str, Any]:
    """The tool bar of a figure, whose button saves it under *name*."""
    image = FORMAT.named(st.session_state.get(FORMAT.name))
    words = {said: t(key) for said, key in NOTICES.items()}
    return dict(figure_style.config(name, image, words))
