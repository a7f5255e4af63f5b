"""Labels, badges and table heights of the data page, and the head of its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from modelops_core import data
from modelops_core.domain import stamp
from modelops_core.domain.variables import VARIABLES
from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.ui.kit import cache, formats
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.i18n import catalogue, language, t

#: heights in a table at the theme's font size [px]
HEADER, ROW = 36, 33
#: counts from here on are rounded to three figures
SHORT_FROM = 10_000
KINDS = ("observed", "derived", "synthetic")
#: Streamlit's own colours: they keep their contrast in both modes; the word stands in the badge
KIND_COLOURS = {"observed": "green", "derived": "blue", "synthetic": "orange", "none": "red"}
VERDICT_COLOURS = {"pass": "green", "unknown": "gray", "warn": "orange", "fail": "red"}
VERDICT_ICONS = {
    "pass": ":material/check_circle:",
    "unknown": ":material/help:",
    "warn": ":material/warning:",
    "fail": ":material/error:",
}


def table_label(name: str) -> str:
    """What a table holds."""
    key = f"data.table_{name}"
    if key in catalogue():
        return t(key)
    return variable_label(name.removesuffix("_data"))


def variable_label(name: str) -> str:
    """A variable, a table or a horizon in the reader's language."""
    v = VARIABLES.get(name)
    if v is None:
        return name
    return v.label_ko if language() == "ko" else v.label[:1].upper() + v.label[1:]


def parameter_unit(name: str) -> str:
    """The unit of a number of the method in the reader's language; signs are the same in both."""
    return data.korean_of_parameters()["units"].get(name, name) if language() == "ko" else name


def kind(code: str | None) -> str:
    """The word for where data come from."""
    return t(f"data.kind_{code or 'none'}")


def table_height(rows: int, most: int) -> int:
    """Return the height at which a table shows all *rows*, at most *most* [px]."""
    return min(HEADER + ROW * rows, most)


def metric_places(count: int) -> list[Any]:
    """Make *count* containers side by side for st.metric; two in a row on a phone."""
    with st.container(horizontal=True, gap="small"):
        return [st.container(width="stretch") for _ in range(count)]


def short_count(count: float) -> str:
    """Format a count, a large one shortly: 9,999, 1,190만 or 11.9 M."""
    if count < SHORT_FROM:
        return f"{count:,.0f}"
    return formats.won(count, language()).removeprefix("₩")


def badges(label: str, colours: dict[str, str]) -> Any:
    """A column of badges by word."""
    return st.column_config.MultiselectColumn(
        label, options=list(colours), color=list(colours.values())
    )


def file_head(about: str, sources: Sequence[str] = ()) -> Head:
    """What every file of this page says first."""
    file, found = cache.app().parameters, cache.sources()
    return [
        ("product", "ModelOps"),
        ("about", about),
        ("method_version", METHOD_VERSION),
        ("parameter_set", f"central {file.digest()}"),
        *([("climate data", stamp.DEMO["en"])] if stamp.is_demo(found) else []),
        *(("source", source) for source in sources),
    ]
