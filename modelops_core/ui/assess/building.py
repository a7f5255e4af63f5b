"""Draws the building found at the site, and the form for the analyst's corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
OF_BUILDING = {
    "total_area": 100.0,
    "built_year": 1.0,
    "floors_above": 1.0,
    "floors_below": 1.0,
    "location_index": 1.0,
}
OF_PLACE = {
    "river_distance_m": 50.0,
    "hand_m": 0.5,
    "elevation_m": 0.5,
    "forest_distance_m": 50.0,
}
NUMBERS = OF_BUILDING | OF_PLACE
#: fields in a row of the form
IN_ROW = 3
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
        cells, places = _cells(), Places()
        values = _money_field(next(cells), given, places)
        values |= _number_fields(OF_BUILDING, cells, given, places)
        values |= _building_fields(cells, given, places)
        values |= _number_fields(OF_PLACE, cells, given, places)
        values |= _river_fields(cells, given, places)
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


def _cells() -> Iterator[DeltaGenerator]:
    """A place for each field, row by row."""
    while True:
        yield from st.columns(IN_ROW)


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
    steps: Mapping[str, float],
    cells: Iterator[DeltaGenerator],
    given: Mapping[str, Any],
    places: Places,
) -> dict[str, Any]:
    values = {}
    for name, step in steps.items():
        cell, (low, high, _), unit = next(cells), RANGES[name], given_facts.unit(name)
        label = f"{t(f'columns.{name}')} [{unit}]" if unit else t(f"columns.{name}")
        values[name] = cell.number_input(
            label,
            value=given_facts.number(given, name),
            step=step,
            format="%g",  # as many digits as were typed
            placeholder=t("assess.as_found"),
            key=WidgetKey.FIX.of(name),
            help=_help(name, t("assess.range", low=f"{low:g}", high=f"{high:g}", unit=unit)),
        )
        places[name] = cell.empty()
    return values


def _help(name: str, allowed: str) -> str:
    """The range that a number may have; of the ground's height also above what it counts."""
    return f"{allowed} · {t('assess.elevation_help')}" if name == "elevation_m" else allowed


def _text_field(
    name: str, cell: DeltaGenerator, given: Mapping[str, Any], places: Places, **more: Any
) -> dict[str, Any]:
    text = cell.text_input(
        t(f"columns.{name}"),
        given.get(name, ""),
        placeholder=t(f"assess.{name}_example"),
        key=WidgetKey.FIX.of(name),
        **more,
    )
    places[name] = cell.empty()
    return {name: text.strip()}


def _building_fields(
    cells: Iterator[DeltaGenerator], given: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    values = _text_field("structure", next(cells), given, places)
    values |= _text_field("purpose", next(cells), given, places)
    basis = next(cells).selectbox(
        t("columns.value_basis"),
        VALUE_BASES,
        index=_index(VALUE_BASES, given.get("value_basis")),
        placeholder=t("assess.estimated_replacement"),
        format_func=lambda key: t(f"assess.estimated_{key}"),
        key=WidgetKey.FIX.of("value_basis"),
        help=t("assess.value_basis_help"),
    )
    return {**values, "value_basis": basis}


def _river_fields(
    cells: Iterator[DeltaGenerator], given: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    river_class = next(cells).selectbox(
        t("columns.river_class"),
        RIVER_CLASSES,
        index=_index(RIVER_CLASSES, given.get("river_class")),
        placeholder=t("assess.as_found"),
        format_func=lambda key: t(f"assess.river_{key}"),
        key=WidgetKey.FIX.of("river_class"),
    )
    limits = {"max_chars": NAME_LENGTH, "help": t("assess.river_name_help")}
    named = _text_field("river_name", next(cells), given, places, **limits)
    return {"river_class": river_class, **named}


def _index(options: Sequence[str], chosen: str | None) -> int | None:
    return None if chosen is None else options.index(chosen)


def _assess_again(
    answer: Answer, typed: dict[str, Any], parameter_set: str, places: Places
) -> None:
    """Assess again with what was typed; what is wrong is said at its field."""
    corrections, wrong = read(typed)
    for one in wrong:
        place = places.get(str(one.values.get("field")))
        if place is None:
            notices.failed(one)
        else:
            place.error(messages.message(one), icon=":material/error:")
    if not wrong:
        assessment.start(
            answer.latitude, answer.longitude, corrections, parameter_set=parameter_set
        )
        st.rerun()


def read(typed: Mapping[str, Any]) -> tuple[dict[str, Any], list[InvalidInput]]:
    """The corrections that *typed* means, and what is wrong, each with the field it names."""
    corrections, wrong = {}, []
    for name, value in typed.items():
        try:
            corrections[name] = _meant(name, value)
        except InvalidInput as error:
            wrong.append(error)
    together = None if wrong else assessment.checked(corrections)
    return corrections, wrong if together is None else [together]


def _meant(name: str, value: Any) -> Any:
    """The value that was typed into a field; raises InvalidInput where it means nothing."""
    if name == "asset_value":
        value = money.parse(value)
    if name == "structure" and not understood(value, STRUCTURE_CLASSES):
        raise InvalidInput("unknown_structure", field=name, value=value)
    if name == "purpose" and not understood(value, USE_GROUPS):
        raise InvalidInput("unknown_purpose", field=name, value=value)
    if (wrong := assessment.checked({name: value})) is not None:
        raise wrong
    return value
