"""Draws the summary of an answer: expected loss a year, its perils and intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from modelops_core.domain import data_source
from modelops_core.domain.answer import Answer, AnswerWarning, Building, PerilResult
from modelops_core.domain.flags import FLAGS, WHY_MISSING
from modelops_core.domain.gauges import GAUGED, RiverGauge
from modelops_core.domain.site import VALUE_BASES
from modelops_core.domain.stamp import SEPARATOR, Stamp
from modelops_core.ui.assess import card_head, missing_facts, return_periods
from modelops_core.ui.kit import cache, charts, filters, formats, labels
from modelops_core.ui.kit.answers import given_facts, loss_figures, saved_sites
from modelops_core.ui.kit.answers.assessment import Slot
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode

#: the warning that names perils whose data were replaced before the next nightly run
REPLACED = "inputs_replaced"
#: warnings of the answer as a whole that the card shows, with their icons
ASIDE = {
    "parameters_outdated": ":material/history:",
    "asset_value_implausible": ":material/payments:",
    "building_distant": ":material/wrong_location:",
}


def draw(answer: Answer, scenario: str, horizon: str, slot: Slot) -> None:
    """Draw the card; its head takes the *slot* of the bar."""
    results, totals = answer.at(scenario, horizon), answer.total(scenario, horizon)
    district = saved_sites.district(answer)
    made = charts.of_answer(answer, scenario, horizon)
    if totals is None:
        slot.put("markdown", _title(answer, district, made))
        st.info(t("assess.no_rows"))
        return
    card_head.draw(slot, _title(answer, district, made), answer, totals)
    _bars(list(results.values()), district, made)
    _notes(answer, list(results.values()), return_periods.worst(answer, scenario, horizon))


def _title(answer: Answer, district: str, made: Stamp) -> str:
    """Where, of what value, for which scenario and horizon, by which data."""
    where = f"{answer.latitude:.4f}°N {answer.longitude:.4f}°E · {_value(answer.building)}"
    when, origin = (SEPARATOR.join(parts(language())) for parts in (made.when, made.origin))
    # the card's head may be HTML
    name, behind = formats.plain(district), formats.plain(formats.whole_days(origin))
    return f"#### {name}\n:small[{where}]  \n:small[**{when}** · {behind}]"


def _bars(results: Sequence[PerilResult], district: str, made: Stamp) -> None:
    names = {key: filters.peril_name(key) for key in cache.app().perils}
    kinds = {key: peril.kind for key, peril in cache.app().perils.items()}
    bars = loss_figures.bars_of(results, names, kinds, language())
    words = {key: t(f"assess.{key}") for key in ("physical", "operating", "loss", "interval")}
    charts.draw(
        loss_figures.loss_bars(bars, mode(), language(), words),
        "losses",
        key=WidgetKey.LOSSES,
        title=t("assess.loss"),
        place=district,
        of=made,
        alt=t("assess.bars_alt", place=district),
    )


def _value(building: Building) -> str:
    """The asset value, and on which basis it was estimated where nobody gave it."""
    if building.asset_value is None:
        return t("assess.value_unknown")
    value = t("assess.value", value=formats.won(building.asset_value, language()))
    if building.corrections.get("asset_value") is not None:
        return t("assess.value_given", value=value)
    return f"{value} ({t('assess.basis_' + (building.value_basis or VALUE_BASES[0]))})"


def _notes(answer: Answer, results: Sequence[PerilResult], worst: str) -> None:
    """What must be known to read the card: what is missing, weak, old or assumed."""
    if answer.parameter_set != "central":
        st.info(t(f"assess.under_{answer.parameter_set}"), icon=":material/tune:")
    unknown = [r for r in results if r.status == "not_assessed"]
    if unknown:
        missing_facts.draw(answer, unknown, _why_missing(unknown))
    lines = [worst, _weak(results), _gauge(answer.building), *_building_notes(answer.building)]
    st.caption("\n\n".join(line for line in lines if line))
    _replaced(answer)
    for code, icon in ASIDE.items():
        if AnswerWarning(code=code) in answer.warnings:
            st.warning(_flag(code), icon=icon)


def _replaced(answer: Answer) -> None:
    """That the data behind the answer were replaced since, and which."""
    perils = [key for one in answer.warnings if one.code == REPLACED for key in one.perils]
    tables = data_source.replaced_since(
        cache.sources(), answer.assessed_at, cache.app().perils.values()
    )
    replaced = [
        *(filters.peril_name(key) for key in perils),
        *(labels.table_label(name) for name in tables),
    ]
    if replaced:
        st.warning(f"{_flag(REPLACED)} ({', '.join(replaced)})", icon=":material/history:")


def _weak(results: Sequence[PerilResult]) -> str:
    """Which perils have numbers of low confidence."""
    weak = [filters.peril_name(r.risk_type) for r in results if r.status == "low_confidence"]
    return t("assess.low_confidence", perils=", ".join(weak)) if weak else ""


def _gauge(building: Building) -> str:
    return "" if building.river_gauge is None else gauge_text(building.river_gauge)


def _building_notes(building: Building) -> Iterator[str]:
    """What the analyst gave, and where the rest of the building comes from."""
    given = given_facts.given(building.corrections)
    if given:
        yield f":material/edit_note: {t('assess.given_facts', facts=formats.plain(given))}"
    if building.found is None:
        yield t("assess.no_building")
    elif building.found.kind == "synthetic":
        yield t("assess.synthetic_rest" if given else "assess.synthetic_building")


def _why_missing(results: Sequence[PerilResult]) -> str:
    """Which perils have no number, why, and what the reader can do about it."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        code = next((code for code in WHY_MISSING if code in result.flags), None)
        if code is not None:
            reasons.setdefault(code, []).append(filters.peril_name(result.risk_type))
    names = ", ".join(filters.peril_name(result.risk_type) for result in results)
    lines = [f"- {_flag(code)} ({', '.join(perils)})" for code, perils in reasons.items()]
    return "\n".join([t("assess.not_assessed", perils=names), "", *lines])


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
