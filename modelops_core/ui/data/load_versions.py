"""Draws the versions of the tables, and the undoing of the newest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.source import Load
from modelops_core.errors import ModelOpsError
from modelops_core.services.report import data_sources
from modelops_core.ui.data import load_progress
from modelops_core.ui.data.load_words import kind_label
from modelops_core.ui.kit import access, cache, downloads, formats, labels, timestamps
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey

COLUMNS = ("version", "state", "kind", "at", "by", "rows", "licence", "files", "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableVersion:
    """One version of what a kind fills; ``load_id`` None: what was there before any load."""

    load_id: int | None
    kind: str
    state: str
    at: datetime | None
    by: str | None
    rows: int
    licences: tuple[str, ...]
    files: tuple[str, ...]
    sha256: tuple[str, ...] = ()


def versions(loads: Sequence[Load]) -> list[TableVersion]:
    """
    The versions by kind, the newest first: each load, and behind the first of its kind that is in
    force what stood in its tables before. *loads* come the newest first.
    """
    found = []
    for kind in dict.fromkeys(load.kind for load in loads):
        own = [load for load in loads if load.kind == kind]
        found += [_of_load(load, own) for load in own if load.state != "dropped"]
        if published := [load for load in own if load.state == "published"]:
            found.append(_before(published[-1]))
    return found


def _of_load(load: Load, same: Sequence[Load]) -> TableVersion:
    """One load among the others of its kind."""
    newer = [one for one in same if one.load_id > load.load_id and one.state == "published"]
    behind = any(set(one.tables) & set(load.tables) for one in newer)
    state = {"published": "behind" if behind else "in_force"}.get(load.state, load.state)
    return TableVersion(
        load_id=load.load_id,
        kind=load.kind,
        state=state,
        at=load.at,
        by=load.by,
        rows=sum(load.rows.values()),
        licences=_licences(load.sources),
        files=tuple(str(file["name"]) for file in load.files),
        sha256=tuple(str(file["sha256"]) for file in load.files),
    )


def _before(first: Load) -> TableVersion:
    """What the first load of a kind that is in force replaced."""
    names = tuple(dict.fromkeys(str(one["name"]) for one in first.replaced))
    rows = sum(int(one["row_count"]) for one in first.replaced)
    return TableVersion(
        load_id=None,
        kind=first.kind,
        state="behind",
        at=None,
        by=None,
        rows=rows,
        licences=_licences(first.replaced),
        files=names,
    )


def _licences(sources: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one["licence"]) for one in sources))


def draw() -> None:
    """All versions as a table and a file; for those who may, a button that undoes."""
    st.markdown(f"#### {t('load.versions')}")
    loads = cache.app().loads.listed(access.caller())
    if not loads:
        st.caption(t("load.no_versions"))
        return
    found, admin = versions(loads), access.may(UseCase.load_data)
    frame = pd.DataFrame(_columns(found, admin))
    st.dataframe(
        frame,
        hide_index=True,
        alt=t("load.versions_alt"),
        height=labels.table_height(len(found), 480),
        key=WidgetKey.LOAD_VERSIONS,
        column_config={t("columns.rows"): st.column_config.TextColumn(alignment="right")},
    )
    if admin:
        with st.container(horizontal=True):
            for load in (load for load in loads if load.undoable):
                _undo(load)
    rows = [_row(one, admin) for one in found]
    downloads.table("modelops_loads", labels.file_head("loads"), COLUMNS, rows)


def _columns(found: Sequence[TableVersion], admin: bool) -> dict[str, list[Any]]:
    who = {t("load.who"): [one.by or formats.DASH for one in found]} if admin else {}
    return {
        t("load.version"): [_number(one) for one in found],
        t("load.state"): [t(f"load.state_{one.state}") for one in found],
        t("load.kind"): [kind_label(one.kind) for one in found],
        t("load.when"): [
            timestamps.local_time(one.at) if one.at else formats.DASH for one in found
        ],
        **who,
        t("columns.rows"): [f"{one.rows:,}" for one in found],
        t("columns.licence"): [
            ", ".join(map(_translated, one.licences)) or formats.DASH for one in found
        ],
        t("load.files"): [", ".join(map(_translated, one.files)) for one in found],
    }


def _number(one: TableVersion) -> str:
    return t("load.at_first") if one.load_id is None else f"{one.load_id}"


def _translated(text: str) -> str:
    return data_sources.translate(text, language())


def _row(one: TableVersion, admin: bool) -> dict[str, Any]:
    return {
        "version": one.load_id,
        "state": one.state,
        "kind": one.kind,
        "at": timestamps.iso(one.at),
        "by": one.by if admin else None,
        "rows": one.rows,
        "licence": "; ".join(one.licences),
        "files": "; ".join(one.files),
        "sha256": "; ".join(one.sha256),
    }


def _undo(load: Load) -> None:
    """Asked twice."""
    names = dict.fromkeys(str(one["name"]) for one in load.replaced)
    former = ", ".join(_translated(name) for name in names) or t("load.nothing_before")
    rows = f"{sum(load.rows.values()):,}"
    label = f"{t('load.undo', load=load.load_id)} ({kind_label(load.kind)})"
    with st.popover(label, icon=":material/undo:"):
        st.markdown(
            t(
                "load.undo_sure",
                load=load.load_id,
                kind=kind_label(load.kind),
                rows=rows,
                former=formats.plain(former),
            )
        )
        st.button(
            t("load.undo_go"),
            type="primary",
            on_click=_go,
            args=(load,),
            key=WidgetKey.LOAD_UNDO.of(load.load_id),
        )


def _go(load: Load) -> None:
    try:
        job = cache.app().loads.submit_undo(access.caller(), load)
    except ModelOpsError as error:
        load_progress.keep_problem(error)
    else:
        load_progress.follow(job)
