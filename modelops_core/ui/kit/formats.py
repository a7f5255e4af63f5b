"""The formats of numbers and words on the pages: those of the reports."""

from modelops_core.domain.stamp import SET, Language
from modelops_core.services.report.formats import (
    DASH,
    LEAST,
    LEVEL,
    STATUS,
    bare,
    horizon,
    interval,
    level,
    missing,
    number,
    percent,
    rate_or_status,
    status,
    unit,
    whole,
    won,
    won_full,
)

__all__ = [
    "DASH",
    "LEAST",
    "LEVEL",
    "STATUS",
    "bare",
    "horizon",
    "interval",
    "level",
    "missing",
    "number",
    "parameter_set",
    "percent",
    "rate_or_status",
    "status",
    "unit",
    "whole",
    "won",
    "won_full",
]


def parameter_set(name: str, language: Language) -> str:
    """The word for a parameter set; a name that this version does not know stays as it is."""
    return SET[name][language] if name in SET else name
