"""Draws the explanation of a number: the chain from inputs to result, what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.explanation import (
    Explanation,
    StoredHazard,
    StoredProbability,
    YearValue,
)
from modelops_core.domain.flags import FLAGS
from modelops_core.domain.gauges import RiverGauge
from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.peril import Fitted, Mean, Prescribed
from modelops_core.domain.variables import VARIABLES
from modelops_core.errors import NoResults
from modelops_core.ui.assess import intensity_bin_figures, whatif
from modelops_core.ui.assess.summary_card import gauge_text
from modelops_core.ui.kit import (
    cache,
    charts,
    datasets,
    filters,
    formats,
    labels,
    timestamps,
)
from modelops_core.ui.kit.answers import loss_figures, saved_sites
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode

#: the units of a table that are none
UNITLESS = frozenset({"", "1"})


def draw(answer: Answer, choice: Choice) -> None:
    """Draw the chain of the chosen peril's number at this site."""
    horizon = filters.horizon_name(choice.horizon)
    name, scenario = filters.peril_name(choice.peril), SCENARIOS[choice.scenario]
    st.markdown(f"**{t('assess.why', peril=name, scenario=scenario, horizon=horizon)}**")
    result = answer.at(choice.scenario, choice.horizon).get(choice.peril)
    why = None if result is None else _explanation(answer, choice)
    if result is None or why is None:
        st.info(t("assess.no_rows"))
        return
    if why.outdated:
        st.warning(t("assess.outdated_reasons"), icon=":material/history:")
    if why.replaced:
        names = ", ".join(labels.table_label(name) for name in why.replaced)
        st.warning(t("assess.replaced_reasons", names=names), icon=":material/history:")
    _chain(why, result, answer.building.river_gauge if result.remarks else None)
    left, right = st.columns(2, gap="medium")
    with left:
        _bins(answer, why)
    with right:
        _steps(answer, result)
    _sources(why)
    _yearly(answer, why)
    whatif.draw(answer, choice)
    _numbers(why)


def _explanation(answer: Answer, choice: Choice) -> Explanation | None:
    try:
        return cache.explanation(
            cache.version(),
            answer.latitude,
            answer.longitude,
            choice.peril,
            choice.scenario,
            choice.horizon,
        )
    except NoResults:
        return None


def _chain(why: Explanation, result: PerilResult, gauge: RiverGauge | None) -> None:
    """The table from input data to the final number."""
    years = why.probability.years or ("–", "–")
    final = formats.rate_or_status(result.status, result.final_aal, language())
    flags = [_flag(code) for code in why.flags]
    rows = {
        t("assess.chain_inputs"): _inputs_text(why),
        t("assess.chain_intensity"): (
            f"{cache.intensity_label(why.risk_type)}"
            f"{formats.GAP}[{formats.unit(why.intensity.unit, language())}]"
        ),
        t("assess.chain_years"): f"{years[0]}–{years[1]}, {_counted(why.probability)}",
        t("assess.chain_hazard"): _hazard_text(why.risk_type, why.hazard),
        t("assess.chain_aal"): _aal_text(why.probability),
        t("assess.chain_final"): f"{final} → {formats.won_full(result.expected_loss)}",
        t("assess.chain_grade"): f"{why.grade} — {t('assess.grade_' + why.grade)}",
        t("assess.chain_flags"): " · ".join(flags) or "–",
    }
    details = why.probability.calculation_details or {}
    if details.get("response") is not None:
        rows[t("assess.chain_response")] = _response(details)
    if gauge is not None:
        rows[t("assess.chain_gauge")] = gauge_text(gauge)
    rows |= {_word("note", name): text for name, text in why.notes.items()}
    st.table(rows, border="horizontal")


def _sources(why: Explanation) -> None:
    """Each data set behind the number, down to the file and its hash."""
    sources = [datasets.translated(source) for source in why.inputs]
    with st.expander(t("assess.source_files", count=len(sources)), icon=":material/database:"):
        frame = pd.DataFrame(
            {
                t("columns.table_name"): [s.table_name for s in sources],
                t("columns.name"): [s.name for s in sources],
                t("columns.kind"): [labels.kind(s.kind) for s in sources],
                t("columns.provider"): [s.provider for s in sources],
                t("columns.licence"): [s.licence for s in sources],
                t("columns.period"): [s.period or formats.DASH for s in sources],
                t("columns.rows"): [f"{s.row_count:,}" for s in sources],
                t("columns.loaded_at"): [timestamps.local_time(s.loaded_at) for s in sources],
                t("assess.source_file"): [s.file_name or formats.DASH for s in sources],
                "SHA-256": [s.file_sha256 or formats.DASH for s in sources],
            }
        )
        st.dataframe(frame, hide_index=True, alt=t("assess.source_files", count=len(sources)))


def _inputs_text(why: Explanation) -> str:
    return " · ".join(
        f"{s.table_name} ({t('assess.kind_word_' + s.kind)}: {s.name})"
        for s in map(datasets.translated, why.inputs)
    )


def _hazard_text(peril: str, hazard: StoredHazard) -> str:
    """H, its level and the statistics that it was scored from, each in its unit."""
    scored = cache.app().perils[peril].hazard
    units = {one.index if isinstance(one, Mean) else one.name: one.unit for one in scored}
    statistic = ", ".join(
        f"{_word('statistic', k)} {_measured(v, units.get(k, ''))}"
        for k, v in (hazard.statistic or {}).items()
    )
    level = formats.level(hazard.hazard_level, language())
    return f"H {formats.number(hazard.hazard_score)} {level} ({statistic})"


def _measured(value: float | None, unit: str) -> str:
    """A number with its unit; a ratio has none."""
    number = formats.number(value)
    return number if unit in UNITLESS else f"{number}{formats.GAP}{formats.unit(unit, language())}"


def _aal_text(probability: StoredProbability) -> str:
    """The base AAL with its sampling interval."""
    interval = formats.interval(probability.aal_p05, probability.aal_p95)
    return f"{formats.percent(probability.aal)} (5–95 %: {interval})"


def _flag(code: str) -> str:
    return FLAGS[code].ko if language() == "ko" else FLAGS[code].en


def _response(details: Mapping[str, Any]) -> str:
    """Format the pooled response, its standard error, the warming and what both make of it."""
    relative = details.get("factor") is not None
    scale = 100.0 if relative else 1.0
    return t("assess.response_relative" if relative else "assess.response_absolute").format(
        slope=formats.number(scale * details["response"]),
        se=formats.number(scale * (details.get("response_se") or 0.0)),
        kelvin=formats.number(details.get("kelvin")),
        factor=formats.number(details.get("factor")),
        line=formats.number(details.get("line")),
    )


def _counted(probability: StoredProbability) -> str:
    """Number of years and how the frequency was found."""
    n, estimator = probability.count, probability.estimator
    count = formats.DASH if n is None else f"{n:.0f}"
    return f"n = {count}, {_word('estimator', estimator) if estimator else formats.DASH}"


def _word(kind: str, key: str) -> str:
    """The reader's word for a statistic, an estimator or a note; the key where there is none."""
    name = f"assess.{kind}_{key}"
    return t(name) if name in catalogue() else key


def _bins(answer: Answer, why: Explanation) -> None:
    data = why.probability.bin_data
    if data is None:
        st.info(formats.status(why.probability.status, language()))
        return
    words = {
        key: t(f"assess.bins_{key}")
        for key in ("probability", "probability_axis", "damage", "intensity")
    }
    chart = intensity_bin_figures.bins(
        intensity_bin_figures.bins_of(data),
        formats.unit(why.intensity.unit, language()),
        mode(),
        words,
    )
    charts.draw(
        chart,
        f"bins_{why.risk_type}",
        key=WidgetKey.DISTRIBUTION,
        title=f"{filters.peril_name(why.risk_type)}: {t('assess.bins')}",
        place=_cell(answer, why),
        of=charts.of_climate(why.ssp_scenario, why.horizon),
    )
    st.caption(" · ".join(why.references))


def _cell(answer: Answer, why: Explanation) -> str:
    """The cell whose stored results are drawn."""
    return t(
        "projections.cell_name",
        district=saved_sites.district(answer),
        latitude=why.cell.latitude,
        longitude=why.cell.longitude,
    )


def _steps(answer: Answer, result: PerilResult) -> None:
    if None in (result.final_aal, result.site_factor, result.base_aal):
        st.info(f"{formats.status(result.status, language())}: {t('assess.no_steps')}")
        return
    words = {key: t(f"assess.step_of_{key}") for key in ("base", "site", "vulnerability", "final")}
    words["axis"] = t("columns.final_aal")
    charts.draw(
        loss_figures.waterfall(result, mode(), words),
        f"steps_{result.risk_type}",
        key=WidgetKey.STEPS,
        title=f"{filters.peril_name(result.risk_type)}: {t('assess.waterfall')}",
        place=saved_sites.district(answer),
        of=charts.of_answer(answer, result.ssp_scenario, result.horizon),
    )


def _yearly(answer: Answer, why: Explanation) -> None:
    series = why.intensity.by_year
    if not series:
        return
    # of the flood perils the years hold the rain that drives the depth, not the depth itself
    driver = VARIABLES.get(cache.app().perils[why.risk_type].frequency.index)
    driven = isinstance(cache.app().perils[why.risk_type].frequency, Fitted | Prescribed)
    edges = () if driven else why.probability.edges
    unit, said = why.intensity.unit, t("assess.yearly")
    if driven and driver:
        name = driver.label_ko if language() == "ko" else driver.label
        unit, said = driver.unit, t("assess.yearly_driver", driver=name)
    shown, axis = _shown_edges(series, edges), formats.unit(unit, language())
    charts.draw(
        intensity_bin_figures.yearly(series, shown, axis, mode()),
        f"years_{why.risk_type}",
        key=WidgetKey.YEARS,
        title=f"{filters.peril_name(why.risk_type)}: {said}",
        place=_cell(answer, why),
        of=charts.of_climate(why.ssp_scenario, why.horizon),
        origin=t("assess.yearly_edges") if shown else "",
    )


def _shown_edges(series: Sequence[YearValue], edges: Sequence[float]) -> list[float]:
    """Edges near the data: a far one would squeeze the bars."""
    top = max((one.value or 0 for one in series), default=0)
    return [edge for edge in edges if edge <= 1.3 * top]


def _numbers(why: Explanation) -> None:
    with st.expander(t("assess.parameters")):
        frame = pd.DataFrame(
            [
                {
                    t("columns.key"): p.key,
                    t("columns.value"): str(p.value),
                    t("columns.unit"): labels.parameter_unit(p.unit),
                    t("columns.low_high"): "–"
                    if p.low is None and p.high is None
                    else f"{p.low} / {p.high}",
                    t("columns.source"): p.source,
                    t("columns.provenance"): p.provenance,
                    t("columns.grade"): p.grade,
                }
                for p in why.parameters
            ]
        )
        st.dataframe(frame, hide_index=True, alt=t("assess.parameters"))
