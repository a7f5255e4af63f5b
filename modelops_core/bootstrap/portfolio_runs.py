"""The use cases of portfolios: keep one, queue its calculation, perform it as a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from modelops_core.bootstrap.assessments import korean_year
from modelops_core.db.access.audit import Audit
from modelops_core.db.inputs.gauges import Gauges
from modelops_core.db.inputs.site_places import SitePlaces
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.listen import JobLocks
from modelops_core.db.queue.runs import Runs
from modelops_core.db.results.cell_arrays import StoredCellArrays
from modelops_core.db.results.portfolio_runs import PortfolioRuns
from modelops_core.db.results.portfolio_versions import PortfolioVersions
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.job import Priority, Step
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.domain.portfolio import Portfolio
from modelops_core.jobs import worker
from modelops_core.ports import Progress, Row
from modelops_core.services.portfolio import run
from modelops_core.services.portfolio.portfolio_ports import Ports


@dataclass(frozen=True)
class PortfolioJobs:
    """Keeps portfolios and queues and performs their calculations as jobs."""

    ports: Ports
    versions: PortfolioVersions
    jobs: JobQueue
    locks: JobLocks
    audit: Audit

    def perform(self, batch_id: str, params: Row, progress: Progress) -> Row:
        """Perform a claimed job and return its summary: the handler of this job type."""
        return run.run(run.request(params), self.ports, progress, batch_id)

    def keep(self, portfolio: Portfolio, caller: Caller) -> int:
        """Keep a portfolio as the caller's; the id of its version."""
        caller.require(UseCase.assess)
        return self.versions.write(portfolio, caller.owner)

    def calculate(self, version_id: int, as_of: int, shown: Progress) -> Row:
        """Calculate a version in this thread, recorded as a job, and return its summary."""
        params = {"version_id": version_id, "as_of": as_of}
        batch_id = self.jobs.create(run.JOB, params, running=True, worker=worker.name())

        def perform(batch_id: str, params: Row, recorded: Progress) -> Row:
            def both(progress: int, step: Step, completed: int | None = None) -> None:
                shown(progress, step, completed)
                recorded(progress, step, completed)

            return self.perform(batch_id, params, both)

        with self.locks(batch_id):
            return worker.perform(batch_id, params, perform, self.jobs)

    def submit(self, version_id: int, caller: Caller, **queued: Any) -> str:
        """Queue the calculation of a version and return its job's id."""
        caller.require(UseCase.assess)
        params = {"version_id": version_id, "as_of": queued.pop("as_of", korean_year())}
        run.request(params)
        how = {"priority": Priority.batch, **queued}
        batch_id = self.jobs.enqueue(run.JOB, params, owner=caller.owner, **how)
        self.audit.note(caller.name, "portfolio", batch_id, caller.address, **params)
        return batch_id


def portfolio_jobs(
    engine: Engine,
    perils: Mapping[str, Peril],
    parameters: ParameterFile,
    nightly_runs: Runs,
    jobs: JobQueue,
    audit: Audit,
) -> PortfolioJobs:
    """The use cases over one database; *engine* is the workers'."""

    def last_night() -> tuple[int, str] | None:
        last = nightly_runs.last()
        return None if last is None else (last.run_id, last.parameter_hash)

    versions = PortfolioVersions(engine)
    ports = Ports(
        versions,
        SitePlaces(engine),
        Gauges(engine),
        StoredCellArrays(engine),
        PortfolioRuns(engine),
        perils,
        parameters,
        last_night,
    )
    return PortfolioJobs(ports, versions, jobs, JobLocks(engine), audit)
