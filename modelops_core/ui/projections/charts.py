"""Draws a climate variable at a place: headline, years, months, windows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.horizons import BASELINE, SCENARIOS
from modelops_core.domain.stamp import Stamp
from modelops_core.services.series import projections
from modelops_core.services.series.projections import Summary
from modelops_core.ui.kit import charts, choose, filters, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode
from modelops_core.ui.projections import figures
from modelops_core.ui.projections import projections_cache as reads
from modelops_core.ui.projections.figures import Axis, Band
from modelops_core.ui.projections.view import View, unit, window_name

MONTHS_AS = Field(UrlName.MONTHS, ("values", "change"))


def bind() -> None:
    """What this part keeps in the URL, drawn or not."""
    MONTHS_AS.bind()


def headline(view: View) -> None:
    """The baseline, then each scenario at the chosen horizon."""
    st.markdown(f"#### {view.variable} · {view.area.name}")
    cells, chosen = view.series.cells, view.window(view.horizon)
    shown = "shown" if view.horizon == BASELINE else "shown_change"
    spread = t("projections.cells_one") if cells == 1 else t("projections.cells_mean", cells=cells)
    parts = [
        view.axis.title,
        f"{view.series.years[0]}–{view.series.years[-1]}",
        *([] if view.node else [spread]),
    ]
    st.caption(" · ".join([*parts, t(f"projections.{shown}", horizon=window_name(chosen))]))
    with st.container(horizontal=True, key=WidgetKey.PROJECTIONS_MEANS):
        _metric(window_name(view.reference), _range(view.of(BASELINE)))
        if view.horizon != BASELINE:
            for one in view.of(view.horizon):
                _metric(SCENARIOS[one.scenario], _range([one]), _delta(one))
    caption(view)


def _range(summaries: Sequence[Summary]) -> str:
    """The mean of the scenarios that agree, the lowest and highest of those that do not."""
    means = [one.mean for one in summaries if not math.isnan(one.mean)]
    if not means:
        return t("projections.outside")
    low, high = formats.number(min(means)), formats.number(max(means))
    return low if low == high else f"{low}–{high}"


def _delta(one: Summary) -> str:
    if math.isnan(one.change):
        return "–"
    return changed(one) if one.significant else t("projections.no_change")


def _metric(label: str, value: str, delta: str | None = None) -> None:
    st.metric(label, value, delta, delta_color="off", delta_arrow="off", border=True)


def changed(one: Summary) -> str:
    """A change with its sign, in per cent too where that has a meaning."""
    relative = "" if math.isnan(one.relative) else f" ({signed(one.relative)} %)"
    return f"{signed(one.change)}{relative}"


def signed(value: float) -> str:
    """Three significant figures with a sign."""
    return f"{formats.sign(value)}{formats.number(abs(value))}"


def caption(view: View) -> None:
    """What a reader must know of the baseline, the coverage and the scenarios."""
    if view.node is not None:
        distance = formats.number(view.node["distance_m"] / 1000)
        where = {key: view.node[key] for key in ("latitude", "longitude")}
        st.caption(t("projections.node", **where, distance=distance))
    start = {"first": view.reference.first, "last": view.reference.last}
    if view.reference.model_start:
        st.info(t("projections.model_start", **start), icon=":material/info:")
    elif view.node is not None and view.reference.first > 1991:
        st.caption(t("projections.sea_start", **start))
    absent = [
        filters.horizon_name(w.key)
        for w in view.windows
        if all(math.isnan(s.mean) for s in view.of(w.key))
    ]
    if absent:
        first, last = view.series.years[0], view.series.years[-1]
        st.warning(
            t("projections.outside_said", horizons=", ".join(absent), first=first, last=last),
            icon=":material/help:",
        )
    if projections.count_equal_years(view.yearly) == view.series.years.size:
        st.caption(f":material/info: {t('projections.unchanged')}")


def by_year(view: View) -> None:
    """Each year and the mean of twenty, four scenarios."""
    bands = [
        Band(filters.horizon_name(w.key), w.first, w.last, w.key == view.horizon)
        for w in view.windows
    ]
    words = {key: t(f"projections.{key}") for key in ("history", "same", "running")}
    chart = figures.years(
        view.series.years, view.yearly, view.running, bands, view.axis, mode(), words
    )
    charts.draw(
        chart,
        f"{view.series.variable}_years",
        key=WidgetKey.PROJECTIONS_YEARS,
        title=f"{view.variable}: {t('projections.by_year')}",
        place=view.area.name,
        of=_of(view),
        alt=t("projections.by_year_alt", place=view.area.name, variable=view.variable),
    )
    st.caption(t("projections.by_year_note"))


def _of(view: View, horizon: str | None = None) -> Stamp:
    """All scenarios of the variable's own sources."""
    return Stamp(horizon=horizon, sources=tuple(reads.source(view.series.variable)))


def by_month(view: View) -> None:
    """The months of the baseline and the chosen horizon, of a monthly variable."""
    chosen = view.window(view.horizon)
    rules = reads.rules()
    before = projections.cycle(view.series, view.reference, rules)
    after = projections.cycle(view.series, chosen, rules)
    if view.horizon == BASELINE:
        after = after * float("nan")
    elif all(math.isnan(s.mean) for s in view.of(view.horizon)):
        st.caption(t("projections.by_month_short", horizon=filters.horizon_name(view.horizon)))
    names = [t(f"projections.month_{i}") for i in range(1, 13)]
    own = unit(view.series.variable)
    reference = window_name(view.reference)
    if _months_as() == "change":
        chart = figures.monthly_change(
            after - before, names, Axis(f"{t('projections.change')} {own}", own), mode()
        )
    else:
        chart = figures.months(before, after, names, Axis(own, own), mode(), reference)
    charts.draw(
        chart,
        f"{view.series.variable}_months",
        key=WidgetKey.PROJECTIONS_MONTHS,
        title=f"{view.variable}: "
        + t("projections.by_month", horizon=filters.horizon_name(view.horizon)),
        place=view.area.name,
        of=_of(view, view.horizon),
        alt=t("projections.by_month_alt", place=view.area.name, variable=view.variable),
    )


def _months_as() -> str:
    """Values of the months, or their change."""
    return choose.segments(
        MONTHS_AS,
        t("projections.months_as"),
        lambda key: t(f"projections.months_as_{key}"),
        hide_label=True,
    )


def by_window(view: View) -> None:
    """Scenario × window: mean, and change in brackets."""
    st.markdown(
        f"**{t('projections.by_window')}** [{view.axis.unit}]"
        if view.axis.unit
        else f"**{t('projections.by_window')}**"
    )
    charts.note(_of(view), f"{view.variable} · {view.area.name}")
    rows = [
        {
            t("columns.horizon"): formats.unbroken(window_name(window)),
            **{SCENARIOS[s.scenario]: _cell(s) for s in view.of(window.key)},
        }
        for window in view.windows
    ]
    with st.container(key=WidgetKey.WRAPPED.of("windows")):
        st.table(pd.DataFrame(rows), hide_index=True, alt=t("projections.by_window_alt"))
    weak = any(s.status == "low_confidence" for s in view.summaries)
    st.caption(t("projections.by_window_note") + (" " + t("projections.weak_note") if weak else ""))


def _cell(one: Summary) -> str:
    if math.isnan(one.mean):
        return t("projections.outside")
    mean = formats.number(one.mean) + ("*" if one.status == "low_confidence" else "")
    if one.horizon == BASELINE or math.isnan(one.change):
        return mean
    if not one.significant:
        return f"{mean} (≈)"
    relative = "" if math.isnan(one.relative) else f", {signed(one.relative)} %"
    return f"{mean} ({signed(one.change)}{relative})"
