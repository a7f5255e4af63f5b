"""Draws the choice of files to load, and queues the look at them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.source import ALWAYS, Source
from modelops_core.errors import InvalidInput, ModelOpsError
from modelops_core.ui.data import load_progress, load_words
from modelops_core.ui.kit import access, cache, choose
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import StateKey, UrlName, WidgetKey

#: of an upload by the page [MB]: the limit of .streamlit/config.toml
LIMIT = 50
BLOCK = 1 << 20
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
        st.caption(load_words.files_said(source))
        uploaded, chosen = _files()
        given = _options(source)
        if st.button(
            t("load.check"), type="primary", icon=":material/search:", key=WidgetKey.LOAD_CHECK
        ):
            _check(kind, uploaded, chosen, given)


def _files() -> tuple[Sequence[Any], Sequence[str]]:
    """Uploads, and names of the server's folder."""
    turn = st.session_state.get(StateKey.LOAD_TURN, 0)  # another key empties the widget
    left, right = st.columns(2, gap="medium")
    uploaded = left.file_uploader(
        t("load.from_here"),
        accept_multiple_files=True,
        max_upload_size=LIMIT,
        help=t("load.upload_help", limit=LIMIT),
        key=WidgetKey.LOAD_UPLOAD.of(turn),
    )
    inbox = cache.app().loads.inbox
    if inbox.shared is None:
        right.markdown(t("load.from_server"))
        right.caption(t("load.no_folder"))
        return uploaded or [], []
    listed = {one.name: one.size for one in inbox.listed()}
    chosen = right.multiselect(
        t("load.from_server"),
        list(listed),
        format_func=lambda name: f"{name} ({load_words.size_text(listed.get(name, 0))})",
        placeholder=t("load.folder_empty") if not listed else None,
        key=WidgetKey.LOAD_FILES.of(turn),
    )
    return uploaded or [], chosen


def _options(source: Source) -> dict[str, str]:
    """What the reader says about the files."""
    taken = [name for name in OPTIONS if name in source.takes | ALWAYS]
    with st.expander(t("load.options"), icon=":material/tune:"):
        columns = st.columns(2, gap="medium")
        said = {
            name: _option(columns[i % 2], source.kind, name, taken) for i, name in enumerate(taken)
        }
    return {name: text for name, text in said.items() if text}


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


def _check(
    kind: str, uploaded: Sequence[Any], chosen: Sequence[str], said: Mapping[str, str]
) -> None:
    """Keep the uploads on disk and queue the look at all files."""
    if not uploaded and not chosen:
        st.warning(t("load.no_files"), icon=":material/upload_file:")
        return
    loads = cache.app().loads
    try:
        given = {name: _typed(name, text) for name, text in said.items()}
        paths = [*_kept(uploaded), *(loads.inbox.chosen(name) for name in chosen)]
        job = loads.submit(access.caller(), kind, paths, given, dry_run=True)
    except ModelOpsError as error:
        load_progress.keep_problem(error)
    else:
        st.session_state[StateKey.LOAD_TURN] = st.session_state.get(StateKey.LOAD_TURN, 0) + 1
        load_progress.follow(job)
    st.rerun()


def _kept(uploaded: Sequence[Any]) -> list[Path]:
    """The uploads as files on disk."""
    if not uploaded:
        return []
    inbox = cache.app().loads.inbox
    token = inbox.new()
    return [inbox.keep(token, one.name, _blocks(one)) for one in uploaded]


def _blocks(upload: io.BytesIO) -> Iterator[bytes]:
    upload.seek(0)
    yield from iter(partial(upload.read, BLOCK), b"")
