"""Draws the result tables: rows of the last nightly run and of assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from modelops_core.db.inputs.inventory import TableSize
from modelops_core.domain.horizons import HORIZONS, SCENARIOS
from modelops_core.ports import Row
from modelops_core.ui.data import data_cache, figures
from modelops_core.ui.data.data_cache import ResultTable
from modelops_core.ui.kit import (
    cache,
    charts,
    downloads,
    filters,
    formats,
    labels,
    navigation,
    notices,
    timestamps,
)
from modelops_core.ui.kit.cache import Version
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode

COLUMNS = ("table_name", "rows", "exact", "last_at", "bytes")
STATUS_COLUMNS = ("risk_type", "ssp_scenario", "horizon", "status", "cells")
NUMBER = ("ok", "low_confidence")


def draw(at: Version) -> None:
    """The last nightly run, the tables, and where there are numbers."""
    _night()
    rows = data_cache.results(at)
    _table(rows)
    downloads.table(
        "modelops_results",
        labels.file_head("result tables"),
        COLUMNS,
        [_file_row(row) for row in rows],
    )
    if at.run_id:
        _coverage(at)


def _night() -> None:
    run = cache.app().runs.last()
    if run is None:
        notices.empty("data.no_night", ":material/bedtime:")
        st.code("python -m modelops_core nightly", language="bash")
        return
    counts, durations = run.counts, run.durations
    boxes = labels.metric_places(4)
    boxes[0].metric(
        t("data.last_night"),
        timestamps.ago(run.finished_at),
        help=timestamps.local_time(run.finished_at),
        border=True,
    )
    boxes[1].metric(t("data.took"), timestamps.duration(durations.get("wall")), border=True)
    boxes[2].metric(t("data.cells"), f"{counts.get('cells', 0):,}", border=True)
    boxes[3].metric(
        t("data.tiles_skipped"),
        f"{counts.get('skipped', 0)} / {counts.get('tiles', 0)}",
        help=t("data.tiles_skipped_help"),
        border=True,
    )
    st.caption(
        t(
            "data.night_caption",
            run=run.run_id,
            method=run.method_version,
            digest=run.parameter_hash,
        )
    )
    navigation.link("jobs", t("data.to_nights"), {UrlName.PART: "nights"})


def _file_row(row: ResultTable) -> Row:
    return {
        "table_name": row.table_name,
        "rows": row.size.rows,
        "exact": row.size.exact,
        "last_at": timestamps.iso(row.last_at),
        "bytes": row.size.size,
    }


def _table(rows: Sequence[ResultTable]) -> None:
    frame = pd.DataFrame(
        {
            t("columns.table_name"): [row.table_name for row in rows],
            t("data.what"): [labels.table_label(row.table_name) for row in rows],
            t("columns.rows"): [_count(row.size) for row in rows],
            t("data.last_at"): [timestamps.local_time(row.last_at) for row in rows],
            t("data.bytes"): [_size(row.size.size) for row in rows],
        }
    )
    st.dataframe(frame, hide_index=True, alt=t("data.results_alt"))


def _size(count: int) -> str:
    return (
        f"{formats.number(count / 1e6)} MB" if count >= 1e6 else f"{formats.number(count / 1e3)} kB"
    )


def _count(size: TableSize) -> str:
    if not size.rows:
        return t("data.empty")
    return f"{size.rows:,}" if size.exact else t("data.about", rows=f"{size.rows:,}")


def _coverage(at: Version) -> None:
    st.markdown(f"**{t('data.coverage')}**", help=t("data.coverage_help"))
    scenario = filters.scenario()
    rows = data_cache.statuses(at, scenario)
    by_key: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        by_key.setdefault((row.risk_type, row.horizon), {})[row.status] = row.cells
    perils = [key for key in cache.app().perils if any(k == key for k, _ in by_key)]
    cells = [[by_key.get((key, h), {}) for h in HORIZONS] for key in perils]
    chart = figures.coverage_heatmap(
        [filters.peril_name(key) for key in perils],
        [filters.horizon_name(h) for h in HORIZONS],
        [[assessed_share(cell) for cell in line] for line in cells],
        [[_word(cell) for cell in line] for line in cells],
        mode(),
    )
    charts.draw(
        chart,
        "coverage",
        key=WidgetKey.COVERAGE,
        title=t("data.coverage"),
        of=charts.of_climate(scenario),
        alt=t("data.coverage_alt", scenario=SCENARIOS[scenario]),
    )
    if any(assessed_share(cell) == 0 for line in cells for cell in line):
        st.warning(t("data.not_covered"), icon=":material/event_busy:")
    downloads.table(
        f"modelops_statuses_{scenario}",
        labels.file_head("cells by peril, horizon and status"),
        STATUS_COLUMNS,
        [{**asdict(row), "ssp_scenario": scenario} for row in rows],
    )


def assessed_share(counts: dict[str, int]) -> float | None:
    """Cells with a number of those that the peril can concern; None where it concerns none."""
    concerned = sum(counts.values()) - counts.get("not_applicable", 0)
    return sum(counts.get(status, 0) for status in NUMBER) / concerned if concerned else None


def _word(cell: dict[str, int]) -> str:
    known = assessed_share(cell)
    if known is None:
        return formats.status("not_applicable", language()) if cell else t("data.empty")
    if known == 0:
        return formats.status("not_assessed", language())
    weak = cell.get("low_confidence", 0)
    text = f"{formats.number(100 * known)} %"
    return f"{text} ({formats.status('low_confidence', language())} {weak:,})" if weak else text
