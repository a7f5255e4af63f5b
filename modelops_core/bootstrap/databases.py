"""The database as the settings name it: the private cluster or another server, an engine a role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from modelops_core.db import engine as engines
from modelops_core.db.cluster.place import MEGABYTE
from modelops_core.db.cluster.private import Cluster
from modelops_core.db.cluster.supervisor import LOW, Supervisor
from modelops_core.settings import Settings

WORKER = "modelops_worker"
DASHBOARD = "modelops_dashboard"
#: connections that the API's routes may need for writing, besides two for each worker thread
ROUTES = 8


@dataclass(frozen=True)
class Databases:
    """Connections of the three roles, and the private cluster where there is one."""

    settings: Settings

    @cached_property
    def cluster(self) -> Cluster | None:
        """The private cluster; None where DATABASE_URL names another server."""
        return None if self.settings.database_url else Cluster(self.settings.var)

    def url(self, role: str | None = None) -> str:
        """The database URL by which *role* connects; the owner's where None."""
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
            self.url(WORKER), WORKER, overflow=ROUTES + 2 * (self.settings.job_threads + 1)
        )

    @cached_property
    def reader(self) -> Engine:
        return engines.make(self.url(DASHBOARD), DASHBOARD)

    def supervisors(self) -> tuple[Supervisor, ...]:
        """What keeps the private cluster running, not started; nothing for another server."""
        return () if self.cluster is None else (Supervisor(self.cluster),)

    def disk_free(self) -> int | None:
        """Free space where the private cluster lies [bytes]; None for another server."""
        return None if self.cluster is None else self.cluster.place.free_megabytes() * MEGABYTE

    def disk_warning(self) -> int | None:
        """Free space [MB] where it is little; None where it is enough, and for another server."""
        free = self.disk_free()
        return None if free is None or free >= LOW * MEGABYTE else free // MEGABYTE

    def dispose(self) -> None:
        """Close all database connections."""
        for name in ("owner", "worker", "reader"):
            if name in self.__dict__:
                getattr(self, name).dispose()
