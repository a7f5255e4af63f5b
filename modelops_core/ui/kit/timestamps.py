"""Formats times (in Korea's time zone) and durations in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from modelops_core.ui.kit import formats
from modelops_core.ui.kit.i18n import t

KOREA = ZoneInfo("Asia/Seoul")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def local_time(moment: datetime | None) -> str:
    """Format a time in Korea's zone, ``2026-01-31 00:05``; a dash for None."""
    return formats.DASH if moment is None else moment.astimezone(KOREA).strftime("%Y-%m-%d %H:%M")


def iso(moment: datetime | None) -> str | None:
    """Format a time for files: ISO 8601 with Korea's offset."""
    return None if moment is None else moment.astimezone(KOREA).isoformat(timespec="seconds")


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from *start* to *end*, to now where there is no end; None without a start."""
    return None if start is None else ((end or datetime.now(UTC)) - start).total_seconds()


def duration(seconds: float | None) -> str:
    """Format a duration: ``210 ms``, ``41.0 s``, ``3 min 5 s`` or ``2 h 3 min``."""
    if seconds is None:
        return formats.DASH
    if seconds < 1:
        return t("moments.milliseconds", ms=formats.number(1000 * max(0.0, seconds)))
    if seconds < MINUTE:
        return t("moments.seconds", s=formats.number(seconds))
    if seconds < HOUR:
        return t("moments.minutes", m=int(seconds // MINUTE), s=int(seconds % MINUTE))
    return t("moments.hours", h=int(seconds // HOUR), m=int(seconds % HOUR // MINUTE))


def ago(moment: datetime | None) -> str:
    """Format roughly how long ago a time was."""
    seconds = seconds_between(moment, None)
    if seconds is None:
        return formats.DASH
    if seconds < MINUTE:
        return t("moments.just_now")
    for size, key in ((DAY, "days_ago"), (HOUR, "hours_ago"), (MINUTE, "minutes_ago")):
        if seconds >= size:
            return t(f"moments.{key}", n=int(seconds // size))
    return t("moments.just_now")
