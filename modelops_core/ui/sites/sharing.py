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
    teams, own = _teams(sites, caller), all(site.owner == caller.owner for site in sites)
    options = [one for one in AUDIENCES if one != "team" or None not in teams]
    with st.popover(
        t("sites.share", count=len(sites)), icon=":material/group:", disabled=not sites
    ):
        first = sites[0].audience if sites else "private"
        key = WidgetKey.SITES_SHARE.of("-".join(str(site.site_id) for site in sites))
        st.radio(
            t("sites.share_with"),
            options,
            index=options.index(first) if first in options else 0,
            format_func=lambda one: formats.plain(name(one, teams, caller, own=own)),
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
    if site.audience == "private":
        return owner
    return f"{owner} → {name(site.audience, [site.team], caller)}"


def _teams(sites: Sequence[SavedSite], caller: Caller) -> list[str | None]:
    """The teams with which *caller* would share *sites*, each once; None of one without."""
    return list(dict.fromkeys(site.team_of(caller) for site in sites))


def name(
    audience: Audience, teams: Sequence[str | None], caller: Caller, *, own: bool = True
) -> str:
    """The word for who sees sites that go to *teams*, *own* ones or those of others."""
    if audience == "private" and not own:
        return t("sites.audience_owners_private")
    if audience == "team" and list(teams) != [caller.team]:
        return t("sites.audience_owners_team", team=", ".join(team or "" for team in teams))
    return t(f"sites.audience_{audience}", team=caller.team or "")


def _share(sites: Sequence[SavedSite], key: str, changed: Callable[[], None]) -> None:
    """Read the choice now: it may be newer than the run that drew the button (its callback)."""
    caller, audience = access.caller(), st.session_state[key]
    try:
        for site in sites:
            cache.app().site_access.share(caller, site.site_id, audience)
    except (InvalidInput, NotAllowed) as error:
        st.session_state[StateKey.SITES_EDIT_PROBLEM] = error
    else:
        own = all(site.owner == caller.owner for site in sites)
        who = name(audience, _teams(sites, caller), caller, own=own)
        st.toast(
            t("sites.shared_with", count=len(sites), who=formats.plain(who)),
            icon=":material/group:",
        )
    changed()
