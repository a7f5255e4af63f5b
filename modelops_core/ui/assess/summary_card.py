"""Draws the summary of an answer: expected loss a year, its perils and intervals."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.answer import Answer, AnswerWarning, Building, PerilResult, SiteTotals
from modelops_core.domain.flags import FLAGS, GIVEN_BY_HAND, WHY_MISSING
from modelops_core.domain.gauges import GAUGED, RiverGauge
from modelops_core.domain.site import VALUE_BASES
from modelops_core.domain.stamp import SEPARATOR
from modelops_core.services.portfolio.compare import SUBTOTALS
from modelops_core.ui.assess import missing_facts, return_periods
from modelops_core.ui.kit import cache, charts, filters, formats
from modelops_core.ui.kit.answers import given_facts, loss_figures, saved_sites
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode

#: warnings of the answer as a whole that the card shows, with their icons
ASIDE = {
    "parameters_outdated": ":material/history:",
    "asset_value_implausible": ":material/payments:",
    "building_distant": ":material/wrong_location:",
}


def draw(answer: Answer, scenario: str, horizon: str) -> None:
    """Place, subtotals and the loss of each peril."""
    results, totals = answer.at(scenario, horizon), answer.total(scenario, horizon)
    place = saved_sites.district(answer)
    st.markdown(f"#### {place}")
    st.caption(f"{answer.latitude:.4f}°N {answer.longitude:.4f}°E · {_value(answer.building)}")
    made = charts.of_answer(answer, scenario, horizon)
    when, origin = (SEPARATOR.join(parts(language())) for parts in (made.when, made.origin))
    st.caption(f"**{when}** · {origin}")
    if totals is None:
        st.info(t("assess.no_rows"))
        return
    _subtotals(answer, totals)
    names = {key: filters.peril_name(key) for key in cache.app().perils}
    kinds = {key: peril.kind for key, peril in cache.app().perils.items()}
    bars = loss_figures.bars_of(results.values(), names, kinds, language())
    words = {key: t(f"assess.{key}") for key in ("physical", "operating", "loss", "interval")}
    charts.draw(
        loss_figures.loss_bars(bars, mode(), language(), words),
        "losses",
        key=WidgetKey.LOSSES,
        title=t("assess.loss"),
        place=place,
        of=made,
        alt=t("assess.bars_alt", place=place),
    )
    if line := return_periods.worst(answer, scenario, horizon):
        st.caption(line)
    _notes(answer, list(results.values()))


def _value(building: Building) -> str:
    """The asset value, and on which basis it was estimated where nobody gave it."""
    if building.asset_value is None:
        return t("assess.value_unknown")
    value = t("assess.value", value=formats.won(building.asset_value, language()))
    if building.corrections.get("asset_value") is not None:
        return t("assess.value_given", value=value)
    return f"{value} ({t('assess.basis_' + (building.value_basis or VALUE_BASES[0]))})"


def _subtotals(answer: Answer, totals: SiteTotals) -> None:
    """Each sum says of how many perils it is; one that lacks some has a badge."""
    columns = st.columns(3)
    for column, key in zip(columns, ("physical_no_overlap", "operating", "grand"), strict=True):
        loss: float | None = getattr(totals, key)
        unknown = formats.status("not_assessed", language())
        known, whole = _held(answer, totals, key)
        column.metric(
            t("assess.of_perils", name=t(f"assess.{key}"), known=len(known), all=len(whole)),
            unknown if loss is None else formats.won(loss, language()),
            # without a value losses are per the method's sum insured, as the line above says
            None if loss is None else formats.percent(100 * loss / answer.insured),
            delta_color="off",
            delta_arrow="off",
            help=_sum_help(key),
            border=True,
        )
    known, whole = _held(answer, totals, "grand")
    lacking = [filters.peril_name(peril) for peril in whole if peril not in known]
    if lacking:
        text = t("assess.incomplete", perils=", ".join(lacking))
        st.badge(text, icon=":material/warning:", color="orange")
    if totals.physical is not None:
        st.caption(t("assess.upper_bound", value=formats.won(totals.physical, language())))


def _held(answer: Answer, totals: SiteTotals, key: str) -> tuple[list[str], list[str]]:
    """The perils in a sum, and all that concern the place."""
    perils = cache.app().perils
    whole = [
        name
        for name, result in answer.at(*totals.key).items()
        if result.status != "not_applicable" and perils[name].kind in SUBTOTALS[key]
    ]
    return [name for name in whole if name in totals.assessed], whole


def _sum_help(key: str) -> str:
    if key == "grand":
        return t("assess.grand_help")
    kind = {"physical_no_overlap": "physical"}.get(key, key)
    return t(f"assess.{key}_help", formula=filters.subtotal_formula(kind))


def _notes(answer: Answer, results: Sequence[PerilResult]) -> None:
    """What must be known to read the card: what is missing, weak, old or assumed."""
    if answer.parameter_set != "central":
        st.info(t(f"assess.under_{answer.parameter_set}"), icon=":material/tune:")
    unknown = [r for r in results if r.status == "not_assessed"]
    if unknown:
        missing_facts.draw(answer, unknown, _why_missing(unknown))
    weak = [filters.peril_name(r.risk_type) for r in results if r.status == "low_confidence"]
    if weak:
        st.caption(t("assess.low_confidence", perils=", ".join(weak)))
    if answer.building.river_gauge is not None:
        st.caption(gauge_text(answer.building.river_gauge))
    for code, icon in ASIDE.items():
        if AnswerWarning(code=code) in answer.warnings:
            st.warning(_flag(code), icon=icon)
    _building_note(answer.building)


def _building_note(building: Building) -> None:
    """What the analyst gave, and where the rest of the building comes from."""
    given = given_facts.given(building.corrections)
    if given:
        st.caption(f":material/edit_note: {t('assess.given_facts', facts=given)}")
    if building.found is None:
        st.caption(t("assess.no_building"))
    elif building.found.kind == "synthetic":
        st.caption(t("assess.synthetic_rest" if given else "assess.synthetic_building"))


def _why_missing(results: Sequence[PerilResult]) -> str:
    """Which perils have no number, why, and what the reader can do about it."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        code = next((code for code in WHY_MISSING if code in result.flags), None)
        if code is not None:
            reasons.setdefault(code, []).append(filters.peril_name(result.risk_type))
    names = ", ".join(filters.peril_name(result.risk_type) for result in results)
    lines = [f"- {_flag(code)} ({', '.join(perils)})" for code, perils in reasons.items()]
    hint = [t("assess.by_hand")] if reasons.keys() & set(GIVEN_BY_HAND) else []
    return "\n".join([t("assess.not_assessed", perils=names), "", *lines, "", *hint])


def gauge_text(gauge: RiverGauge) -> str:
    """Which gauge drives the river at the site, or why none does."""
    if gauge.state == GAUGED:
        return t(
            "assess.river_gauge",
            code=gauge.station_code,
            name=gauge.station_name,
            years=gauge.years,
            distance=formats.number(gauge.distance_m / 1000),
        )
    return _flag(gauge.state)


def _flag(code: str) -> str:
    return FLAGS[code].ko if language() == "ko" else FLAGS[code].en
