"""CLIMADA's Excel of exposures: latitude, longitude, value, impf_*; without names or a currency."""

from __future__ import annotations

import numpy as np

from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.fields import MOST, WORDS, BlockFields
from modelops_core.domain.portfolio.findings import Cited, Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.domain.source import Field
from modelops_core.sources.portfolio.shape import Converted, Format, has
from modelops_core.sources.portfolio.sheet import Sheet

ASSETS = BlockFields(
    name="site",
    key="value",
    sheet_ko="assets",
    sheet_en="assets",
    fields=(
        Field(name="lat", headers=("latitude",), low=-1e8, high=1e8, unit="°", missing=WORDS),
        Field(name="lon", headers=("longitude",), low=-1e8, high=1e8, unit="°", missing=WORDS),
        Field(name="value", low=0, high=MOST, missing=(0.0, *WORDS)),
        Field(name="impf_tc", headers=("impf_TC", "if_TC", "DamageFunID"), missing=WORDS),
        Field(name="deductible", missing=WORDS),
        Field(name="cover", missing=WORDS),
        Field(name="region_id", missing=WORDS),
        Field(name="category_id", missing=WORDS),
    ),
)


def recognises(sheet: Sheet) -> bool:
    """By position and value, and a column of its own that no other format has."""
    own = any(has(sheet, ASSETS, name) for name in ("impf_tc", "deductible", "cover"))
    return own and has(sheet, ASSETS, "lat", "lon", "value")


def convert(table: Table, choices: Choices) -> Converted:
    """Sites named by their rows; money needs a currency, which the file does not say."""
    numbered = np.array([f"row-{row}" for row in table.rows], dtype=object)
    values = {
        "site_id": numbered,
        "lat": table.numbers("lat"),
        "lon": table.numbers("lon"),
        "asset_value_krw": table.numbers("value"),
        "currency": np.full(len(table), choices.currency or "", dtype=object),
    }
    cited = {**table.cited, "asset_value_krw": table.cited.get("value", Cited(header="value"))}
    problems = [Problem(code="ids_made", sheet=table.sheet)]
    if choices.currency is None:
        problems.append(
            Problem(code="currency_unsaid", sheet=table.sheet, column=Cited(header="value"))
        )
    made = Table(block="site", sheet=table.sheet, rows=table.rows, values=values, cited=cited)
    return made, problems


FORMAT = Format(
    name="climada",
    summary="CLIMADA's Excel or CSV of exposures.",
    blocks=(ASSETS,),
    recognises=recognises,
    convert=convert,
    rank=1,
)
