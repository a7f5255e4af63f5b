"""Saved sites: a portfolio holds sites, each with its last assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine

from modelops_core.db import queries
from modelops_core.db.engine import explained
from modelops_core.db.queue.jobs import dump
from modelops_core.domain.saved_site import Portfolio, SavedSite
from modelops_core.domain.site import check_coordinates
from modelops_core.errors import InvalidInput

#: the portfolio that holds pinned sites
DEFAULT = "default"
NAME_LIMIT = 120
NOTE_LIMIT = 2000


class Portfolios:
    """Create, read and change saved sites."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Portfolio]:
        """Portfolios with the number of their sites."""
        with explained(), self._engine.connect() as connection:
            return [Portfolio.from_row(r) for r in queries.rows(connection, "portfolio_list")]

    def sites(self, portfolio: str = DEFAULT) -> list[SavedSite]:
        """Sites with the answer of their last assessment (None without one)."""
        with explained(), self._engine.begin() as connection:
            found = queries.rows(connection, "site_list", portfolio_id=_id(connection, portfolio))
        return [SavedSite.from_row(row) for row in found]

    def places(self, portfolio: str = DEFAULT) -> list[SavedSite]:
        """Sites without their answers: quick, for lists and maps."""
        with explained(), self._engine.begin() as connection:
            found = queries.rows(connection, "site_places", portfolio_id=_id(connection, portfolio))
        return [SavedSite.from_row(row) for row in found]

    def save(
        self,
        name: str,
        latitude: float,
        longitude: float,
        attributes: Mapping[str, Any] | None = None,
        batch_id: str | None = None,
        note: str | None = None,
        portfolio: str = DEFAULT,
    ) -> int:
        """
        Save a site; its id.

        Raises InvalidInput for an empty or overlong name and for a place abroad.
        """
        check_coordinates(latitude, longitude)
        values = {
            "name": _name(name),
            "latitude": latitude,
            "longitude": longitude,
            "note": _note(note),
            "batch_id": batch_id,
        }
        with explained(), self._engine.begin() as connection:
            owner = _id(connection, portfolio)
            found = queries.row(
                connection,
                "site_new",
                portfolio_id=owner,
                attributes=dump(dict(attributes or {})),
                **values,
            )
        assert found is not None
        return int(found["site_id"])

    def change(
        self,
        site_id: int,
        *,
        name: str | None = None,
        note: str | None = None,
        batch_id: str | None = None,
    ) -> None:
        """Rename a site, note something or give it a newer assessment."""
        given = {
            "name": None if name is None else _name(name),
            "note": _note(note),
            "batch_id": batch_id,
        }
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "site_change", site_id=site_id, **given)

    def remove(self, site_id: int) -> None:
        """Forget a site."""
        with explained(), self._engine.begin() as connection:
            queries.run(connection, "site_remove", site_id=site_id)


def _id(connection: Connection, portfolio: str) -> int:
    found = queries.row(connection, "portfolio_named", name=portfolio)
    assert found is not None
    return int(found["portfolio_id"])


def _name(text: str) -> str:
    stripped = " ".join(text.split())
    if not 1 <= len(stripped) <= NAME_LIMIT:
        raise InvalidInput("name_length", value=text[:40], count=len(stripped), limit=NAME_LIMIT)
    return stripped


def _note(text: str | None) -> str | None:
    if text is not None and len(text) > NOTE_LIMIT:
        raise InvalidInput("note_length", count=len(text), limit=NOTE_LIMIT)
    return text
