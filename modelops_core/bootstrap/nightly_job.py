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
    """Performs nightly runs as jobs of the queue."""

    ports: nightly.Night
    jobs: JobRows
    #: makes a nightly.Request from the stages and the parameter set that the job names
    request: Callable[..., nightly.Request]

    def perform(self, batch_id: str, params: Row, progress: Progress) -> Row:
        """Perform a claimed job and return its counts and seconds: the handler of this job type."""
        store = ClaimedJobStore(self.jobs, batch_id, progress)
        request = self.request(
            stages=tuple(params.get("stages") or STAGES),
            set_name=params.get("parameter_set", "central"),
        )
        nightly.run(replace(self.ports, jobs=store), request)
        return store.results


def scheduled() -> Row:
    """Return the job parameters of the nightly run that the workers schedule each day."""
    return {"stages": list(STAGES), "parameter_set": "central"}
