"""Why a number is what it is: from input rows to the result, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from modelops_core.domain.horizons import SCENARIOS
from modelops_core.domain.peril import Fitted, Prescribed
from modelops_core.domain.variables import VARIABLES
from modelops_core.errors import NoResults
from modelops_core.ports import Row
from modelops_core.ui.assess import exceedance_figures, whatif
from modelops_core.ui.assess.summary_card import chosen, gauge_text
from modelops_core.ui.kit import cache, charts, datasets, filters, formats
from modelops_core.ui.kit.answers import loss_figures
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import catalogue, language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode


def draw(found: Row, choice: Choice) -> None:
    """The chain of the chosen peril's number at this site."""
    name = filters.peril_name(choice.peril)
    st.markdown(
        f"**{t('assess.why', peril=name, scenario=SCENARIOS[choice.scenario], horizon=filters.horizon_name(choice.horizon))}**"
    )
    rows = [
        r for r in chosen(found, choice.scenario, choice.horizon) if r["risk_type"] == choice.peril
    ]
    if not rows:
        st.info(t("assess.no_rows"))
        return
    try:
        why = cache.explanation(
            cache.version(),
            found["latitude"],
            found["longitude"],
            choice.peril,
            choice.scenario,
            choice.horizon,
        )
    except NoResults:
        st.info(t("assess.no_rows"))
        return
    if why["outdated"]:
        st.warning(t("assess.outdated_reasons"), icon=":material/history:")
    _chain(why, rows[0], found["building"].get("river_gauge") if rows[0].get("remarks") else None)
    left, right = st.columns(2, gap="medium")
    with left:
        _bins(why)
    with right:
        _steps(rows[0])
    _yearly(why)
    whatif.draw(found, choice)
    _numbers(why)


def _chain(why: Row, row: Row, gauge: Row | None) -> None:
    details = why["probability"]["calculation_details"] or {}
    years = details.get("years") or ["–", "–"]
    statistic = ", ".join(
        f"{_word('statistic', k)} {formats.number(v)}"
        for k, v in (why["hazard"]["statistic"] or {}).items()
    )
    said = {
        t("assess.chain_inputs"): " · ".join(
            f"{s['table_name']} ({t('assess.kind_word_' + s['kind'])}: {s['name']})"
            for s in map(datasets.said, why["inputs"])
        ),
        t(
            "assess.chain_intensity"
        ): f"{cache.intensity_label(why['risk_type'])} [{why['intensity']['unit']}]",
        t("assess.chain_years"): f"{years[0]}–{years[1]}, {_counted(details)}",
        t(
            "assess.chain_hazard"
        ): f"H {formats.number(why['hazard']['hazard_score'])} {formats.level(why['hazard']['hazard_level'], language())} ({statistic} {why['hazard']['unit'] or ''})",
        t(
            "assess.chain_aal"
        ): f"{formats.percent(why['probability']['aal'])} (5–95 %: {formats.interval(why['probability']['aal_p05'], why['probability']['aal_p95'])})",
        t(
            "assess.chain_final"
        ): f"{formats.value_or_status(row, 'final_aal', language())} → {formats.won_full(row['expected_loss'])}",
        t("assess.chain_grade"): f"{why['grade']} — {t('assess.grade_' + why['grade'])}",
        t("assess.chain_flags"): " · ".join(
            flag["ko" if language() == "ko" else "en"] for flag in why["flags"]
        )
        or "–",
    }
    if gauge is not None:
        said[t("assess.chain_gauge")] = gauge_text(gauge)
    for name, text in why["notes"].items():
        said[_word("note", name)] = text
    st.table(said, border="horizontal")


def _counted(details: Row) -> str:
    """Number of years and how the frequency was found."""
    n, estimator = details.get("n"), details.get("estimator")
    return f"n = {formats.DASH if n is None else f'{n:.0f}'}, {_word('estimator', estimator) if estimator else formats.DASH}"


def _word(kind: str, key: str) -> str:
    """The reader's word for a statistic, an estimator or a note; the key itself where a new peril brings its own."""
    name = f"assess.{kind}_{key}"
    return t(name) if name in catalogue() else key


def _bins(why: Row) -> None:
    st.markdown(f"**{t('assess.bins')}**")
    data = why["probability"]["bin_data"]
    if data is None:
        st.info(formats.status(why["probability"]["status"], language()))
        return
    words = {key: t(f"assess.bins_{key}") for key in ("probability", "damage", "intensity")}
    chart = exceedance_figures.bins(bins_of(data), why["intensity"]["unit"], mode(), words)
    st.plotly_chart(
        chart, config=charts.config("bins"), key=WidgetKey.DISTRIBUTION, alt=t("assess.bins")
    )
    st.caption(" · ".join(why["references"]))


def bins_of(data: Mapping[str, Sequence[float]]) -> list[Row]:
    """Rows of bins from the stored columns; the outer edges are open."""
    edges = [None, *data["edges"], None]
    return [
        {
            "lower": edges[i],
            "upper": edges[i + 1],
            "p": data["p"][i],
            "p_low": data["p_low"][i],
            "p_high": data["p_high"][i],
            "dr": data["dr"][i],
        }
        for i in range(len(data["p"]))
    ]


def _steps(row: Row) -> None:
    st.markdown(f"**{t('assess.waterfall')}**")
    if row["final_aal"] is None or row["site_factor"] is None or row["base_aal"] is None:
        st.info(f"{formats.status(row['status'], language())}: {t('assess.no_steps')}")
        return
    words = {key: t(f"assess.step_of_{key}") for key in ("base", "site", "vulnerability", "final")}
    st.plotly_chart(
        loss_figures.waterfall(row, mode(), words),
        config=charts.config("steps"),
        key=WidgetKey.STEPS,
        alt=t("assess.waterfall"),
    )


def _yearly(why: Row) -> None:
    series = why["intensity"]["by_year"]
    if not series:
        return
    st.markdown(f"**{t('assess.yearly')}**")
    # of the flood perils the years hold the rain that drives the depth, not the depth itself
    driver = VARIABLES.get(cache.app().perils[why["risk_type"]].frequency.index)
    driven = isinstance(cache.app().perils[why["risk_type"]].frequency, Fitted | Prescribed)
    edges = [] if driven else (why["probability"]["bin_data"] or {}).get("edges", [])
    unit = driver.unit if driven and driver else why["intensity"]["unit"]
    chart = exceedance_figures.yearly(series, _shown_edges(series, edges), unit, mode())
    st.plotly_chart(
        chart, config=charts.config("years"), key=WidgetKey.YEARS, alt=t("assess.yearly")
    )


def _shown_edges(series: Sequence[Row], edges: Sequence[float]) -> list[float]:
    """Edges near the data: a far one would squeeze the bars."""
    top = max((row["value"] or 0 for row in series), default=0)
    return [edge for edge in edges if edge <= 1.3 * top]


def _numbers(why: Row) -> None:
    with st.expander(t("assess.parameters")):
        frame = pd.DataFrame(
            [
                {
                    t("columns.key"): p["key"],
                    t("columns.value"): str(p["value"]),
                    t("columns.unit"): p["unit"],
                    t("columns.low_high"): "–"
                    if p["low"] is None and p["high"] is None
                    else f"{p['low']} / {p['high']}",
                    t("columns.source"): p["source"],
                    t("columns.provenance"): p["provenance"],
                    t("columns.grade"): p["grade"],
                }
                for p in why["parameters"]
            ]
        )
        st.dataframe(frame, hide_index=True, alt=t("assess.parameters"))
