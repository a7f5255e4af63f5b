"""Draws a site's earlier assessments, and what the latest one changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from modelops_core.domain.answer import Answer, Key
from modelops_core.services.portfolio import changes
from modelops_core.services.portfolio.changes import Changes, Difference
from modelops_core.ui.kit import access, cache, charts, filters, formats, timestamps
from modelops_core.ui.kit.answers import given_facts
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey

#: assessments that are listed
LISTED = 10
MONEY = frozenset({"asset_value"})


def draw(answer: Answer, key: Key) -> None:
    """
    The place's assessments up to *answer*, read when unfolded; nothing before its second one.

    *key*: scenario and horizon.
    """
    jobs = cache.app().site_access.history(
        answer.latitude, answer.longitude, LISTED, access.caller()
    )
    ids = [str(job["batch_id"]) for job in jobs]
    if answer.batch_id not in ids or ids.index(answer.batch_id) + 1 == len(ids):
        return
    own = ids[ids.index(answer.batch_id) :]
    box = st.expander(
        t("site_history.title", count=len(own)),
        icon=":material/history:",
        key=WidgetKey.SITE_HISTORY.of(answer.batch_id),  # a page may show several sites
        on_change="rerun",
    )
    if box.open:
        found = [cache.answer(job) for job in own]
        with box:
            _compared(found[1], changes.between(found[1], found[0], key))
            _table(found, key)


def _compared(before: Answer, changed: Changes) -> None:
    """Before → after, and why."""
    loss, rate = changed.loss, changed.rate
    total = t(
        "site_history.total",
        before=_money(loss.before),
        after=_money(loss.after),
        rate_before=formats.percent(rate.before),
        rate_after=formats.percent(rate.after),
    )
    lines = [f"{_name(d)}: {_value(d, d.before)} → {_value(d, d.after)}" for d in changed.facts]
    lines += [_reason(d) for d in changed.calculation]
    why = t("site_history.why") + "\n" + "\n".join(f"- {line}" for line in lines)
    parts = [
        t("site_history.since", when=_when(before)),
        total,
        why if lines else t("site_history.nothing"),
    ]
    if changed.perils:
        moved = (
            f"{filters.peril_name(d.what)} {_rate(d.before)} → {_rate(d.after)}"
            for d in changed.perils
        )
        parts.append(f":small[{t('site_history.perils', perils=', '.join(moved))}]")
    st.markdown("\n\n".join(parts))


def _table(found: Sequence[Answer], key: Key) -> None:
    """When, how much, of what value, by which numbers."""
    charts.note(charts.of_climate(*key))
    rows = [
        {
            t("site_history.when"): _when(answer),
            t("site_history.loss"): _money(None if total is None else total.grand),
            t("columns.asset_value"): _money(answer.asset_value),
            t("columns.parameter_set"): formats.parameter_set(answer.parameter_set, language()),
            t("site_history.given"): str(len(answer.building.corrections) or formats.DASH),
        }
        for answer in found
        for total in (answer.total(*key),)
    ]
    with st.container(key=WidgetKey.WRAPPED.of(f"history.{found[0].batch_id}")):
        st.table(rows, border="horizontal")


def _when(answer: Answer) -> str:
    return formats.whole_days(timestamps.local_time(answer.assessed_at))


def _reason(difference: Difference) -> str:
    return t(f"site_history.of_{difference.what}", before=difference.before, after=difference.after)


def _name(difference: Difference) -> str:
    return t(f"columns.{difference.what}")


def _value(difference: Difference, value: Any) -> str:
    if difference.what in MONEY and value not in (None, ""):
        return _money(value)
    if isinstance(value, bool):
        return t("site_history.yes" if value else "site_history.no")
    return formats.plain(given_facts.text(difference.what, value))


def _rate(value: float | None) -> str:
    missing = formats.status("not_assessed", language())
    return missing if value is None else formats.percent(value)


def _money(value: float | None) -> str:
    return t("common.unknown") if value is None else formats.won(value, language())
