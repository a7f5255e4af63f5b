"""A program behind the routes that needs no database, and callers of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from starlette.testclient import TestClient

from modelops_core.api import create
from modelops_core.bootstrap.job_access import JobAccess
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.job import Job, JobState, JobStatus
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.domain.portfolio.findings import Problem
from modelops_core.errors import InvalidInput, NotStored
from modelops_core.perils import PERILS
from modelops_core.ports import CellLosses
from modelops_core.services.portfolio.rating import Standing
from modelops_core.services.portfolio.validation import Validated
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.versions import ReportVersion, name_of
from modelops_core.settings import Settings
from modelops_core.stages.totals import CellTotals
from tests.parameters import PARAMETERS

LOCAL = ("127.0.0.1", 50_000)
FAR = ("203.0.113.7", 50_000)
MOMENT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def job(batch_id: str = "b1", owner: str | None = None, **more: Any) -> Job:
    """A waiting assessment."""
    given = {"status": JobStatus.queued, "job_type": "ondemand_risk_calculation", **more}
    return Job(batch_id=batch_id, owner=owner, created_at=MOMENT, **given)


@dataclass
class Jobs:
    """Jobs in memory; ``calls`` are the acts in their order."""

    known: dict[str, Job] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def get(self, batch_id: str) -> Job:
        return self.known[batch_id]

    def state(self, batch_id: str) -> JobState:
        return self.known[batch_id]

    def page(
        self, limit: int, cursor: str | None = None, **filters: str | None
    ) -> tuple[list[Job], str | None]:
        self.calls.append(("page", limit, cursor, filters))
        return list(self.known.values()), "next page"

    def cancel(self, batch_id: str) -> JobStatus:
        self.calls.append(("cancel", batch_id))
        self.known[batch_id] = job(batch_id, self.known[batch_id].owner, status="cancelled")
        return JobStatus.cancelled

    def retry(self, batch_id: str, owner: str | None = None, **_queued: Any) -> str:
        self.calls.append(("retry", batch_id, owner))
        self.known["again"] = job("again", owner, retry_of=batch_id)
        return "again"

    def counts(self, owner: str | None = None) -> list[dict[str, Any]]:
        return [{"job_type": "nightly", "status": "failed", "jobs": 3}]

    def step_seconds(self) -> list[dict[str, Any]]:
        return [{"job_type": "nightly", "step": "Reading inputs", "seconds": 1.5}]

    def health(self) -> dict[str, Any]:
        counted = {"attempts": 9, "rescues": 2, "retries": 1, "nights_failed": 3}
        return {"oldest_waiting": 7.5, "night_finished": None, **counted}


@dataclass
class StoredResults:
    """Stored results in memory."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)
    known: str = "v1"
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def site(self, *asked: Any) -> dict[str, Any]:
        self.calls.append(("site", *asked))
        return {"exposure": {}, "vulnerability": {}, "aal_scaled": self.tables}

    def layer(self, *asked: str) -> list[dict[str, Any]]:
        self.calls.append(("layer", *asked))
        return self.rows

    def version(self) -> str:
        return self.known

    def state(self) -> Mapping[str, Any]:
        return self.now


@dataclass
class Tiles:
    """One tile everywhere."""

    body: bytes = b"tile"
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def tile(self, *asked: Any, **chosen: str) -> bytes:
        self.calls.append((*asked, chosen))
        return self.body


@dataclass
class Keys:
    """Keys by their text: the scopes that were given to each, and the person who holds it."""

    known: dict[str, list[str]] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)

    def check(self, key: str) -> dict[str, Any] | None:
        scopes = self.known.get(key)
        if scopes is None:
            return None
        held = {"person": self.holders.get(key)}
        return {"key_id": key, "name": "tests", "scopes": scopes, **held}


@dataclass
class Audit:
    """What was noted."""

    notes: list[tuple[Any, ...]] = field(default_factory=list)

    def note(self, *what: Any, **detail: object) -> None:
        self.notes.append((*what, detail))


@dataclass
class Layers:
    """Two cells with the same numbers each; ``calls`` are what was read, ``total`` what is stored."""

    status: tuple[int, ...] = (0, -1)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    total: CellTotals | None = None

    def values(self, *asked: Any) -> Any:
        self.calls.append(("values", *asked))
        return SimpleNamespace(aal=np.array([0.5, np.nan]), aal_status=np.array(self.status))

    def losses(self, perils: Sequence[str], *asked: Any) -> CellLosses:
        self.calls.append(("losses", *asked[:2]))
        aal = np.tile([0.5, np.nan], (len(perils), 1))
        return CellLosses(tuple(perils), aal, np.tile(self.status, (len(perils), 1)))

    def stored(self, *_: Any) -> CellTotals | None:
        return self.total

    def cells(self) -> Any:
        north, east = np.array([37.0, 37.0]), np.array([127.0, 127.2])
        return SimpleNamespace(grid_id=np.array([1, 2]), latitude=north, longitude=east)

    def classes(self, *asked: Any) -> Any:
        self.calls.append(("classes", *asked))
        return self._numbers({"p": 0.25})

    def details(self, *asked: Any) -> Any:
        self.calls.append(("details", *asked))
        return self._numbers({"mu": 100.0, "alpha": 10.0, "kappa": 0.0})

    def _numbers(self, values: Mapping[str, float]) -> Any:
        known = np.where(np.array(self.status) >= 0, 1.0, np.nan)
        numbers = {name: value * known for name, value in values.items()}
        return SimpleNamespace(values=numbers, status=np.array(self.status))


class Portfolios:
    """One version and one run of nothing; ``calls`` are what was asked, ``files`` what came."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.calls: list[tuple[Any, ...]] = []
        self.files: list[tuple[str, bytes]] = []

    def check(self, path: Path, choices: Choices, caller: Caller) -> Validated:
        caller.require(UseCase.assess)
        self.files.append((path.name, path.read_bytes()))
        self.calls.append(("check", choices))
        return Validated([Problem(code="no_sites")], None, 0)

    def keep(self, path: Path, choices: Choices, caller: Caller) -> tuple[int, Validated]:
        found = self.check(path, choices, caller)
        if not self.files[-1][1]:
            raise InvalidInput("portfolio_wrong", errors=found.errors)
        return 1, found

    def all(self, caller: Caller) -> list[dict[str, Any]]:
        return [self.version(1, caller)]

    def version(self, version_id: int, caller: Caller) -> dict[str, Any]:
        if version_id != 1:
            raise NotStored("no_such_portfolio", version=version_id)
        about = {"version_id": 1, "name": "담보", "fingerprint": "f", "sites": 2, "loans": 0}
        return {**about, "owner": caller.owner, "created_at": MOMENT, "runs": []}

    def start(self, version_id: int, caller: Caller, **queued: Any) -> str:
        caller.require(UseCase.assess)
        self.calls.append(("start", version_id, queued))
        self._jobs.known["new"] = job("new", caller.owner)
        return "new"

    def run(self, run_id: int, caller: Caller) -> dict[str, Any]:
        facts = {"method_version": "2", "parameter_set": "central", "parameter_hash": "h"}
        when = {"started_at": MOMENT, "finished_at": None, "as_of": 2026, "batch_id": "b1"}
        ids = {"run_id": run_id, "version_id": 1, "nightly_run_id": 3}
        return {**facts, **when, **ids, "return_periods": [10], "summary": None}

    def sums(self, run_id: int, dimension: str, caller: Caller) -> list[dict[str, Any]]:
        self.calls.append(("sums", run_id, dimension))
        keys = [("ssp2", "2050s"), ("ssp5", "2090s")]
        return [{"ssp_scenario": s, "horizon": h, "loss": float("nan")} for s, h in keys]

    def sites(self, *asked: Any) -> tuple[list[dict[str, Any]], int | None]:
        self.calls.append(("sites", *asked[:-1]))
        return [{"site_id": "0001", "grand_loss": None}], 7

    def write(self, run_id: int, path: Path, key: tuple[str, str], caller: Caller) -> None:
        if path.name == "nothing.csv":
            raise InvalidInput("not_one_of", field="file", value=path.name, known=["sites.csv"])
        path.write_text(f"{run_id} {key}")


class Versions:
    """Versions of the report of run 5; ``calls`` are what was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.known: list[ReportVersion] = []
        self.changed: list[str] = []

    def make(
        self, run_id: int, choice: Choice, caller: Caller, former_id: int | None, note: str
    ) -> ReportVersion:
        caller.require(UseCase.assess)
        self.calls.append(("make", run_id, former_id))
        about = {"former_run_id": former_id, "method_version": "2", "content_hash": "h"}
        who = {"made_by": name_of(caller), "made_person": caller.person, "made_at": MOMENT}
        ids = {"run_id": run_id, "number": len(self.known) + 1, "note": note}
        empty: dict[str, Any] = {"sources": [], "tables": {}, "failed": []}
        self.known.append(ReportVersion(settings=choice, **ids, **about, **who, **empty))
        return self.known[-1]

    def all(self, run_id: int, caller: Caller) -> list[ReportVersion]:
        return [one for one in self.known if one.run_id == run_id]

    def file(self, run_id: int, number: int, kind: str, caller: Caller) -> tuple[bytes, list[str]]:
        if number > len(self.known):
            raise NotStored("no_such_report", run=run_id, number=number)
        return f"{run_id} {number} {kind}".encode(), self.changed

    def sign(self, run_id: int, number: int, caller: Caller, note: str) -> ReportVersion:
        caller.require(UseCase.sign_report)
        if number > len(self.known):
            raise NotStored("no_such_report", run=run_id, number=number)
        if (reason := self.known[number - 1].unsignable(caller, self.changed)) is not None:
            raise reason
        signed = {"signed_by": name_of(caller), "signed_at": MOMENT, "signed_note": note}
        self.known[number - 1] = replace(self.known[number - 1], **signed)
        return self.known[number - 1]


class NoSites:
    """No saved sites: nothing is shared."""

    def is_shown_to(self, batch_id: str, caller: Caller) -> bool:
        return False


class Program:
    """The Backend of the routes, in memory."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.perils, self.parameters = PERILS, PARAMETERS
        self.jobs, self.stored_results, self.tiles = Jobs(), StoredResults(), Tiles()
        self.keys, self.audit, self.layers = Keys(), Audit(), Layers()
        self.job_access = JobAccess(self.jobs, NoSites(), self.audit)  # type: ignore[arg-type]
        self.portfolio_access = Portfolios(self.jobs)
        self.report_versions = Versions()
        self.submitted: list[tuple[Any, ...]] = []
        self.reported: list[tuple[str, dict[str, str]]] = []
        self.ranks: dict[tuple[str, str, str], Standing] = {}

    def year(self) -> int:
        return 2025

    def supervisors(self) -> tuple[Any, ...]:
        return ()

    def disk_free(self) -> int | None:
        return 5 * 1024**3

    def submit(self, params: dict[str, Any], caller: Caller, **_queued: Any) -> str:
        caller.require(UseCase.assess)
        self.submitted.append((params, caller))
        self.jobs.known["new"] = job("new", caller.owner)
        return "new"

    def site_report(self, batch_id: str, caller: Caller, **choice: str) -> bytes:
        self.job_access.get(batch_id, caller)
        self.reported.append((batch_id, choice))
        return b"%PDF-1.7"

    def rating(self, batch_id: str, caller: Caller) -> dict[tuple[str, str, str], Standing]:
        self.job_access.get(batch_id, caller)
        return self.ranks

    def notices(self) -> None:
        """Nobody listens here."""

    def caller(
        self,
        key: str | None = None,
        address: tuple[str, int] = LOCAL,
        url: str = "http://127.0.0.1:8501",
        **headers: str,
    ) -> TestClient:
        """A client at *address*, with a key where one is given; a crash is an answer."""
        given = headers if key is None else {**headers, "Authorization": f"Bearer {key}"}
        return TestClient(
            create(self),  # type: ignore[arg-type]
            url,
            client=address,
            headers=given,
            raise_server_exceptions=False,
        )
