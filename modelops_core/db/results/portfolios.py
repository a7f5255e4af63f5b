"""
Saved sites: a portfolio holds sites, each with its last assessment.

Every method takes the caller: the statements themselves leave out what is not theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from modelops_core.db import queries
from modelops_core.db.engine import translated_errors
from modelops_core.db.queue.jobs import to_json
from modelops_core.db.tables import JOBS, PORTFOLIOS, SITES
from modelops_core.domain.access import COMMAND_LINE, Caller, UseCase
from modelops_core.domain.saved_site import Audience, Portfolio, SavedSite, team_of
from modelops_core.domain.site import check_coordinates
from modelops_core.errors import InvalidInput, NotAllowed
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

    def sites(self, portfolio: str = DEFAULT, caller: Caller = COMMAND_LINE) -> list[SavedSite]:
        """Sites with the answer of their last assessment (None without one)."""
        return self._read(portfolio, caller, JOBS.c.results)

    def places(self, portfolio: str = DEFAULT, caller: Caller = COMMAND_LINE) -> list[SavedSite]:
        """Sites without their answers: quick, for lists and maps."""
        return self._read(portfolio, caller)

    def is_shown_to(self, batch_id: str, caller: Caller) -> bool:
        """Whether a job is the last assessment of a site that *caller* sees."""
        found = select(SITES.c.site_id).where(SITES.c.batch_id == batch_id, _seen_by(caller))
        with translated_errors(), self._engine.connect() as connection:
            return connection.execute(found.limit(1)).first() is not None

    def _read(self, portfolio: str, caller: Caller, *of_job: ColumnElement[Any]) -> list[SavedSite]:
        with translated_errors(), self._engine.begin() as connection:
            wanted = _sites(_id(connection, portfolio), *of_job).where(_seen_by(caller))
            return [SavedSite.from_row(row) for row in _rows(connection, wanted)]

    def save(
        self,
        name: str,
        latitude: float,
        longitude: float,
        attributes: Mapping[str, Any] | None = None,
        batch_id: str | None = None,
        note: str | None = None,
        portfolio: str = DEFAULT,
        *,
        caller: Caller = COMMAND_LINE,
    ) -> int:
        """
        Save a site as the caller's, which nobody else sees; its id.

        Raises InvalidInput for an empty or overlong name and for a place abroad.
        """
        check_coordinates(latitude, longitude)
        values = {
            "name": _name(name),
            "latitude": latitude,
            "longitude": longitude,
            "note": _note(note),
            "batch_id": batch_id,
            "owner": caller.owner,
            "team": caller.team,
        }
        return self._insert(portfolio, attributes or {}, values)

    def restore(
        self, site: SavedSite, portfolio: str = DEFAULT, caller: Caller = COMMAND_LINE
    ) -> int:
        """
        Save a removed site again as it was, also whose it is and who sees it; its new id.

        Raises NotAllowed where *caller* could not have removed it.
        """
        if not site.changed_by(caller):
            raise NotAllowed("not_your_site")
        kept = ("name", "latitude", "longitude", "batch_id", "owner", "team", "audience")
        values = {column: getattr(site, column) for column in kept} | {"note": site.note or None}
        return self._insert(portfolio, site.corrections, values)

    def _insert(
        self, portfolio: str, attributes: Mapping[str, Any], values: Mapping[str, Any]
    ) -> int:
        with translated_errors(), self._engine.begin() as connection:
            new = insert(SITES).values(
                portfolio_id=_id(connection, portfolio),
                attributes=cast(literal(to_json(dict(attributes))), JSONB),
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
        audience: Audience | None = None,
        caller: Caller = COMMAND_LINE,
    ) -> None:
        """
        Rename a site, note something, give it a newer assessment or share it.

        Raises NotAllowed for a site of another caller, and where its owner's team would share it,
        InvalidInput where it goes to a team and its owner has none; one that is gone stays gone.
        """
        given = {
            "name": None if name is None else _name(name),
            "note": _note(note),
            "batch_id": batch_id,
            "audience": audience,
        }
        chosen = {column: value for column, value in given.items() if value is not None}
        with translated_errors(), self._engine.begin() as connection:
            if chosen:
                may = _changed_by(caller) if audience is None else _owned_by(caller)
                own = (SITES.c.site_id == site_id, may)
                if audience == "team":
                    chosen |= _team(connection, own, caller)
                done = connection.execute(update(SITES).where(*own).values(**chosen))
                _refuse_others(connection, site_id, done.rowcount)

    def history(
        self, latitude: float, longitude: float, limit: int, caller: Caller = COMMAND_LINE
    ) -> list[Row]:
        """
        Completed assessments of a place that the caller sees, the latest first.

        Each has ``batch_id`` and ``completed_at``.
        """
        with translated_errors(), self._engine.connect() as connection:
            return queries.rows(
                connection,
                "site_assessments",
                job_type=ondemand.JOB,
                latitude=latitude,
                longitude=longitude,
                limit=limit,
                everything=caller.may(UseCase.see_all),
                owner=caller.owner,
                team=caller.team,
            )

    def remove(self, site_id: int, caller: Caller = COMMAND_LINE) -> None:
        """Forget a site; raises NotAllowed for one of another caller."""
        with translated_errors(), self._engine.begin() as connection:
            own = (SITES.c.site_id == site_id, _changed_by(caller))
            done = connection.execute(delete(SITES).where(*own))
            _refuse_others(connection, site_id, done.rowcount)


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    """The caller's own sites and those that are shared with them; all for an administrator."""
    return or_(SITES.c.audience == "all", _changed_by(caller))


def _changed_by(caller: Caller) -> ColumnElement[bool]:
    """The caller's own sites and those of their team; all for an administrator."""
    own = _owned_by(caller)
    if caller.team is None:
        return own
    return or_(own, and_(SITES.c.audience == "team", SITES.c.team == caller.team))


def _owned_by(caller: Caller) -> ColumnElement[bool]:
    """The caller's own sites; all for an administrator."""
    if caller.may(UseCase.see_all):
        return true()
    return SITES.c.owner == caller.owner


def _team(
    connection: Connection, own: tuple[ColumnElement[bool], ...], caller: Caller
) -> dict[str, str]:
    """The team of a site that *caller* shares with one; empty where the site is not theirs."""
    site = connection.execute(select(SITES.c.owner, SITES.c.team).where(*own)).first()
    if site is None:
        return {}
    team = team_of(site.owner, site.team, caller)
    if team is None:
        raise InvalidInput("no_team")
    return {"team": team}


def _refuse_others(connection: Connection, site_id: int, done: int) -> None:
    """Raise NotAllowed where nothing was done to a site that is there."""
    if done:
        return
    there = select(SITES.c.site_id).where(SITES.c.site_id == site_id)
    if connection.execute(there).first() is not None:
        raise NotAllowed("not_your_site")


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
