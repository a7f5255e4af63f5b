"""The only wiring: Settings → App, which chooses the implementation of every port."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any

from modelops_core import data
from modelops_core.bootstrap.assessments import Assessments, korean_year
from modelops_core.bootstrap.input_quality import InputQuality
from modelops_core.bootstrap.job_access import JobAccess
from modelops_core.bootstrap.live_data import LiveData, live_data
from modelops_core.bootstrap.load_job import Loads, loads
from modelops_core.bootstrap.nightly_job import NightlyJob
from modelops_core.bootstrap.operations import Operations
from modelops_core.bootstrap.portfolio_access import PortfolioAccess
from modelops_core.bootstrap.portfolio_exports import PortfolioExports
from modelops_core.bootstrap.portfolio_files import PortfolioFiles
from modelops_core.bootstrap.portfolio_reports import PortfolioReports, reports_of
from modelops_core.bootstrap.portfolio_runs import PortfolioJobs, portfolio_jobs
from modelops_core.bootstrap.portfolio_storms import PortfolioStorms
from modelops_core.bootstrap.precomputation import Precomputation
from modelops_core.bootstrap.report_versions import ReportVersions
from modelops_core.bootstrap.reports import Choice, Reports
from modelops_core.bootstrap.repositories import Repositories
from modelops_core.bootstrap.site_access import SiteAccess
from modelops_core.bootstrap.workers import Workers
from modelops_core.db.inputs.climate import ClimateTables
from modelops_core.db.inputs.gauges import Gauges
from modelops_core.db.inputs.places import Places
from modelops_core.db.inputs.portfolio_places import PortfolioPlaces
from modelops_core.db.inputs.signals import Signals
from modelops_core.db.queue.listen import JobLocks
from modelops_core.db.results.cells import CellResults, NightResults
from modelops_core.db.results.portfolio_runs import PortfolioRuns
from modelops_core.db.results.portfolio_versions import PortfolioVersions
from modelops_core.db.results.ranks import Ranks
from modelops_core.db.results.report_versions import StoredReportVersions
from modelops_core.db.results.sites import SiteResults
from modelops_core.db.results.stored_results import StoredResults
from modelops_core.db.results.totals import Totals
from modelops_core.domain.access import Caller
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.jobs import logs
from modelops_core.jobs import worker as job_worker
from modelops_core.jobs.alerts import Alerts, hook
from modelops_core.jobs.dask_tiles import DaskTiles
from modelops_core.jobs.maintenance import MaintenanceTasks
from modelops_core.jobs.process_tiles import ProcessTiles
from modelops_core.jobs.worker_pool import WorkerPool
from modelops_core.jobs.worker_process import WorkerProcess, worker_command
from modelops_core.perils import discover, folders, numbers
from modelops_core.ports import RateKey, Row, Tile
from modelops_core.services import load_files
from modelops_core.services.audit import explain
from modelops_core.services.night import nightly
from modelops_core.services.night.tiles import Plan, TileReport, run_tile
from modelops_core.services.portfolio import run as portfolio_run
from modelops_core.services.portfolio.rating import Ratings, Standing
from modelops_core.services.site import ondemand
from modelops_core.settings import Settings


@dataclass(frozen=True)
class App(Repositories):
    """Everything the entry points use, made when first asked for."""

    @cached_property
    def perils(self) -> Mapping[str, Peril]:
        """The registry, with the perils of MODELOPS_PERILS."""
        return discover(*folders(self.settings.peril_path))

    @cached_property
    def parameters(self) -> ParameterFile:
        """The shipped numbers, and those of perils that bring their own."""
        return numbers(ParameterFile.parse(data.parameters()), self.perils)

    def year(self) -> int:
        """The current year in Korea, to which the ages of buildings count."""
        return korean_year()

    @cached_property
    def climate(self) -> ClimateTables:
        p = self.parameters.params("typhoon")
        fill = {**p["pressure_fill"], "ten_minute_ratio": p["ten_minute_ratio"]}
        return ClimateTables(self.worker, fill)

    @cached_property
    def portfolio_files(self) -> PortfolioFiles:
        """Portfolios as files; districts and addresses are read anew for each."""
        cost = self.parameters.sections["exposure"]["unit_cost"].under("central")
        return PortfolioFiles(lambda: PortfolioPlaces(self.reader), cost)

    @cached_property
    def ondemand(self) -> ondemand.Ports:
        """The ports of an assessment."""
        return ondemand.Ports(
            Places(self.worker),
            CellResults(self.worker),
            self.climate,
            Gauges(self.worker),
            SiteResults(self.worker),
            self.perils,
            self.parameters,
            self._last_parameter_hash,
            self.runs.loaded_since,
        )

    @cached_property
    def portfolio_jobs(self) -> PortfolioJobs:
        """Keeps, queues and calculates portfolios."""
        return portfolio_jobs(
            self.worker, self.perils, self.parameters, self.runs, self.jobs, self.audit
        )

    @cached_property
    def portfolio_exports(self) -> PortfolioExports:
        """Files of finished runs."""
        return PortfolioExports(
            PortfolioVersions(self.reader),
            PortfolioRuns(self.reader),
            self.perils,
            self.portfolio_storms,
        )

    @cached_property
    def portfolio_storms(self) -> PortfolioStorms:
        """The storms that wind losses come from."""
        return PortfolioStorms(self.perils, self.parameters, self.layers.cells, self.climate.storms)

    @cached_property
    def portfolio_access(self) -> PortfolioAccess:
        """Portfolios as a caller sees them."""
        return PortfolioAccess(self.portfolio_files, self.portfolio_jobs, self.portfolio_exports)

    def _last_parameter_hash(self) -> str | None:
        """The hash of the parameters of the last finished nightly run."""
        last = self.runs.last()
        return None if last is None else last.parameter_hash

    def handlers(self) -> dict[str, job_worker.Handler]:
        """The handler of each job type that this program's workers perform."""
        return {
            ondemand.JOB: self.assessments.perform,
            portfolio_run.JOB: self.portfolio_jobs.perform,
            nightly.JOB: NightlyJob(self.nightly_ports, self.jobs, self.nightly_request).perform,
            load_files.JOB: self.loads.perform,
            **self.precomputation.handlers(),
        }

    @cached_property
    def assessments(self) -> Assessments:
        return Assessments(self.ondemand, self.places, self.jobs, JobLocks(self.worker), self.audit)

    @cached_property
    def ratings(self) -> Ratings:
        """Ranks answers among the country's cells and their peers."""
        return Ratings(Ranks(self.reader))

    @cached_property
    def reports(self) -> Reports:
        insured = self.parameters.sections["exposure"]["sum_insured"].value
        return Reports(
            self.job_access, self.sources, self.layers, self.ratings, self.perils, insured
        )

    @cached_property
    def portfolio_reports(self) -> PortfolioReports:
        around = (self.sources, self.layers, self.responses, self.portfolio_storms)
        return reports_of(self.reader, *around, self.perils)

    @cached_property
    def report_versions(self) -> ReportVersions:
        """Versions of portfolios' reports: made by one person, signed by a second one."""
        return ReportVersions(self.portfolio_reports, StoredReportVersions(self.worker), self.audit)

    def site_report(self, batch_id: str, caller: Caller, **choice: str) -> bytes:
        """Return the PDF of an assessment; *choice*: the fields of a report's Choice."""
        return self.reports.site(batch_id, Choice(**choice), caller)  # type: ignore[arg-type]

    def rating(self, batch_id: str, caller: Caller) -> Mapping[RateKey, Standing]:
        """Where the results of an assessment stand; raises NotStored for another job."""
        return self.ratings.of(self.reports.answer(batch_id, caller))

    @cached_property
    def precomputation(self) -> Precomputation:
        """The jobs that a load of data makes due."""
        return Precomputation(self.tiles, self.district_means, self.jobs)

    def assess(self, params: Row) -> Row:
        """Run one assessment in this thread and return its answer."""
        return self.assessments.run(params)

    def submit(self, params: Row, caller: Caller, **queued: Any) -> str:
        """Queue one assessment and return its job's id (see Assessments.submit)."""
        return self.assessments.submit(params, caller, **queued)

    @cached_property
    def site_access(self) -> SiteAccess:
        return SiteAccess(self.portfolios, self.audit)

    @cached_property
    def job_access(self) -> JobAccess:
        return JobAccess(self.jobs, self.portfolios, self.audit)

    @cached_property
    def operations(self) -> Operations:
        return Operations(self.tables, self.audit)

    @cached_property
    def workers(self) -> Workers:
        """The job workers of this process."""
        alerts = Alerts(self.jobs, hook(self.settings.night_hook))
        tasks = (self.precomputation.queue_due, alerts)
        return Workers(self.settings, self.worker, self.jobs, self.handlers(), tasks)

    @property
    def maintenance(self) -> MaintenanceTasks:
        """The tasks that this process's workers run between two jobs."""
        return self.workers.maintenance

    def worker_loop(self) -> job_worker.Worker:
        """A worker for one thread and all job types."""
        return self.workers.loop()

    def log(self) -> None:
        """Write this process's logs as JSON lines."""
        logs.configure()

    def worker_pool(self, threads: int | None = None) -> WorkerPool:
        """The workers of this process, not started."""
        return self.workers.pool(threads)

    def server_workers(self) -> WorkerPool | WorkerProcess:
        """The workers beside the dashboard, not started."""
        if self.settings.job_process:
            return WorkerProcess(worker_command(self.settings.job_threads))
        return self.worker_pool()

    @cached_property
    def explanation_ports(self) -> explain.Ports:
        return explain.Ports(
            self.places,
            self.cells,
            self.climate,
            Gauges(self.reader),
            self.sources,
            self.perils,
            self.parameters,
            self.ondemand.outdated,
            self.runs.loaded_since,
        )

    @cached_property
    def stored_results(self) -> StoredResults:
        """Reads stored results and the state of the database for the API."""
        return StoredResults(self.reader, tuple(self.perils))

    @cached_property
    def input_quality(self) -> InputQuality:
        return InputQuality(self.inventory, self.sources, self.perils, self.parameters)

    @cached_property
    def loads(self) -> Loads:
        """Loads files of official data."""
        return loads(self.owner, self.reader, self.audit, self.jobs, self.settings)

    @cached_property
    def live_data(self) -> LiveData:
        """Asks services of providers, where the settings allow it."""
        return live_data(self.owner, self.sources, self.audit, self.settings)

    @cached_property
    def nightly_ports(self) -> nightly.Night:
        """The ports of a nightly run whose tiles run in one process for each core."""
        return nightly.Night(
            self.climate,
            NightResults(self.worker),
            self.runs,
            self.jobs,
            self._process_tiles(),
            Signals(self.worker),
            Totals(self.worker),
        )

    def nightly_ports_on(self, dask: str | None) -> nightly.Night:
        """The ports of a nightly run on the Dask cluster at address *dask*; None: this machine."""
        if dask is None:
            return self.nightly_ports
        return replace(
            self.nightly_ports, over_tiles=DaskTiles(dask, self.settings, _worker_app, _in_worker)
        )

    def _process_tiles(self) -> ProcessTiles:
        count = self.settings.processes or os.cpu_count() or 1
        return ProcessTiles(
            count,
            self.settings,
            _worker_app,
            _in_worker,
            here=partial(_tile, self),
            preload="modelops_core.bootstrap.preload",
        )

    def nightly_request(self, **options: object) -> nightly.Request:
        """A request for all perils with the settings' tile size; *options*: nightly.Request's."""
        given = {"tile_cells": self.settings.tile_cells, **options}
        return nightly.Request(self.perils, self.parameters, **given)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def app() -> App:
    """Return this process's App, made from the environment's settings."""
    return App(Settings())


@lru_cache(maxsize=1)
def _worker_app(settings: Settings) -> App:
    made = App(settings)
    _ = made.perils  # perils of other folders must be importable before a plan arrives
    return made


def _in_worker(settings: Settings, plan: Plan, tile: Tile) -> TileReport:
    """Calculate one tile in a process of the pool or on a Dask worker."""
    return _tile(_worker_app(settings), plan, tile)


def _tile(made: App, plan: Plan, tile: Tile) -> TileReport:
    return run_tile(plan, tile, made.climate, NightResults(made.worker))
