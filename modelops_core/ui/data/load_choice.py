"""Draws the choice of files to load, and queues the look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.source import ALWAYS, Source
from modelops_core.errors import InvalidInput, ModelOpsError
from modelops_core.ui.data import load_progress, load_words, uploader
from modelops_core.ui.kit import access, cache, choose, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

#: options in their order, and what some may be; the others are typed
OPTIONS = (
    "scenario",
    "variable",
    "unit",
    "members",
    "resolution",
    "crs",
    "timezone",
    "encoding",
    "period",
    "provider",
    "licence",
    "version",
)
CHOICES: Mapping[str, Sequence[str]] = {
    "scenario": tuple(SCENARIOS),
    "timezone": ("UTC", "KST"),
    "members": ("0", "1", "5"),
}
#: options that are numbers
NUMBERS: Mapping[str, type[int] | type[float]] = {"members": int, "resolution": float}
#: kinds in the order in which people begin; others follow
FIRST = ("climate", "sea-level", "typhoon", "buildings", "daily", "admin", "wamis")


@st.cache_resource(show_spinner=False)
def sources() -> Mapping[str, Source]:
    """What can be loaded; importing it takes a second."""
    return cache.app().loads.kinds()


def kind_field() -> Field[str]:
    """The chosen kind."""
    known = cache.app().loads.kind_names()
    return Field(UrlName.LOAD, sorted(known, key=lambda name: (_place(name), name)))


def _place(kind: str) -> int:
    return FIRST.index(kind) if kind in FIRST else len(FIRST)


def draw() -> None:
    """Kind, files, options, and the button that has them looked at."""
    with st.container(border=True):
        kind = choose.from_list(kind_field(), t("load.kind"), load_words.kind_label)
        source = sources()[kind]
        st.caption(load_words.file_description(source))
        files = _files()
        given = _options(source)
        if st.button(
            t("load.check"), type="primary", icon=":material/search:", key=WidgetKey.LOAD_CHECK
        ):
            _check(kind, files, given)


def _files() -> list[Path]:
    """Uploads, and files of the server's folder."""
    left, right = st.columns(2, gap="medium")
    with left:
        uploaded = _uploads()
    with right:
        return [*uploaded, *_shared()]


def _uploads() -> list[Path]:
    """The box that takes files, and those that are there."""
    loads = cache.app().loads
    token = st.session_state.get(StateKey.LOAD_UPLOAD)
    if token is None or not loads.inbox.known(token):
        token = st.session_state[StateKey.LOAD_UPLOAD] = loads.upload(access.caller())
    uploader.draw(token)
    found = loads.inbox.uploaded(token)
    for path in found:
        size = load_words.size_text(path.stat().st_size)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/draft: {formats.plain(path.name)} · {size}", width="stretch")
            st.button(
                t("load.drop"),
                on_click=loads.inbox.forget,
                args=([path],),
                icon=":material/close:",
                type="tertiary",
                key=WidgetKey.LOAD_DROP.of(path.name),
            )
    return found


def _shared() -> list[Path]:
    """Files of the folder that a setting names."""
    inbox = cache.app().loads.inbox
    if inbox.shared is None:
        st.markdown(f":small[{t('load.from_server')}]")  # as small as a label
        st.caption(t("load.no_folder"))
        return []
    listed = {one.name: one.size for one in inbox.listed()}
    chosen = st.multiselect(
        t("load.from_server"),
        list(listed),
        format_func=lambda name: f"{name} ({load_words.size_text(listed.get(name, 0))})",
        placeholder=t("load.pick_files" if listed else "load.folder_empty"),
        key=WidgetKey.LOAD_FILES,
    )
    return [inbox.shared / name for name in chosen]


def _options(source: Source) -> dict[str, str]:
    """What the reader says about the files."""
    taken = [name for name in OPTIONS if name in source.takes | ALWAYS]
    with st.expander(t("load.options"), icon=":material/tune:"):
        columns = st.columns(2, gap="medium")
        typed = {
            name: _option(columns[i % 2], source.kind, name, taken) for i, name in enumerate(taken)
        }
    return {name: text for name, text in typed.items() if text}


def _option(place: Any, kind: str, name: str, taken: Sequence[str]) -> str:
    """One option; its name on the command line stands in messages too."""
    label = f"{t(f'load.option_{name}')} `--{name}`"
    key = WidgetKey.LOAD_OPTION.of(f"{kind}.{name}")
    if name not in CHOICES:
        return str(place.text_input(label, key=key, max_chars=200) or "").strip()
    chosen = place.selectbox(
        label,
        CHOICES[name],
        index=None,
        format_func=lambda code: SCENARIOS.get(code, code),
        placeholder=t("load.unsaid"),
        accept_new_options=name == "members",
        key=key,
    )
    return str(chosen or "").strip()


def _typed(name: str, text: str) -> Any:
    """An option in its type; raises InvalidInput for a number that is none."""
    try:
        return NUMBERS[name](text) if name in NUMBERS else text
    except ValueError:
        raise InvalidInput("not_a_number", field=t(f"load.option_{name}"), value=text) from None


def _check(kind: str, files: Sequence[Path], typed: Mapping[str, str]) -> None:
    """Queue the look at the files."""
    if not files:
        st.warning(t("load.no_files"), icon=":material/upload_file:")
        return
    try:
        given = {name: _typed(name, text) for name, text in typed.items()}
        job = cache.app().loads.submit(access.caller(), kind, files, given, dry_run=True)
    except ModelOpsError as error:
        load_progress.keep_problem(error)
    else:
        st.session_state.pop(StateKey.LOAD_UPLOAD, None)
        load_progress.follow(job)
    st.rerun()
