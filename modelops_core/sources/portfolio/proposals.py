"""
What a refused cell means without a doubt: 12억, 300평, 37°33'59", a day for a year, a serial day.

Nothing is put in its place before its owner says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from modelops_core.domain.korean import coordinates, money
from modelops_core.domain.source import Field
from modelops_core.errors import InvalidInput

PYEONG = 400 / 121
#: digits, in groups of three or without any separator
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?"
_WITH_UNIT = re.compile(rf"({_NUMBER})\s*(?:m2|m|층|년|년도|원|%|KRW)?", re.IGNORECASE)
_PYEONG = re.compile(rf"({_NUMBER})\s*평")
#: no group of thousands has four digits
_DECIMAL_COMMA = re.compile(r"^(\d{2,3}),(\d{4,})$")
_YEAR = re.compile(r"((?:18|19|20)\d\d)(?:[-./년]\s*.*|(?:0[1-9]|1[0-2])[0-3]\d)")
_SERIAL = re.compile(r"[2-7]\d{4}")
#: what is written in front of a number and adds nothing to its column
_BEFORE = {"floors_above": "지상", "floors_below": "지하"}
#: day 0 of Excel's serial numbers, which count a 29 February 1900 that never was
EXCEL_ZERO = date(1899, 12, 30)


def of(code: str, value: str, field: Field) -> str:
    """What may stand in the cell in place of *value*, '' where nobody can know."""
    propose = _BY_CODE.get(code)
    if propose is None:
        return ""
    found = propose(unicodedata.normalize("NFKC", value).strip(), field)
    return found if field.kind == "time" or _fits(found, field) else ""


def _fits(number: str, field: Field) -> bool:
    return bool(number) and field.low <= float(number) <= field.high


def _number(text: str, field: Field) -> str:
    if field.name in ("lat", "lon"):
        found = _angle(text, field.name == "lat")
        return "" if found is None else f"{found:.7f}".rstrip("0").rstrip(".")
    if field.name == "year_built" and (year := _year(text, field)):
        return year
    if (found_area := _PYEONG.fullmatch(text)) and field.unit == "m²":
        return f"{float(_plain(found_area[1])) * PYEONG:.2f}"
    text = text.removeprefix(_BEFORE.get(field.name, "")).strip()
    if found_number := _WITH_UNIT.fullmatch(text):
        return _plain(found_number[1])
    return _money(text) if field.unit == "KRW" else ""


def _angle(text: str, north: bool) -> float | None:
    """The angle of a coordinate's cell, also with a decimal comma, or as one of a pair."""
    one = coordinates.angle(_DECIMAL_COMMA.sub(r"\1.\2", text))
    if one is not None:
        return one
    pair = coordinates.parse(text)
    return None if pair is None else pair.latitude if north else pair.longitude


def _plain(number: str) -> str:
    return re.sub("[, ]", "", number)


def _money(text: str) -> str:
    try:
        return f"{money.parse(text):.0f}"
    except InvalidInput:
        return ""


def _year(text: str, field: Field) -> str:
    """The year of a day."""
    found = _YEAR.fullmatch(text)
    return found[1] if found and field.name == "year_built" else ""


def _outside(text: str, field: Field) -> str:
    """Storeys below ground are counted without a sign; a day without marks has its year."""
    below = field.name == "floors_below" and re.fullmatch(r"-[1-9]", text)
    return text.removeprefix("-") if below else _year(text, field)


def _day(text: str, _: Field) -> str:
    """The day of a serial number of Excel."""
    if not _SERIAL.fullmatch(text):
        return ""
    return (EXCEL_ZERO + timedelta(days=int(text))).isoformat()


_BY_CODE: Mapping[str, Callable[[str, Field], str]] = {
    "not_a_number": _number,
    "date_for_number": _year,
    "out_of_range": _outside,
    "not_a_time": _day,
}
