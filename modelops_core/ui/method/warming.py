"""Draws the warming of the loaded data by scenario and window, and the extremes' response to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from modelops_core.domain.climate import Array
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.warming import SIGNAL_FLAGS
from modelops_core.ports import ResponseSummary, Row
from modelops_core.services.method import warming_page
from modelops_core.services.method.warming_page import WINDOWS, WarmingOfData
from modelops_core.ui.kit import cache, datasets, downloads, filters, formats
from modelops_core.ui.kit.cache import CACHE_SECONDS, Version
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.method import method_labels as words

#: variable → unit of its response, and what one stored unit (1/K) is in it
UNITS = {"rx1day": ("%/K", 100.0), "spei12": ("1/K", 1.0)}
WARMING_COLUMNS = ("scenario", *WINDOWS)
RESPONSE_COLUMNS = ("variable", "unit", "median", "low", "high", "cells", *SIGNAL_FLAGS)


@st.cache_data(max_entries=4, ttl=CACHE_SECONDS, show_spinner=False)
def _found(at: Version) -> WarmingOfData | None:
    return warming_page.warming_of_data(cache.app().responses)


def draw() -> None:
    """Both tables with what they mean; a sentence before the first nightly run."""
    found = _found(cache.version())
    st.markdown(f"**{t('method.warming')}**")
    st.markdown(t("method.warming_is", **words.common_values()))
    if found is None:
        st.info(t("method.warming_none"), icon=":material/schedule:")
        return
    st.caption(t("method.warming_data", names=_sources()))
    _warming(found.kelvin)
    st.markdown(f"**{t('method.responses')}**")
    st.markdown(t("method.responses_are"))
    _responses(found.responses)


def _sources() -> str:
    """The data sets that the temperature comes from: name, provider and version."""
    loaded = map(datasets.translated, cache.app().sources.all())
    temperature = (source for source in loaded if source.table_name == "ta_data")
    return " · ".join(f"{s.name} ({s.provider}, {s.version})" for s in temperature)


def _warming(kelvin: Mapping[str, Array]) -> None:
    """Warming by scenario and window, as a table and as files."""
    with st.container(key=WidgetKey.SHORT_ROWS.of("warming")):
        st.table(_warming_frame(kelvin), border="horizontal")
    rows = [
        {"scenario": code, **{name: _known(w[i]) for name, w in kelvin.items()}}
        for i, code in enumerate(SCENARIOS)
    ]
    downloads.table("method_warming", words.head("warming [K]"), WARMING_COLUMNS, rows)


def _warming_frame(kelvin: Mapping[str, Array]) -> pd.DataFrame:
    """A row a scenario, a column a window [K]; a window that the data do not cover says so."""
    columns = {
        f"{filters.horizon_name(name)} [K]": [
            t("method.not_covered") if np.isnan(value) else formats.minus(f"{value:.2f}")
            for value in w
        ]
        for name, w in kelvin.items()
    }
    return pd.DataFrame(columns, index=list(SCENARIOS.values()))


def _responses(responses: Mapping[str, ResponseSummary]) -> None:
    """A row a variable, the meaning of each flag below, and files."""
    rows = [_row(variable, responses[variable]) for variable in UNITS if variable in responses]
    st.table(_response_frame(rows), border="horizontal")
    for code in SIGNAL_FLAGS:
        flag = FLAGS[code]
        says = flag.ko if language() == "ko" else flag.en
        st.markdown(f"- **{t(f'method.flag_{code}')}** (`{code}`) — {says}")
    downloads.table("method_responses", words.head("responses"), RESPONSE_COLUMNS, rows)


def _row(variable: str, summary: ResponseSummary) -> Row:
    """One variable's numbers in their unit, by RESPONSE_COLUMNS."""
    unit, scale = UNITS[variable]
    values = {"median": summary.median, "low": summary.low, "high": summary.high}
    scaled = {name: None if value is None else scale * value for name, value in values.items()}
    counts = {"cells": summary.cells, **summary.flagged}
    return {"variable": variable, "unit": unit, **scaled, **counts}


def _response_frame(rows: list[Row]) -> pd.DataFrame:
    """A column a variable, in the reader's words: as narrow as a phone."""
    flags = [t("method.of_them", flag=t(f"method.flag_{code}")) for code in SIGNAL_FLAGS]
    names = [t(f"method.{name}") for name in ("median", "middle", "cells")]
    columns = {f"{t(_label(row))} [{row['unit']}]": _column(row) for row in rows}
    return pd.DataFrame(columns, index=[*names, *flags])


def _label(row: Row) -> str:
    return f"method.response_{row['variable']}"


def _column(row: Row) -> list[str]:
    """One variable's median, range and counts."""
    counts = [f"{row[name]:,}" for name in ("cells", *SIGNAL_FLAGS)]
    return [formats.number(row["median"]), _between(row["low"], row["high"]), *counts]


def _between(low: float | None, high: float | None) -> str:
    """A range whose ends may be negative."""
    return t("method.between", low=formats.number(low), high=formats.number(high))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
