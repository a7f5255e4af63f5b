"""The building that was found, and what the analyst knows better."""

from __future__ import annotations

from typing import Any

import streamlit as st

from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.site import RANGES, RIVER_CLASSES
from modelops_core.ports import Row
from modelops_core.ui import formats, notices
from modelops_core.ui.filters import Choice
from modelops_core.ui.i18n import language, t
from modelops_core.ui.panels import assessment

#: number fields in the order of the form, with their steps
NUMBERS = {
    "asset_value": 1e8, "total_area": 100.0, "built_year": 1.0, "floors_above": 1.0, "floors_below": 1.0,
    "river_distance_m": 50.0, "hand_m": 1.0, "elevation_m": 1.0, "forest_distance_m": 50.0,
}  # fmt: skip


def draw(found: Row, choice: Choice) -> None:
    """What was found on the left, the corrections on the right."""
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        _found(found["building"])
    with right:
        _form(found)


def _found(building: Row) -> None:
    st.markdown(f"**{t('assess.building_found')}**")
    register = building["found"]
    if register is None:
        st.info(t("assess.no_building"), icon=":material/search_off:")
    else:
        st.caption(t(f"assess.kind_{register['kind']}", distance=formats.number(register["distance_m"])))
    names = ("structure", "purpose", "built_year", "floors_above", "floors_below", "total_area", "asset_value")
    rows = {t(f"columns.{name}"): _said(name, building.get(name)) for name in names}
    rows[t("assess.structure_class")] = t(f"classes.{building['structure_class']}")
    rows[t("assess.use_group")] = t(f"classes.{building['use_group']}")
    st.table(rows, border="horizontal")


def _said(name: str, value: Any) -> str:
    """The value with its unit, or the word for not knowing."""
    if value in (None, ""):
        return t("assess.not_known")
    if isinstance(value, str):
        return value
    if name == "asset_value":
        return f"{formats.won(value, language())} ({formats.won_full(value)})"
    text = f"{value:.0f}" if name == "built_year" else formats.number(value)
    return f"{text} {RANGES[name][2]}".strip()


def _form(found: Row) -> None:
    given = assessment.corrections_of(found)
    st.markdown(f"**{t('assess.corrections')}**", help=t("assess.corrections_help"))
    with st.form("corrections", border=True):
        values: dict[str, Any] = {}
        columns = st.columns(3)
        for i, (name, step) in enumerate(NUMBERS.items()):
            low, high, unit = RANGES[name]
            label = f"{t(f'columns.{name}')} [{unit}]" if unit else t(f"columns.{name}")
            values[name] = columns[i % 3].number_input(
                label, value=given.get(name), step=step, format="%.0f", placeholder=t("assess.as_found"), key=f"fix.{name}",
                help=t("assess.range", low=f"{low:g}", high=f"{high:g}", unit=unit),
            )  # fmt: skip
        values["structure"] = columns[0].text_input(t("columns.structure"), given.get("structure", ""), placeholder=t("assess.structure_example"), key="fix.structure")
        values["purpose"] = columns[1].text_input(t("columns.purpose"), given.get("purpose", ""), placeholder=t("assess.purpose_example"), key="fix.purpose")
        values["river_class"] = columns[2].selectbox(
            t("columns.river_class"), RIVER_CLASSES, index=_index(given.get("river_class")), placeholder=t("assess.as_found"),
            format_func=lambda key: t(f"assess.river_{key}"), key="fix.river_class",
        )  # fmt: skip
        chosen = st.selectbox(
            t("assess.parameter_set"), ALL_SETS, index=ALL_SETS.index(found["parameter_set"]), key="fix.set",
            format_func=lambda name: t(f"assess.set_{name}"), help=t("assess.parameter_set_help"),
        )  # fmt: skip
        if st.form_submit_button(t("assess.recalculate"), type="primary", icon=":material/refresh:"):
            _again(found, {name: value for name, value in values.items() if value not in (None, "")}, chosen or "central")


def _index(river_class: str | None) -> int | None:
    return None if river_class is None else RIVER_CLASSES.index(river_class)


def _again(found: Row, corrections: dict[str, Any], parameter_set: str) -> None:
    """Assess anew with what the analyst said; what is wrong is said here and nothing is lost."""
    wrong = assessment.checked(corrections)
    if wrong is not None:
        notices.failed(wrong)
        return
    assessment.start(found["latitude"], found["longitude"], corrections, parameter_set=parameter_set)
    st.rerun()
