"""Physrisk's JSON portfolios: asset classes and OED codes, mostly without names and values."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.portfolio import TextArray
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import MOST, WORDS, BlockFields
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.domain.source import Field
from modelops_core.sources.portfolio import oed_codes
from modelops_core.sources.portfolio.shape import Converted, Format, has
from modelops_core.sources.portfolio.sheet import Sheet

#: physrisk's default of a height that nobody gave [m]
DEFAULT_HEIGHT = 0.305
ITEMS = BlockFields(
    name="site",
    key="asset_class",
    sheet_ko="items",
    sheet_en="items",
    fields=(
        Field(name="asset_class", kind="text"),
        Field(name="id", kind="text"),
        Field(name="type", kind="text"),
        Field(name="lat", headers=("latitude",), low=-1e8, high=1e8, unit="°", missing=WORDS),
        Field(name="lon", headers=("longitude",), low=-1e8, high=1e8, unit="°", missing=WORDS),
        Field(name="occupancy_code", kind="whole", low=0, high=99_999),
        Field(name="construction_code", kind="whole", low=0, high=99_999),
        Field(
            name="floors_above",
            headers=("number_of_storeys",),
            kind="whole",
            low=-3,
            high=200,
            missing=(0.0, -1.0, -2.0, -3.0),
        ),
        Field(
            name="first_floor_height_m",
            headers=("first_floor_height",),
            low=-5,
            high=20,
            unit="m",
            missing=(DEFAULT_HEIGHT,),
        ),
        Field(name="currency", headers=("financial.ccy",), kind="text"),
        Field(
            name="asset_value_krw",
            headers=("financial.total_insurable_value",),
            low=0,
            high=MOST,
            missing=(0.0,),
        ),
        Field(name="revenue_krw", headers=("financial.revenue_attributable",), low=0, high=MOST),
    ),
)
SAME = (
    *("lat", "lon", "floors_above", "first_floor_height_m", "asset_value_krw", "revenue_krw"),
    "currency",
)


def recognises(sheet: Sheet) -> bool:
    """By the class of asset and a position."""
    return has(sheet, ITEMS, "asset_class", "lat", "lon")


def convert(table: Table, choices: Choices) -> Converted:
    """Sites named by their place in the list where they have no id."""
    given = table.texts("id")
    made = np.array([f"item-{row}" for row in table.rows], dtype=object)
    values = {name: table.values[name] for name in SAME if name in table}
    values["site_id"] = np.where(given == "", made, given)
    values["use"] = _use(table)
    values["structure"] = _words(table, "construction_code", oed_codes.constructions())
    problems = [] if (given != "").all() else [Problem(code="ids_made", sheet=table.sheet)]
    return (
        Table(block="site", sheet=table.sheet, rows=table.rows, values=values, cited=table.cited),
        problems,
    )


def _use(table: Table) -> TextArray:
    """OED's words of the code, else the type and the class of asset."""
    coded = _words(table, "occupancy_code", oed_codes.occupancies())
    parts = table.texts("type") + " " + table.texts("asset_class")
    return np.where(coded != "", coded, parts).astype(object)


def _words(table: Table, name: str, known: dict[int, str]) -> TextArray:
    return np.array(
        ["" if np.isnan(code) else known.get(int(code), "") for code in table.numbers(name)],
        dtype=object,
    )


FORMAT = Format(
    name="physrisk",
    summary="Physrisk's JSON portfolio.",
    blocks=(ITEMS,),
    recognises=recognises,
    convert=convert,
)
