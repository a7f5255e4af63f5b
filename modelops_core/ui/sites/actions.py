"""Draws the buttons for the chosen sites: assess again, compare, open, share, remove."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.saved_site import SavedSite
from modelops_core.ui.kit import access, cache, formats, navigation, state
from modelops_core.ui.kit.answers import site_jobs
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey
from modelops_core.ui.sites import sharing, site_list

#: sites that the comparison takes
COMPARED = 6


def bar(sites: Sequence[SavedSite], chosen: Sequence[SavedSite]) -> None:
    """Buttons for the sites that the reader may change; those that need a choice say so."""
    caller = access.caller()
    own = [site for site in chosen if site.changed_by(caller)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if caller.may(UseCase.assess):
            _assess([site for site in sites if site.changed_by(caller)], own)
            _remove(own)
        if caller.kind == "person" and caller.may(UseCase.share_site):
            sharing.control([s for s in own if s.shared_by(caller)], caller, site_list.renew)
        if chosen:
            ids = ",".join(str(site.site_id) for site in chosen[:COMPARED])
            navigation.link(
                "compare",
                t("sites.to_compare", count=min(len(chosen), COMPARED)),
                {UrlName.SITES: ids},
            )
        else:
            st.caption(t("sites.choose_hint"))


def _assess(sites: Sequence[SavedSite], chosen: Sequence[SavedSite]) -> None:
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


def open_link(site: SavedSite) -> None:
    """The way to an assessed site on the map, with its answer."""
    navigation.link(
        "assess",
        t("sites.open"),
        {**state.place(site.latitude, site.longitude), UrlName.JOB: site.batch_id or ""},
    )


def _remove(chosen: Sequence[SavedSite]) -> None:
    """Asked twice; undone by one button. Without a choice a plain button closes what was open."""
    label, icon = t("sites.remove", count=len(chosen)), ":material/delete:"
    if not chosen:
        st.button(label, icon=icon, disabled=True, key=WidgetKey.SITES_REMOVE_NONE)
        return
    with st.popover(label, icon=icon):
        st.markdown(t("sites.remove_sure", names=_names(chosen)))
        st.button(
            t("sites.remove_go"),
            type="primary",
            key=WidgetKey.SITES_REMOVE,
            on_click=_forget,
            args=(list(chosen),),
        )


def _forget(chosen: Sequence[SavedSite]) -> None:
    for site in chosen:
        cache.app().site_access.remove(access.caller(), site.site_id)
        site_jobs.pending().drop(site.site_id)
    site_list.choose([])
    site_list.renew()
    st.session_state[StateKey.SITES_REMOVED] = list(chosen)


def _names(sites: Sequence[SavedSite]) -> str:
    return ", ".join(formats.plain(site.name) for site in sites)


def removed() -> None:
    """What was removed last, and the way back; until something else is removed."""
    gone: Sequence[SavedSite] = st.session_state.get(StateKey.SITES_REMOVED, ())
    if not gone:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        said = t("sites.removed", count=len(gone), names=_names(gone))
        st.markdown(f":material/delete: {said}")
        st.button(
            t("sites.undo"), icon=":material/undo:", key=WidgetKey.SITES_UNDO, on_click=_restore
        )


def _restore() -> None:
    """Save the removed sites again, with their owners, facts, notes and last assessments."""
    gone: Sequence[SavedSite] = st.session_state.pop(StateKey.SITES_REMOVED, ())
    ids = [cache.app().site_access.restore(access.caller(), site) for site in gone]
    site_list.renew()
    site_list.choose(ids)
