"""Jobs that calculate in advance what pages read often: buildings' vector tiles, district means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelops_core.db.inputs.district_means import DistrictMeans
from modelops_core.db.maps.vector_tiles import Tiles
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.jobs.worker import Handler
from modelops_core.ports import Progress, Row

#: the job that makes the buildings' vector tiles
BUILDING_TILES = "building_tiles"
#: the job that sums the climate series over districts
DISTRICT_MEANS = "district_means"


@dataclass(frozen=True)
class Precomputation:
    """Queues and performs the precomputation jobs that a load of data makes due."""

    tiles: Tiles
    means: DistrictMeans
    jobs: JobQueue

    def handlers(self) -> Mapping[str, Handler]:
        """Handlers by job type."""
        return {BUILDING_TILES: self._make_tiles, DISTRICT_MEANS: self._make_means}

    def queue_due(self) -> None:
        """Queue the jobs that newly loaded buildings and series need, once for each load."""
        for job, version in (
            (BUILDING_TILES, self.tiles.due()),
            (DISTRICT_MEANS, self.means.due()),
        ):
            if version is not None and not self.jobs.ever_requested(job, {"version": version}):
                self.jobs.enqueue(job, {"version": version})

    def _make_tiles(self, _batch_id: str, params: Row, progress: Progress) -> Row:
        return {"tiles": self.tiles.make(params["version"], progress)}

    def _make_means(self, _batch_id: str, _params: Row, progress: Progress) -> Row:
        return {"series": self.means.make(progress)}
