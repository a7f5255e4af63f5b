"""Draws the population as a table, offers it as files, and names its source."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from modelops_core.ports import Row
from modelops_core.services.night.tiles import METHOD_VERSION
from modelops_core.services.series import population
from modelops_core.services.series.population import YEARS
from modelops_core.ui.kit import cache, datasets, downloads
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.population import population_cache as reads
from modelops_core.ui.population.population_cache import Level, People

#: the demo's data set, whose year 2020 needs a word
DEMO = "Administrative districts and population"
PEOPLE = tuple(f"population_{year}" for year in YEARS)
COLUMNS = (
    "admin_code",
    "admin_name",
    "admin_name_en",
    "area_km2",
    *PEOPLE,
    "density",
    "change_percent",
)


def source() -> None:
    """Provider, kind and method of the population."""
    found = reads.sources()
    if not found:
        st.caption(t("population.source_none"))
    for row in found:
        said = datasets.translated(row)
        words = {
            "name": said.name,
            "provider": said.provider or "–",
            "version": said.version or "–",
            "period": said.period or "–",
        }
        st.caption(
            ":material/database: "
            + t("population.source", kind=f"**{t('assess.kind_word_' + row.kind)}**", **words)
        )
        if row.name == DEMO:
            st.caption(f":material/info: {t('population.demo_held')}")
        if row.method:
            with st.expander(t("population.method")):
                st.caption(said.method)


def origin() -> str:
    """Kind, provider and version of the population in a few words, for figures and tables."""
    said = [(row.kind, datasets.translated(row)) for row in reads.sources()]
    return "; ".join(
        t(
            "population.origin",
            kind=t(f"assess.kind_word_{kind}"),
            provider=row.provider or row.name,
            version=row.version or "–",
        )
        for kind, row in said
    )


def table(everybody: People, level: Level, year: int) -> None:
    """All districts, to sort, and as CSV and XLSX."""
    rows = _rows(everybody, year)
    with st.expander(t("population.table")):
        st.caption(origin())
        st.dataframe(_frame(rows, year), hide_index=True, alt=t("population.table_alt"))
    labels = {c: t(f"columns.{c}") for c in COLUMNS if f"columns.{c}" in catalogue()}
    downloads.table(f"population_{level}", _head(level, year), COLUMNS, rows, labels)


def _rows(everybody: People, year: int) -> list[Row]:
    at = YEARS.index(year)
    density, change = (everybody.of(measure)[:, at] for measure in ("density", "change"))
    return [
        {
            **{key: row[key] for key in ("admin_code", "admin_name", "admin_name_en")},
            "area_km2": _known(everybody.area_km2[i], 2),
            **{name: _known(everybody.persons[i, k], 0) for k, name in enumerate(PEOPLE)},
            "density": _known(density[i], 2),
            "change_percent": _known(change[i], 2),
        }
        for i, row in enumerate(everybody.rows)
    ]


def _frame(rows: list[Row], year: int) -> pd.DataFrame:
    """Numbers stay numbers, so that a click on a head sorts them."""
    name = "admin_name" if language() == "ko" else "admin_name_en"
    return pd.DataFrame(
        {
            t("columns.district"): [row[name] for row in rows],
            **{
                str(y): pd.array([row[c] for row in rows], dtype="Int64")
                for y, c in zip(YEARS, PEOPLE, strict=True)
            },
            f"{t('population.unit_density')} ({year})": [row["density"] for row in rows],
            f"{t('population.measure_change')} [%] ({year})": [
                row["change_percent"] for row in rows
            ],
        }
    )


def _head(level: Level, year: int) -> Head:
    total, missing = population.country(reads.people(cache.version().loaded, "sigungu").persons)
    return [
        ("product", "ModelOps"),
        ("method_version", METHOD_VERSION),
        ("level", level),
        ("units", f"persons; density persons/km2 and change since {YEARS[0]} in % are of {year}"),
        (
            "country",
            ", ".join(f"{y} {_known(total[i], 0)}" for i, y in enumerate(YEARS))
            + f"; districts without population: {missing}",
        ),
        *(
            ("source", f"{s.name} ({s.kind}; {s.provider}; {s.version}; {s.period})")
            for s in reads.sources()
        ),
        *(("method", s.method) for s in reads.sources() if s.method),
    ]


def _known(value: float, places: int) -> float | int | None:
    if math.isnan(value):
        return None
    return round(float(value), places) if places else round(float(value))
