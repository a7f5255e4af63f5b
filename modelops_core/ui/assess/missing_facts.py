"""Draws the yellow box of perils without a number: why, what they may cost, and what to give."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from modelops_core.domain.access import UseCase
from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.flags import GIVEN_BY_HAND
from modelops_core.ui.assess import building
from modelops_core.ui.kit import access, filters, formats, messages
from modelops_core.ui.kit.answers import assessment, given_facts
from modelops_core.ui.kit.i18n import language, t
from modelops_core.ui.kit.keys import WidgetKey

#: the facts that the flags of GIVEN_BY_HAND ask for
FIELDS = ("river_distance_m", "elevation_m")


def draw(answer: Answer, unknown: Sequence[PerilResult], why: str) -> None:
    """Reasons, the range under the condition that was calculated, and the fields that end it."""
    lines = [_on_bank(result) for result in unknown if result.if_on_bank is not None]
    asked = any(code in result.flags for result in unknown for code in GIVEN_BY_HAND)
    can_be_given = asked and access.may(UseCase.assess)
    ask = [t("assess.give_facts")] if can_be_given else []
    st.warning("\n".join([why, "", *lines, "", *ask]), icon=":material/help:")
    if can_be_given:
        _form(answer)


def _on_bank(result: PerilResult) -> str:
    bank = result.if_on_bank
    assert bank is not None
    return t(
        "assess.on_bank",
        peril=filters.peril_name(result.risk_type),
        loss=formats.won(bank.expected_loss, language()),
        rate=formats.percent(bank.final_aal),
    )


def _form(answer: Answer) -> None:
    """The two facts, with what was given before; the other corrections stay."""
    kept = answer.building.corrections
    with st.form(WidgetKey.MISSING, border=True):
        typed = {
            name: st.number_input(
                f"{t(f'columns.{name}')} [{given_facts.unit(name)}]",
                value=given_facts.number(kept, name),
                step=building.NUMBERS[name],
                format="%g",
                placeholder=t("assess.not_known"),
                help=t("assess.elevation_help") if name == "elevation_m" else None,
                key=WidgetKey.MISSING.of(name),
            )
            for name in FIELDS
        }
        if st.form_submit_button(t("assess.calculate_given"), icon=":material/calculate:"):
            _again(answer, {k: v for k, v in typed.items() if v is not None})


def _again(answer: Answer, given: dict[str, float]) -> None:
    """Assess again under the same parameters; what is wrong is said below the button."""
    if not given:
        return
    if (problem := assessment.checked(given)) is not None:
        st.error(messages.message(problem), icon=":material/error:")
        return
    corrections = {**answer.building.corrections, **given}
    assessment.start(
        answer.latitude, answer.longitude, corrections, parameter_set=answer.parameter_set
    )
    st.rerun()
