"""Draws the building found at the site, and the form for the analyst's corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from modelops_core.domain.answer import Answer, Building
from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.site import NAME_LENGTH, RANGES, RIVER_CLASSES, VALUE_BASES
from modelops_core.domain.stamp import SET
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
#: attributes in the table of what was found
SHOWN = (
    "structure",
    "purpose",
    "built_year",
    "floors_above",
    "floors_below",
    "total_area",
    "asset_value",
)
#: shown without decimals
WHOLE = ("built_year", "floors_above", "floors_below")


def draw(answer: Answer, choice: Choice) -> None:
    """Draw what was found on the left, the corrections on the right."""
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        _found(answer.building)
    with right:
        _form(answer)


def _found(building: Building) -> None:
    st.markdown(f"**{t('assess.building_found')}**")
    found = building.found
    if found is None:
        st.info(t("assess.no_building"), icon=":material/search_off:")
    else:
        st.caption(t(f"assess.kind_{found.kind}", distance=formats.number(found.distance_m)))
    rows = {t(f"columns.{name}"): _text(name, getattr(building, name)) for name in SHOWN}
    rows[t("assess.structure_class")] = t(f"classes.{building.structure_class}")
    rows[t("assess.use_group")] = t(f"classes.{building.use_group}")
    st.table(rows, border="horizontal")


def _text(name: str, value: Any) -> str:
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


def _form(answer: Answer) -> None:
    given = answer.building.corrections
    st.markdown(f"**{t('assess.corrections')}**", help=t("assess.corrections_help"))
    with st.form("corrections", border=True):
        columns = st.columns(3)
        values = _number_fields(columns, given) | _text_fields(columns, given)
        values |= _choice_fields(columns, given)
        chosen = st.segmented_control(
            t("assess.parameter_set"),
            ALL_SETS,
            default=answer.parameter_set,
            required=True,
            key=WidgetKey.FIX.of("set"),
            format_func=lambda name: SET[name][language()],
            help=t("assess.parameter_set_help"),
        )
        if st.form_submit_button(
            t("assess.recalculate"), type="primary", icon=":material/refresh:"
        ):
            corrections = {k: v for k, v in values.items() if v not in (None, "")}
            _assess_again(answer, corrections, chosen or "central")


def _number_fields(columns: Sequence[DeltaGenerator], given: Mapping[str, Any]) -> dict[str, Any]:
    values = {}
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
    return values


def _text_fields(columns: Sequence[DeltaGenerator], given: Mapping[str, Any]) -> dict[str, Any]:
    def field(column: DeltaGenerator, name: str, **more: Any) -> str:
        text: str = column.text_input(
            t(f"columns.{name}"),
            given.get(name, ""),
            placeholder=t(f"assess.{name}_example"),
            key=WidgetKey.FIX.of(name),
            **more,
        )
        return text

    return {
        "structure": field(columns[0], "structure"),
        "purpose": field(columns[1], "purpose"),
        "river_name": field(
            columns[0], "river_name", max_chars=NAME_LENGTH, help=t("assess.river_name_help")
        ),
    }


def _choice_fields(columns: Sequence[DeltaGenerator], given: Mapping[str, Any]) -> dict[str, Any]:
    basis = columns[1].selectbox(
        t("columns.value_basis"),
        VALUE_BASES,
        index=_index(VALUE_BASES, given.get("value_basis")),
        placeholder=t("assess.basis_replacement"),
        format_func=lambda key: t(f"assess.basis_{key}"),
        key=WidgetKey.FIX.of("value_basis"),
        help=t("assess.value_basis_help"),
    )
    river_class = columns[2].selectbox(
        t("columns.river_class"),
        RIVER_CLASSES,
        index=_index(RIVER_CLASSES, given.get("river_class")),
        placeholder=t("assess.as_found"),
        format_func=lambda key: t(f"assess.river_{key}"),
        key=WidgetKey.FIX.of("river_class"),
    )
    return {"value_basis": basis, "river_class": river_class}


def _index(options: Sequence[str], chosen: str | None) -> int | None:
    return None if chosen is None else options.index(chosen)


def _assess_again(answer: Answer, corrections: dict[str, Any], parameter_set: str) -> None:
    """Assess again with the corrections; an error in them is shown and the form keeps them."""
    wrong = assessment.checked(corrections)
    if wrong is not None:
        notices.failed(wrong)
        return
    assessment.start(answer.latitude, answer.longitude, corrections, parameter_set=parameter_set)
    st.rerun()
