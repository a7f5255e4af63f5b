"""The menu: which pages there are, and links between them that keep what was chosen."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from modelops_core.settings import FILES
from modelops_core.ui.kit import state
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName

PAGES_FOLDER = FILES / "pages"
#: file of pages/ → its icon, in the order of the menu
PAGES = {
    "assess": ":material/map:",
    "compare": ":material/stacked_line_chart:",
    "sites": ":material/apartment:",
    "portfolio": ":material/account_balance:",
    "projections": ":material/thermostat:",
    "population": ":material/groups:",
    "data": ":material/database:",
    "method": ":material/menu_book:",
    "jobs": ":material/list_alt:",
}
#: what a link to another page takes along
CARRIED = (
    UrlName.LANGUAGE,
    UrlName.PERIL,
    UrlName.SCENARIO,
    UrlName.HORIZON,
    UrlName.LATITUDE,
    UrlName.LONGITUDE,
    UrlName.JOB,
)


def pages() -> dict[str, st.Page]:
    """The pages that exist, by name."""
    found = {}
    for i, (name, icon) in enumerate(PAGES.items()):
        path = PAGES_FOLDER / f"{name}.py"
        if path.exists():
            found[name] = st.Page(
                path, title=t(f"{name}.page"), icon=icon, url_path=name, default=i == 0
            )
    return found


def link(name: str, label: str, params: Mapping[UrlName, str] | None = None) -> None:
    """
    A link to the page *name* with the reader's choices and *params* in its URL; nothing where it
    is absent.
    """
    page = st.session_state.get(StateKey.PAGES, {}).get(name)
    if page is None:
        return
    kept = {key: value for key in CARRIED if (value := state.current_param(key)) is not None}
    query = {str(key): value for key, value in {**kept, **(params or {})}.items()}
    st.page_link(page, label=label, icon=PAGES[name], query_params=query)
