"""Saved sites: a portfolio holds sites, each with its last assessment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import to_json
from modelops_core.db.tables import JOBS, PORTFOLIOS, SITES
from modelops_core.domain.saved_site import Portfolio, SavedSite
from modelops_core.domain.site import check_coordinates
from modelops_core.errors import InvalidInput
from modelops_core.ports import Row
from modelops_core.services.site import ondemand

#: the portfolio that holds pinned sites
DEFAULT = "default"
NAME_LIMIT = 120
NOTE_LIMIT = 2000


class Portfolios:
    """Creates, reads and changes portfolios and their saved sites."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Portfolio]:
        """Portfolios with the number of their sites."""
        with translated_errors(), self._engine.connect() as connection:
            return [Portfolio.from_row(row) for row in _rows(connection, _PORTFOLIOS)]

    def sites(self, portfolio: str = DEFAULT) -> list[SavedSite]:
        """Sites with the answer of their last assessment (None without one)."""
        with translated_errors(), self._engine.begin() as connection:
            found = _rows(connection, _sites(_id(connection, portfolio), JOBS.c.results))
        return [SavedSite.from_row(row) for row in found]

    def places(self, portfolio: str = DEFAULT) -> list[SavedSite]:
        """Sites without their answers: quick, for lists and maps."""
        with translated_errors(), self._engine.begin() as connection:
            found = _rows(connection, _sites(_id(connection, portfolio)))
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
        with translated_errors(), self._engine.begin() as connection:
            owner = _id(connection, portfolio)
            new = insert(SITES).values(
                portfolio_id=owner,
                attributes=cast(literal(to_json(dict(attributes or {}))), JSONB),
                **values,
            )
            return int(connection.execute(new.returning(SITES.c.site_id)).scalar_one())

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
        with translated_errors(), self._engine.begin() as connection:
            chosen = {column: value for column, value in given.items() if value is not None}
            if chosen:
                connection.execute(update(SITES).where(SITES.c.site_id == site_id).values(**chosen))

    def history(self, latitude: float, longitude: float, limit: int) -> list[Row]:
        """Completed assessments of a place, the latest first: ``batch_id``, ``completed_at``."""
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(
                connection,
                "site_assessments",
                job_type=ondemand.JOB,
                latitude=latitude,
                longitude=longitude,
                limit=limit,
            )

    def remove(self, site_id: int) -> None:
        """Forget a site."""
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(delete(SITES).where(SITES.c.site_id == site_id))


#: portfolios with the number of their sites
_PORTFOLIOS = (
    select(*PORTFOLIOS.c, func.count(SITES.c.site_id).label("sites"))
    .outerjoin(SITES)
    .group_by(PORTFOLIOS.c.portfolio_id)
    .order_by(PORTFOLIOS.c.portfolio_id)
)


def _sites(portfolio_id: int, *of_job: ColumnElement[Any]) -> Select[Any]:
    """Sites of a portfolio, how their last assessment stands (NULL without one) and *of_job*."""
    columns = [column for column in SITES.c if column.name != "portfolio_id"]
    return (
        select(
            *columns,
            JOBS.c.status.label("job_status"),
            JOBS.c.completed_at.label("assessed_at"),
            *of_job,
        )
        .outerjoin(JOBS, JOBS.c.batch_id == SITES.c.batch_id)
        .where(SITES.c.portfolio_id == portfolio_id)
        .order_by(SITES.c.site_id)
    )


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def _id(connection: Connection, portfolio: str) -> int:
    """The portfolio of a name, made when it is not there."""
    named = insert(PORTFOLIOS).values(name=portfolio)
    kept = named.on_conflict_do_update(index_elements=["name"], set_={"name": portfolio})
    return int(connection.execute(kept.returning(PORTFOLIOS.c.portfolio_id)).scalar_one())


def _name(text: str) -> str:
    stripped = " ".join(text.split())
    if not 1 <= len(stripped) <= NAME_LIMIT:
        raise InvalidInput("name_length", value=text[:40], count=len(stripped), limit=NAME_LIMIT)
    return stripped


def _note(text: str | None) -> str | None:
    if text is not None and len(text) > NOTE_LIMIT:
        raise InvalidInput("note_length", count=len(text), limit=NOTE_LIMIT)
    return text
