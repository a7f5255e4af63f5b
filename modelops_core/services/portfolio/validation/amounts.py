"""Money: its currency, its unit, and whether it can be the value of so much floor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.domain.site import RANGES

KRW = "KRW"
MONEY = ("asset_value_krw", "contents_value_krw", "contents_in_value", "revenue_krw")
#: value of a site over the cost of building its floor area anew: what lies outside is a wrong unit,
#: or another building
LEAST_RATIO, MOST_RATIO = 0.05, 20.0
#: units in which Korean tables give amounts
UNITS: Mapping[str, float] = {"백만원": 1e6, "억원": 1e8, "천원": 1e3}
#: without a floor area, a site that is worth less is a wrong unit [KRW]
SMALL = 1e7


def checked(table: Table, choices: Choices, unit_cost: float) -> tuple[Table, list[Problem]]:
    """The table with money in KRW, and what is wrong with it; *unit_cost* is in KRW/m²."""
    given = ~np.isnan(table.numbers("asset_value_krw"))
    table, problems = _in_krw(table, choices)
    value = table.numbers("asset_value_krw") + np.nan_to_num(table.numbers("contents_value_krw"))
    contents = np.where(
        np.isnan(table.numbers("contents_in_value")),
        table.numbers("contents_value_krw"),
        table.numbers("contents_in_value"),
    )
    low, high, _ = RANGES["asset_value"]
    unit, more = _per_area(table, value, unit_cost)
    outside = ~unit & ((value < low) | (value > high))
    more += table.problem(
        "out_of_range", "asset_value_krw", outside, allowed=f"{low:,.0f} – {high:,.0f} KRW"
    )
    only = np.isnan(table.numbers("asset_value_krw")) & (contents > 0)
    more += table.problem("contents_only", "contents_value_krw", only)
    unknown = ~given
    if unknown.any():
        facts = {"count": int(unknown.sum())}
        more.append(Problem(code="value_unknown", sheet=table.sheet, facts=facts))
    return table.replaced(value=value, contents=contents), problems + more


def _in_krw(table: Table, choices: Choices) -> tuple[Table, list[Problem]]:
    """Amounts in the currency of their row, converted by the analyst's rates."""
    given = table.texts("currency")
    default = choices.currency or KRW
    currency = np.where(given == "", default, np.char.upper(given.astype(str))).astype(object)
    rates = {KRW: 1.0, **choices.rates}
    factor = _of(currency, rates)
    lacking = np.isnan(factor)
    problems = table.problem("currency_without_rate", "currency", lacking, currency=currency)
    converted = ~lacking & (currency != KRW)
    for code in sorted(set(currency[converted])):
        facts = {"currency": code, "rate": rates[code], "count": int((currency == code).sum())}
        problems.append(Problem(code="currency_converted", sheet=table.sheet, facts=facts))
    money = {name: table.values[name] * factor for name in MONEY if name in table}
    return table.replaced(**money), problems


def _of(texts: TextArray, numbers: Mapping[str, float]) -> Array:
    found, inverse = np.unique(texts.astype(str), return_inverse=True)
    return np.array([numbers.get(text, np.nan) for text in found])[inverse]


def _per_area(table: Table, value: Array, unit_cost: float) -> tuple[BoolArray, list[Problem]]:
    """
    Where a value is in another unit by all appearance, and values that are far from their area's.

    Only one unit that makes the value plausible is proposed.
    """
    given, area = table.numbers("asset_value_krw"), table.numbers("floor_area_m2")
    ratio = value / (area * unit_cost)
    small = (ratio < LEAST_RATIO) | (np.isnan(ratio) & (value < SMALL))
    fits = {n: (ratio * f >= LEAST_RATIO) & (ratio * f <= MOST_RATIO) for n, f in UNITS.items()}
    many = np.sum(list(fits.values()), axis=0)
    explained = small & (many > 0)
    units = np.full(len(table), "", dtype=object)
    proposals = units.copy()
    for i in np.flatnonzero(explained):
        own = [name for name in UNITS if fits[name][i]]
        units[i] = " · ".join(own)
        proposals[i] = f"{given[i] * UNITS[own[0]]:.0f}" if len(own) == 1 else ""
    facts: dict[str, Any] = {"ratio": np.round(ratio, 6), "per_area": np.round(value / area)}
    problems = table.problem(
        "value_unit", "asset_value_krw", explained, proposals, units=units, **facts
    )
    odd = ~explained & ((ratio < LEAST_RATIO) | (ratio > MOST_RATIO))
    problems += table.problem("value_per_area", "asset_value_krw", odd, **facts)
    doubtful = np.isnan(ratio) & small & (value >= RANGES["asset_value"][0])
    problems += table.problem("value_small", "asset_value_krw", doubtful)
    return explained, problems
