"""The formats of numbers and words on the pages: those of the reports."""

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
    "percent",
    "rate_or_status",
    "status",
    "unit",
    "won",
    "won_full",
]
