"""Draws empty states and errors, each with what the reader can do next."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
import structlog

from modelops_core.domain import stamp
from modelops_core.errors import (
    DatabaseUnavailable,
    ModelOpsError,
    NoResults,
    NotCovered,
    OutsideKorea,
    SchemaOutdated,
    published,
)
from modelops_core.ui.kit import cache, formats, messages
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import StateKey, WidgetKey

log = structlog.get_logger()


@contextmanager
def show_errors(page: str, part: str = "") -> Iterator[None]:
    """
    Draw the error that the block raises in its place; the rest of the screen stays.

    It goes around a page, and around each *part* that is drawn again by itself, whose errors
    the page would never see. *page* names the page in the log.
    """
    try:
        yield
    except ModelOpsError as error:
        failed(error, _key(WidgetKey.RETRY, part))
    except Exception:  # an entry point: the reader gets a sentence, the log the trace
        reference = uuid.uuid4().hex[:8]
        log.exception("page failed", page=page, part=part, reference=reference)
        unexpected(reference, _key(WidgetKey.RETRY_UNEXPECTED, part))


def _key(button: WidgetKey, part: str) -> str:
    """Each part of a page has a button of its own."""
    return button.of(part) if part else button


def failed(error: ModelOpsError, key: str | None = None) -> None:
    """
    Draw an error of this package: the sentence of its class, its details below, and a retry
    button (of widget key *key*) where trying again can help.

    What the reader does not see stands in the log under a reference.
    """
    st.error(messages.kind(error), icon=":material/error:")
    _detail(error)
    if published(error)[0] != error.code:
        st.caption(t("notices.reference", reference=_reference(error)))
    if isinstance(error, DatabaseUnavailable):
        st.caption(t("notices.goes_on"))
    if isinstance(error, DatabaseUnavailable | SchemaOutdated):
        st.button(
            t("common.retry"), icon=":material/refresh:", type="primary", key=key or _own_key()
        )
    elif isinstance(error, NoResults):
        st.caption(t("notices.run_up"))
        st.code("python -m modelops_core up", language="bash")


def _reference(error: ModelOpsError) -> str:
    """The same for the same error, which a part that is drawn each second logs once a session."""
    said = f"{error.code}: {error}"
    reference = hashlib.blake2b(said.encode(), digest_size=4).hexdigest()
    if st.session_state.get(StateKey.LOGGED) != reference:
        st.session_state[StateKey.LOGGED] = reference
        log.error("shown on a page", reference=reference, code=error.code, reason=str(error))
    return reference


def _own_key() -> str:
    """
    A key that no other button of this run has.

    The button only asks for another run, in which it may well be another one.
    """
    return WidgetKey.RETRY.of(uuid.uuid4().hex[:8])


def _detail(error: ModelOpsError) -> None:
    if (message := messages.message(error)) != messages.kind(error):
        st.caption(message)


def unexpected(reference: str, key: str) -> None:
    """Draw an unexpected error with the reference under which the log has its trace."""
    st.error(t("notices.unexpected", reference=reference), icon=":material/bug_report:")
    st.button(t("common.retry"), icon=":material/refresh:", key=key)


def outside(error: OutsideKorea) -> None:
    """Draw the hint that the chosen point lies in the sea, abroad or on an island without data."""
    land = isinstance(error, NotCovered)
    icon = ":material/grid_off:" if land else ":material/waves:"
    st.warning(messages.kind(error), icon=icon)
    if (message := messages.message(error)) != messages.kind(error):
        st.caption(_with_names(message, published(error)[1].get("district")))


def _with_names(message: str, district: str | None) -> str:
    """A sentence about *district*, whose English readers know it by another name."""
    if not district or language() == "ko":
        return message
    found = cache.districts(cache.version().loaded)
    known = {row["admin_name"]: row["admin_name_en"] for row in found}
    return message.replace(district, known.get(district) or district)


def empty(key: str, icon: str = ":material/inbox:", **values: object) -> None:
    """Draw an empty state; the text *key* says why there is nothing and how to change that."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"### {icon}", text_alignment="center")
        st.markdown(t(key, **values), text_alignment="center")


def absent(what: str) -> None:
    """
    Say that what the address names is not there, or is not this reader's: in the same words.

    *what* is part of a sentence in the reader's language.
    """
    st.warning(t("notices.absent", what=formats.plain(what)), icon=":material/link_off:")


def demonstration() -> None:
    """Say above a page that its climate comes from the generator, where it does."""
    try:
        demo = stamp.is_demo(cache.sources())
    except (DatabaseUnavailable, SchemaOutdated):
        return  # the page says so, or needs no database
    if demo:
        st.badge(t("notices.demonstration"), icon=":material/science:", color="orange")


def little_room() -> None:
    """Warn above a page that the database's disk is nearly full."""
    if (free := cache.app().disk_warning()) is not None:
        st.warning(t("notices.little_room", free=free), icon=":material/hard_drive:")


def screening() -> None:
    """Draw the statement that must stand next to every number (METHOD §13)."""
    st.caption(t("common.screening"))
