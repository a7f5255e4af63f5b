"""Draws a searchable table of every number of the method."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from modelops_core.domain.parameters import COMMON
from modelops_core.services.method.method_page import Number
from modelops_core.ui.kit import cache, choose, labels, state
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.method import method_labels as words
from modelops_core.ui.method.table import numbers_table

ALL = "all"
PROVENANCE = Field(UrlName.PROVENANCE, (ALL, *words.PROVENANCES))
GRADE = Field(UrlName.GRADE, (ALL, *words.GRADES))


def bind() -> None:
    """What this part keeps in the URL, besides the words."""
    for field in (_section_field(), PROVENANCE, GRADE):
        field.bind()


def _section_field() -> Field[str]:
    """The section of the parameter file."""
    return Field(UrlName.SUBJECT, (ALL, *COMMON, *cache.app().perils))


def draw() -> None:
    """How many of which kind, the filters, and the numbers."""
    every = words.numbers()
    _summary([n for _, n in every])
    wanted = _filters()
    found = [(code, n) for code, n in every if wanted.fits(code, n)]
    st.caption(t("method.found", count=len(found), all=len(every)))
    if not found:
        st.info(t("method.nothing", words=wanted.asked), icon=":material/search_off:")
        return
    numbers_table(found, "method_numbers", with_section=True)


def _summary(numbers: list[Number]) -> None:
    boxes = labels.metric_places(5)
    boxes[0].metric(t("method.count"), f"{len(numbers)}", border=True)
    for box, code in zip(boxes[1:], words.PROVENANCES, strict=True):
        count = sum(n.provenance == code for n in numbers)
        box.metric(
            f"{code} · {t(f'method.provenance_{code}')}",
            f"{count}",
            help=t(f"method.provenance_{code}_help"),
            border=True,
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader looks for; ALL where that does not matter."""

    section: str
    provenance: str
    grade: str
    #: words that must all be found
    asked: str

    def fits(self, code: str, n: Number) -> bool:
        """Whether a number of the section *code* is looked for."""
        return (
            self.section in (ALL, code)
            and self.provenance in (ALL, n.provenance)
            and self.grade in (ALL, n.grade)
            and all(word in _text(code, n) for word in self.asked.lower().split())
        )


def _filters() -> Filter:
    boxes = st.columns([1.6, 1.2, 1.3, 1.3], vertical_alignment="bottom")
    with boxes[0]:
        asked = _search()
    with boxes[1]:
        section = choose.from_list(
            _section_field(),
            t("method.section"),
            lambda code: t("method.all") if code == ALL else words.title(code),
        )
    with boxes[2]:
        provenance = _segments(PROVENANCE)
    with boxes[3]:
        grade = _segments(GRADE)
    return Filter(section, provenance, grade, asked)


def _segments(field: Field[str]) -> str:
    return choose.segments(
        field,
        t(f"method.column_{field.name}"),
        lambda code: t("method.all") if code == ALL else code,
    )


def _search() -> str:
    """The field for words; the URL has them trimmed."""
    kept = state.param(UrlName.QUERY) or ""
    if st.session_state.get(WidgetKey.METHOD_QUERY, "").strip() != kept:
        st.session_state[WidgetKey.METHOD_QUERY] = kept
    asked = st.text_input(
        t("method.search"),
        key=WidgetKey.METHOD_QUERY,
        placeholder=t("method.search_example"),
        on_change=_asked,
        icon=":material/search:",
        max_chars=80,
    )
    return asked or ""


def _asked() -> None:
    """The words that were searched go to the URL."""
    state.set_param(UrlName.QUERY, st.session_state[WidgetKey.METHOD_QUERY].strip() or None)


def _text(code: str, n: Number) -> str:
    """Everything that a number says, in lower case."""
    cells = (value for line in n.table for value in line)
    own = (n.unit, n.source, n.note, labels.parameter_unit(n.unit), words.source(n), words.note(n))
    said = (words.title(code), n.key, n.value, *own, *cells)
    return " ".join(said).lower()
