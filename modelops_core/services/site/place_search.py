"""Finds the places that a text names: coordinates, a code, a parcel, an address or a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from modelops_core import data
from modelops_core.domain.korean import coordinates
from modelops_core.errors import InvalidInput
from modelops_core.ports import NameReader, Row, Spellings

#: places that one search offers
LIMIT = 12
#: a text that is longer names no place [characters]
LONGEST = 200
LEVELS = {"sido": "province", "sigungu": "district", "emd": "town"}
#: between two that fit alike, the larger first; a landmark before a town
ORDER = {"sido": 0, "sigungu": 1, "emd": 3}
LANDMARK_ORDER = 2
_POSTCODE = re.compile(r"\(?\s*(?:우편번호\s*:?|우\s*\)?|〒)?\s*(\d{5})\s*\)?")
_PARCEL = re.compile(r"(?:pnu\s*:?\s*)?(\d{19})", re.IGNORECASE)
_ROAD = re.compile(
    r"([가-힣\d·.]*[가-힣](?:대로|로|길)(?:\d+번?[가-나]?길)?)\s*(지하)?\s*(\d+(?:-\d+)?)(?![\d가-힣])"
)
_LOT = re.compile(r"([가-힣]+\d*(?:동|리|가))\s*(산)?\s*(\d+(?:-\d+)?)(?:번지)?(?![\d가-힣])")
_PROVINCE = re.compile(r"(?:도|특별시|광역시|특별자치시|특별자치도|시)$|-do$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlace:
    """
    One place that was found [°N, °E].

    ``kind``: point, province, district, town, postcode, parcel, address, or that of a landmark
    (station, airport, landmark, industry, island). ``former`` is the name that was asked for,
    where the place has another one today. ``level`` is a district's own.
    """

    kind: str
    name: str
    name_en: str
    latitude: float
    longitude: float
    detail: str = ""
    #: in English, where it has another name there
    detail_en: str = ""
    former: str = ""
    level: str = ""
    code: str = ""

    def to_row(self) -> Row:
        """As a dictionary."""
        return asdict(self)


def find(text: str, names: NameReader, limit: int = LIMIT) -> list[FoundPlace]:
    """
    Return the places that *text* names, the best first; an empty list where nothing has the name.

    Raises InvalidInput where numbers are no form that is understood, and where a postal code
    or a parcel cannot be looked up because its table is not loaded.
    """
    plain = _plain(text)
    if not plain:
        return []
    if point := coordinates.parse(text):
        return [_point(point.latitude, point.longitude)]
    if len(plain) > LONGEST or (coordinates.is_numeric(plain) and not _is_code(plain)):
        raise InvalidInput("place_not_understood", value=plain[:40])
    if code := _POSTCODE.fullmatch(plain):
        return _postcode(code[1], names)
    if parcel := _PARCEL.fullmatch(plain):
        return _parcel(parcel[1], names, limit)
    found = (_addresses(plain, names, limit) + _named(plain, names, limit))[:limit]
    return found or _without_table(plain, names, limit)


def _plain(text: str) -> str:
    """Return *text* in ordinary characters; a control character separates words."""
    normal = unicodedata.normalize("NFKC", text)
    return " ".join("".join(one if one.isprintable() else " " for one in normal).split())


def _is_code(plain: str) -> bool:
    return bool(_POSTCODE.fullmatch(plain) or _PARCEL.fullmatch(plain))


def _point(latitude: float, longitude: float) -> FoundPlace:
    name = f"{latitude:.5f}, {longitude:.5f}"
    return FoundPlace(kind="point", name=name, name_en=name, latitude=latitude, longitude=longitude)


def _postcode(code: str, names: NameReader) -> list[FoundPlace]:
    found = names.postcode(code)
    if not found and not names.loaded()["postcodes"]:
        raise InvalidInput("no_postcodes", value=code)
    return [
        FoundPlace(
            kind="postcode",
            name=code,
            name_en=code,
            detail=_joined(row["sido"], row["sigungu"], row["place"]),
            latitude=row["latitude"],
            longitude=row["longitude"],
            code=code,
        )
        for row in found
    ]


def _parcel(number: str, names: NameReader, limit: int) -> list[FoundPlace]:
    """Its addresses; the town that its number names where none is known."""
    found = [_address(row, "parcel") for row in names.parcel(number, limit)]
    if found:
        return found
    if not names.loaded()["addresses"]:
        towns = [_district(row, ()) for row in names.town_of_parcel(number)]
        if not towns:
            raise InvalidInput("no_addresses", value=number)
        return towns
    return []


def _addresses(plain: str, names: NameReader, limit: int) -> list[FoundPlace]:
    if not names.loaded()["addresses"]:
        return []
    match = _ROAD.search(plain) or _LOT.search(plain)
    keys = [] if match is None else [_key(match)]
    rest = "" if match is None else plain[: match.start()]
    rows = names.addresses(keys, "" if match else plain, spellings(rest), limit)
    return [_address(row, "address") for row in rows]


def _without_table(plain: str, names: NameReader, limit: int) -> list[FoundPlace]:
    """Of an address that cannot be looked up, the town of its lot; raises without one."""
    lot = _LOT.search(plain)
    if names.loaded()["addresses"] or not (lot or _ROAD.search(plain)):
        return []
    towns = _named(plain[: lot.start()] + lot[1], names, limit) if lot else []
    if not towns:
        raise InvalidInput("no_addresses", value=plain)
    return towns


def address_key(address: str | None) -> str | None:
    """The key by which an address is looked up: road and number, or town and lot; None without."""
    match = address and (_ROAD.search(address) or _LOT.search(address))
    return _key(match) if match else None


def _key(match: re.Match[str]) -> str:
    return "".join(part or "" for part in match.groups()).removesuffix("-0")


def _address(row: Row, kind: str) -> FoundPlace:
    name = row["road_address"] or row["lot_address"]
    other = row["lot_address"] if row["road_address"] else ""
    return FoundPlace(
        kind=kind,
        name=name,
        name_en=name,
        detail=_joined(row["building_name"], other),
        latitude=row["latitude"],
        longitude=row["longitude"],
    )


def _named(plain: str, names: NameReader, limit: int) -> list[FoundPlace]:
    """
    Districts and landmarks by name.

    Where nothing fits, a leading province is left out: districts have moved between provinces.
    """
    words = spellings(plain)
    while words:
        found = _ranked(names.districts(words, limit), names.landmarks(words, limit), words)
        if found or len(words) == 1 or not any(map(_PROVINCE.search, words[0])):
            return found
        words = words[1:]
    return []


def _ranked(
    districts: Sequence[Row], landmarks: Sequence[Row], words: Sequence[Spellings]
) -> list[FoundPlace]:
    rated = [(row["fit"], ORDER[row["level"]], _district(row, words)) for row in districts]
    rated += [(row["fit"], LANDMARK_ORDER, _landmark(row)) for row in landmarks]
    best = min((fit for fit, *_ in rated), default=0)
    ordered = [
        place if fit == best else replace(place, former="")
        for fit, _, place in sorted(rated, key=lambda rate: rate[:2])
    ]
    return list({place.name: place for place in reversed(ordered)}.values())[::-1]


def _district(row: Row, words: Iterable[Spellings]) -> FoundPlace:
    whole = f"{row['admin_name']} {row['admin_name_en']}".lower()
    former = [spelt[0] for spelt in words if spelt[0] not in whole and spelt[0] in since()]
    return FoundPlace(
        kind=LEVELS[row["level"]],
        name=row["admin_name"],
        name_en=row["admin_name_en"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        former=", ".join(former),
        level=row["level"],
        code=row["admin_code"],
    )


def _landmark(row: Row) -> FoundPlace:
    return FoundPlace(
        kind=row["kind"],
        name=row["name"],
        name_en=row["name_en"],
        detail=row["district"] or "",
        detail_en=row["district_en"] or "",
        latitude=row["latitude"],
        longitude=row["longitude"],
    )


def _joined(*parts: str | None) -> str:
    return " ".join(dict.fromkeys(part for part in parts if part))


def spellings(text: str) -> list[Spellings]:
    """Each word of *text* with the present names of what it once was called."""
    plain = re.sub(r"[,()]", " ", text.lower())
    for phrase in (name for name in present() if " " in name):
        plain = plain.replace(phrase, present()[phrase][0])
    return [(word, *present().get(word, ())) for word in plain.split() if word != "대한민국"]


@lru_cache(maxsize=1)
def present() -> dict[str, tuple[str, ...]]:
    """Former and short names → the names of today."""
    names: dict[str, tuple[str, ...]] = {}
    for row in data.rows("former_names"):
        names[row["former"]] = (*names.get(row["former"], ()), row["present"])
    return names


@lru_cache(maxsize=1)
def since() -> dict[str, str]:
    """Former names → the day since when the place has another one; without short forms."""
    return {row["former"]: row["since"] for row in data.rows("former_names") if row["since"]}
