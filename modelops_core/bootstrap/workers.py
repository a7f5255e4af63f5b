"""The job workers of one process: which thread takes which jobs, and what they do between jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from sqlalchemy import Engine

from modelops_core.bootstrap.nightly_job import scheduled
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.listen import JobLocks, Notices
from modelops_core.jobs.maintenance import MaintenanceTasks
from modelops_core.jobs.rescue import Rescue
from modelops_core.jobs.worker import Handler, Worker
from modelops_core.jobs.worker_pool import WorkerPool
from modelops_core.services.night import nightly
from modelops_core.services.site import ondemand
from modelops_core.settings import Settings


def awaited(job_type: str) -> bool:
    """Whether somebody waits for jobs of this type; the others take long."""
    return job_type == ondemand.JOB


@dataclass(frozen=True)
class Workers:
    """Makes the workers of this process."""

    settings: Settings
    engine: Engine
    jobs: JobQueue
    handlers: Mapping[str, Handler]
    #: what the maintenance does besides scheduling and deleting
    tasks: Sequence[Callable[[], None]]

    def loop(self, wanted: Callable[[str], bool] = lambda _job_type: True) -> Worker:
        """A worker for one thread and the job types that are *wanted*."""
        handlers = {name: handler for name, handler in self.handlers.items() if wanted(name)}
        return Worker(
            self.jobs,
            JobLocks(self.engine),
            Notices(self.engine),
            handlers,
            self.maintenance if nightly.JOB in handlers else self.rescue,
            self.settings.job_timeout,
        )

    def pool(self, threads: int | None = None) -> WorkerPool:
        """
        All workers of this process, not started.

        *threads* take assessments, for which somebody waits; one beside them takes all other jobs.
        """
        return WorkerPool(
            partial(self.loop, awaited),
            threads or self.settings.job_threads,
            beside=partial(self.loop, lambda job_type: not awaited(job_type)),
        )

    @cached_property
    def rescue(self) -> Rescue:
        """Puts the jobs of dead workers back, for all workers of this process."""
        return Rescue(self.jobs)

    @cached_property
    def maintenance(self) -> MaintenanceTasks:
        """The tasks that this process's workers run between two jobs."""
        settings = self.settings
        return MaintenanceTasks(
            self.jobs,
            scheduled() if settings.night_schedule else None,
            settings.night_timeout,
            settings.job_days,
            self.tasks,
            self.rescue,
        )
