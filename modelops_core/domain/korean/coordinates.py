"""
Reads a pair of coordinates [°, WGS84] from text as people paste it.

Understood are decimals, degrees with minutes and seconds, hemispheres before or after in Korean
and English, labels, decimal commas, full-width characters and links of maps. Where nothing else
tells, a pair whose first number can only be a longitude is taken as longitude, latitude.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

Axis = Literal["latitude", "longitude"]
#: a text that is longer is no pair [characters]
LONGEST = 2000
#: what looks alike means the same; NFKC does the full-width characters afterwards
ALIKE = str.maketrans(
    {
        **dict.fromkeys("º˚ᵒ∘", "°"),
        **dict.fromkeys("′’‘´`ʹ", "'"),
        **dict.fromkeys("″“”〃ʺ＂", '"'),
        **dict.fromkeys("−–—﹣", "-"),
        **dict.fromkeys("、،；;|", ","),
        **dict.fromkeys("\u200b\u200e\u200f\ufeff\u2060"),
    }
)
_NUMBER = r"[+-]?\d{1,3}(?:\.\d+)?"
#: in links of maps, from the place that is meant to the view that happens to show it
_LATITUDE_FIRST = (
    r"!3d{n}!4d{n}",
    r"[?&]m?lat=\+?{n}&m?(?:lng|lon)=\+?{n}(?!\d)",
    r"[?&](?:q|query|ll|sll|center|daddr|destination|cbll|loc)=(?:loc:)?{n}[,+ ]+{n}(?!\d)",
    r"@{n},{n}(?!\d)",
    r"#map=[\d.]+/{n}/{n}(?!\d)",
    r"geo:{n},{n}(?!\d)",
    r"/(?:link/)?(?:map|to|place|search)/[^?]*?{n},{n}(?!\d)",
)
_LONGITUDE_FIRST = (
    r"[?&]m?(?:lng|lon)=\+?{n}&m?lat=\+?{n}(?!\d)",
    r"[?&]c={n},{n},",
)
LINKS, TURNED_LINKS = (
    [re.compile(form.format(n=f"({_NUMBER})"), re.IGNORECASE) for form in forms]
    for forms in (_LATITUDE_FIRST, _LONGITUDE_FIRST)
)
_WORDS = re.compile(
    r"""
      (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<degree>°|degrees?|deg|도)
    | (?P<second>''|"|초|seconds?|sec)
    | (?P<minute>'|분|minutes?|min)
    | (?P<latitude>위도|latitude|lat\b|\by\b)
    | (?P<longitude>경도|longitude|long\b|lng\b|lon\b|\bx\b)
    | (?P<north>북위|북|north|n(?![a-z]))
    | (?P<south>남위|south|s(?![a-z]))
    | (?P<east>동경|동|east|e(?![a-z]))
    | (?P<west>서경|west|w(?![a-z]))
    | (?P<comma>[,/:=])
    | (?P<noise>[\s()\[\]{}<>"]+|point\b|wgs\s?84|epsg:?\s?4326)
    """,
    re.VERBOSE,
)
_LETTERS = re.compile(r"(\d)\s*d\s*(\d[\d.]*)\s*m(?:\s*(\d[\d.]*)\s*s)?")
_COMMA_DECIMALS = re.compile(r"([+-]?\d{1,3}),(\d{3,})")
#: quotation marks of JSON, not of seconds
_QUOTES = re.compile(r"(?<!\d)(?<!\d\s)(?<!')\"")
_DECIMALS = re.compile(r"(?<![\d.])([+-]?\d{1,3}\.\d{3,})\s*[,\s]\s*([+-]?\d{1,3}\.\d{3,})(?!\d)")
_HEMISPHERES = {"north": 1, "south": -1, "east": 1, "west": -1}
_AXIS_OF: dict[str, Axis] = {
    "latitude": "latitude",
    "longitude": "longitude",
    "north": "latitude",
    "south": "latitude",
    "east": "longitude",
    "west": "longitude",
}


@dataclass(frozen=True, slots=True)
class Point:
    """A point as read [°N, °E]: within ±90 and ±180, not yet known to lie in Korea."""

    latitude: float
    longitude: float


@dataclass(slots=True)
class _Angle:
    """Degrees, minutes and seconds as written; ``unit`` is the last one that was named."""

    parts: list[str]
    unit: str = ""


def parse(text: str) -> Point | None:
    """Return the point that *text* names, None where it is no pair of coordinates."""
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    if "://" in plain or plain.startswith("geo:"):
        return _of_link(unquote(plain))
    return _of_words(plain) or _within(plain)


def angle(text: str) -> float | None:
    """The one angle [°] that *text* writes: 37°33'59"N, 북위 37.5, E126.978; else None."""
    tokens = _tokens(_LETTERS.sub(_spelt, _plain(text))) if len(text) <= LONGEST else None
    if not tokens:
        return None
    numbers = [word for kind, word in tokens if kind == "number"]
    named = any(kind in _UNITS for kind, _ in tokens)
    angles = _angles_by_unit(tokens) if named else [_Angle([number]) for number in numbers]
    size = _degrees(angles[0].parts) if len(angles) == 1 else None
    turned = any(_HEMISPHERES.get(kind, 1) < 0 for kind, _ in tokens)
    return -size if size is not None and turned else size


def is_numeric(text: str) -> bool:
    """Whether *text* has numbers and nothing that could be a name: a pair was meant."""
    plain = _plain(text)
    return "://" in plain or (bool(re.search(r"\d", plain)) and _tokens(plain) is not None)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(ALIKE)).translate(ALIKE)
    return _QUOTES.sub("", plain.strip().lower())


def _of_link(link: str) -> Point | None:
    for pattern in LINKS:
        if found := pattern.search(link):
            return _point(float(found[1]), float(found[2]))
    for pattern in TURNED_LINKS:
        if found := pattern.search(link):
            return _point(float(found[2]), float(found[1]))
    return None


def _within(text: str) -> Point | None:
    """A pair of decimals within other words: a name before it, a height or a zoom after it."""
    found = _DECIMALS.search(text)
    return _ordered(float(found[1]), float(found[2])) if found else None


def _of_words(text: str) -> Point | None:
    tokens = _tokens(_with_points(_LETTERS.sub(_spelt, text)))
    if tokens is None:
        return None
    angles = _angles(tokens)
    if len(angles) != 2:
        return None
    first, second = (_degrees(angle.parts) for angle in angles)
    if first is None or second is None:
        return None
    return _placed(first, second, [kind for kind, _ in tokens])


def _spelt(found: re.Match[str]) -> str:
    """37d33m59s with signs."""
    seconds = f'{found[3]}"' if found[3] else ""
    return f"{found[1]}°{found[2]}'{seconds}"


def _with_points(text: str) -> str:
    """
    Decimal commas as points, where the text has no decimal point and each comma that joins
    three digits or more leaves exactly two numbers.
    """
    if "." in text:
        return text
    pointed, count = _COMMA_DECIMALS.subn(r"\1.\2", text)
    return pointed if count == 2 and len(re.findall(r"\d+", text)) == 4 else text


def _tokens(text: str) -> list[tuple[str, str]] | None:
    """Kind and text of each word; None where something is none of them."""
    found, at = [], 0
    while at < len(text):
        word = _WORDS.match(text, at)
        if word is None:
            return None
        found.append((str(word.lastgroup), word[0]))
        at = word.end()
    return [token for token in found if token[0] != "noise"]


_UNITS = ("degree", "minute", "second")


def _angles(tokens: Sequence[tuple[str, str]]) -> list[_Angle]:
    """Group the numbers that are one angle; an empty list where units stand in no order."""
    if any(kind in _UNITS for kind, _ in tokens):
        return _angles_by_unit(tokens)
    numbers = [text for kind, text in tokens if kind == "number"]
    half = len(numbers) // 2
    if len(numbers) not in (2, 4, 6) or (half > 1 and _is_list(tokens)):
        return []
    return [_Angle(numbers[:half]), _Angle(numbers[half:])]


def _is_list(tokens: Sequence[tuple[str, str]]) -> bool:
    """37,33,126,58 may be decimals or minutes: it is neither."""
    return sum(kind == "comma" for kind, _ in tokens) > 1


def _angles_by_unit(tokens: Sequence[tuple[str, str]]) -> list[_Angle]:
    angles: list[_Angle] = []
    parted = True
    for kind, text in tokens:
        if kind == "number":
            if parted or not _continues(angles[-1], text):
                angles.append(_Angle([text]))
            else:
                angles[-1].parts.append(text)
        elif kind in _UNITS:
            if not angles or len(angles[-1].parts) != _UNITS.index(kind) + 1:
                return []
            angles[-1].unit = kind
        parted = kind not in ("number", *_UNITS)
    return angles


def _continues(angle: _Angle, text: str) -> bool:
    """Whether a number is the next smaller part of an angle, not a new one."""
    parts = angle.parts
    named = len(parts) < len(_UNITS) and angle.unit == _UNITS[len(parts) - 1]
    return named and "." not in parts[-1] and text[0].isdecimal() and float(text) < 60


def _degrees(parts: Sequence[str]) -> float | None:
    """Degrees of one to three parts; None where minutes or seconds are none."""
    if any(not part[0].isdecimal() or float(part) >= 60 for part in parts[1:]):
        return None
    if any("." in part for part in parts[:-1]):
        return None
    size: float = sum(abs(float(part)) / 60.0**i for i, part in enumerate(parts))
    return -size if parts[0].startswith("-") else size


def _placed(first: float, second: float, kinds: Sequence[str]) -> Point | None:
    """The point of two angles, distinguished by hemispheres, by labels or by what fits."""
    hemispheres = [kind for kind in kinds if kind in _HEMISPHERES]
    labels = [kind for kind in kinds if kind in ("latitude", "longitude")]
    if any(_HEMISPHERES[kind] < 0 for kind in hemispheres):
        if len(hemispheres) != 2 or min(first, second) < 0:
            return None
        first, second = first * _HEMISPHERES[hemispheres[0]], second * _HEMISPHERES[hemispheres[1]]
    orders = {_first_axis(markers) for markers in (hemispheres, labels) if markers}
    if len(orders) > 1 or orders == {None}:
        return None  # they contradict each other
    if not orders:
        return _ordered(first, second)
    return _point(first, second) if orders == {"latitude"} else _point(second, first)


def _first_axis(markers: Sequence[str]) -> Axis | None:
    """The axis of the first angle; None unless one of each is named."""
    axes = [_AXIS_OF[marker] for marker in markers]
    return axes[0] if len(axes) == 2 and axes[0] != axes[1] else None


def _ordered(first: float, second: float) -> Point | None:
    """Latitude first, unless the first number can only be a longitude."""
    swapped = abs(first) > 90 >= abs(second)
    return _point(second, first) if swapped else _point(first, second)


def _point(latitude: float, longitude: float) -> Point | None:
    good = abs(latitude) <= 90 and abs(longitude) <= 180
    return Point(latitude, longitude) if good else None
