"""What a file does not say itself, asked for where it matters: currency, rates, coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.services.portfolio.validation.positions import METRES
from modelops_core.ui.kit.i18n import t
from modelops_core.ui.kit.keys import WidgetKey
from modelops_core.ui.portfolio import upload as uploads
from modelops_core.ui.portfolio.upload import Upload

CURRENCIES = ("KRW", "USD", "EUR", "JPY", "CNY", "GBP")


def draw(upload: Upload) -> None:
    """The fields that the findings ask for; what is chosen is checked at once."""
    problems, before = upload.found.problems, upload.choices
    chosen = _systems(problems, _currency(problems, _rates(problems, before)))
    if chosen != before:
        uploads.again(upload, choices=chosen)
        st.rerun()


def _rates(problems: Sequence[Problem], before: Choices) -> Choices:
    """KRW for one unit of each currency that the file has."""
    codes = sorted({*lacking(problems), *before.rates})
    rates: dict[str, float] = {}
    for code in codes:
        rate = st.number_input(
            t("portfolio.rate", currency=code),
            min_value=0.0,
            value=before.rates.get(code),
            key=WidgetKey.PORTFOLIO_RATE.of(code),
        )
        rates |= {code: rate} if rate else {}
    return replace(before, rates=rates)


def lacking(problems: Sequence[Problem]) -> set[str]:
    """The currencies that have no rate."""
    own = [one for one in problems if one.code == "currency_without_rate"]
    return {str(code) for one in own for code in np.atleast_1d(one.facts["currency"])}


def _currency(problems: Sequence[Problem], before: Choices) -> Choices:
    if before.currency is None and all(one.code != "currency_unsaid" for one in problems):
        return before
    known = None if before.currency is None else CURRENCIES.index(before.currency)
    label = t("portfolio.currency")
    found = st.selectbox(label, CURRENCIES, known, key=WidgetKey.PORTFOLIO_CURRENCY)
    return replace(before, currency=found)


def _systems(problems: Sequence[Problem], before: Choices) -> Choices:
    if before.crs is None and all(one.code != "coordinates_metres" for one in problems):
        return before
    known = None if before.crs is None else METRES.index(before.crs)
    found = st.selectbox(
        t("portfolio.crs"),
        METRES,
        known,
        help=t("portfolio.crs_help"),
        key=WidgetKey.PORTFOLIO_CRS,
    )
    return replace(before, crs=found)
