"""Draws who sees the chosen sites, and the control that shares them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from modelops_core.domain.access import Caller
from modelops_core.domain.saved_site import AUDIENCES, Audience, SavedSite
from modelops_core.errors import InvalidInput, NotAllowed
from modelops_core.ui.kit import access, cache, formats
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, WidgetKey


def control(sites: Sequence[SavedSite], caller: Caller, changed: Callable[[], None]) -> None:
    """
    Choose who sees *sites*, which the reader may change, besides their owners.

    *changed* is called after that.
    """
    options = [one for one in AUDIENCES if one != "team" or caller.team is not None]
    with st.popover(
        t("sites.share", count=len(sites)), icon=":material/group:", disabled=not sites
    ):
        first = sites[0].audience if sites else "private"
        key = WidgetKey.SITES_SHARE.of("-".join(str(site.site_id) for site in sites))
        st.radio(
            t("sites.share_with"),
            options,
            index=options.index(first) if first in options else 0,
            format_func=lambda one: formats.plain(name(one, caller.team)),
            captions=[t(f"sites.audience_{one}_means") for one in options],
            key=key,
        )
        if len({site.audience for site in sites}) > 1:
            st.caption(t("sites.share_differs"))
        st.button(
            t("sites.share_go"),
            type="primary",
            on_click=_share,
            args=(list(sites), key, changed),
            key=WidgetKey.SITES_SHARE_GO,
        )


def ownership(site: SavedSite, caller: Caller) -> str:
    """Who saved a site, and who else sees it."""
    owner = t("sites.mine") if site.owner == caller.owner else site.owner or t("sites.nobodys")
    return owner if site.audience == "private" else f"{owner} → {name(site.audience, site.team)}"


def name(audience: Audience, team: str | None) -> str:
    """The word for who sees a site."""
    return t(f"sites.audience_{audience}", team=team or "")


def _share(sites: Sequence[SavedSite], key: str, changed: Callable[[], None]) -> None:
    """Read the choice now: it may be newer than the run that drew the button (its callback)."""
    caller, audience = access.caller(), st.session_state[key]
    try:
        for site in sites:
            cache.app().site_access.share(caller, site.site_id, audience)
    except (InvalidInput, NotAllowed) as error:
        st.session_state[StateKey.SITES_EDIT_PROBLEM] = error
    else:
        who = name(audience, caller.team)
        st.toast(
            t("sites.shared_with", count=len(sites), who=formats.plain(who)),
            icon=":material/group:",
        )
    changed()
