"""The use cases of an assessment: submit one to the queue, run one now, perform one as a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from modelops_core.db.access.audit import Audit
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.listen import JobLocks
from modelops_core.jobs import worker
from modelops_core.ports import PlaceReader, Progress, Row
from modelops_core.services.site import ondemand


@dataclass(frozen=True)
class Assessments:
    """Assessments of sites as jobs."""

    ports: ondemand.Ports
    #: finds places for those who submit, as the role that only reads
    places: PlaceReader
    jobs: JobQueue
    locks: JobLocks
    audit: Audit

    def perform(self, batch_id: str, params: Row, progress: Progress) -> Row:
        """Perform a claimed job; the answer. The handler of its type."""
        return ondemand.run(ondemand.request(params), self.ports, progress, batch_id)

    def run(self, params: Row) -> Row:
        """Run one assessment in this thread, as a job like any other; its answer."""
        ondemand.request(params)  # bad input fails before a job is made
        batch_id = self.jobs.create(ondemand.JOB, params, running=True, worker=worker.name())
        with self.locks(batch_id):
            return worker.perform(batch_id, params, self.perform, self.jobs)

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
        ondemand.chosen(request, self.ports.perils)
        self.places.place(request.latitude, request.longitude)
        batch_id = self.jobs.enqueue(ondemand.JOB, given, owner=owner)
        self.audit.note(actor, "assess", batch_id, address, **params)
        return batch_id


def korean_year() -> int:
    """This year in Korea: the year that ages of buildings count to."""
    return datetime.now(ZoneInfo("Asia/Seoul")).year
