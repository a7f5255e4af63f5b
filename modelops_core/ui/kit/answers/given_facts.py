"""Facts of a building in the reader's language, with every digit that the analyst gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelops_core.domain import building
from modelops_core.domain.korean import money
from modelops_core.domain.site import RANGES, UNKNOWN
from modelops_core.stages.scaling import significant
from modelops_core.ui.kit import formats
from modelops_core.ui.kit.i18n import catalogue, language, t

#: without separators
YEARS = ("built_year",)
#: words of a register or an analyst that have a class
CLASSIFIED = {"structure": building.STRUCTURE_CLASSES, "purpose": building.USE_GROUPS}


def given(corrections: Mapping[str, Any]) -> str:
    """All facts that the analyst gave, in one line; empty where he gave none."""
    return ", ".join(
        f"{t(f'columns.{name}')} {text(name, value)}"
        for name, value in corrections.items()
        if value not in (None, "")
    )


def count(corrections: Mapping[str, Any]) -> int:
    """How many facts the analyst gave."""
    return sum(value not in (None, "") for value in corrections.values())


def number(corrections: Mapping[str, Any], name: str) -> float | None:
    """A number as a field takes it, or None; programs give whole ones without a point."""
    value = corrections.get(name)
    return None if value is None else float(value)


def text(name: str, value: Any) -> str:
    """The value with its unit and every digit that was given, or the word for not knowing."""
    if value in (None, ""):
        return t("assess.not_known")
    for key in (f"assess.basis_{value}", f"assess.river_{value}"):
        if name in ("value_basis", "river_class") and key in catalogue():
            return t(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return word(name, str(value))
    if name == "asset_value":
        return amount(value)
    number = f"{value:.15g}" if name in YEARS else f"{value:,.15g}"
    space = "" if language() == "ko" and unit(name) == t("common.storeys") else formats.GAP  # 15층
    return f"{number}{space}{unit(name)}".strip()


def word(name: str, said: str) -> str:
    """A structure or use as it was said, with its class where that is another language's word."""
    if name not in CLASSIFIED or said.isascii() or language() == "ko":
        return said
    found = building.classify(said, CLASSIFIED[name])
    return said if found == UNKNOWN else f"{said} ({t(f'classes.{found}')})"


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
