"""Saved sites and the portfolios that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, get_args

from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.answer import Answer
from modelops_core.domain.job import JobStatus

#: who sees a site besides its owner and administrators
Audience = Literal["private", "team", "all"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSite:
    """
    One saved site [°] and the job of its last assessment.

    ``corrections`` are what its analyst knows better. ``job_status`` and ``assessed_at`` are
    None where the job is gone or was never asked for; ``answer`` is None until it is read.
    ``owner`` is who saved it (None: saved where nobody signs in), ``team`` the owner's team when
    they saved or shared it.
    """

    site_id: int
    name: str
    latitude: float
    longitude: float
    note: str
    corrections: Mapping[str, Any]
    batch_id: str | None = None
    job_status: JobStatus | None = None
    assessed_at: datetime | None = None
    answer: Answer | None = None
    owner: str | None = None
    team: str | None = None
    audience: Audience = "private"

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """A row of ``portfolio_sites`` beside its job; ``results``, where read, is the answer."""
        results = row.get("results")
        return cls(
            site_id=row["site_id"],
            name=row["name"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            note=row["note"] or "",
            corrections=dict(row["attributes"] or {}),
            batch_id=row["batch_id"],
            job_status=None if row["job_status"] is None else JobStatus(row["job_status"]),
            assessed_at=row["assessed_at"],
            owner=row["owner"],
            team=row["team"],
            audience=row["audience"],
            answer=None
            if results is None
            else Answer.from_row(results, assessed_at=row["assessed_at"]),
        )

    def changed_by(self, caller: Caller) -> bool:
        """Whether *caller* may change it: its owner, their team where shared, administrators."""
        own = self.owner == caller.owner
        shared = self.audience == "team" and self.team is not None and self.team == caller.team
        return caller.may(UseCase.see_all) or (caller.may(UseCase.change_site) and (own or shared))

    def shared_by(self, caller: Caller) -> bool:
        """Whether *caller* may choose who sees it: its owner and administrators."""
        own = caller.may(UseCase.share_site) and self.owner == caller.owner
        return own or caller.may(UseCase.see_all)

    def team_of(self, caller: Caller) -> str | None:
        """The team that sees it once *caller* shares it with a team; None without one."""
        return team_of(self.owner, self.team, caller)

    @property
    def assessed(self) -> bool:
        """Whether its last assessment is complete."""
        return self.job_status is JobStatus.completed


def team_of(owner: str | None, team: str | None, caller: Caller) -> str | None:
    """
    The team with which *caller* shares a site of *owner*, who was in *team* when saving it.

    It is the owner's, whoever shares the site: an administrator gives it to nobody else's team.
    Where nobody owns it, it is the caller's own.
    """
    return caller.team if owner in (caller.owner, None) else team


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A named collection of saved sites, and how many it holds."""

    portfolio_id: int
    name: str
    sites: int

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """A row of ``portfolio_list``."""
        return cls(portfolio_id=row["portfolio_id"], name=row["name"], sites=row["sites"])
