"""Says what was found of a building beside what the analyst gave, in the reader's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from modelops_core.domain.answer import Building
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.answers.given_facts import text
from modelops_core.ui.kit.i18n import t

#: attributes in the table of what was found; others join where the analyst gave them
SHOWN = (
    "structure",
    "purpose",
    "built_year",
    "floors_above",
    "floors_below",
    "total_area",
    "asset_value",
)
#: an entry of the register calls them otherwise
REGISTER = {"purpose": "main_purpose"}


def compared(building: Building) -> pd.DataFrame:
    """A row an attribute: found, and given by the analyst where he gave anything."""
    given = building.corrections
    names = [*SHOWN, *(name for name in given if name not in SHOWN)]
    index = [t(f"columns.{name}") for name in names]
    found = [_cell(name, _found(building, name)) for name in names]
    index += [t("assess.structure_class"), t("assess.use_group")]
    found += [t(f"classes.{building.structure_class}"), t(f"classes.{building.use_group}")]
    if not given:
        return pd.DataFrame({t("assess.found"): found}, index=index)
    own = [_cell(name, given[name]) if name in given else "" for name in names]
    columns = {t("assess.found"): [*found[:-2], "", ""], t("assess.given"): own + found[-2:]}
    return pd.DataFrame(columns, index=index)


def _cell(name: str, value: Any) -> str:
    """A value in words; a cell shows Markdown, of which what somebody typed is none."""
    return formats.plain(text(name, value)) if isinstance(value, str) else text(name, value)


def _found(building: Building, name: str) -> Any:
    """What the assessment had before the analyst's word; None where that is not kept."""
    if name not in building.corrections:
        return getattr(building, name)
    return getattr(building.found, REGISTER.get(name, name), None)
