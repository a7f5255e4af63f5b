"""The widgets for peril, scenario, horizon and map layer; their values are kept in the URL."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from modelops_core.domain.horizons import DEFAULT_HORIZON, DEFAULT_SCENARIO, HORIZONS, SCENARIOS
from modelops_core.stages import totals
from modelops_core.ui.kit import cache, choose, formats
from modelops_core.ui.kit.choose import Field
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName
from modelops_core.ui.kit.layers import metrics
from modelops_core.ui.kit.maps import View
from modelops_core.ui.kit.theme import SCALES, Scale

DEFAULT_PERIL = "extreme_heat"
SCENARIO = Field(UrlName.SCENARIO, tuple(SCENARIOS), DEFAULT_SCENARIO)
HORIZON = Field(UrlName.HORIZON, tuple(HORIZONS), DEFAULT_HORIZON)
METRICS = tuple(SCALES)
VIEW: Field[View] = Field(UrlName.VIEW, ("smooth", "cells", "districts", "heat"))
#: no scenario beside the chosen one
ALONE = "none"
#: of the surface [%]
OPACITY = Field(UrlName.OPACITY, tuple(str(value) for value in range(20, 101, 5)), "85")


@dataclass(frozen=True, slots=True)
class Choice:
    """
    What the map shows.

    ``part`` is of the metric: number of the class from 1, return period [years], or the scenario
    among whose cells a percentile is one, where that is another.
    """

    peril: str
    scenario: str
    horizon: str
    metric: str
    view: View
    opacity: float
    part: str = ""
    #: the scenario right of the divider; '' without one
    beside: str = ""

    @property
    def other(self) -> Choice | None:
        """
        The same of the scenario beside; None without one, or where scenarios do not matter.

        Percentiles of both are those among the first one's cells, so that colours compare.
        """
        if not self.beside or not SCALES[self.metric].of_peril:
            return None
        among = self.scenario if self.metric == metrics.PERCENTILE else self.part
        return replace(self, scenario=self.beside, beside="", part=among)

    @property
    def layer(self) -> tuple[str, str, str, str]:
        """What the values depend on: '' for peril, scenario and horizon where not on them."""
        metric = metrics.whole(self.metric, self.part)
        if not SCALES[self.metric].of_peril:
            return "", "", "", metric
        return self.peril, self.scenario, self.horizon, metric

    @property
    def behind(self) -> tuple[str, str, str, str] | None:
        """The layer whose value is said beside: of a percentile the loss itself."""
        if self.metric != metrics.PERCENTILE:
            return None
        return self.peril, self.scenario, self.horizon, "aal"

    @property
    def scale(self) -> Scale:
        """The colour scale of the values."""
        return cache.scale(self.peril, self.metric)


def peril_name(key: str) -> str:
    """The peril in the reader's language, or that of all of them together."""
    if key == metrics.TOTAL:
        return t("common.peril_all")
    peril = cache.app().perils[key]
    return peril.label_ko if language() == "ko" else peril.label


def subtotal_formula(kind: str) -> str:
    """How the subtotal of a kind of perils is made, in the reader's words."""
    perils = cache.app().perils
    return totals.formula(kind, perils, {key: peril_name(key) for key in perils})


def horizon_name(key: str) -> str:
    """The window in the reader's language."""
    return formats.horizon(key, language())


def peril_field() -> Field[str]:
    """Which peril is chosen."""
    perils = tuple(cache.app().perils)
    return Field(UrlName.PERIL, perils, DEFAULT_PERIL, kept=(metrics.TOTAL,))


def peril() -> str:
    """Which peril."""
    return choose.from_list(peril_field(), t("common.peril"), peril_name)


def scenario() -> str:
    """Which scenario."""
    return choose.segments(SCENARIO, t("common.scenario"), SCENARIOS.__getitem__, stretch=True)


def beside(scenario: str) -> str:
    """Which scenario the map shows beside *scenario*; '' for none."""
    others = [key for key in SCENARIOS if key != scenario]
    field = Field(UrlName.BESIDE, (ALONE, *others), ALONE, elsewhere=tuple(SCENARIOS))
    chosen = choose.from_list(field, t("common.beside"), _beside_name)
    return "" if chosen == ALONE else chosen


def _beside_name(key: str) -> str:
    return t("common.beside_none") if key == ALONE else SCENARIOS[key]


def horizon() -> str:
    """Which window of years."""
    return choose.slider(HORIZON, t("common.horizon"), horizon_name, help=t("common.horizon_help"))


def map_peril() -> str:
    """Which peril, or all of them together."""
    field = Field(UrlName.PERIL, (metrics.TOTAL, *cache.app().perils), metrics.TOTAL)
    return choose.from_list(field, t("common.peril"), peril_name)


def metric_field(peril: str) -> Field[str]:
    """What the map can show of a peril, or of all of them."""
    return Field(UrlName.METRIC, metrics.options(peril), elsewhere=METRICS)


def metric(peril: str) -> str:
    """What the map shows of a peril, or of all of them."""
    field = metric_field(peril)
    return choose.from_list(field, t("common.metric"), lambda key: _metric_name(key, peril))


def _metric_name(key: str, peril: str) -> str:
    """The metric in the reader's language; that there are no return levels is said here."""
    name = t(f"common.metric_{key}")
    if key != metrics.LEVEL or metrics.has_levels(cache.app().perils[peril]):
        return name
    return t("common.metric_without", metric=name)


def part(peril: str, metric: str) -> str:
    """Which class of intensity or which return period, where the metric has parts; else ''."""
    if metric == metrics.PROBABILITY:
        found = metrics.classes(cache.app().parameters.params(peril))
        most = max(len(one) for one in _all_classes())
        numbers = tuple(str(i) for i in range(1, len(found) + 1))
        field = Field(UrlName.CLASS, numbers, numbers[1], tuple(str(i) for i in range(1, most + 1)))
        return choose.from_list(field, t("common.class"), lambda one: class_name(peril, one))
    if metric == metrics.LEVEL and metrics.has_levels(cache.app().perils[peril]):
        periods = Field(UrlName.PERIOD, tuple(str(years) for years in metrics.PERIODS))
        return choose.from_list(periods, t("common.period"), period_name)
    return ""


def metric_with_part(peril: str) -> tuple[str, str]:
    """Draw both side by side and return them; the part is '' where the metric has none."""
    if not has_parts(peril, metric_field(peril).bind()):
        return metric(peril), ""
    first, second = st.columns(2, gap="xsmall", vertical_alignment="bottom")
    with first:
        chosen = metric(peril)
    with second:
        return chosen, part(peril, chosen)


def has_parts(peril: str, metric: str) -> bool:
    """Whether the metric is one of several classes or return periods."""
    if metric == metrics.LEVEL:
        return metrics.has_levels(cache.app().perils[peril])
    return metric == metrics.PROBABILITY


def _all_classes() -> list[tuple[tuple[float | None, float | None], ...]]:
    app = cache.app()
    return [metrics.classes(app.parameters.params(key)) for key in app.perils]


def class_name(peril: str, number: str) -> str:
    """A class by its number and span: ``2: 10–40 d``."""
    lower, upper = metrics.classes(cache.app().parameters.params(peril))[int(number) - 1]
    unit = formats.unit(cache.app().perils[peril].unit, language())
    return t(
        "common.class_name", number=number, span=f"{metrics.span(lower, upper)} {unit}".strip()
    )


def period_name(years: str) -> str:
    """A return period in the reader's language."""
    return t("common.period_name", years=years)


def drawing() -> tuple[View, float]:
    """How the surface is drawn, and how opaque 0..1."""
    with st.popover(t("common.drawing"), icon=":material/layers:", width="stretch"):
        view = choose.radio(
            VIEW,
            t("common.view"),
            lambda key: t(f"common.view_{key}"),
            [t(f"common.view_{key}_help") for key in VIEW.options],
        )
        opacity = choose.slider(OPACITY, t("common.opacity"), lambda value: f"{value} %")
    return view, int(opacity) / 100
