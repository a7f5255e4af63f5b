"""What reads and writes one subject of the database each, made when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from modelops_core.bootstrap.databases import Databases
from modelops_core.db.access.audit import Audit
from modelops_core.db.access.keys import Keys
from modelops_core.db.inputs.district_means import DistrictMeans
from modelops_core.db.inputs.inventory import Inventory
from modelops_core.db.inputs.loading import DatasetTables
from modelops_core.db.inputs.place_names import PlaceNames
from modelops_core.db.inputs.places import Places
from modelops_core.db.inputs.series import SeriesTables
from modelops_core.db.inputs.sources import Sources
from modelops_core.db.maps.layers import Layers
from modelops_core.db.maps.vector_tiles import Tiles
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.listen import Notices
from modelops_core.db.queue.runs import Runs
from modelops_core.db.results.cells import CellResults
from modelops_core.db.results.portfolios import Portfolios
from modelops_core.db.results.responses import Responses


@dataclass(frozen=True)
class Repositories(Databases):
    """The repositories over the three roles of the database."""

    @cached_property
    def places(self) -> Places:
        return Places(self.reader)

    @cached_property
    def place_names(self) -> PlaceNames:
        return PlaceNames(self.reader)

    @cached_property
    def cells(self) -> CellResults:
        return CellResults(self.reader)

    @cached_property
    def series(self) -> SeriesTables:
        return SeriesTables(self.reader)

    @cached_property
    def layers(self) -> Layers:
        """Reads grid cells, district outlines and result layers for maps."""
        return Layers(self.reader)

    @cached_property
    def responses(self) -> Responses:
        """Reads the warming of the loaded data and the response to it."""
        return Responses(self.reader)

    @cached_property
    def portfolios(self) -> Portfolios:
        return Portfolios(self.reader)

    @cached_property
    def jobs(self) -> JobQueue:
        return JobQueue(self.worker, self.settings.queue_limit, self.settings.owner_limit)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self.worker)

    @cached_property
    def tiles(self) -> Tiles:
        """Reads vector tiles, and makes those of the buildings in advance."""
        return Tiles(self.reader, self.worker)

    @cached_property
    def district_means(self) -> DistrictMeans:
        """Sums of the climate series over districts."""
        return DistrictMeans(self.reader, self.worker)

    @cached_property
    def keys(self) -> Keys:
        """Checks API keys; ``Keys(app.owner)`` makes and revokes them."""
        return Keys(self.worker)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.worker)

    def notices(self) -> Notices:
        """A new session that listens to the database's notices about jobs."""
        return Notices(self.worker)

    @cached_property
    def sources(self) -> Sources:
        return Sources(self.reader)

    @cached_property
    def inventory(self) -> Inventory:
        """Reads the row counts, periods and quality profiles of the tables."""
        return Inventory(self.reader)

    @cached_property
    def tables(self) -> DatasetTables:
        return DatasetTables(self.owner)
