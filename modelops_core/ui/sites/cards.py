"""Draws two to four chosen sites side by side as cards with the numbers that decide."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.answer import Answer
from modelops_core.ui.kit import access, cache, charts, filters, formats
from modelops_core.ui.kit.answers import (
    given_facts,
    loss_figures,
    saved_sites,
    site_history,
    site_jobs,
)
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.sites import actions
from modelops_core.ui.sites.site_list import Line

LIMIT = 4
#: width of a narrow chart's axis, with the numbers beside the bars, in longest bars
ROOM = 1.55


def draw(lines: Sequence[Line], key: tuple[str, str]) -> None:
    """The first four of the chosen sites."""
    if not lines:
        return
    st.markdown(f"#### {t('sites.cards')}")
    if len(lines) > LIMIT:
        st.caption(t("sites.cards_limit", limit=LIMIT, all=len(lines)))
    shown = lines[:LIMIT]
    for column, own in zip(st.columns(max(2, len(shown))), shown, strict=False):
        with column, st.container(border=True):
            _card(own, key)


def _card(own: Line, key: tuple[str, str]) -> None:
    site, found = own.site, own.site.answer
    st.markdown(f"**{formats.plain(site.name)}**")
    if found is None:
        st.caption(f"{site.latitude:.4f}°N {site.longitude:.4f}°E")
        st.info(t("sites.never"), icon=":material/pending:")
        if site.changed_by(access.caller()):
            st.button(
                t("sites.assess"),
                key=WidgetKey.SITE_CARD.of(site.site_id),
                on_click=site_jobs.queue_assessments,
                args=([site],),
                icon=":material/calculate:",
            )
        return
    value = (
        t("sites.value_unknown")
        if found.asset_value is None
        else t("sites.value", value=formats.won(found.asset_value, language()))
    )
    st.caption(f"{saved_sites.district(found)} · {value}")
    charts.note(charts.of_answer(found, *key))
    _numbers(own, found)
    _bars(own, found, key)
    for status, text in (
        ("not_assessed", "sites.card_missing"),
        ("low_confidence", "sites.card_weak"),
    ):
        names = [
            filters.peril_name(peril) for peril, r in found.at(*key).items() if r.status == status
        ]
        if names:
            st.caption(t(text, perils=", ".join(names)))
    if given := given_facts.given(found.building.corrections):
        st.caption(f":material/edit_note: {t('assess.given_facts', facts=formats.plain(given))}")
    if site.note:
        st.markdown(f":material/sticky_note_2: {formats.plain(site.note)}")
    site_history.draw(found, key)
    actions.open_link(site)


def _numbers(own: Line, found: Answer) -> None:
    lang = language()

    def both(loss: float | None) -> str:
        if loss is None:
            return t("common.unknown")
        return f"{formats.won(loss, lang)} ({formats.percent(100 * loss / found.insured)})"

    rows = {t("sites.grade"): formats.level(own.grade, lang) if own.grade else t("common.unknown")}
    rows |= {
        t("sites.physical"): both(own.physical),
        t("sites.operating"): both(own.operating),
        t("sites.total"): both(own.total),
    }
    st.table(rows, border="horizontal")


def _bars(own: Line, found: Answer, key: tuple[str, str]) -> None:
    """Loss by peril with its interval, as on the map's page."""
    perils = cache.app().perils
    names = {peril: filters.peril_name(peril) for peril in perils}
    kinds = {peril: declared.kind for peril, declared in perils.items()}
    bars = loss_figures.bars_of(found.at(*key).values(), names, kinds, language())
    words = {name: t(f"assess.{name}") for name in ("physical", "operating", "loss", "interval")}
    chart = loss_figures.loss_bars(bars, mode(), language(), words)
    chart.update_layout(height=70 + 24 * len(bars))
    end = max((max(bar.loss or 0.0, bar.high or 0.0) for bar in bars), default=0.0)
    chart.update_xaxes(
        showticklabels=False, range=[0, ROOM * end or 1]
    )  # each bar says its number beside it
    charts.draw(
        chart,
        "losses",
        key=WidgetKey.SITE_BARS.of(own.site.site_id),
        title=t("assess.loss"),
        place=own.site.name,
        of=charts.of_answer(found, *key),
        alt=t("assess.bars_alt", place=own.site.name),
    )
