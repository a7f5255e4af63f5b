"""The use cases of jobs: what a caller sees of them, cancels, repeats and starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from modelops_core.db.access.audit import Audit
from modelops_core.db.queue.job_queue import JobQueue
from modelops_core.db.results.portfolios import Portfolios
from modelops_core.domain.access import Caller, UseCase
from modelops_core.domain.job import Job, JobState, JobStatus, Priority
from modelops_core.errors import JobNotFound, RunAlreadyActive
from modelops_core.ports import Row
from modelops_core.services import load_files
from modelops_core.services.night import nightly
from modelops_core.services.night.tiles import STAGES

State = TypeVar("State", bound=JobState)


@dataclass(frozen=True)
class JobAccess:
    """
    Jobs as a caller sees and changes them.

    A caller sees their own jobs and the last assessments of sites that are shared with them,
    a person nightly runs too; an administrator sees all. A job that a caller does not see is
    none: JobNotFound. What a role may not do raises NotAllowed.
    """

    store: JobQueue
    sites: Portfolios
    audit: Audit

    def get(self, batch_id: str, caller: Caller) -> Job:
        """One job with its results."""
        return self.visible(batch_id, self.store.get(batch_id), caller)

    def state(self, batch_id: str, caller: Caller) -> JobState:
        """A job's status and progress."""
        return self.visible(batch_id, self.store.state(batch_id), caller)

    def visible(self, batch_id: str, state: State, caller: Caller) -> State:
        """Return *state*, which is that of a job; raises JobNotFound where it is not visible."""
        caller.require(UseCase.look)
        if not caller.sees(state) and not self._shown(batch_id, state, caller):
            raise JobNotFound("no_such_job", job=batch_id)
        return state

    def page(
        self, caller: Caller, limit: int, cursor: str | None = None, **filters: str | None
    ) -> tuple[list[Job], str | None]:
        """One page of the caller's own jobs, all for an administrator, and the next cursor."""
        return self.store.page(limit, cursor, **filters, owner=_only(caller))

    def counts(self, caller: Caller) -> list[Row]:
        """The caller's own jobs by type and status, all for an administrator."""
        return self.store.counts(_only(caller))

    def night(self, caller: Caller) -> Job | None:
        """Return the nightly run that waits or runs, whoever started it; None without one."""
        caller.require(UseCase.look)
        for status in (JobStatus.running, JobStatus.queued):
            found, _ = self.store.page(1, status=status, job_type=nightly.JOB)
            if found:
                return found[0]
        return None

    def cancel(self, batch_id: str, caller: Caller) -> JobStatus:
        """Cancel one of the caller's jobs; raises InvalidInput for one that has ended."""
        caller.require(UseCase.cancel_job)
        self._own(batch_id, caller)
        status = self.store.cancel(batch_id)
        self._note(caller, "cancel", batch_id)
        return status

    def retry(self, batch_id: str, caller: Caller, **queued: Any) -> str:
        """
        Queue one of the caller's ended jobs again, as theirs, and return the new job's id.

        *queued*: request_id and key as JobQueue.retry has them.
        """
        caller.require(UseCase.retry_job)
        if self._own(batch_id, caller).job_type == load_files.JOB:
            caller.require(UseCase.load_data)  # whose role may have changed since
        again = self.store.retry(batch_id, caller.owner, **queued)
        self._note(caller, "retry", batch_id, job=again)
        return again

    def start_night(self, caller: Caller, timeout: int) -> str:
        """Queue a nightly run; raises RunAlreadyActive where one waits or runs."""
        caller.require(UseCase.start_night)
        running = self.night(caller)
        if running is not None:
            raise RunAlreadyActive("night_waits", job=running.batch_id, status=running.status)
        params = {"stages": list(STAGES), "parameter_set": "central"}
        batch_id = self.store.enqueue(nightly.JOB, params, timeout=timeout, priority=Priority.night)
        self._note(caller, "night", batch_id)
        return batch_id

    def _own(self, batch_id: str, caller: Caller) -> JobState:
        """A job that somebody else shares is seen, but changed by its owner only."""
        found = self.store.state(batch_id)
        if not caller.sees(found):
            raise JobNotFound("no_such_job", job=batch_id)
        return found

    def _shown(self, batch_id: str, state: JobState, caller: Caller) -> bool:
        if caller.kind != "person":
            return False
        return state.job_type == nightly.JOB or self.sites.is_shown_to(batch_id, caller)

    def _note(self, caller: Caller, action: str, batch_id: str, **detail: object) -> None:
        self.audit.note(caller.name, action, batch_id, caller.address, **detail)


def _only(caller: Caller) -> str | None:
    """Whose jobs the caller's lists hold; None: everybody's."""
    caller.require(UseCase.look)
    if caller.may(UseCase.see_all):
        return None
    assert caller.owner is not None  # only administrators are nobody in particular
    return caller.owner
