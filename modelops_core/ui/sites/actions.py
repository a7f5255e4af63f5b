"""Draws the buttons for the chosen sites: assess again, compare, open, remove."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.saved_site import SavedSite
from modelops_core.ui.kit import cache, navigation, state
from modelops_core.ui.kit.answers import site_jobs
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.sites import site_list

#: sites that the comparison takes
COMPARED = 6


def bar(sites: Sequence[SavedSite], chosen: Sequence[SavedSite]) -> None:
    """Buttons; those that need a choice say so."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("sites.again", count=len(chosen)),
            icon=":material/refresh:",
            key=WidgetKey.ASSESS_AGAIN,
            disabled=not chosen,
            on_click=site_jobs.queue_assessments,
            args=(list(chosen),),
        )
        st.button(
            t("sites.again_all"),
            icon=":material/sync:",
            key=WidgetKey.ASSESS_ALL,
            on_click=site_jobs.queue_assessments,
            args=(list(sites),),
        )
        _remove(chosen)
        if chosen:
            ids = ",".join(str(site.site_id) for site in chosen[:COMPARED])
            navigation.link(
                "compare",
                t("sites.to_compare", count=min(len(chosen), COMPARED)),
                {UrlName.SITES: ids},
            )
        else:
            st.caption(t("sites.choose_hint"))


def open_link(site: SavedSite) -> None:
    """The way to an assessed site on the map, with its answer."""
    navigation.link(
        "assess",
        t("sites.open"),
        {**state.place(site.latitude, site.longitude), UrlName.JOB: site.batch_id or ""},
    )


def _remove(chosen: Sequence[SavedSite]) -> None:
    """Asked twice; undone by one button."""
    with st.popover(
        t("sites.remove", count=len(chosen)), icon=":material/delete:", disabled=not chosen
    ):
        st.markdown(t("sites.remove_sure", names=", ".join(site.name for site in chosen)))
        st.button(
            t("sites.remove_go"),
            type="primary",
            key=WidgetKey.SITES_REMOVE,
            on_click=_forget,
            args=(list(chosen),),
        )


def _forget(chosen: Sequence[SavedSite]) -> None:
    for site in chosen:
        cache.app().portfolios.remove(site.site_id)
        site_jobs.pending().drop(site.site_id)
    site_list.choose([])
    site_list.renew()
    st.session_state[StateKey.SITES_REMOVED] = list(chosen)


def removed() -> None:
    """What was removed last, and the way back; until something else is removed."""
    gone: Sequence[SavedSite] = st.session_state.get(StateKey.SITES_REMOVED, ())
    if not gone:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        names = ", ".join(site.name for site in gone)
        st.markdown(f":material/delete: {t('sites.removed', count=len(gone), names=names)}")
        st.button(
            t("sites.undo"), icon=":material/undo:", key=WidgetKey.SITES_UNDO, on_click=_restore
        )


def _restore() -> None:
    """Save the removed sites again, with their facts, notes and last assessments."""
    gone: Sequence[SavedSite] = st.session_state.pop(StateKey.SITES_REMOVED, ())
    ids = [
        cache.app().portfolios.save(
            site.name,
            site.latitude,
            site.longitude,
            site.corrections,
            site.batch_id,
            site.note or None,
        )
        for site in gone
    ]
    site_list.renew()
    site_list.choose(ids)
