"""
Numbers and words as the reader sees them, on pages and in reports; pure text.

Three significant figures, thousands separators, ₩ in 억/만 (Korean) or bn/M/k (English);
what is unknown is a word, never 0 and never blank.
"""

from __future__ import annotations

import math
import re

from modelops_core.data import words
from modelops_core.domain.answer import WITHOUT_NUMBER
from modelops_core.domain.stamp import HORIZON, Language
from modelops_core.stages.scaling import significant

DASH = "–"
#: of shown numbers; files have the hyphen of ASCII, which programs read
MINUS = "−"
#: between a number and its unit, where no line ends
GAP = "\N{NO-BREAK SPACE}"
#: the least rate that a cell of a heat table spells out [% a year]
LEAST = 0.001
#: words in units, as Koreans write them
KOREAN_UNITS = {"yr": "년", "d": "일", "C below zero": "C(영하)"}
#: a rate [%] below it is next to none
TINY = 1e-4

_KOREAN = ((1e12, "조"), (1e8, "억"), (1e4, "만"))
_ENGLISH = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
STATUS, LEVEL, BASIS = (words.of(group) for group in ("status", "level", "return_basis"))


def missing(value: float | None) -> bool:
    """Whether a number is unknown."""
    return value is None or math.isnan(value)


def whole(count: float | None) -> str:
    """A count without decimals."""
    return DASH if missing(count) else f"{count:.0f}"


def number(value: float | None, unit: str = "") -> str:
    """Three significant figures with thousands separators, a minus sign where negative."""
    if missing(value):
        return DASH
    assert value is not None
    rounded = significant(value)
    if rounded == 0:
        text = "0"
    elif abs(rounded) >= 100:
        text = f"{rounded:,.0f}"
    else:
        places = max(0, 2 - math.floor(math.log10(abs(rounded))))
        text = f"{rounded:,.{places}f}"
    return f"{text}{unit}".replace("-", MINUS, 1) if rounded < 0 else f"{text}{unit}"


def unit(name: str, language: Language) -> str:
    """A unit as it is written in the reader's language: ``%/yr`` is ``%/년``, ``d`` is ``일``."""
    if language == "ko":
        for english, korean in KOREAN_UNITS.items():
            name = re.sub(rf"\b{english}\b", korean, name)
    return name


def percent(value: float | None) -> str:
    """A rate that is already in per cent: ``0.127 %``; below 0.0001 % said as such."""
    if missing(value):
        return DASH
    assert value is not None
    return f"{_rate(value)}{GAP}%"


def _rate(value: float) -> str:
    """A rate without its unit, where it is next to none as such."""
    return f"<{GAP}{TINY:.4f}" if 0 < value < TINY else number(value)


def rank(percentile: float) -> str:
    """A percentile [%], whole; nearly all and nearly none keep a decimal, for they are neither."""
    if 0 < percentile < 1 or 99 < percentile < 100:
        return f"{min(max(percentile, 0.1), 99.9):.1f}"
    return f"{percentile:.0f}"


def won(value: float | None, language: Language = "ko") -> str:
    """₩1.42억 / ₩142 M: short, three significant figures."""
    if missing(value):
        return DASH
    assert value is not None
    if value < 0:
        return f"{MINUS}{won(-value, language)}"
    for size, name in _KOREAN if language == "ko" else _ENGLISH:
        if significant(value) >= size:
            gap = "" if language == "ko" else GAP
            return f"₩{number(value / size)}{gap}{name}"
    return f"₩{number(value)}"


def sign(value: float) -> str:
    """Give the sign of a change: ``+``, ``−``, and ``±`` where nothing changed."""
    return "+" if value > 0 else MINUS if value < 0 else "±"


def signed_won(value: float | None, language: Language = "ko") -> str:
    """+₩1.42억 / −₩142 M: a change of money."""
    if missing(value):
        return DASH
    assert value is not None
    return f"{sign(value)}{won(abs(value), language)}"


def won_full(value: float | None) -> str:
    """₩142,000,000: the plain number, three significant figures."""
    return DASH if missing(value) or value is None else f"₩{significant(value):,.0f}"


def bare(value: float) -> str:
    """A rate without its unit, for a small cell; what is below three decimals is said so."""
    return f"< {LEAST:g}" if 0 < value < LEAST else number(value)


def interval(low: float | None, high: float | None) -> str:
    """``0.03–0.06 %`` of a rate; below 0.0001 % said as such, a dash where there is none."""
    if missing(low) or missing(high):
        return DASH
    assert low is not None
    assert high is not None
    return percent(high) if 0 < high < TINY else f"{_rate(low)}–{_rate(high)}{GAP}%"


def status(code: str, language: Language) -> str:
    """The word for a result's status."""
    return STATUS[code][language] if code in STATUS else code


def level(name: str | None, language: Language) -> str:
    """The word for a level of a score."""
    return DASH if name is None else LEVEL[name][language]


def known_from(basis: str | None, years: float | None, language: Language) -> str:
    """What losses of rare years are known from, with the *years* of data behind them."""
    return DASH if basis is None else BASIS[basis][language].format(years=whole(years))


def horizon(key: str, language: Language) -> str:
    """The name of a window."""
    return HORIZON[key][language]


def rate_or_status(code: str, rate: float | None, language: Language) -> str:
    """A percentage where the status *code* allows one, else the word for why there is none."""
    return status(code, language) if code in WITHOUT_NUMBER else percent(rate)
