"""Protocols of what the routes need of the program; ``bootstrap.App`` fulfils them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from modelops_core.domain.access import Caller
from modelops_core.domain.climate import Array, IntArray
from modelops_core.domain.job import Job, JobState, JobStatus
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio.choices import Choices
from modelops_core.ports import NameReader, RateKey, Row
from modelops_core.services.night.totals import TotalReader
from modelops_core.services.portfolio.rating import Standing
from modelops_core.services.portfolio.validation import Validated
from modelops_core.services.report.portfolio.gather import Choice
from modelops_core.services.report.portfolio.versions import ReportVersion
from modelops_core.settings import Settings


class WorkerPool(Protocol):
    """Starts and stops the job workers of this process."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Jobs(Protocol):
    """Reads ``batch_jobs`` for whom the caller is known already, and for the metrics."""

    def get(self, batch_id: str) -> Job: ...

    def state(self, batch_id: str) -> JobState: ...

    def counts(self) -> list[Row]: ...

    def step_seconds(self) -> list[Row]: ...

    def health(self) -> Row: ...


class JobAccess(Protocol):
    """Jobs as a caller sees, cancels and repeats them."""

    def get(self, batch_id: str, caller: Caller) -> Job: ...

    def state(self, batch_id: str, caller: Caller) -> JobState: ...

    def page(
        self, caller: Caller, limit: int, cursor: str | None = None, **filters: str | None
    ) -> tuple[list[Job], str | None]: ...

    def cancel(self, batch_id: str, caller: Caller) -> JobStatus: ...

    def retry(self, batch_id: str, caller: Caller, **queued: Any) -> str: ...


class Portfolios(Protocol):
    """Portfolios as a caller checks, keeps, calculates and reads them."""

    def check(self, path: Path, choices: Choices, caller: Caller) -> Validated: ...

    def keep(self, path: Path, choices: Choices, caller: Caller) -> tuple[int, Validated]: ...

    def all(self, caller: Caller) -> list[Row]: ...

    def version(self, version_id: int, caller: Caller) -> Row: ...

    def start(self, version_id: int, caller: Caller, **queued: Any) -> str: ...

    def run(self, run_id: int, caller: Caller) -> Row: ...

    def sums(self, run_id: int, dimension: str, caller: Caller) -> list[Row]: ...

    def sites(
        self, run_id: int, key: tuple[str, str], first: int, most: int, caller: Caller
    ) -> tuple[list[Row], int | None]: ...

    def write(self, run_id: int, path: Path, key: tuple[str, str], caller: Caller) -> None: ...


class ReportVersions(Protocol):
    """Versions of portfolios' reports as a caller makes, reads and signs them."""

    def make(
        self,
        run_id: int,
        choice: Choice,
        caller: Caller,
        former_id: int | None = None,
        note: str = "",
    ) -> ReportVersion: ...

    def all(self, run_id: int, caller: Caller) -> Sequence[ReportVersion]: ...

    def file(
        self, run_id: int, number: int, kind: str, caller: Caller
    ) -> tuple[bytes, Sequence[str]]: ...

    def sign(self, run_id: int, number: int, caller: Caller, note: str = "") -> ReportVersion: ...


class StoredResults(Protocol):
    """Reads stored results and the state of the database."""

    def site(self, latitude: float, longitude: float, scenario: str, horizon: str) -> Row: ...

    def layer(self, risk_type: str, scenario: str, horizon: str) -> list[Row]: ...

    def version(self) -> str: ...

    def state(self) -> Row: ...


class Numbers(Protocol):
    """Numbers of all cells by name, with the status of the AAL (-1: not calculated), (cell,)."""

    @property
    def values(self) -> Mapping[str, Array]: ...

    @property
    def status(self) -> IntArray: ...


class Cells(Protocol):
    """Where the cells of the climate grid lie [°], (cell,)."""

    @property
    def grid_id(self) -> IntArray: ...

    @property
    def latitude(self) -> Array: ...

    @property
    def longitude(self) -> Array: ...


class Values(Protocol):
    """Base AAL of all cells [%/yr] with its status (-1: not calculated), (cell,)."""

    @property
    def aal(self) -> Array: ...

    @property
    def aal_status(self) -> IntArray: ...


class Layers(TotalReader, Protocol):
    """Reads the cells, their losses and totals, and what these were calculated from."""

    def cells(self) -> Cells: ...

    def values(self, risk_type: str, ssp_scenario: str, horizon: str) -> Values: ...

    def classes(self, risk_type: str, ssp_scenario: str, horizon: str, place: int) -> Numbers: ...

    def details(
        self, risk_type: str, ssp_scenario: str, horizon: str, names: Sequence[str]
    ) -> Numbers: ...


class Tiles(Protocol):
    """Reads Mapbox vector tiles."""

    def tile(self, layer: str, z: int, x: int, y: int, **chosen: str) -> bytes: ...


class Keys(Protocol):
    """Checks API keys."""

    def check(self, key: str) -> Row | None: ...


class Audit(Protocol):
    """Writes the audit log: who did what, from which address."""

    def note(
        self,
        actor: str,
        action: str,
        subject: str | None = None,
        address: str | None = None,
        **detail: object,
    ) -> None: ...


class Notices(Protocol):
    """Receives the database's notices about jobs (LISTEN/NOTIFY)."""

    def received(self, seconds: float) -> Sequence[str]: ...

    def wake(self) -> None: ...

    def close(self) -> None: ...


class Backend(Protocol):
    """The program as the routes see it."""

    @property
    def settings(self) -> Settings: ...

    @property
    def perils(self) -> Mapping[str, Peril]: ...

    @property
    def parameters(self) -> ParameterFile: ...

    def year(self) -> int: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def job_access(self) -> JobAccess: ...

    @property
    def portfolio_access(self) -> Portfolios: ...

    @property
    def report_versions(self) -> ReportVersions: ...

    @property
    def stored_results(self) -> StoredResults: ...

    @property
    def place_names(self) -> NameReader: ...

    @property
    def layers(self) -> Layers: ...

    @property
    def tiles(self) -> Tiles: ...

    @property
    def keys(self) -> Keys: ...

    @property
    def audit(self) -> Audit: ...

    def submit(self, params: Row, caller: Caller, **queued: Any) -> str: ...

    def rating(self, batch_id: str, caller: Caller) -> Mapping[RateKey, Standing]: ...

    def site_report(self, batch_id: str, caller: Caller, **choice: str) -> bytes: ...

    def notices(self) -> Notices: ...

    def worker_pool(self) -> WorkerPool: ...

    def supervisors(self) -> Sequence[WorkerPool]: ...

    def disk_free(self) -> int | None: ...

    def log(self) -> None: ...
