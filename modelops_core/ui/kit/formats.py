"""The formats of numbers and words on the pages: those of the reports."""

import re
from functools import lru_cache

from modelops_core.domain.stamp import SET, Language
from modelops_core.services.report.formats import (
    DASH,
    GAP,
    LEAST,
    LEVEL,
    MINUS,
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
    sign,
    signed_won,
    status,
    unit,
    whole,
    won,
    won_full,
)

__all__ = [
    "DASH",
    "GAP",
    "LEAST",
    "LEVEL",
    "MINUS",
    "STATUS",
    "bare",
    "heading",
    "horizon",
    "interval",
    "known_from",
    "level",
    "minus",
    "missing",
    "number",
    "parameter_set",
    "percent",
    "plain",
    "rank",
    "rate_or_status",
    "sign",
    "signed_won",
    "status",
    "unbroken",
    "unit",
    "whole",
    "whole_days",
    "won",
    "won_full",
]

#: the space between a number and a unit, or between a sign and a number
BEFORE_UNIT = re.compile(
    r"(?<=\d) (?=%|(?:[kcm]?m|m/s|mm/d|°C|K|h|min|m?s|[kMG]?B|tn|bn|M|k|storeys)(?![A-Za-z]))"
    r"|(?<=[<>≤≥±×→~]) (?=[\d₩])"
)
#: behind the dash of a range, and between a bracket or per cent and the Korean that belongs to it
WITHIN_WORD = re.compile(r"(?<=\d–)(?=\d)|(?<=[)\]%])(?=[가-힣])")
#: the hyphen of a negative number
HYPHEN = re.compile(r"(?<![\w.-])-(?=\.?\d)")
#: the hyphens of a date or of years, and the stroke of a unit
IN_DAY, IN_UNIT = re.compile(r"(?<=\d)-(?=\d\d(\d\d)?\b)"), re.compile(r"/(?=년|일|yr)")
#: whatever parts words or lines, but for what keeps them together
SPACES = re.compile(rf"[^\S{GAP}]+")
#: what Markdown, its directives, formulas and links begin or end with
MARKUP = frozenset("\\`*_{}[]()#+-.!|<>~$:&@^=")
#: where Markdown finds an address, escaped or not, unless something unseen stands before it
ADDRESS = re.compile(r"(?<=http)(?=s?://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
UNSEEN = "\N{WORD JOINER}"


def parameter_set(name: str, language: Language) -> str:
    """The word for a parameter set; a name that this version does not know stays as it is."""
    return SET[name][language] if name in SET else name


@lru_cache(maxsize=4096)  # most texts are said at every run
def unbroken(text: str) -> str:
    """*text* in which no line ends within a range, or between a number and its unit."""
    return WITHIN_WORD.sub(UNSEEN, BEFORE_UNIT.sub(GAP, text))


def minus(text: str) -> str:
    """*text* with a minus sign before its negative numbers."""
    return HYPHEN.sub(MINUS, text)


def heading(name: str) -> str:
    """The *name* of a column for a narrow table: ``[%/yr]`` is one word."""
    return IN_UNIT.sub(f"/{UNSEEN}", name)


def whole_days(text: str) -> str:
    """*text* in which no line ends inside a date or two years; not for what is copied."""
    return IN_DAY.sub(f"-{UNSEEN}", text)


def plain(text: str) -> str:
    """Text that somebody typed, as Markdown that shows it letter by letter, in one line."""
    line = ADDRESS.sub(UNSEEN, SPACES.sub(" ", text).strip())
    return "".join(f"\\{c}" if c in MARKUP else c for c in line)
