"""Signs readers in: the only place where pages get a caller from."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from modelops_core.domain.access import FORWARDED, Caller, UseCase, page_caller
from modelops_core.errors import ModelOpsError, Unauthenticated
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, WidgetKey


def caller() -> Caller:
    """Who reads the page, found anew for each use; raises Unauthenticated for nobody."""
    found = _found()
    if found is None:
        raise Unauthenticated("sign_in")
    return found


def may(use_case: UseCase) -> bool:
    """Whether to draw what asks for this use case."""
    return caller().may(use_case)


def enter() -> bool:
    """Return whether the page may be drawn; where not, draw a sign-in instead."""
    found = _found()
    if found is None:
        _sign_in(cache.app().settings.login)
    return found is not None


def sign_out() -> None:
    """Who is signed in, and the way out; nothing where nobody signs in."""
    claims = _claims()
    if claims is not None:
        with st.popover(str(claims.get("email") or t("gate.unknown")), icon=":material/person:"):
            st.button(
                t("gate.out"), on_click=st.logout, icon=":material/logout:", key=WidgetKey.SIGN_OUT
            )


def _found() -> Caller | None:
    address = st.context.ip_address  # None on this machine
    return page_caller(
        _claims(),
        address if isinstance(address, str) else None,
        any(name in st.context.headers for name in FORWARDED),
        cache.app().settings,
        time.time(),
    )


def _claims() -> Mapping[str, Any] | None:
    """What the provider says of the signed-in person; None where nobody is."""
    if not cache.app().settings.login or not st.user.is_logged_in:
        return None
    claims: Mapping[str, Any] = st.user.to_dict()
    return claims


def _sign_in(possible: bool) -> None:
    claims = _claims()
    with st.container(border=True):
        st.markdown(f"### {t('gate.title')}")
        if claims is not None:
            _refused(claims)
        elif possible:
            st.markdown(t("gate.text"))
            st.button(t("gate.button"), on_click=st.login, type="primary", icon=":material/login:")
        else:
            st.markdown(t("gate.closed"))


def _refused(claims: Mapping[str, Any]) -> None:
    """Signed in, but unverified, on no list or long ago; noted once a session."""
    st.warning(t("gate.refused"), icon=":material/lock:")
    st.button(t("gate.button"), on_click=st.login, type="primary", icon=":material/login:")
    if st.session_state.get(StateKey.REFUSED):
        return
    st.session_state[StateKey.REFUSED] = True
    address = st.context.ip_address
    try:
        cache.app().audit.note(
            str(claims.get("email") or "nobody"), "sign-in refused", "pages", address
        )
    except ModelOpsError:
        del st.session_state[StateKey.REFUSED]
