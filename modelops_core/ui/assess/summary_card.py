"""The answer at a glance: what the site can lose a year, from what, how sure."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.flags import FLAGS, GIVEN_BY_HAND, WHY_MISSING
from modelops_core.domain.gauges import GAUGED
from modelops_core.domain.site import VALUE_BASES
from modelops_core.ports import Row
from modelops_core.ui.kit import cache, charts, filters, formats
from modelops_core.ui.kit.answers import loss_figures
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.kit.surface import mode

#: the warning of an answer that no nightly run of the same parameters stands behind
OUTDATED = "parameters_outdated"


def chosen(found: Row, scenario: str, horizon: str) -> list[Row]:
    """The rows of one scenario and horizon."""
    return [r for r in found["results"] if (r["ssp_scenario"], r["horizon"]) == (scenario, horizon)]


def total(found: Row, scenario: str, horizon: str) -> Row | None:
    """The subtotals of one scenario and horizon."""
    for row in found["totals"]:
        if (row["ssp_scenario"], row["horizon"]) == (scenario, horizon):
            return dict(row)
    return None


def place_name(found: Row) -> str:
    """The district in the reader's language."""
    district = found["district"]
    return str(district["name"] if language() == "ko" else district["name_en"])


def draw(found: Row, scenario: str, horizon: str) -> None:
    """Place, subtotals and the loss of each peril."""
    rows, sums = chosen(found, scenario, horizon), total(found, scenario, horizon)
    st.markdown(f"#### {place_name(found)}")
    st.caption(f"{found['latitude']:.4f}°N {found['longitude']:.4f}°E · {_building(found)}")
    if sums is None:
        st.info(t("assess.no_rows"))
        return
    _subtotals(found, sums)
    names = {key: filters.peril_name(key) for key in cache.app().perils}
    kinds = {key: peril.kind for key, peril in cache.app().perils.items()}
    bars = loss_figures.bars_of(rows, names, kinds, language())
    words = {key: t(f"assess.{key}") for key in ("physical", "operating", "loss", "interval")}
    st.plotly_chart(
        loss_figures.loss_bars(bars, mode(), language(), words),
        config=charts.config("losses"),
        key=WidgetKey.LOSSES,
        alt=t("assess.bars_alt", place=place_name(found)),
    )
    _said(found, rows)


def _building(found: Row) -> str:
    value = found["building"]["asset_value"]
    if value is None:
        return t("assess.value_unknown")
    building = found["building"]
    estimated = building["corrections"].get("asset_value") is None
    basis = (
        f" ({t('assess.basis_' + building.get('value_basis', VALUE_BASES[0]))})"
        if estimated
        else ""
    )
    return t("assess.value", value=formats.won(value, language())) + basis


def _subtotals(found: Row, sums: Row) -> None:
    # without a value losses are per the method's sum insured, as the line above the figures says
    value = (
        found["building"]["asset_value"]
        or cache.app().parameters.sections["exposure"]["sum_insured"].value
    )
    columns = st.columns(3)
    for column, key in zip(columns, ("physical_no_overlap", "operating", "grand"), strict=True):
        known = sums[key] is not None
        column.metric(
            t(f"assess.{key}"),
            formats.won(sums[key], language())
            if known
            else formats.status("not_assessed", language()),
            formats.percent(100 * sums[key] / value) if known else None,
            delta_color="off",
            delta_arrow="off",
            help=t(f"assess.{key}_help"),
            border=True,
        )
    if sums["physical"] is not None:
        st.caption(t("assess.upper_bound", value=formats.won(sums["physical"], language())))


def _said(found: Row, rows: Sequence[Row]) -> None:
    if found["parameter_set"] != "central":
        st.info(t(f"assess.under_{found['parameter_set']}"), icon=":material/tune:")
    unknown = [r for r in rows if r["status"] == "not_assessed"]
    if unknown:
        st.warning(_why_missing(unknown), icon=":material/help:")
    weak = [filters.peril_name(r["risk_type"]) for r in rows if r["status"] == "low_confidence"]
    if weak:
        st.caption(t("assess.low_confidence", perils=", ".join(weak)))
    gauge = found["building"].get("river_gauge")
    if gauge is not None:
        st.caption(gauge_text(gauge))
    if {"code": OUTDATED, "perils": []} in found.get("warnings", ()):
        st.warning(_flag(OUTDATED), icon=":material/history:")
    kind = (found["building"]["found"] or {}).get("kind")
    if kind is None:
        st.caption(t("assess.no_building"))
    elif kind == "synthetic":
        st.caption(t("assess.synthetic_building"))


def _why_missing(rows: Sequence[Row]) -> str:
    """Which perils have no number, why, and what the reader can do about it."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        code = next((code for code in WHY_MISSING if code in row["flags"]), None)
        if code is not None:
            reasons.setdefault(code, []).append(filters.peril_name(row["risk_type"]))
    names = ", ".join(filters.peril_name(row["risk_type"]) for row in rows)
    lines = [f"- {_flag(code)} ({', '.join(perils)})" for code, perils in reasons.items()]
    hint = [t("assess.by_hand")] if reasons.keys() & set(GIVEN_BY_HAND) else []
    return "\n".join([t("assess.not_assessed", perils=names), "", *lines, "", *hint])


def gauge_text(gauge: Row) -> str:
    """Which gauge drives the river at the site, or why none does."""
    if gauge["state"] == GAUGED:
        distance = formats.number(gauge["distance_m"] / 1000)
        return t(
            "assess.river_gauge",
            code=gauge["station_code"],
            name=gauge["station_name"],
            years=gauge["years"],
            distance=distance,
        )
    return _flag(gauge["state"])


def _flag(code: str) -> str:
    return FLAGS[code].ko if language() == "ko" else FLAGS[code].en
