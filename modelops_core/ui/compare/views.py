"""Draws the views of a comparison: lines, peril × horizon, change, span over scenarios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import plotly.graph_objects as go
import streamlit as st

from modelops_core.domain.horizons import BASELINE, HORIZONS, SCENARIOS
from modelops_core.domain.stamp import SEPARATOR
from modelops_core.services.portfolio import compare
from modelops_core.services.portfolio.compare import SUBTOTALS, Amount, Change
from modelops_core.ui.compare import figures, files, rare, tables
from modelops_core.ui.compare.choice import (
    HERE,
    WHOLE,
    Choice,
    Subject,
    beside,
    quantity_name,
)
from modelops_core.ui.kit import cache, charts, filters, formats, navigation, state
from modelops_core.ui.kit.answers import scenario_figures, unknown_horizons
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import UrlName, WidgetKey
from modelops_core.ui.kit.surface import mode

_Site = TypeVar("_Site")
#: subtotals that stand above the perils of a heat table
HEADS = ("physical_no_overlap", "operating")


def draw(found: Sequence[Subject], choice: Choice) -> None:
    """The chosen view, what must be said of it, and its file."""
    st.markdown(f"**{_title(choice)}**")
    DRAWERS[choice.view](found, choice)
    _notes(found, choice)
    files.downloads_of(found, choice)


def _title(choice: Choice) -> str:
    if choice.view == "heat":
        return t(
            "compare.title_heat",
            scenario=SCENARIOS[choice.scenario],
            unit=t(f"compare.unit_{choice.measure}"),
        )
    return t(
        f"compare.title_{choice.view}",
        quantity=quantity_name(choice.quantity),
        unit=_unit(choice),
        scenario=SCENARIOS[choice.scenario],
        horizon=filters.horizon_name(choice.horizon),
        axis=t(f"compare.axis_{choice.measure}"),
    )


def _unit(choice: Choice) -> str:
    """The unit of the shown numbers: of a difference of rates it is not per cent."""
    own = f"_{choice.view}" if choice.view in ("change", "rare") else ""
    return t(f"compare.unit{own}_{choice.measure}")


def by_scenario(subject: Subject, choice: Choice) -> dict[str, list[Amount]]:
    """Scenario → cells in the order of the horizons."""
    perils = cache.app().perils
    return {
        code: [
            compare.amount_of(subject.answer, choice.quantity, choice.measure, (code, h), perils)
            for h in HORIZONS
        ]
        for code in SCENARIOS
    }


def by_change(subject: Subject, choice: Choice) -> dict[str, list[Change]]:
    """Scenario → changes in the order of the later horizons."""
    base = list(HORIZONS).index(BASELINE)
    return {
        code: [compare.change(own, cells[base]) for i, own in enumerate(cells) if i != base]
        for code, cells in by_scenario(subject, choice).items()
    }


def _lines(found: Sequence[Subject], choice: Choice) -> None:
    whole = [by_scenario(subject, choice) for subject in found]
    each = [compare.comparable(cells) for cells in whole]
    for (subject, column), cells, sums in zip(beside(found), each, whole, strict=True):
        with column:
            heading(subject)
            chart = figures.lines(
                cells,
                figures.top(_on_one_axis(each, cells, choice)),
                choice.measure,
                mode(),
                language(),
                choice.scenario,
            )
            _plot(
                chart,
                WidgetKey.COMPARE_LINES.of(subject.key),
                t("compare.alt_lines", name=subject.name, quantity=quantity_name(choice.quantity)),
                choice,
                [subject],
            )
            unknown_horizons.draw_missing_note(cells, sums)


def _heat(found: Sequence[Subject], choice: Choice) -> None:
    for subject, column in beside(found, min(2, len(found))):
        with column:
            heading(subject)
            _plot(
                heat(subject, choice),
                WidgetKey.COMPARE_HEAT.of(subject.key),
                t("compare.alt_heat", name=subject.name),
                choice,
                [subject],
            )


def heat(subject: Subject, choice: Choice) -> go.Figure:
    """Two subtotals and each peril by horizon; coloured by the rate, whatever is written."""
    perils = cache.app().perils
    keys = [*HEADS, *(key for key in perils if key in subject.answer.at(choice.scenario, BASELINE))]

    def cells(measure: compare.Measure) -> list[list[Amount]]:
        return [
            [
                compare.amount_of(subject.answer, key, measure, (choice.scenario, h), perils)
                for h in HORIZONS
            ]
            for key in keys
        ]

    values = [
        [None if c.status == "not_applicable" else c.value for c in line] for line in cells("rate")
    ]
    words = [[_brief(c, choice.measure) for c in line] for line in cells(choice.measure)]
    names = [
        f"<b>{quantity_name(key)}</b>" if key in SUBTOTALS else quantity_name(key) for key in keys
    ]
    return scenario_figures.heat_table(names, values, words, mode(), language())


def _brief(cell: Amount, measure: compare.Measure) -> str:
    """As short as a cell of a heat table; the unit stands in the title."""
    known = cell.value is not None and cell.status != "not_applicable"
    return (
        formats.bare(cell.value or 0.0)
        if known and measure == "rate"
        else tables.text(cell, measure)
    )


def _change(found: Sequence[Subject], choice: Choice) -> None:
    each = [by_change(subject, choice) for subject in found]
    for (subject, column), changes in zip(beside(found), each, strict=True):
        with column:
            heading(subject)
            chart = figures.changes(
                changes,
                figures.reach(_on_one_axis(each, changes, choice)),
                choice.measure,
                mode(),
                language(),
            )
            _plot(
                chart,
                WidgetKey.COMPARE_CHANGE.of(subject.key),
                t("compare.alt_change", name=subject.name),
                choice,
                [subject],
            )
    if any(c.by_construction for changes in each for own in changes.values() for c in own):
        st.info(t("compare.by_construction"), icon=":material/info:")
    tables.changes(found, each, choice)


def _spread(found: Sequence[Subject], choice: Choice) -> None:
    perils = cache.app().perils
    each = [
        compare.over_scenarios(s.answer, choice.quantity, choice.measure, choice.horizon, perils)
        for s in found
    ]
    chart = figures.spans([s.name for s in found], each, choice.measure, mode(), language())
    _plot(
        chart,
        WidgetKey.COMPARE_SPREAD,
        t("compare.alt_spread", horizon=filters.horizon_name(choice.horizon)),
        choice,
        found,
    )
    tables.spreads(found, each, choice)


def _table(found: Sequence[Subject], choice: Choice) -> None:
    tables.side_by_side(found, choice)
    horizon = filters.horizon_name(choice.horizon)
    st.markdown(
        f"**{t('compare.by_peril', scenario=SCENARIOS[choice.scenario], horizon=horizon)}**"
    )
    tables.by_peril(found, choice)
    st.caption(t("compare.note_ranks"))


DRAWERS: Mapping[str, Callable[[Sequence[Subject], Choice], None]] = {
    "lines": _lines,
    "heat": _heat,
    "change": _change,
    "spread": _spread,
    "table": _table,
    "rare": rare.draw,
}


def _on_one_axis(each: Sequence[_Site], own: _Site, choice: Choice) -> Sequence[_Site]:
    """Rates share an axis; money of a small site would vanish beside a large one."""
    return each if choice.measure == "rate" else [own]


def heading(subject: Subject) -> None:
    """The site's name, its value, and the way to it on the map."""
    value = subject.answer.asset_value
    known = (
        t("compare.value", value=formats.won(value, language()))
        if value is not None
        else t("compare.value_unknown")
    )
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(f"**{formats.plain(subject.name)}**  \n:gray[{known}]")
        if subject.key != HERE:
            a = subject.answer
            navigation.link(
                "assess",
                t("compare.open"),
                {**state.place(a.latitude, a.longitude), UrlName.JOB: a.batch_id},
            )


def _plot(
    chart: go.Figure,
    key: str,
    alt: str,
    choice: Choice,
    found: Sequence[Subject],
) -> None:
    """A figure of one site, or of several at the chosen horizon."""
    subject = found[0] if choice.view != "spread" else None
    heat = choice.view == "heat"
    quantity = t("assess.heat_name") if heat else quantity_name(choice.quantity)
    scenario = choice.scenario if heat else None
    of = (
        charts.of_answers([s.answer for s in found], scenario, choice.horizon)
        if subject is None
        else charts.of_answer(subject.answer, scenario)
    )
    what = t(f"compare.figure_{choice.view}") if choice.view in ("change", "spread") else ""
    title = f"{SEPARATOR.join(filter(None, (quantity, what)))} [{_unit(choice)}]"
    name = f"{choice.view}_{choice.quantity}"
    place = "" if subject is None else subject.name
    charts.draw(chart, name, key=key, alt=alt, title=title, place=place, of=of)


def _notes(found: Sequence[Subject], choice: Choice) -> None:
    """What holds for these numbers, and what must not be read into them."""
    notes = [t("compare.note_scenarios")]
    if choice.view == "lines":
        notes.append(
            t(
                "compare.note_band_sum" if choice.quantity in SUBTOTALS else "compare.note_band",
                scenario=SCENARIOS[choice.scenario],
            )
        )
    if choice.quantity in ("grand", "physical") and choice.view not in ("heat", "rare"):
        notes.append(t(f"compare.note_{choice.quantity}"))
    if choice.measure == "loss" and any(s.answer.asset_value is None for s in found):
        notes.append(t("compare.note_unknown_value"))
    if any(compare.baseline_is_model_start(s.answer) for s in found):
        notes.append(t("compare.note_model_start"))
    st.caption(" ".join(notes))
    if choice.quantity in SUBTOTALS or choice.view in WHOLE:
        _missing(found, choice)
    if len({s.answer.stamp for s in found}) > 1:
        st.warning(t("compare.mixed"), icon=":material/warning:")


def _missing(found: Sequence[Subject], choice: Choice) -> None:
    """Perils that are in no sum, by site."""
    lines = []
    for subject in found:
        missing = [
            filters.peril_name(key)
            for key, r in subject.answer.at(choice.scenario, choice.horizon).items()
            if r.expected_loss is None
        ]
        if missing:
            lines.append(f"{formats.plain(subject.name)}: {', '.join(missing)}")
    if lines:
        st.caption(t("compare.missing", sites=" · ".join(lines)))
