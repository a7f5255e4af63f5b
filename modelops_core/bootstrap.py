"""The only wiring: Settings → App. Everything else gets what it needs handed in."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from modelops_core import data
from modelops_core.db import engine as engines
from modelops_core.db.access.audit import Audit
from modelops_core.db.access.keys import Keys
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.inputs.climate import ClimateTables
from modelops_core.db.inputs.district_means import DistrictMeans
from modelops_core.db.inputs.gauges import Gauges
from modelops_core.db.inputs.loading import Tables
from modelops_core.db.inputs.places import Places
from modelops_core.db.inputs.series import SeriesTables
from modelops_core.db.inputs.sources import Sources
from modelops_core.db.inputs.tables import Inventory
from modelops_core.db.maps.layers import Layers
from modelops_core.db.maps.vector_tiles import Tiles
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.listen import JobLocks, Notices
from modelops_core.db.queue.runs import Runs
from modelops_core.db.results.cells import CellResults, NightResults
from modelops_core.db.results.portfolios import Portfolios
from modelops_core.db.results.served import Served
from modelops_core.db.results.sites import SiteResults
from modelops_core.domain.parameters import ParameterFile
from modelops_core.domain.peril import Peril
from modelops_core.errors import ModelOpsError
from modelops_core.jobs import logs
from modelops_core.jobs import worker as job_worker
from modelops_core.jobs.dask_tiles import DaskTiles
from modelops_core.jobs.maintenance import MaintenanceTasks
from modelops_core.jobs.nightly_job import ClaimedJobStore
from modelops_core.jobs.parent_watch import die_with_parent
from modelops_core.jobs.worker_pool import WorkerPool
from modelops_core.perils import discover, folders, numbers
from modelops_core.ports import Progress, Row, Tile
from modelops_core.services.audit import explain
from modelops_core.services.night import nightly
from modelops_core.services.night.tiles import STAGES, Plan, TileReport, run_tile
from modelops_core.services.site import ondemand
from modelops_core.settings import Settings

WORKER = "modelops_worker"
DASHBOARD = "modelops_dashboard"
#: the job that makes the buildings' vector tiles
TILES = "building_tiles"
#: the job that sums the climate series over districts
MEANS = "district_means"
#: connections for what the routes write, besides two a worker thread
ROUTES = 8


@dataclass(frozen=True)
class App:
    """Everything the entry points use, made when first asked for."""

    settings: Settings

    @cached_property
    def cluster(self) -> Cluster | None:
        """The private cluster; None where DATABASE_URL names another server."""
        return None if self.settings.database_url else Cluster(self.settings.var)

    def url(self, role: str | None = None) -> str:
        """Where *role* (the owner if None) connects."""
        own = {
            WORKER: self.settings.database_worker_url,
            DASHBOARD: self.settings.database_read_url,
        }.get(role or "")
        if own:
            return own
        if self.cluster is not None:
            return self.cluster.url(role)
        assert self.settings.database_url is not None
        return self.settings.database_url

    @cached_property
    def owner(self) -> Engine:
        return engines.make(self.url())

    @cached_property
    def worker(self) -> Engine:
        return engines.make(
            self.url(WORKER), WORKER, overflow=ROUTES + 2 * self.settings.job_threads
        )

    @cached_property
    def reader(self) -> Engine:
        return engines.make(self.url(DASHBOARD), DASHBOARD)

    @cached_property
    def perils(self) -> Mapping[str, Peril]:
        """The registry, with the perils of MODELOPS_PERILS."""
        return discover(*folders(self.settings.peril_path))

    @cached_property
    def parameters(self) -> ParameterFile:
        """The shipped numbers, and those of perils that bring their own."""
        return numbers(ParameterFile.parse(data.parameters()), self.perils)

    @cached_property
    def climate(self) -> ClimateTables:
        fill = self.parameters.params("typhoon")["pressure_fill"]
        return ClimateTables(self.worker, fill)

    @cached_property
    def places(self) -> Places:
        return Places(self.reader)

    @cached_property
    def cells(self) -> CellResults:
        return CellResults(self.reader)

    @cached_property
    def series(self) -> SeriesTables:
        """Climate series of areas."""
        return SeriesTables(self.reader)

    @cached_property
    def layers(self) -> Layers:
        """What the maps draw."""
        return Layers(self.reader)

    @cached_property
    def portfolios(self) -> Portfolios:
        """Saved sites."""
        return Portfolios(self.reader)

    @cached_property
    def jobs(self) -> JobQueue:
        return JobQueue(self.worker, self.settings.queue_limit)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self.worker)

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
            self._in_force,
        )

    def _in_force(self) -> str | None:
        """The hash of the parameters of the last finished nightly run."""
        last = self.runs.last()
        return None if last is None else str(last["parameter_hash"])

    def handlers(self) -> dict[str, job_worker.Handler]:
        """What the workers of this program can do, by job type."""
        return {
            ondemand.JOB: self._assess,
            nightly.JOB: self._nightly,
            TILES: self._tiles,
            MEANS: self._means,
        }

    def _assess(self, batch_id: str, params: Row, progress: Progress) -> Row:
        return ondemand.run(ondemand.request(params), self.ondemand, progress, batch_id)

    def _nightly(self, batch_id: str, params: Row, progress: Progress) -> Row:
        jobs = ClaimedJobStore(self.jobs, batch_id, progress)
        asked = {
            "stages": tuple(params.get("stages") or STAGES),
            "set_name": params.get("parameter_set", "central"),
        }
        nightly.run(replace(self.night, jobs=jobs), self.night_request(**asked))
        return jobs.results

    def _tiles(self, _batch_id: str, params: Row, progress: Progress) -> Row:
        return {"tiles": self.tiles.make(params["version"], progress)}

    def _means(self, _batch_id: str, _params: Row, progress: Progress) -> Row:
        return {"series": self.district_means.make(progress)}

    def _queue_made_ahead(self) -> None:
        """Tiles of newly loaded buildings and means of newly loaded series, once for each load."""
        for job, version in ((TILES, self.tiles.due()), (MEANS, self.district_means.due())):
            if version is not None and not self.jobs.known(job, {"version": version}):
                self.jobs.enqueue(job, {"version": version})

    def assess(self, params: Row) -> Row:
        """Run one assessment here and now, as a job like any other; its results."""
        ondemand.request(params)  # bad input fails before a job is made
        batch_id = self.jobs.create(ondemand.JOB, params, running=True, worker=job_worker.name())
        with JobLocks(self.worker)(batch_id):
            return job_worker.perform(batch_id, params, self._assess, self.jobs)

    def submit(
        self,
        params: Row,
        owner: str | None = None,
        actor: str = "local",
        address: str | None = None,
    ) -> str:
        """
        Queue one assessment, once; its id. Wrong input, sea and abroad are errors before a job is made.

        *owner* marks whose job it is (None: everybody's), *actor* and *address* go into the audit log.
        """
        given = {"as_of": korean_year(), **params}
        request = ondemand.request(given)
        ondemand.chosen(request, self.perils)
        self.places.place(request.latitude, request.longitude)
        batch_id = self.jobs.enqueue(ondemand.JOB, given, owner=owner)
        self.audit.note(actor, "assess", batch_id, address, **params)
        return batch_id

    def worker_loop(self) -> job_worker.Worker:
        """A worker for one thread."""
        return job_worker.Worker(
            self.jobs,
            JobLocks(self.worker),
            Notices(self.worker),
            self.handlers(),
            self.maintenance,
            self.settings.job_timeout,
        )

    @cached_property
    def maintenance(self) -> MaintenanceTasks:
        """What this process's workers look after between two jobs."""
        settings = self.settings
        night: Row | None = (
            {"stages": list(STAGES), "parameter_set": "central"}
            if settings.night_schedule
            else None
        )
        return MaintenanceTasks(
            self.jobs, night, settings.night_timeout, settings.job_days, (self._queue_made_ahead,)
        )

    def log(self) -> None:
        """Write this process's logs as JSON lines."""
        logs.configure()

    def worker_pool(self, threads: int | None = None) -> WorkerPool:
        """The workers of this process, not started."""
        return WorkerPool(self.worker_loop, threads or self.settings.job_threads)

    @cached_property
    def explaining(self) -> explain.Ports:
        """The ports of an explanation."""
        return explain.Ports(
            self.places,
            self.cells,
            self.climate,
            Gauges(self.reader),
            self.sources,
            self.perils,
            self.parameters,
            self.ondemand.outdated,
        )

    @cached_property
    def served(self) -> Served:
        """What the API reads."""
        return Served(self.reader, tuple(self.perils))

    @cached_property
    def tiles(self) -> Tiles:
        """Vector tiles."""
        return Tiles(self.reader, self.worker)

    @cached_property
    def district_means(self) -> DistrictMeans:
        """Sums of the climate series over districts."""
        return DistrictMeans(self.reader, self.worker)

    @cached_property
    def keys(self) -> Keys:
        """API keys, to check them; ``Keys(app.owner)`` makes and revokes."""
        return Keys(self.worker)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self.worker)

    def notices(self) -> Notices:
        """A listening session."""
        return Notices(self.worker)

    @cached_property
    def sources(self) -> Sources:
        return Sources(self.reader)

    @cached_property
    def inventory(self) -> Inventory:
        """What the tables hold."""
        return Inventory(self.reader)

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.owner)

    @cached_property
    def night(self) -> nightly.Night:
        """The ports of a nightly run, with a process a core."""
        return nightly.Night(
            self.climate, NightResults(self.worker), self.runs, self.jobs, Processes(self)
        )

    def night_on(self, dask: str | None) -> nightly.Night:
        """The nightly run, its tiles on the Dask cluster at an address; None: on this machine."""
        if dask is None:
            return self.night
        return replace(
            self.night, over_tiles=DaskTiles(dask, self.settings, _worker_app, _in_worker)
        )

    def night_request(self, **options: object) -> nightly.Request:
        """All perils with the settings' tile size; *options* as nightly.Request."""
        given = {"tile_cells": self.settings.tile_cells, **options}
        return nightly.Request(self.perils, self.parameters, **given)  # type: ignore[arg-type]

    def dispose(self) -> None:
        """Close all connections."""
        for name in ("owner", "worker", "reader"):
            if name in self.__dict__:
                getattr(self, name).dispose()


def korean_year() -> int:
    """This year in Korea: what ages of buildings count to."""
    return datetime.now(ZoneInfo("Asia/Seoul")).year


@lru_cache(maxsize=1)
def app() -> App:
    """This process's App, from the environment."""
    return App(Settings())


@dataclass(frozen=True)
class Processes:
    """A nightly.Mapper over local processes; each reads and writes the database itself."""

    app: App

    def __call__(self, plan: Plan, tiles: Sequence[Tile]) -> Iterator[TileReport]:
        settings = self.app.settings
        count = min(settings.processes or os.cpu_count() or 1, len(tiles))
        if count == 1:
            yield from (_tile(self.app, plan, tile) for tile in tiles)
            return
        with _pool(count, settings) as pool:
            futures = [pool.submit(_in_worker, settings, plan, tile) for tile in tiles]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BrokenProcessPool:
                raise ModelOpsError("process_killed") from None
            finally:
                for future in futures:
                    future.cancel()


@contextmanager
def _pool(count: int, settings: Settings) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(count, context, initializer=_begin, initargs=(settings,)) as pool:
        yield pool


def _begin(settings: Settings) -> None:
    die_with_parent()
    _worker_app(settings)


@lru_cache(maxsize=1)
def _worker_app(settings: Settings) -> App:
    made = App(settings)
    _ = made.perils  # perils of other folders must be importable before a plan arrives
    return made


def _in_worker(settings: Settings, plan: Plan, tile: Tile) -> TileReport:
    """One tile in a process of the pool."""
    return _tile(_worker_app(settings), plan, tile)


def _tile(made: App, plan: Plan, tile: Tile) -> TileReport:
    return run_tile(plan, tile, made.climate, NightResults(made.worker))
