"""
Amounts of Korean won as analysts type them: 12억, 3,500만, 1.2억, 12억 3,000만, 1,200,000,000.

Arithmetic is decimal and exact. What can be read in two ways is refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from modelops_core.errors import InvalidInput

#: large units in the order in which they are written, and the small ones before them
LARGE = {"조": 10**12, "억": 10**8, "만": 10**4}
SMALL = {"천": 1000, "백": 100, "십": 10}
ENGLISH = {"tn": 10**12, "bn": 10**9, "b": 10**9, "m": 10**6, "k": 10**3}
#: digits, in groups of three or without any separator
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SMALL = re.compile(rf"({_NUMBER})?([천백십])")
_KOREAN = re.compile(r"([^조억만]*)([조억만])")
_ENGLISH = re.compile(rf"({_NUMBER}) ?({'|'.join(ENGLISH)})", re.IGNORECASE)


def parse(text: str, field: str = "asset_value") -> float:
    """The amount [KRW]; InvalidInput, which names *field*, where *text* is none."""
    bare = unicodedata.normalize("NFKC", text).strip()
    bare = re.sub(r"^(₩|\\|KRW)\s*|\s*(원|KRW)$", "", bare, flags=re.IGNORECASE)
    amount = _english(bare)
    if amount is None:
        amount = _korean("".join(bare.split()))
    if amount is None:
        raise InvalidInput("not_money", field=field, value=text)
    return float(amount)


def exact(won: float) -> str:
    """Every digit of a whole amount, in Korean units: ``12억 3,000만``, ``1억 5``, ``0``."""
    rest, parts = round(won), []
    for name, size in LARGE.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{name}")
    if rest or not parts:
        parts.append(f"{rest:,}")
    return " ".join(parts)


def _english(text: str) -> Decimal | None:
    found = _ENGLISH.fullmatch(text)
    return None if found is None else _number(found[1]) * ENGLISH[found[2].lower()]


def _korean(text: str) -> Decimal | None:
    """The sum of groups, each smaller than the one before it; None where the text is no amount."""
    total, largest, at = Decimal(0), Decimal("inf"), 0
    for group in _KOREAN.finditer(text):
        count, size = _small(group[1]), Decimal(LARGE[group[2]])
        if count is None or count * size >= largest:
            return None
        total, largest, at = total + count * size, size, group.end()
    rest = text[at:]
    if not rest:
        return total if at else None
    last = _small(rest)
    return None if last is None or last >= largest else total + last


def _small(text: str) -> Decimal | None:
    """A number below a large unit: 3,000, 1.2, 5천, 2천5백."""
    if re.fullmatch(_NUMBER, text):
        return _number(text)
    total, largest, at = Decimal(0), Decimal("inf"), 0
    for part in _SMALL.finditer(text):
        size = Decimal(SMALL[part[2]])
        if part.start() != at or size >= largest:
            return None
        total, largest = total + size * (_number(part[1]) if part[1] else 1), size
        at = part.end()
    rest = text[at:]
    if rest and (not at or not re.fullmatch(_NUMBER, rest)):
        return None
    return total + (_number(rest) if rest else 0) if at else None


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
