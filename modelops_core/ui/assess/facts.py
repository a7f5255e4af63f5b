"""Says what was found of a building beside what the analyst gave, in the reader's language."""

from __future__ import annotations

from typing import Any

import pandas as pd

from modelops_core.domain.answer import Building
from modelops_core.domain.korean import money
from modelops_core.domain.site import RANGES
from modelops_core.stages.scaling import significant
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.i18n import catalogue, language, t

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
#: without separators
YEARS = ("built_year",)


def compared(building: Building) -> pd.DataFrame:
    """A row an attribute: found, and given by the analyst where he gave anything."""
    given = building.corrections
    names = [*SHOWN, *(name for name in given if name not in SHOWN)]
    index = [t(f"columns.{name}") for name in names]
    found = [text(name, _found(building, name)) for name in names]
    index += [t("assess.structure_class"), t("assess.use_group")]
    found += [t(f"classes.{building.structure_class}"), t(f"classes.{building.use_group}")]
    if not given:
        return pd.DataFrame({t("assess.found"): found}, index=index)
    own = [text(name, given[name]) if name in given else "" for name in names]
    columns = {t("assess.found"): [*found[:-2], "", ""], t("assess.given"): own + found[-2:]}
    return pd.DataFrame(columns, index=index)


def _found(building: Building, name: str) -> Any:
    """What the assessment had before the analyst's word; None where that is not kept."""
    if name not in building.corrections:
        return getattr(building, name)
    return getattr(building.found, REGISTER.get(name, name), None)


def given(building: Building) -> str:
    """All facts that the analyst gave, in one line; empty where he gave none."""
    return ", ".join(
        f"{t(f'columns.{name}')} {text(name, value)}"
        for name, value in building.corrections.items()
        if value not in (None, "")
    )


def text(name: str, value: Any) -> str:
    """The value with its unit and every digit that was given, or the word for not knowing."""
    if value in (None, ""):
        return t("assess.not_known")
    for key in (f"assess.basis_{value}", f"assess.river_{value}"):
        if name in ("value_basis", "river_class") and key in catalogue():
            return t(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if name == "asset_value":
        return amount(value)
    number = f"{value:.15g}" if name in YEARS else f"{value:,.15g}"
    return f"{number} {unit(name)}".strip()


def amount(won: float) -> str:
    """Money short and whole: ``₩12억 3,000만 (1,230,000,000)``; an estimate rounded."""
    whole = f"{significant(won):,.0f}" if won != round(won) else f"{won:,.0f}"
    short = money.exact(won) if won == round(won) and won % 1e4 == 0 else None
    if language() == "ko" and short is not None:
        return f"₩{short} ({whole})"
    return f"{formats.won(won, language())} (₩{whole})"


def unit(name: str) -> str:
    """The field's unit in the reader's language; empty for one without."""
    own = RANGES[name][2] if name in RANGES else ""
    return {"storeys": t("common.storeys"), "KRW": t("assess.won")}.get(own, own)
