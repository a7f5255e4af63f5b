"""The use cases of an assessment: submit one to the queue, run one now, perform one as a worker."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from modelops_core.db.access.audit import Audit
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.queue.listen import JobLocks
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.job import Priority
from modelops_core.jobs import worker
from modelops_core.ports import PlaceReader, Progress, Row
from modelops_core.services.site import ondemand

log = structlog.get_logger()


@dataclass(frozen=True)
class Assessments:
    """Queues and performs assessments of sites as jobs."""

    ports: ondemand.Ports
    #: finds the place of a submitted site, as the role that only reads
    places: PlaceReader
    jobs: JobQueue
    locks: JobLocks
    audit: Audit

    def perform(self, batch_id: str, params: Row, progress: Progress) -> Row:
        """Perform a claimed job and return its answer: the handler of this job type."""
        return ondemand.run(ondemand.request(params), self.ports, progress, batch_id)

    def run(self, params: Row) -> Row:
        """Run one assessment in this thread, recorded as a job, and return its answer."""
        ondemand.request(params)  # bad input fails before a job is made
        batch_id = self.jobs.create(ondemand.JOB, params, running=True, worker=worker.name())
        with self.locks(batch_id):
            return worker.perform(batch_id, params, self.perform, self.jobs)

    def submit(self, params: Row, caller: Caller, **queued: Any) -> str:
        """
        Queue an assessment as the caller's and return its job's id.

        An equal request of theirs that waits is the same job. Raises NotAllowed, and InvalidInput,
        UnknownPeril or OutsideKorea before a job is made.

        *queued*: priority, request_id and key as JobQueue.enqueue has them. If nothing else is
        said, it is somebody who waits in front of a page, and the request gets a name of its own.
        """
        caller.require(UseCase.assess)
        given = {"as_of": korean_year(), **params}
        request = ondemand.request(given)
        ondemand.chosen(request, self.ports.perils)
        self.places.place(request.latitude, request.longitude)
        how = {"priority": Priority.click, **queued}
        how["request_id"] = how.get("request_id") or uuid.uuid4().hex
        batch_id = self.jobs.enqueue(ondemand.JOB, given, owner=caller.owner, **how)
        log.info("job queued", batch_id=batch_id, request_id=how["request_id"], actor=caller.name)
        self.audit.note(caller.name, "assess", batch_id, caller.address, **params)
        return batch_id


def korean_year() -> int:
    """Return the current year in Korea, to which the ages of buildings count."""
    return datetime.now(ZoneInfo("Asia/Seoul")).year
