"""Signs readers in and checks their role; pages are open to all unless sign-in is switched on."""

from __future__ import annotations

import streamlit as st

from modelops_core.domain.access import FORWARDED, Role, page_role
from modelops_core.errors import NotAllowed
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey

ROLE = StateKey.ROLE
#: roles that may start a calculation
RUNNERS = ("analyst", "admin")


def enter() -> bool:
    """Return whether the page may be drawn; where not, draw a sign-in instead."""
    settings = cache.app().settings
    email = str(st.user.get("email") or "") if settings.login and st.user.is_logged_in else None
    forwarded = any(name in st.context.headers for name in FORWARDED)
    found: Role | None = page_role(email, st.context.ip_address, forwarded, settings)
    st.session_state[ROLE] = found
    if found is None:
        _sign_in(settings.login)
    return found is not None


def require_runner() -> None:
    """Raise NotAllowed for readers whose role may not start jobs."""
    if st.session_state.get(ROLE, "admin") not in RUNNERS:
        raise NotAllowed("look_only")


def _sign_in(possible: bool) -> None:
    with st.container(border=True):
        st.markdown(f"### {t('gate.title')}")
        if possible:
            st.markdown(t("gate.text"))
            st.button(t("gate.button"), on_click=st.login, type="primary", icon=":material/login:")
        else:
            st.markdown(t("gate.closed"))
