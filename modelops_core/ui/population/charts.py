"""Draws a district's population, the ranking, and the country beside published projections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from modelops_core.domain.climate import Array
from modelops_core.ports import Row
from modelops_core.services.series import population
from modelops_core.services.series.population import YEARS
from modelops_core.ui.kit import charts, formats, navigation, state
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.population import figures, files
from modelops_core.ui.population import population_cache as reads
from modelops_core.ui.population.figures import Bar
from modelops_core.ui.population.filters import name
from modelops_core.ui.population.population_cache import People

#: districts at each end of the ranking; a level with fewer than twice as many is shown whole
ENDS = 10
#: people of the country are counted in 10,000 (Korean) or millions (English)
SIZE = {"ko": 1e4, "en": 1e6}


def place(everybody: People, districts: People, chosen: int | None, year: int) -> None:
    """The chosen district, or the country: three figures and the series."""
    title = name(everybody, chosen)
    st.markdown(f"#### {title} · {year}")
    if chosen is None:
        persons, missing = population.country(districts.persons)
        area = float(np.sum(districts.area_km2))
        if missing:
            st.caption(t("population.country_missing", missing=missing))
    else:
        persons, area = everybody.persons[chosen], float(everybody.area_km2[chosen])
    at = YEARS.index(year)
    for column, measure in zip(st.columns(3), population.MEASURES, strict=True):
        value = float(population.measured(persons[None], np.array([area]), measure)[0, at])
        column.metric(
            f"{t(f'population.measure_{measure}')} [{t(f'population.unit_{measure}')}]",
            _said(value, measure),
            _rank(everybody, chosen, measure, at),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    charts.draw(
        figures.series(persons, [t("population.unit_population")], year, mode(), language()),
        "population_series",
        key=WidgetKey.POPULATION_SERIES,
        title=f"{t('population.measure_population')} [{t('population.unit_population')}]",
        place=title,
        origin=files.origin(),
        alt=t("population.series_alt", place=title),
    )
    if chosen is not None:
        _link(everybody.rows[chosen])


def _link(row: Row) -> None:
    """The way to the climate of a district."""
    unit = "sido" if row["parent_code"] is None else "sigungu"
    where = row["latitude"], row["longitude"]
    navigation.link(
        "projections",
        t("population.to_projections"),
        {
            **state.place(*where),
            UrlName.UNIT: unit,
            UrlName.AROUND: state.map_position(*where, unit),
        },
    )


def _said(value: float, measure: str) -> str:
    return (
        t("population.unknown")
        if formats.missing(value)
        else figures.shown(value, measure, language())
    )


def _rank(everybody: People, chosen: int | None, measure: str, at: int) -> str | None:
    if chosen is None:
        return None
    ranks = population.ranks(everybody.of(measure)[:, at])
    if np.isnan(ranks[chosen]):
        return None
    return t("population.rank", count=int((~np.isnan(ranks)).sum()), rank=int(ranks[chosen]))


def ranking(everybody: People, measure: str, year: int, chosen: int | None) -> None:
    """Both ends of the ranking, or all of a short one."""
    values = everybody.of(measure)[:, YEARS.index(year)]
    order = [int(i) for i in np.argsort(-values, kind="stable") if not np.isnan(values[i])]
    title = t(
        "population.ranking",
        measure=t(f"population.measure_{measure}"),
        year=year,
        unit=t(f"population.unit_{measure}"),
    )
    if len(order) <= 2 * ENDS:
        bars = _bars(everybody, measure, values, order, chosen)
        _draw_bars(bars, measure, "all", title)
        return
    for column, end, part in zip(
        st.columns(2, gap="medium"), ("top", "bottom"), (order[:ENDS], order[-ENDS:]), strict=True
    ):
        bars = _bars(everybody, measure, values, part, chosen)
        with column:
            ends = t(f"population.ranking_{end}", count=ENDS)
            _draw_bars(bars, measure, end, f"{title} · {ends}")


def _bars(
    everybody: People, measure: str, values: np.ndarray, order: Sequence[int], chosen: int | None
) -> list[Bar]:
    return [
        Bar(
            name(everybody, i),
            float(values[i]),
            figures.shown(float(values[i]), measure, language()),
            i == chosen,
        )
        for i in order
    ]


def _draw_bars(bars: Sequence[Bar], measure: str, end: str, title: str) -> None:
    charts.draw(
        figures.ranking(bars, measure, mode()),
        f"population_{measure}_{end}",
        key=WidgetKey.POPULATION_RANKING.of(end),
        title=title,
        origin=files.origin(),
        alt=t("population.ranking_alt", measure=t(f"population.measure_{measure}")),
    )


def national(districts: People) -> None:
    """The sum of all districts beside what Statistics Korea published."""
    total, _ = population.country(districts.persons)
    published = reads.published()
    left, right = st.columns(2, gap="medium")
    with left:
        _national_lines(total, published)
    with right:
        _national_table(total, published)


def _national_lines(total: Array, published: Mapping[int, float]) -> None:
    words = {
        "own": t("population.national_own"),
        "published": t("population.national_published"),
        "axis": t("population.persons_axis"),
    }
    charts.draw(
        figures.national(total, published, mode(), words, SIZE[language()]),
        "population_national",
        key=WidgetKey.POPULATION_NATIONAL,
        title=t("population.national"),
        origin=files.origin(),
        alt=t("population.national_alt"),
    )


def _national_table(total: Array, published: Mapping[int, float]) -> None:
    rows = population.compared(total, published)
    st.caption(files.origin())
    st.table(
        pd.DataFrame([_compared(row) for row in rows]),
        border="horizontal",
        hide_index=True,
        alt=t("population.national_alt"),
    )
    st.caption(t("population.national_note"))
    if any(source.kind == "derived" for source in reads.sources()):
        st.info(t("population.national_derived"), icon=":material/info:")


def _compared(row: dict[str, float | None]) -> dict[str, str]:
    def persons(value: float | None) -> str:
        places = 0 if language() == "ko" else 2
        return (
            t("population.outside")
            if value is None
            else t("population.persons", value=f"{value / SIZE[language()]:,.{places}f}")
        )

    difference = row["difference_percent"]
    return {
        t("population.year"): f"{row['year']}",
        t("population.national_published"): persons(row["published"]),
        t("population.national_own"): persons(row["population"]),
        t("population.difference"): t("population.outside")
        if difference is None
        else f"{difference:+.2f} %".replace("-", "−"),
    }
