"""Draws what a look at files found, or what a load did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from modelops_core.domain.data_source import DataSource
from modelops_core.domain.job import Job
from modelops_core.ui.data import load_words
from modelops_core.ui.kit import cache, datasets, formats, labels
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import WidgetKey


def draw(job: Job) -> None:
    """Head, counts, facts, rejects, and what is replaced."""
    assert job.results is not None
    found: Mapping[str, Any] = job.results
    _head(found)
    if names := ", ".join(Path(path).name for path in job.input_params.get("files", ())):
        st.caption(formats.plain(names))
    if found["outcome"] in ("undone", "unchanged"):
        return
    _counts(found)
    left, right = st.columns(2, gap="medium")
    with left:
        _facts(found["facts"])
    with right:
        if found["outcome"] == "recognised":
            _replaces(found)
    _rejects(found["first_rejects"])
    rejects_file(job)


def _head(found: Mapping[str, Any]) -> None:
    outcome, load = found["outcome"], found["load_id"]
    if outcome == "recognised":
        st.markdown(f"#### {t('load.recognised', kind=load_words.kind_label(found['kind']))}")
    elif outcome == "loaded":
        st.success(
            t("load.loaded", load=load, rows=f"{sum(found['rows'].values()):,}"),
            icon=":material/check_circle:",
        )
    elif outcome == "undone":
        tables = ", ".join(labels.table_label(name) for name in found["tables"])
        st.success(t("load.undone", load=load, tables=tables), icon=":material/undo:")
    else:
        st.info(t("load.unchanged", load=load), icon=":material/check:")


def _counts(found: Mapping[str, Any]) -> None:
    boxes = labels.metric_places(4)
    taken = sum(found["rows"].values())
    help_text = ", ".join(f"{name} {count:,}" for name, count in found["rows"].items())
    boxes[0].metric(t("load.rows_read"), f"{found['read']:,}", border=True)
    boxes[1].metric(t("load.rows_taken"), f"{taken:,}", help=help_text, border=True)
    boxes[2].metric(t("load.rows_dropped"), f"{found['dropped']:,}", border=True)
    boxes[3].metric(t("load.values_unknown"), f"{found['unknown']:,}", border=True)


def _facts(facts: Mapping[str, str]) -> None:
    st.markdown(f"**{t('load.found')}**")
    st.table(
        {
            load_words.fact_label(name): formats.plain(facts[name])
            for name in sorted(facts, key=load_words.fact_place)
            if facts[name]
        },
        border="horizontal",
    )


def _replaces(found: Mapping[str, Any]) -> None:
    """The data sets that the tables hold now, and how much of them goes."""
    st.markdown(f"**{t('load.replaces')}**")
    held = [source for source in cache.app().sources.all() if source.table_name in found["tables"]]
    if not held:
        st.caption(t("load.replaces_nothing"))
        return
    parts = ", ".join(found.get("parts", ()))
    st.caption(t("load.replaces_part", parts=parts) if parts else t("load.replaces_all"))
    for source in held:
        st.markdown(f"- {source_text(datasets.translated(source))}")


def source_text(source: DataSource) -> str:
    """One data set with its table, kind and rows."""
    table, kind = labels.table_label(source.table_name), labels.kind(source.kind)
    return f"{table}: {formats.plain(source.name)} ({kind}, {source.row_count:,})"


def _rejects(rejects: Sequence[Mapping[str, Any]]) -> None:
    if not rejects:
        st.caption(t("load.rejects_none"))
        return
    st.markdown(f"**{t('load.rejects', count=len(rejects))}**")
    frame = pd.DataFrame(
        {
            t("load.in_file"): [one["file"] for one in rejects],
            t("load.in_row"): [one["row"] for one in rejects],
            t("load.in_column"): [one["column"] for one in rejects],
            t("load.value"): [one["value"] for one in rejects],
            t("load.reason"): [load_words.reason_text(one["reason"]) for one in rejects],
            t("load.allowed"): [one["allowed"] for one in rejects],
            t("load.effect"): [
                t("load.effect_dropped" if one["dropped"] else "load.effect_unknown")
                for one in rejects
            ],
        }
    )
    st.dataframe(frame, hide_index=True, alt=t("load.rejects_alt"))


def rejects_file(job: Job) -> None:
    """All rejects as a file, where there are any."""
    path = cache.app().loads.rejects_of(job.batch_id)
    if path.is_file():
        st.download_button(
            t("load.rejects_file"),
            path.read_bytes,
            f"{job.input_params['kind']}-rejects.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=WidgetKey.LOAD_REJECTS,
        )
