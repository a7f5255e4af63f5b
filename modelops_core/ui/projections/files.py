"""Draws the source of a variable's series and offers the series as files."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.variables import MONTHLY
from modelops_core.ports import Row
from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.ui.kit import datasets, downloads
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.i18n import catalogue, t
from modelops_core.ui.projections import projections_cache as reads
from modelops_core.ui.projections.view import View, statistic, unit

CODES = tuple(SCENARIOS)
WINDOW_COLUMNS = (
    "horizon",
    "first_year",
    "last_year",
    "ssp_scenario",
    "status",
    "years",
    "mean",
    "deviation",
    "change",
    "change_percent",
    "change_clear",
)


def source(view: View) -> None:
    """The data set with its kind, and how it was made."""
    found = reads.source(view.series.variable)
    if not found:
        st.caption(t("projections.source_none"))
    for row in map(datasets.translated, found):
        words = {
            "name": row.name,
            "provider": row.provider or "–",
            "version": row.version or "–",
            "period": row.period or "–",
        }
        st.caption(
            ":material/database: "
            + t("projections.source", kind=f"**{t('assess.kind_word_' + row.kind)}**", **words)
        )
        if row.method:
            with st.expander(t("projections.method")):
                st.caption(row.method)


def files(view: View) -> None:
    """Years, months and windows, each as CSV and XLSX."""
    kinds = ["windows", "years", *(["months"] if view.series.variable in MONTHLY else [])]
    for kind, box in zip(kinds, st.columns(len(kinds)), strict=True):
        with box:
            st.caption(f"**{t(f'projections.files_{kind}')}**")
            columns, rows = _TABLES[kind](view)
            labels = {c: t(f"columns.{c}") for c in columns if f"columns.{c}" in catalogue()}
            name = f"{view.series.variable}_{view.area.unit}_{kind}"
            downloads.table(
                name, head(view), columns, rows, labels, units=units(view, kind, columns)
            )


def units(view: View, kind: str, columns: Sequence[str]) -> dict[str, str]:
    """The variable's unit for each column of its values."""
    own = unit(view.series.variable) if kind == "months" else view.axis.unit
    valued = {*CODES, *(f"{code}_mean20" for code in CODES), "mean", "deviation", "change"}
    return {column: own for column in columns if own and column in valued}


def head(view: View) -> Head:
    """What every file says first."""
    area = view.area
    return [
        ("product", "ModelOps"),
        ("method_version", METHOD_VERSION),
        ("variable", f"{view.series.variable} ({view.variable})"),
        (
            "yearly value",
            f"{statistic(view.series.variable)} [{view.axis.unit or '1'}]; "
            f"months [{unit(view.series.variable) or '1'}]",
        ),
        (
            "place",
            f"{area.name}; {area.unit}; {view.series.cells} cells; "
            f"{area.latitude:g}, {area.longitude:g}",
        ),
        ("scenarios", ", ".join(SCENARIOS.values())),
        ("baseline", f"{view.reference.first}-{view.reference.last}"),
        *(
            []
            if view.node is None
            else [
                (
                    "sea-level node",
                    f"{view.node['latitude']:g}, {view.node['longitude']:g}; "
                    f"{view.node['distance_m'] / 1000:.1f} km away",
                )
            ]
        ),
        *(
            ("source", f"{s.name} ({s.kind}; {s.provider}; {s.version}; {s.period})")
            for s in reads.source(view.series.variable)
        ),
    ]


def _windows(view: View) -> tuple[tuple[str, ...], list[Row]]:
    rows = [
        {
            "horizon": s.horizon,
            "first_year": s.first,
            "last_year": s.last,
            "ssp_scenario": s.scenario,
            "status": s.status,
            "years": s.years,
            "mean": _known(s.mean),
            "deviation": _known(s.deviation),
            "change": _known(s.change),
            "change_percent": _known(s.relative),
            "change_clear": None if math.isnan(s.change) else s.significant,
        }
        for s in view.summaries
    ]
    return WINDOW_COLUMNS, rows


def _years(view: View) -> tuple[tuple[str, ...], list[Row]]:
    means = tuple(f"{code}_mean20" for code in CODES)
    rows = [
        {
            "year": int(year),
            **{code: _known(view.yearly[i, k]) for i, code in enumerate(CODES)},
            **{name: _known(view.running[i, k]) for i, name in enumerate(means)},
        }
        for k, year in enumerate(view.series.years)
    ]
    return ("year", *CODES, *means), rows


def _months(view: View) -> tuple[tuple[str, ...], list[Row]]:
    rows = [
        {
            "year": int(year),
            "month": month + 1,
            **{code: _known(view.series.values[i, k, month]) for i, code in enumerate(CODES)},
        }
        for k, year in enumerate(view.series.years)
        for month in range(12)
    ]
    return ("year", "month", *CODES), rows


_TABLES = {"windows": _windows, "years": _years, "months": _months}


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)
