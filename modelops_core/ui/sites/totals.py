"""Draws the expected loss of all saved sites together; only sums that METHOD §11 allows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.saved_site import SavedSite
from modelops_core.services.portfolio import sums
from modelops_core.services.portfolio.sums import Members, Sum
from modelops_core.ui.kit import cache, filters, formats
from modelops_core.ui.kit.i18n import language, t

#: names that are said one by one
NAMED = 8
QUANTITIES = ("physical_no_overlap", "operating", "grand")


def draw(sites: Sequence[SavedSite], key: tuple[str, str]) -> None:
    """Both subtotals and their sum at *key* (scenario, horizon), and who is not in them."""
    answers = [site.answer for site in sites]
    members = sums.members(answers)
    counted = [own for i in members.counted if (own := answers[i]) is not None]
    boxes = st.columns(4)
    value = sum(own.asset_value or 0.0 for own in counted)
    boxes[0].metric(
        t("sites.count"),
        t("sites.count_of", counted=len(counted), all=len(sites)),
        t("sites.value", value=formats.won(value, language())) if counted else t("sites.never"),
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=t("sites.count_help"),
    )
    for box, quantity in zip(boxes[1:], QUANTITIES, strict=True):
        found = sums.total(counted, quantity, key, cache.app().perils)
        box.metric(
            t(f"sites.{_SHORT[quantity]}"),
            _won(found),
            _rate(found),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=t(f"assess.{quantity}_help"),
        )
    _notes(sites, members, counted, key)
    if counted:
        with st.expander(t("sites.by_peril")):
            _by_peril(counted, key)


_SHORT = {"physical_no_overlap": "physical", "operating": "operating", "grand": "total"}


def _won(found: Sum) -> str:
    return t("common.unknown") if found.loss is None else formats.won(found.loss, language())


def _rate(found: Sum) -> str:
    return (
        formats.DASH
        if found.rate is None
        else t("sites.weighted", rate=formats.percent(found.rate))
    )


def _notes(
    sites: Sequence[SavedSite], members: Members, counted: Sequence[Answer], key: tuple[str, str]
) -> None:
    """Spread, what is left out, and what must not be concluded."""
    st.caption(
        "  \n".join(
            [*_spread(counted, key), *_left_out(sites, members), *_incomplete(counted, key)]
        )
    )


def _spread(counted: Sequence[Answer], key: tuple[str, str]) -> list[str]:
    losses = [
        sums.total(counted, "grand", (code, key[1]), cache.app().perils).loss for code in SCENARIOS
    ]
    known = [loss for loss in losses if loss is not None]
    if not known:
        return []
    return [
        t(
            "sites.span",
            low=formats.won(min(known), language()),
            high=formats.won(max(known), language()),
        )
    ]


def _left_out(sites: Sequence[SavedSite], members: Members) -> list[str]:
    reasons = {
        reason: [formats.plain(sites[i].name) for i in getattr(members, reason)]
        for reason in ("not_assessed", "value_unknown", "other_stamp")
    }
    return [
        t(f"sites.out_{reason}", names=_few(names)) for reason, names in reasons.items() if names
    ]


def _few(names: Sequence[str]) -> str:
    """All names, or the first of many."""
    return (
        ", ".join(names)
        if len(names) <= NAMED
        else t("compare.and_more", names=", ".join(names[:NAMED]), more=len(names) - NAMED)
    )


def _incomplete(counted: Sequence[Answer], key: tuple[str, str]) -> list[str]:
    notes = []
    lacking = sums.missing(counted, key)
    if lacking:
        names = ", ".join(
            t("sites.lacking", peril=filters.peril_name(peril), count=count)
            for peril, count in lacking.items()
        )
        notes.append(t("sites.missing", perils=names))
    shared = sums.shared_cells(counted)
    if shared:
        notes.append(t("sites.shared", count=shared))
    return [*notes, t("sites.not_summed")]


def _by_peril(counted: Sequence[Answer], key: tuple[str, str]) -> None:
    rows = []
    for peril in cache.app().perils:
        found = sums.total(counted, peril, key, cache.app().perils)
        rows.append(
            {
                t("common.peril"): filters.peril_name(peril),
                t("columns.expected_loss"): _won(found),
                t("sites.weighted_aal"): formats.percent(found.rate),
                t("sites.in_sum"): t("sites.count_of", counted=found.sites, all=len(counted)),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt=t("sites.by_peril"))
    st.caption(t("sites.by_peril_note"))
