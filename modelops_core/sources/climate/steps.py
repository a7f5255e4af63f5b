"""
Time axes of climate files as numbers of steps: months since year 0, or years.

Decoded are units of CF (``days since 1850-01-01``), ``months since`` and ``years since``, and axes
that nobody encoded (202101, 20210115, 2021). An axis that only counts takes the period of the
file's name, where its length fits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cftime
import numpy as np

from modelops_core.domain.climate import Array, IntArray
from modelops_core.errors import SourceUnreadable

#: years of 12 · 30 days: their months are none of the observations' and of the other grids
REFUSED = ("360_day",)
_SINCE = re.compile(r"(month|mon|year|yr)s?\s+since\s+(\d{1,4})(?:-(\d{1,2}))?")
YEARS = (1850, 2150)


@dataclass(frozen=True, slots=True)
class Axis:
    """A time axis as a file has it: its numbers, None where it has only a length."""

    length: int
    values: Array | None = None
    units: str | None = None
    calendar: str | None = None


def steps(
    axis: Axis, cadence: str, stated: tuple[int, int] | None, file: str
) -> tuple[IntArray, str]:
    """
    The step of each position, one after the other, and how they were found.

    *stated*: first and last year of the file's name. Raises SourceUnreadable.
    """
    if axis.calendar in REFUSED:
        raise SourceUnreadable("calendar_refused", file=file, value=axis.calendar)
    year, month, how = _dates(axis, file) or _counted(axis, cadence, stated, file)
    found = year * 12 + month - 1 if cadence == "month" else year
    _refuse_order(found, cadence, file)
    return found, how


def label(step: int, cadence: str) -> str:
    """``2021-01`` or ``2021``."""
    return f"{step // 12}-{step % 12 + 1:02}" if cadence == "month" else str(step)


def _dates(axis: Axis, file: str) -> tuple[IntArray, IntArray, str] | None:
    """Years, months and how they were decoded; None for an axis that only counts."""
    if axis.values is None:
        return None
    unknown = np.flatnonzero(~np.isfinite(axis.values))
    if unknown.size:
        raise _unread(axis, int(unknown[0]), file)
    units = (axis.units or "").strip().lower()
    since = _SINCE.match(units)
    if since:
        return *_since(axis.values, since), f"{axis.units} (not decoded by calendar)"
    if "since" in units:
        return *_calendar(axis, file), f"{axis.units}, {axis.calendar or 'standard'} calendar"
    return _written(axis.values)


def _since(values: Array, since: re.Match[str]) -> tuple[IntArray, IntArray]:
    first, month = int(since[2]), int(since[3] or 1)
    whole = np.floor(values + 1e-6).astype(np.int64)
    if since[1] in ("year", "yr"):
        return first + whole, np.full(whole.shape, month)
    months = first * 12 + month - 1 + whole
    return months // 12, months % 12 + 1


def _calendar(axis: Axis, file: str) -> tuple[IntArray, IntArray]:
    assert axis.values is not None
    try:
        return _decoded(axis, axis.values)
    except (ValueError, OverflowError):
        for index in range(axis.length):
            try:
                _decoded(axis, axis.values[index : index + 1])
            except (ValueError, OverflowError):
                raise _unread(axis, index, file) from None
        raise


def _decoded(axis: Axis, values: Array) -> tuple[IntArray, IntArray]:
    """Years and months by the axis's calendar; raises ValueError for years that cannot be."""
    dates = cftime.num2date(values, axis.units, axis.calendar or "standard")
    year, month = np.array([(date.year, date.month) for date in dates], dtype=np.int64).T
    if (year < YEARS[0]).any() or (year > YEARS[1]).any():
        raise ValueError(axis.units)
    return year, month


def _written(values: Array) -> tuple[IntArray, IntArray, str] | None:
    """Numbers that are dates as they stand: 2021, 202101, 20210115."""
    whole = np.floor(values).astype(np.int64)
    for digits, divisor in (("YYYY", 1), ("YYYYMM", 100), ("YYYYMMDD", 10_000)):
        year = whole // divisor
        month = whole // max(divisor // 100, 1) % 100 if divisor > 1 else np.ones_like(whole)
        if ((year >= YEARS[0]) & (year <= YEARS[1]) & (month >= 1) & (month <= 12)).all():
            return year, month, f"written as {digits}"
    return None


def _counted(
    axis: Axis, cadence: str, stated: tuple[int, int] | None, file: str
) -> tuple[IntArray, IntArray, str]:
    """The period of the file's name, where the axis has its length."""
    a_year = 12 if cadence == "month" else 1
    if stated is None:
        if axis.values is None:
            raise SourceUnreadable("period_unsaid", file=file, count=axis.length)
        raise _unread(axis, 0, file)
    expected = (stated[1] - stated[0] + 1) * a_year
    if axis.length != expected:
        raise SourceUnreadable(
            "steps_count",
            file=file,
            count=axis.length,
            period=f"{stated[0]}-{stated[1]}",
            expected=expected,
            cadence=cadence,
        )
    at = np.arange(expected)
    return stated[0] + at // a_year, at % a_year + 1, "counted from the period in the file's name"


def _refuse_order(found: IntArray, cadence: str, file: str) -> None:
    """Raise SourceUnreadable where a step is not the one behind the last."""
    wrong = np.flatnonzero(np.diff(found) != 1)
    if wrong.size:
        at = int(wrong[0])
        raise SourceUnreadable(
            "steps_order",
            file=file,
            index=at + 1,
            value=label(int(found[at + 1]), cadence),
            before=label(int(found[at]), cadence),
            cadence=cadence,
        )


def _unread(axis: Axis, index: int, file: str) -> SourceUnreadable:
    assert axis.values is not None
    value = float(axis.values[index])
    return SourceUnreadable(
        "time_unread", file=file, index=index, value=f"{value:g}", units=axis.units or "none"
    )
