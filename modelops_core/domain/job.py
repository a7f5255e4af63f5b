"""Jobs as values: how far one is, what it does now, and everything that is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Self


class JobStatus(StrEnum):
    """Where a job is in its life, in the words of the database's ``job_status``."""

    queued = "queued"
    running = "running"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the job will not change any more."""
        return self not in (JobStatus.queued, JobStatus.running)


class Priority(IntEnum):
    """Which of the waiting jobs comes first: a reader waits for a click."""

    night = -10
    batch = 0
    click = 10


class StepKind(StrEnum):
    """What a job can be doing. The values are stored and label the metrics."""

    place = "place"
    fetching = "fetching"
    fetched = "fetched"
    exposure = "exposure"
    vulnerability = "vulnerability"
    scaled_aal = "scaled_aal"
    integrated_risk = "integrated_risk"
    inputs = "inputs"
    signals = "signals"
    tile = "tile"
    basins = "basins"
    buildings = "buildings"
    zoom_tiles = "zoom_tiles"
    district_means = "district_means"
    loading = "loading"
    publishing = "publishing"
    portfolio = "portfolio"
    portfolio_sums = "portfolio_sums"
    other_worker = "other_worker"
    another_try = "another_try"
    completed = "completed"
    cancelled = "cancelled"


#: what ``batch_jobs.current_step`` says of each kind
_TEXTS = {
    StepKind.place: "Finding the place",
    StepKind.fetching: "Fetching H and P(H)",
    StepKind.fetched: "Fetched H and P(H)",
    StepKind.exposure: "Calculating E for {of}",
    StepKind.vulnerability: "Calculating V for {of}",
    StepKind.scaled_aal: "Calculating AAL for {of}",
    StepKind.integrated_risk: "Calculating integrated risk",
    StepKind.inputs: "Reading inputs",
    StepKind.signals: "Response to warming",
    StepKind.tile: "Tile {done} of {total}",
    StepKind.basins: "Calculating basins",
    StepKind.buildings: "Counting buildings",
    StepKind.zoom_tiles: "Tiles of zoom {of}",
    StepKind.district_means: "District means of {of}",
    StepKind.loading: "Loading {of}: {done} rows read",
    StepKind.publishing: "Publishing {of}",
    StepKind.portfolio: "Site {done} of {total}",
    StepKind.portfolio_sums: "Adding up the portfolio",
    StepKind.other_worker: "Waiting for another worker",
    StepKind.another_try: "Waiting to try again",
    StepKind.completed: "Completed",
    StepKind.cancelled: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class Step:
    """
    What a job does now: a kind, what it is done for and how many of how many are done.

    *of* is a peril's key, a variable or a zoom level. ``str(step)`` is the English
    sentence of ``batch_jobs.current_step``; nothing reads that sentence back.
    """

    kind: StepKind
    of: str | None = None
    done: int | None = None
    total: int | None = None

    def __str__(self) -> str:
        return _TEXTS[self.kind].format(of=self.of, done=self.done, total=self.total)

    def as_row(self) -> dict[str, Any]:
        """The fields that are set, as JSON holds them."""
        values = {"kind": self.kind.value, "of": self.of, "done": self.done, "total": self.total}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_row(cls, row: Mapping[str, Any] | None) -> Self | None:
        """The step that *row* holds; None for none and for a kind of another version."""
        if row is None or row.get("kind") not in set(StepKind):
            return None
        return cls(StepKind(row["kind"]), row.get("of"), row.get("done"), row.get("total"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """
    What a progress bar needs. ``step`` is None for a job whose step is only a text.

    ``job_type`` is empty of what a notice of the database says. ``fence`` grows with each worker
    that takes the job and each rescue.

    ``error`` holds the code and the values of the error that ended the job, ``error_message``
    its sentence in English; a job of an older version has the sentence only.
    """

    status: JobStatus
    progress: int = 0
    current_step: str | None = None
    step: Step | None = None
    error_message: str | None = None
    error: Mapping[str, Any] | None = None
    owner: str | None = None
    job_type: str = ""
    cancel_requested: bool = False
    fence: int = 0

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From a row of ``batch_jobs``; columns that were not read keep their default."""
        known = {f.name for f in fields(cls)}
        values = {name: value for name, value in row.items() if name in known}
        values["status"] = JobStatus(row["status"])
        values["step"] = Step.from_row(row.get("step"))
        return cls(**values)

    def older_than(self, other: JobState) -> bool:
        """
        Whether this was so before *other*: a notice may arrive after a newer reading of its row.

        Progress never falls while one worker has the job.
        """
        return self._order < other._order

    @property
    def _order(self) -> tuple[int, bool, int]:
        return self.fence, self.status.ended, self.progress

    @property
    def reason(self) -> Mapping[str, Any] | str | None:
        """Why it ended: code and values, or a text where there are none."""
        return self.error or self.error_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(JobState):
    """
    One job. In lists ``results``, ``error_stack_trace`` and ``logs`` are not read and None.

    ``durations`` holds seconds by kind of step and ``total``; a line of ``logs`` holds
    ``at``, ``progress``, the sentence ``step`` and the fields of the step.
    """

    batch_id: str
    job_type: str
    created_at: datetime
    input_params: Mapping[str, Any] = field(default_factory=dict)
    total_items: int | None = None
    completed_items: int = 0
    failed_items: int = 0
    results: dict[str, Any] | None = None
    error_stack_trace: str | None = None
    worker: str | None = None
    attempts: int = 0
    heartbeat_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    retry_of: str | None = None
    durations: dict[str, float] | None = None
    logs: list[dict[str, Any]] | None = None

    def as_row(self) -> dict[str, Any]:
        """All fields by name, for JSON."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**values, "status": self.status.value, "step": self.step and self.step.as_row()}


@dataclass(frozen=True, slots=True)
class WorkItem:
    """What a worker needs of a job; *timeout_s* None leaves the limit to the worker [s]."""

    batch_id: str
    job_type: str
    input_params: dict[str, Any]
    attempts: int
    timeout_s: int | None
    #: the number of the claim: a write under an older one is refused
    fence: int = 0
    #: times it was put back after an error that passes
    retries: int = 0
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """
    The last heartbeat of a running job, as the database's clock wrote it.

    *claimed* is False of a nightly run of the command line, which no worker took.
    """

    batch_id: str
    job_type: str
    attempts: int
    fence: int
    claimed: bool
    heartbeat: str
