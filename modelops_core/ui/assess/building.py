"""Draws the building found at the site, and the form for the analyst's corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from modelops_core.domain.access import UseCase
from modelops_core.domain.answer import Answer, Building
from modelops_core.domain.building import STRUCTURE_CLASSES, USE_GROUPS, understood
from modelops_core.domain.korean import money
from modelops_core.domain.parameters import ALL_SETS
from modelops_core.domain.site import NAME_LENGTH, RANGES, RIVER_CLASSES, VALUE_BASES
from modelops_core.domain.stamp import SET
from modelops_core.errors import InvalidInput
from modelops_core.ui.assess import facts
from modelops_core.ui.kit import access, formats, messages, notices
from modelops_core.ui.kit.answers import assessment, given_facts
from modelops_core.ui.kit.filters import Choice
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey

#: number fields in the order of the form, with their steps; money is typed in 억 and 만
NUMBERS = {
    "total_area": 100.0,
    "built_year": 1.0,
    "floors_above": 1.0,
    "floors_below": 1.0,
    "location_index": 1.0,
    "river_distance_m": 50.0,
    "hand_m": 0.5,
    "elevation_m": 0.5,
    "forest_distance_m": 50.0,
}
#: place in the form under each field, for what is wrong with it
Places = dict[str, DeltaGenerator]


def draw(answer: Answer, choice: Choice) -> None:
    """Draw what was found on the left, the corrections on the right."""
    with st.container(key=WidgetKey.FACTS):
        left, right = st.columns([1, 1.4], gap="medium")
    with left:
        _found(answer.building)
    if access.may(UseCase.assess):
        with right:
            _form(answer)


def _found(building: Building) -> None:
    """What was found beside what the analyst gave; the calculation takes the latter."""
    st.markdown(f"**{t('assess.building_found')}**")
    found = building.found
    if found is None:
        st.info(t("assess.no_building"), icon=":material/search_off:")
    else:
        st.caption(t(f"assess.kind_{found.kind}", distance=formats.number(found.distance_m)))
    st.table(facts.compared(building), border="horizontal")
    if building.corrections:
        st.caption(t("assess.given_wins"), width="stretch")


def _form(answer: Answer) -> None:
    given = answer.building.corrections
    st.markdown(f"**{t('assess.corrections')}**", help=t("assess.corrections_help"))
    with st.form("corrections", border=True):
        columns = st.columns(3)
        places: Places = {}
        values = _money_field(columns[0], given, places)
        values |= _number_fields(columns, given, places) | _text_fields(columns, given, places)
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
            _assess_again(answer, corrections, chosen or "central", places)


def _money_field(
    column: DeltaGenerator, given: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    """The value as the analyst writes it; it is read when the form is sent."""
    name = "asset_value"
    kept = given.get(name)
    text = column.text_input(
        f"{t(f'columns.{name}')} [{given_facts.unit(name)}]",
        "" if kept is None else _typed(kept),
        placeholder=t("assess.money_example"),
        key=WidgetKey.FIX.of(name),
        help=t("assess.money_help"),
    )
    places[name] = column.empty()
    return {name: text.strip()}


def _typed(won: float) -> str:
    """Every digit of an amount as readers write it: in 억 and 만, or in groups of three."""
    return money.exact(won) if language() == "ko" else f"{round(won):,}"


def _number_fields(
    columns: Sequence[DeltaGenerator], given: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    values = {}
    for i, (name, step) in enumerate(NUMBERS.items(), 1):
        (low, high, _), unit = RANGES[name], given_facts.unit(name)
        label = f"{t(f'columns.{name}')} [{unit}]" if unit else t(f"columns.{name}")
        values[name] = columns[i % 3].number_input(
            label,
            value=given_facts.number(given, name),
            step=step,
            format="%g",  # as many digits as were typed
            placeholder=t("assess.as_found"),
            key=WidgetKey.FIX.of(name),
            help=_help(name, t("assess.range", low=f"{low:g}", high=f"{high:g}", unit=unit)),
        )
        places[name] = columns[i % 3].empty()
    return values


def _help(name: str, allowed: str) -> str:
    """The range that a number may have; of the ground's height also above what it counts."""
    return f"{allowed} · {t('assess.elevation_help')}" if name == "elevation_m" else allowed


def _text_fields(
    columns: Sequence[DeltaGenerator], given: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    def field(column: DeltaGenerator, name: str, **more: Any) -> str:
        text: str = column.text_input(
            t(f"columns.{name}"),
            given.get(name, ""),
            placeholder=t(f"assess.{name}_example"),
            key=WidgetKey.FIX.of(name),
            **more,
        )
        places[name] = column.empty()
        return text.strip()

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
        placeholder=t("assess.estimated_replacement"),
        format_func=lambda key: t(f"assess.estimated_{key}"),
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


def _assess_again(
    answer: Answer, typed: dict[str, Any], parameter_set: str, places: Places
) -> None:
    """Assess again with what was typed; what is wrong is said at its field."""
    try:
        corrections = read(typed)
    except InvalidInput as wrong:
        place = places.get(str(wrong.values.get("field")))
        if place is None:
            notices.failed(wrong)
        else:
            place.error(messages.message(wrong), icon=":material/error:")
        return
    assessment.start(answer.latitude, answer.longitude, corrections, parameter_set=parameter_set)
    st.rerun()


def read(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The corrections that *typed* means; InvalidInput names the field that means nothing."""
    corrections = dict(typed)
    if value := corrections.get("asset_value"):
        corrections["asset_value"] = money.parse(value)
    structure, use = corrections.get("structure", ""), corrections.get("purpose", "")
    if not understood(structure, STRUCTURE_CLASSES):
        raise InvalidInput("unknown_structure", field="structure", value=structure)
    if not understood(use, USE_GROUPS):
        raise InvalidInput("unknown_purpose", field="purpose", value=use)
    wrong = assessment.checked(corrections)
    if wrong is not None:
        raise wrong
    return corrections
