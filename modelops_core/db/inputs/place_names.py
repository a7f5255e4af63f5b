"""Finds places by what they are called: a ports.NameReader."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import to_json
from modelops_core.ports import Row, Spellings


class PlaceNames:
    """Reads districts, landmarks, postal codes and addresses by their names."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def districts(self, words: Sequence[Spellings], limit: int) -> list[Row]:
        """Districts whose Korean or English name holds every word, the best first."""
        asked = {"words": to_json(words), "last": list(words[-1]), "limit": limit}
        return [_in_english(row) for row in self._rows("name_districts", **asked)]

    def landmarks(self, words: Sequence[Spellings], limit: int) -> list[Row]:
        """Stations, landmarks and islands whose names hold every word, the best first."""
        whole = [" ".join(spelt[0] for spelt in words), "".join(spelt[0] for spelt in words)]
        return self._rows("name_places", words=to_json(words), whole=whole, limit=limit)

    def postcode(self, code: str) -> list[Row]:
        """The area of a postal code; none where it is not loaded."""
        return self._rows("name_postcode", code=code)

    def parcel(self, number: str, limit: int) -> list[Row]:
        """Addresses on the parcel of a 19-digit number."""
        return self._rows("name_parcel", pnu=number, limit=limit)

    def town_of_parcel(self, number: str) -> list[Row]:
        """The town whose code a parcel's number begins with."""
        return [_in_english(row) for row in self._rows("name_parcel_town", pnu=number)]

    def addresses(
        self, keys: Sequence[str], building: str, words: Sequence[Spellings], limit: int
    ) -> list[Row]:
        """Addresses of one of *keys* or of a building's name, whose text holds every word."""
        return self._rows(
            "name_addresses",
            keys=list(keys),
            building=building,
            words=to_json(list(words)),
            limit=limit,
        )

    def loaded(self) -> Row:
        """Whether ``postcodes`` and ``addresses`` hold any row."""
        return self._rows("name_tables")[0]

    def _rows(self, name: str, **values: object) -> list[Row]:
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(connection, name, **values)


def _in_english(row: Row) -> Row:
    """The row of a district; a town without an English name is named in that of its district."""
    known, around = row["admin_name_en"], row["parent_name_en"]
    if known is None:
        korean = row["admin_name"]
        known = korean if around is None else f"{korean.rpartition(' ')[2]}, {around}"
    return {**row, "admin_name_en": known}
