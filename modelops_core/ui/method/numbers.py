"""Every number of the method, searchable."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.parameters import COMMON
from modelops_core.services.method.method_page import Number
from modelops_core.ui.kit import cache, labels, state
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.method import method_labels as words
from modelops_core.ui.method.table import numbers_table

ALL = "all"


def bind() -> None:
    """What this part keeps in the URL, besides the words."""
    state.bind("of", _sections(), ALL)
    for name, options in (("provenance", words.PROVENANCES), ("grade", words.GRADES)):
        state.bind(name, (ALL, *options), ALL)


def _sections() -> tuple[str, ...]:
    return (ALL, *COMMON, *cache.app().perils)


def draw() -> None:
    """How many of which kind, the filters, and the numbers."""
    every = words.numbers()
    _summary([n for _, n in every])
    section, provenance, grade, asked = _filters()
    found = [(code, n) for code, n in every if _fits(code, n, section, provenance, grade, asked)]
    st.caption(t("method.found", count=len(found), all=len(every)))
    if not found:
        st.info(t("method.nothing", words=asked), icon=":material/search_off:")
        return
    numbers_table(found, "method_numbers", with_section=True)


def _summary(numbers: list[Number]) -> None:
    boxes = labels.boxes(5)
    boxes[0].metric(t("method.count"), f"{len(numbers)}", border=True)
    for box, code in zip(boxes[1:], words.PROVENANCES, strict=True):
        count = sum(n.provenance == code for n in numbers)
        box.metric(
            f"{code} · {t(f'method.provenance_{code}')}",
            f"{count}",
            help=t(f"method.provenance_{code}_help"),
            border=True,
        )


def _filters() -> tuple[str, str, str, str]:
    boxes = st.columns([1.6, 1.2, 1.3, 1.3], vertical_alignment="bottom")
    if st.session_state.get("method.q", "").strip() != (state.text("q") or ""):
        st.session_state["method.q"] = state.text("q") or ""
    asked = boxes[0].text_input(
        t("method.search"),
        key="method.q",
        placeholder=t("method.search_example"),
        on_change=_asked,
        icon=":material/search:",
        max_chars=80,
    )
    boxes[1].selectbox(
        t("method.section"),
        _sections(),
        _sections().index(st.session_state["of"]),
        format_func=lambda code: t("method.all") if code == ALL else words.title(code),
        key="of",
        on_change=state.note,
        args=("of",),
    )
    for box, name, options in (
        (boxes[2], "provenance", words.PROVENANCES),
        (boxes[3], "grade", words.GRADES),
    ):
        box.segmented_control(
            t(f"method.column_{name}"),
            (ALL, *options),
            format_func=lambda code: t("method.all") if code == ALL else code,
            default=st.session_state[name],
            key=name,
            on_change=state.note,
            args=(name,),
            required=True,
        )
    return (
        st.session_state["of"],
        st.session_state["provenance"],
        st.session_state["grade"],
        asked or "",
    )


def _asked() -> None:
    """The words that were searched go to the URL."""
    state.keep("q", st.session_state["method.q"].strip() or None)


def _fits(code: str, n: Number, section: str, provenance: str, grade: str, asked: str) -> bool:
    """Every word of *asked* stands somewhere in the number."""
    text = " ".join(
        (
            words.title(code),
            n.key,
            n.value,
            n.unit,
            n.source,
            n.note,
            *(v for line in n.table for v in line),
        )
    ).lower()
    return (
        section in (ALL, code)
        and provenance in (ALL, n.provenance)
        and grade in (ALL, n.grade)
        and all(word in text for word in asked.lower().split())
    )
