"""The formats of numbers and words on the pages: those of the reports."""

import re

from modelops_core.domain.stamp import SET, Language
from modelops_core.services.report.formats import (
    DASH,
    LEAST,
    LEVEL,
    STATUS,
    bare,
    horizon,
    interval,
    known_from,
    level,
    missing,
    number,
    percent,
    rank,
    rate_or_status,
    signed_won,
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
    "known_from",
    "level",
    "missing",
    "number",
    "parameter_set",
    "percent",
    "plain",
    "rank",
    "rate_or_status",
    "signed_won",
    "status",
    "unbroken",
    "unit",
    "whole",
    "won",
    "won_full",
]

#: the space between a number and a unit
BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:km|m|cm|mm|m/s|°C|%|h|s)(?![A-Za-z]))")
#: what Markdown, its directives, formulas and links begin or end with
MARKUP = frozenset("\\`*_{}[]()#+-.!|<>~$:&@^=")
#: where Markdown finds an address, escaped or not, unless something unseen stands before it
ADDRESS = re.compile(r"(?<=http)(?=s?://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
UNSEEN = "\N{WORD JOINER}"


def parameter_set(name: str, language: Language) -> str:
    """The word for a parameter set; a name that this version does not know stays as it is."""
    return SET[name][language] if name in SET else name


def unbroken(text: str) -> str:
    """*text* in which no line ends between a number and its unit."""
    return BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def plain(text: str) -> str:
    """Text that somebody typed, as Markdown that shows it letter by letter, in one line."""
    line = ADDRESS.sub(UNSEEN, " ".join(text.split()))
    return "".join(f"\\{c}" if c in MARKUP else c for c in line)
