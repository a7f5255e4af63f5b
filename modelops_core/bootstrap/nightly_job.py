"""The use case of a nightly run that a worker performs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from modelops_core.jobs.nightly_job import ClaimedJobStore, JobRows
from modelops_core.ports import Progress, Row
from modelops_core.services.night import nightly
from modelops_core.services.night.tiles import STAGES


@dataclass(frozen=True)
class NightlyJob:
    """Nightly runs as jobs of the queue."""

    night: nightly.Night
    jobs: JobRows
    #: makes a request of the stages and the parameter set that the job names
    request: Callable[..., nightly.Request]

    def perform(self, batch_id: str, params: Row, progress: Progress) -> Row:
        """Perform a claimed job; counts and seconds. The handler of its type."""
        store = ClaimedJobStore(self.jobs, batch_id, progress)
        request = self.request(
            stages=tuple(params.get("stages") or STAGES),
            set_name=params.get("parameter_set", "central"),
        )
        nightly.run(replace(self.night, jobs=store), request)
        return store.results


def scheduled() -> Row:
    """The parameters of the nightly run that the workers schedule."""
    return {"stages": list(STAGES), "parameter_set": "central"}
