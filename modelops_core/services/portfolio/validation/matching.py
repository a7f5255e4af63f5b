"""Sites without coordinates: their parcel or address among the loaded ones, offline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from modelops_core.domain.climate import Array, BoolArray
from modelops_core.domain.portfolio import (
    BUILDING,
    COARSE_MATCH,
    PARCEL,
    TOWN,
    UNPLACED,
    USER_COORDINATE,
    TextArray,
)
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.domain.portfolio.table import Table
from modelops_core.ports import PortfolioPlaces, Row
from modelops_core.services.site.place_search import address_key, spellings

#: candidates that lie within this distance of each other are one place [°, some 100 m]
ONE_PLACE = 0.001
#: an address this far from the coordinates beside it is another place: roads and parcels differ by
#: tens of metres, large plants by some hundreds [m]
ADDRESS_APART = 500.0
METRES_A_DEGREE = 111_195.0
#: candidates that a message names
NAMED = 3
ADDRESSES = ("road_address", "jibun_address")
_PARCEL = re.compile(r"\d{19}")
_TOWN = re.compile(r"([가-힣]+\d*(?:동|리|가|읍|면))(?![가-힣])")


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address lies by what grade; ``names`` are candidates where there are several."""

    latitude: float = np.nan
    longitude: float = np.nan
    grade: int = UNPLACED
    name: str = ""
    names: tuple[str, ...] = ()


NOTHING = Found()


def checked(table: Table, places: PortfolioPlaces | None) -> tuple[Table, list[Problem]]:
    """The table with positions of parcels and addresses, and ``match``, OED's grade of each."""
    placed = ~(np.isnan(table.numbers("lat")) | np.isnan(table.numbers("lon")))
    grade, problems = _grades(table, placed)
    refused = _refused(table)
    open_ = ~placed & ~refused
    column = np.full(len(table), "", dtype=object)
    for name in ("pnu", *reversed(ADDRESSES)):
        column = np.where(table.texts(name) != "", name, column).astype(object)
    nowhere = open_ & (column == "")
    problems += table.problem(
        "place_missing", "lat" if "lat" in table.cited else "site_id", nowhere
    )
    problems += _broken_parcels(table)
    if places is not None:
        problems += _apart(table, placed, places)
    searched = open_ & ~nowhere
    if not searched.any():
        return table.replaced(match=grade), problems
    if places is None:
        for name in ("pnu", *ADDRESSES):
            problems += table.problem("place_unsearched", name, searched & (column == name))
        return table.replaced(match=grade), problems
    found = _search(table, searched, column, places)
    return _taken(table, found, column, grade, problems)


def _grades(
    table: Table, placed: BoolArray
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[Problem]]:
    """The grades that the file gives to its coordinates; a user's own where it gives none."""
    given = np.nan_to_num(table.numbers("address_match")).astype(np.int64)
    grade = np.where(placed, np.where(given > 0, given, USER_COORDINATE), UNPLACED)
    coarse = placed & (grade >= COARSE_MATCH)
    return grade, table.problem("match_coarse", "address_match", coarse, grade=grade)


def _refused(table: Table) -> BoolArray:
    """Rows whose coordinates were given and refused: those are to be corrected, not replaced."""
    cited = [table.cited[name].text for name in ("lat", "lon") if name in table.cited]
    given = [text != "" for text in cited if text is not None and len(text) == len(table)]
    return np.logical_or.reduce(given) if given else np.zeros(len(table), dtype=bool)


def _broken_parcels(table: Table) -> list[Problem]:
    texts = pd.Series(table.texts("pnu"), dtype=str)
    wrong = ((texts != "") & ~texts.str.fullmatch(_PARCEL)).to_numpy(dtype=bool)
    return table.problem("pnu_form", "pnu", wrong)


def _apart(table: Table, placed: BoolArray, places: PortfolioPlaces) -> list[Problem]:
    """Coordinates that lie far from the address written beside them, where that one is loaded."""
    problems = []
    for name in ADDRESSES:
        texts = np.where(placed, table.texts(name), "")
        keys = {text: key for text in set(texts) if text and (key := address_key(text))}
        known = _grouped(places.addresses(sorted(set(keys.values()))))
        found = {text: _of_address(text, known) for text in keys if keys[text] in known}
        at = np.array([found.get(text, NOTHING).latitude for text in texts])
        on = np.array([found.get(text, NOTHING).longitude for text in texts])
        metres = _metres(at - table.numbers("lat"), on - table.numbers("lon"), at)
        where = np.round(metres / 1000, 1)
        problems += table.problem("address_differs", name, metres > ADDRESS_APART, distance=where)
    return problems


def _metres(north: Array, east: Array, latitude: Array) -> Array:
    """The length of a small step on the ground [m] of differences in °."""
    found: Array = METRES_A_DEGREE * np.hypot(north, east * np.cos(np.radians(latitude)))
    return found


def _search(
    table: Table, searched: BoolArray, column: TextArray, places: PortfolioPlaces
) -> dict[int, Found]:
    """Position in the table → what was found of its parcel, else of its address."""
    at = np.flatnonzero(searched)
    parcels = {int(i): p for i in at if _PARCEL.fullmatch(p := table.texts("pnu")[i])}
    addresses = {int(i): [text for name in ADDRESSES if (text := table.texts(name)[i])] for i in at}
    of_parcel = _grouped(places.parcels(sorted(set(parcels.values()))))
    wanted = {key for texts in addresses.values() for t in texts if (key := address_key(t))}
    of_address = _grouped(places.addresses(sorted(wanted)))
    towns = _towns(places.towns())
    by_code = {str(row["admin_code"]): row for rows in towns.values() for row in rows}
    found = {}
    for i in map(int, at):
        one = _of_parcel(parcels.get(i, ""), of_parcel, by_code)
        texts = addresses[i]
        tries = (
            one,
            *(_of_address(t, of_address) for t in texts),
            *(_of_town(t, towns) for t in texts),
        )
        good = sorted((t for t in tries if t.grade != UNPLACED), key=lambda t: t.grade)
        several = next((t for t in tries if t.names), NOTHING)
        found[i] = good[0] if good and not (several.names and good[0].grade == TOWN) else several
    return found


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["key"], []).append(row)
    return groups


def _towns(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The last word of a town's name → the towns of that name."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["admin_name"].split(" ")[-1], []).append(row)
    return groups


def _of_parcel(parcel: str, known: Mapping[str, list[Row]], towns: Mapping[str, Row]) -> Found:
    if not parcel:
        return NOTHING
    if rows := known.get(parcel):
        return _one(rows, PARCEL)
    town = towns.get(parcel[:10]) or towns.get(parcel[:8])
    return NOTHING if town is None else _one([town], TOWN)


def _of_address(text: str, known: Mapping[str, list[Row]]) -> Found:
    """The address with that key whose text holds the words in front of it."""
    rows = known.get(address_key(text) or "", [])
    fitting = [row for row in rows if _holds(row["name"], text, row["key"])]
    road = bool(fitting) and fitting[0]["road"]
    return _one(fitting, BUILDING if road else PARCEL)


def _of_town(text: str, towns: Mapping[str, list[Row]]) -> Found:
    """The middle of the town that an address names."""
    for word in reversed(_TOWN.findall(text)):
        rows = [row for row in towns.get(word, []) if _holds(row["admin_name"], text, word)]
        if len(rows) == 1:
            return _one(rows, TOWN)
    return NOTHING


def _holds(name: str, text: str, key: str) -> bool:
    """Whether *name* holds every word of *text* in front of its road, lot or town."""
    whole = name.lower()
    words = spellings(text)
    front = [spelt for spelt in words if not key.startswith(spelt[0]) and _is_region(spelt[0])]
    return all(any(way in whole for way in spelt) for spelt in front)


def _is_region(word: str) -> bool:
    return bool(re.search(r"[가-힣](도|시|군|구|읍|면)$", word))


def _one(rows: Sequence[Row], grade: int) -> Found:
    """The place of *rows*, or their names where they lie apart."""
    if not rows:
        return NOTHING
    latitudes, longitudes = ([row[name] for row in rows] for name in ("latitude", "longitude"))
    names = [str(row.get("name") or row.get("admin_name")) for row in rows]
    if max(np.ptp(latitudes), np.ptp(longitudes)) > ONE_PLACE:
        return Found(names=tuple(names[:NAMED]))
    return Found(latitudes[0], longitudes[0], grade, names[0])


def _taken(
    table: Table,
    found: Mapping[int, Found],
    column: TextArray,
    grade: np.ndarray[tuple[int], np.dtype[np.int64]],
    problems: list[Problem],
) -> tuple[Table, list[Problem]]:
    """The table with what was found, and a problem for what was found coarsely or not at all."""
    latitude, longitude = table.numbers("lat").copy(), table.numbers("lon").copy()
    grade = grade.copy()
    names = np.full(len(table), "", dtype=object)
    marks = {
        code: np.zeros(len(table), dtype=bool)
        for code in ("place_ambiguous", "place_unknown", "place_coarse")
    }
    for i, one in found.items():
        latitude[i], longitude[i], grade[i] = one.latitude, one.longitude, one.grade
        names[i] = one.name or " · ".join(one.names)
        marks["place_ambiguous"][i] = bool(one.names)
        marks["place_unknown"][i] = one.grade == UNPLACED and not one.names
        marks["place_coarse"][i] = one.grade == TOWN
    for code, where in marks.items():
        for name in ("pnu", *ADDRESSES):
            problems += table.problem(code, name, where & (column == name), names=names)
    return table.replaced(lat=latitude, lon=longitude, match=grade), problems
