"""Draws the what-if section: a number under other parameter sets and with other attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from modelops_core.domain import building
from modelops_core.domain.answer import Answer
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.parameters import SET_NAMES
from modelops_core.domain.site import RANGES
from modelops_core.errors import NoResults
from modelops_core.ports import Row
from modelops_core.services.method.method_page import shown
from modelops_core.services.site.whatif import Difference, Outcome, SetComparison
from modelops_core.services.site.whatif_attributes import Swing, Swings
from modelops_core.ui.assess import peril_table, whatif_cache, whatif_named
from modelops_core.ui.assess import whatif_figures as figures
from modelops_core.ui.kit import cache, charts, downloads, filters, formats, labels
from modelops_core.ui.kit.answers import saved_sites
from modelops_core.ui.kit.files import exports
from modelops_core.ui.kit.files.table_files import Head
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode

SET_COLUMNS = (
    "parameter_set",
    "status",
    "base_aal",
    "site_factor",
    "vulnerability_scale",
    "final_aal",
    "aal_p05",
    "aal_p95",
    "expected_loss",
)
DIFFERENCE_COLUMNS = ("key", "low", "central", "high", "unit", "source", "provenance", "grade")
SWING_COLUMNS = (
    "attribute",
    "current",
    "least_value",
    "least_aal",
    "least_loss",
    "largest_value",
    "largest_aal",
    "largest_loss",
)
#: attributes in the figure; the table has all of them
SHOWN = 8
#: relative difference beyond which the stored number comes from other parameters
SAME = 1e-6


def draw(answer: Answer, choice: Choice) -> None:
    """Draw parameter sets and attributes side by side, then the named sensitivities."""
    st.markdown(f"**{t('whatif.title', peril=filters.peril_name(choice.peril))}**")
    try:
        what_if = whatif_cache.answer(
            cache.version(), answer.batch_id, choice.peril, choice.scenario, choice.horizon, answer
        )
    except NoResults:
        st.info(t("assess.no_rows"))
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _sets(answer, choice, what_if.sets)
    with right:
        _attributes(answer, choice, what_if.swings)
    if what_if.sets.outcomes:
        _difference_table(what_if.sets.differences, choice.peril, _head(answer, choice))
        basins = cache.app().perils[choice.peril].regional is not None
        whatif_named.draw(what_if.sets, choice.peril, basins, _head(answer, choice))


def _head(answer: Answer, choice: Choice) -> Head:
    return [
        *exports.head(answer, cache.sources()),
        (
            "risk_type, ssp_scenario, horizon",
            f"{choice.peril}, {SCENARIOS[choice.scenario]}, {choice.horizon}",
        ),
    ]


def _sets(answer: Answer, choice: Choice, sets: SetComparison) -> None:
    st.markdown(f"{t('whatif.sets')}", help=t("whatif.sets_help"))
    if not sets.outcomes:
        st.info(t("whatif.basin"), icon=":material/water:")
        return
    declared, head = cache.app().perils[choice.peril], _head(answer, choice)
    bars = [_bar(name, outcome) for name, outcome in sets.outcomes.items()]
    words = {"aal": t("columns.final_aal"), "interval": t("assess.interval")}
    charts.draw(
        figures.sets(bars, declared.kind, mode(), words),
        f"parameter_sets_{choice.peril}",
        key=WidgetKey.WHATIF_SETS,
        title=f"{filters.peril_name(choice.peril)} · {t('columns.final_aal')}",
        place=saved_sites.district(answer),
        of=charts.of_answer(answer, choice.scenario, choice.horizon),
        alt=t("whatif.sets_alt", said=_bars_text(bars)),
    )
    _ratio(sets)
    _stale(answer, choice, sets)
    rows = [{"parameter_set": name, **_fields(outcome)} for name, outcome in sets.outcomes.items()]
    downloads.table(f"parameter_sets_{choice.peril}", head, SET_COLUMNS, rows)


def _difference_table(differences: Sequence[Difference], peril: str, head: Head) -> None:
    title = t("whatif.differences", count=len(differences))
    with st.expander(title, icon=":material/tune:", expanded=True):
        rows = _difference_rows(differences)
        peril_table.wrapped(rows, "differences", t("whatif.differences_alt"))
        downloads.table(f"differences_{peril}", head, DIFFERENCE_COLUMNS, _differences(differences))


def _bar(name: str, o: Outcome) -> figures.SetBar:
    word = formats.status(o.status, language())
    known = o.final_aal is not None and o.status != "not_applicable"
    text = (
        f"{formats.percent(o.final_aal)} · {formats.won(o.expected_loss, language())}"
        if known
        else word
    )
    return figures.SetBar(
        t(f"whatif.set_{name}"),
        o.final_aal if known else None,
        o.aal_p05,
        o.aal_p95,
        text,
        name == "central",
    )


def _bars_text(bars: Sequence[figures.SetBar]) -> str:
    return "; ".join(f"{bar.name} {bar.text}" for bar in bars)


def _fields(o: Outcome) -> Row:
    return {name: getattr(o, name) for name in SET_COLUMNS[1:]}


def _ratio(sets: SetComparison) -> None:
    """How far apart the sets are, in words."""
    low, central, high = (sets.outcomes[name].final_aal for name in SET_NAMES)
    if not (low and central and high):
        return
    st.caption(
        t("whatif.ratio", low=formats.number(low / central), high=formats.number(high / central))
    )


def _stale(answer: Answer, choice: Choice, sets: SetComparison) -> None:
    """Warn where the stored number was made with other parameters or data."""
    stored = answer.at(choice.scenario, choice.horizon).get(choice.peril)
    outcome = sets.outcome(answer.parameter_set)
    before = None if stored is None else stored.final_aal
    now = None if outcome is None else outcome.final_aal
    if before is None or now is None:
        return
    if abs(before - now) > SAME * max(before, now):
        st.warning(t("whatif.stale", value=formats.percent(before)), icon=":material/history:")


def _differences(found: Sequence[Difference]) -> list[Row]:
    return [
        {
            "key": d.key,
            "low": shown(d.low),
            "central": shown(d.central),
            "high": shown(d.high),
            "unit": d.unit,
            "source": d.source,
            "provenance": d.provenance,
            "grade": d.grade,
        }
        for d in found
    ]


def _difference_rows(found: Sequence[Difference]) -> list[dict[str, str]]:
    """The differences in words, below their labels."""
    heads = {
        c: t(f"whatif.set_{c}") if c in SET_NAMES else t(f"columns.{c}") for c in DIFFERENCE_COLUMNS
    }
    return [
        {heads[c]: formats.unbroken(formats.plain(str(row[c]))) for c in DIFFERENCE_COLUMNS}
        for row in (d | {"unit": labels.parameter_unit(d["unit"])} for d in _differences(found))
    ]


def _attributes(answer: Answer, choice: Choice, swings: Swings) -> None:
    st.markdown(t("whatif.attributes"), help=t("whatif.attributes_help"))
    if not swings.moves:
        st.info(t("whatif.nothing", status=formats.status(swings.now.status, language())))
        return
    if swings.now.final_aal is None:
        st.caption(t("whatif.would_be"))
    kind = cache.app().perils[choice.peril].kind
    spans = [_span(s) for s in swings.moves[:SHOWN]]
    words = {
        "loss": t("assess.loss"),
        "now": t("whatif.now", value=formats.won(swings.now.expected_loss, language())),
    }
    chart = figures.spans(spans, swings.now.expected_loss, kind, mode(), language(), words)
    charts.draw(
        chart,
        f"attributes_{choice.peril}",
        key=WidgetKey.WHATIF_SPANS,
        title=f"{filters.peril_name(choice.peril)} · {t('assess.loss')}",
        place=saved_sites.district(answer),
        of=charts.of_answer(answer, choice.scenario, choice.horizon),
        alt=t("whatif.attributes_alt", first=spans[0].name),
    )
    if swings.still and swings.now.final_aal is not None:
        st.caption(
            t("whatif.still", names=", ".join(t(f"columns.{name}") for name in swings.still))
        )
    rows = [_row(s) for s in swings.moves]
    downloads.table(f"attributes_{choice.peril}", _head(answer, choice), SWING_COLUMNS, rows)


def _span(s: Swing) -> figures.Span:
    least, largest = s.least, s.largest
    return figures.Span(
        t(f"columns.{s.attribute}"),
        value_label(s.attribute, least.value),
        value_label(s.attribute, largest.value),
        least.outcome.expected_loss or 0.0,
        largest.outcome.expected_loss or 0.0,
    )


def _row(s: Swing) -> Row:
    return {
        "attribute": s.attribute,
        "current": s.current,
        "least_value": s.least.value,
        "least_aal": s.least.outcome.final_aal,
        "least_loss": s.least.outcome.expected_loss,
        "largest_value": s.largest.value,
        "largest_aal": s.largest.outcome.final_aal,
        "largest_loss": s.largest.outcome.expected_loss,
    }


def value_label(attribute: str, value: Any) -> str:
    """A tried value in the reader's language."""
    if attribute == "structure":
        return t(f"classes.{building.classify(value, building.STRUCTURE_CLASSES)}")
    if attribute == "purpose":
        return t(f"classes.{building.classify(value, building.USE_GROUPS, 'other')}")
    if attribute == "asset_value":
        return formats.won(value, language())
    key = f"whatif.value_{attribute}_{str(value).lower()}"
    if key in catalogue():
        return t(key)
    unit = RANGES[attribute][2] if attribute in RANGES else ""
    if unit == "storeys":
        return t("whatif.storeys", count=f"{value:.0f}")
    number = f"{value:.0f}" if attribute == "built_year" else formats.number(float(value))
    return f"{number} {unit}".strip()
