"""Draws the quality checks: verdict, the number behind it, what it means for results."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.horizons import HORIZONS
from modelops_core.domain.variables import VARIABLES
from modelops_core.services.audit import quality
from modelops_core.services.audit.quality import Check, Verdict
from modelops_core.ui.data import data_cache
from modelops_core.ui.kit import choose, downloads, filters, formats, labels
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import UrlName

COLUMNS = ("check", "subject", "verdict", "numbers", "perils")
ALL = "all"
VERDICT = Field(UrlName.VERDICT, (ALL, *reversed(quality.VERDICTS)))
YEARS = {"year", "first", "last"}
#: statistics of plausible values that have no unit of their variable
BARE = {"spread", "all_zero"}
COUNTS = {
    "years",
    "needed",
    "full",
    "missing",
    "expected",
    "outside",
    "unequal",
    "rows",
    "contradict",
    "cells",
    "nodes",
    "suspect",
    "reversed",
    "named",
    "districts",
    "storms",
    "provinces",
    "differing",
    "buildings",
    "keys",
    "alike",
    "gauges",
    "jumps",
    "scenarios",
    "whole",
}


def bind() -> None:
    """What this part keeps in the URL."""
    VERDICT.bind()


def draw(at: Version) -> None:
    """Counts, a card for each kind of check, and all of them as a table."""
    with st.spinner(t("data.checking"), show_time=True):
        found, cells, grid = data_cache.checks(at.loaded)
    _summary(found, cells, grid)
    _cards(found)
    _all(found)
    rows = [
        {
            "check": c.key,
            "subject": c.subject,
            "verdict": c.verdict,
            "numbers": _numbers(c),
            "perils": list(c.perils),
        }
        for c in found
    ]
    downloads.table(
        "modelops_quality",
        [*labels.file_head("quality checks"), ("cells", f"{cells} of {grid}")],
        COLUMNS,
        rows,
    )


def _summary(found: Sequence[Check], cells: int, grid: int) -> None:
    boxes = labels.metric_places(4)
    for box, verdict in zip(boxes, reversed(quality.VERDICTS), strict=True):
        count = sum(c.verdict == verdict for c in found)
        box.metric(t(f"data.verdict_{verdict}"), f"{count}", border=True)
    st.caption(t("data.looked_at", cells=f"{cells:,}", grid=f"{grid:,}"))


def _cards(found: Sequence[Check]) -> None:
    """The worst kinds of checks first, two in a row."""
    kinds: dict[str, list[Check]] = {}
    for check in found:
        kinds.setdefault(check.key, []).append(check)
    order = sorted(
        kinds,
        key=lambda kind: quality.VERDICTS.index(quality.worst([c.verdict for c in kinds[kind]])),
        reverse=True,
    )
    for i in range(0, len(order), 2):
        for column, kind in zip(st.columns(2, gap="small"), order[i : i + 2], strict=False):
            with column:
                _card(kind, kinds[kind])


def _card(kind: str, found: Sequence[Check]) -> None:
    """One kind of check: its worst case speaks for it."""
    verdict = quality.worst([c.verdict for c in found])
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(
                t(f"data.verdict_{verdict}"),
                icon=labels.VERDICT_ICONS[verdict],
                color=labels.VERDICT_COLOURS[verdict],  # type: ignore[arg-type]
            )
            st.markdown(f"**{t(f'data.check_{kind}')}**")
        st.markdown(f"{_passed(found)}{worst_case_text(kind, found)}")
        st.caption(t(f"data.means_{kind}"))


def worst_case_text(kind: str, found: Sequence[Check]) -> str:
    """Return the sentence with the numbers of the worst check of one kind."""
    known = [c for c in found if c.verdict != "unknown"]
    if not known:
        return t("data.cannot_check")
    worst = max(known, key=_badness)
    values = {name: _figure(name, value) for name, value in worst.numbers.items()}
    unit = _unit(worst)
    if worst.statistic:
        values |= {"value": f"{values['value']} {unit}".strip()}
        values = {"rows": formats.DASH, **values, "statistic": _statistic(worst.statistic)}
    return t(f"data.said_{kind}", name=subject(worst.subject), unit=unit, **values)


def _unit(check: Check) -> str:
    """The unit of a check's numbers; empty where they have none."""
    known = check.subject in VARIABLES and check.statistic not in BARE
    unit = VARIABLES[check.subject].unit if known else ""
    return "" if unit == "1" else formats.unit(unit, language())


def _statistic(name: str) -> str:
    """Which statistic of a table a rule is about, in words."""
    return t(f"data.plausible_{name}")


def _figure(name: str, value: float) -> str:
    """A count is whole, a year has no separator, anything else three figures."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{formats.MINUS}∞"
    if name in YEARS:
        return f"{value:.0f}"
    return f"{value:,.0f}" if name in COUNTS else formats.number(value)


def _passed(found: Sequence[Check]) -> str:
    """How many of several pass."""
    if len(found) < 2:
        return ""
    passed = sum(c.verdict == "pass" for c in found)
    return t("data.passed", passed=passed, count=len(found)) + " · "


def _badness(check: Check) -> tuple[int, float]:
    measure = next(
        (check.numbers[n] for n in ("share", "unequal", "outside", "rows") if n in check.numbers),
        0.0,
    )
    return quality.VERDICTS.index(check.verdict), measure - check.numbers.get("years", 0.0)


def subject(name: str) -> str:
    """A check's subject in the reader's language."""
    if f"data.table_{name}" in catalogue():
        return t(f"data.table_{name}")
    return (
        filters.horizon_name(name)
        if name in HORIZONS
        else labels.variable_label(name.removesuffix("_data"))
    )


def _numbers(check: Check) -> str:
    return ", ".join(f"{name} {value:.6g}" for name, value in check.numbers.items())


def _all(found: Sequence[Check]) -> None:
    st.markdown(f"**{t('data.every_check')}**")
    chosen = choose.segments(VERDICT, t("data.verdict"), _verdict_word, hide_label=True)
    shown = [c for c in found if chosen in (ALL, c.verdict)]
    if not shown:
        st.info(t("data.no_match"))
        return
    frame = pd.DataFrame(
        {
            t("data.verdict"): [[t(f"data.verdict_{c.verdict}")] for c in shown],
            t("data.check"): [t(f"data.check_{c.key}") for c in shown],
            t("data.subject"): [subject(c.subject) for c in shown],
            t("data.numbers"): [_line(c) for c in shown],
            t("data.touches"): [
                ", ".join(filters.peril_name(key) for key in c.perils) or formats.DASH
                for c in shown
            ],
        }
    )
    colours = {_verdict_word(v): labels.VERDICT_COLOURS[v] for v in quality.VERDICTS}
    st.dataframe(
        frame,
        hide_index=True,
        alt=t("data.checks_alt"),
        height=labels.table_height(len(shown), 480),
        column_config={t("data.verdict"): labels.badges(t("data.verdict"), colours)},
    )


def _verdict_word(code: str | Verdict) -> str:
    return t("data.all") if code == ALL else t(f"data.verdict_{code}")


def _line(check: Check) -> str:
    """One check's own numbers as a sentence; its subject has a column of its own."""
    return worst_case_text(check.key, [check]).removeprefix(f"{subject(check.subject)}: ")
