"""The building that was found, and what the analyst knows better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.site import NAME_LENGTH, RANGES, RIVER_CLASSES, VALUE_BASES
from modelops_core.ports import Row
from modelops_core.ui.kit import formats, notices
from modelops_core.ui.kit.answers import assessment
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey

#: number fields in the order of the form, with their steps
NUMBERS = {
    "asset_value": 1e8,
    "total_area": 100.0,
    "built_year": 1.0,
    "floors_above": 1.0,
    "floors_below": 1.0,
    "location_index": 1.0,
    "river_distance_m": 50.0,
    "hand_m": 1.0,
    "elevation_m": 1.0,
    "forest_distance_m": 50.0,
}
#: shown without decimals
WHOLE = ("built_year", "floors_above", "floors_below")


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
        st.caption(
            t(f"assess.kind_{register['kind']}", distance=formats.number(register["distance_m"]))
        )
    names = (
        "structure",
        "purpose",
        "built_year",
        "floors_above",
        "floors_below",
        "total_area",
        "asset_value",
    )
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
    text = f"{value:.0f}" if name in WHOLE else formats.number(value)
    return f"{text} {_unit(name)}".strip()


def _unit(name: str) -> str:
    """The field's unit in the reader's language."""
    unit = RANGES[name][2]
    return t("common.storeys") if unit == "storeys" else unit


def _form(found: Row) -> None:
    given = assessment.corrections_of(found)
    st.markdown(f"**{t('assess.corrections')}**", help=t("assess.corrections_help"))
    with st.form("corrections", border=True):
        values: dict[str, Any] = {}
        columns = st.columns(3)
        for i, (name, step) in enumerate(NUMBERS.items()):
            (low, high, _), unit = RANGES[name], _unit(name)
            label = f"{t(f'columns.{name}')} [{unit}]" if unit else t(f"columns.{name}")
            values[name] = columns[i % 3].number_input(
                label,
                value=given.get(name),
                step=step,
                format="%.0f",
                placeholder=t("assess.as_found"),
                key=WidgetKey.FIX.of(name),
                help=t("assess.range", low=f"{low:g}", high=f"{high:g}", unit=unit),
            )
        values |= _words(columns, given)
        chosen = st.segmented_control(
            t("assess.parameter_set"),
            ALL_SETS,
            default=found["parameter_set"],
            required=True,
            key=WidgetKey.FIX.of("set"),
            format_func=lambda name: t(f"assess.set_{name}"),
            help=t("assess.parameter_set_help"),
        )
        if st.form_submit_button(
            t("assess.recalculate"), type="primary", icon=":material/refresh:"
        ):
            _again(
                found,
                {name: value for name, value in values.items() if value not in (None, "")},
                chosen or "central",
            )


def _words(columns: Sequence[DeltaGenerator], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the form that are no numbers."""
    basis = columns[1].selectbox(
        t("columns.value_basis"),
        VALUE_BASES,
        index=_index(VALUE_BASES, given.get("value_basis")),
        placeholder=t("assess.basis_replacement"),
        format_func=lambda key: t(f"assess.basis_{key}"),
        key=WidgetKey.FIX.of("value_basis"),
        help=t("assess.value_basis_help"),
    )
    structure = columns[0].text_input(
        t("columns.structure"),
        given.get("structure", ""),
        placeholder=t("assess.structure_example"),
        key=WidgetKey.FIX.of("structure"),
    )
    purpose = columns[1].text_input(
        t("columns.purpose"),
        given.get("purpose", ""),
        placeholder=t("assess.purpose_example"),
        key=WidgetKey.FIX.of("purpose"),
    )
    river_class = columns[2].selectbox(
        t("columns.river_class"),
        RIVER_CLASSES,
        index=_index(RIVER_CLASSES, given.get("river_class")),
        placeholder=t("assess.as_found"),
        format_func=lambda key: t(f"assess.river_{key}"),
        key=WidgetKey.FIX.of("river_class"),
    )
    river_name = columns[0].text_input(
        t("columns.river_name"),
        given.get("river_name", ""),
        placeholder=t("assess.river_name_example"),
        max_chars=NAME_LENGTH,
        key=WidgetKey.FIX.of("river_name"),
        help=t("assess.river_name_help"),
    )
    return {
        "value_basis": basis,
        "structure": structure,
        "purpose": purpose,
        "river_class": river_class,
        "river_name": river_name,
    }


def _index(words: Sequence[str], chosen: str | None) -> int | None:
    return None if chosen is None else words.index(chosen)


def _again(found: Row, corrections: dict[str, Any], parameter_set: str) -> None:
    """Assess anew with what the analyst said; what is wrong is said here and nothing is lost."""
    wrong = assessment.checked(corrections)
    if wrong is not None:
        notices.failed(wrong)
        return
    assessment.start(
        found["latitude"], found["longitude"], corrections, parameter_set=parameter_set
    )
    st.rerun()
