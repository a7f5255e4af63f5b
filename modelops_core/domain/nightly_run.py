"""A nightly run as the database keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

#: what ``db status`` prints of the last run, in its order
REPORTED = (
    "run_id",
    "stages",
    "method_version",
    "parameter_hash",
    "inputs",
    "counts",
    "durations",
    "started_at",
    "finished_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightlyRun:
    """
    One nightly run; one without ``finished_at`` goes on or was cut off.

    ``durations`` are seconds by part and ``wall``; ``counts`` are cells, tiles and rows changed.
    ``batch_id`` and ``parameter_set`` are None where the history was not read.
    """

    run_id: int
    stages: Sequence[str]
    method_version: str
    parameter_hash: str
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int] = field(default_factory=dict)
    durations: Mapping[str, float] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    batch_id: str | None = None
    parameter_set: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From a row of ``runs``; columns that were not read keep their default."""
        return cls(**{f.name: row[f.name] for f in fields(cls) if f.name in row})

    def to_row(self) -> dict[str, Any]:
        """The fields that ``db status`` reports, for JSON."""
        return {name: getattr(self, name) for name in REPORTED}

    @property
    def changed(self) -> int | None:
        """Rows of H and P(H) that were written; None where neither was counted."""
        counted = (self.counts.get(name) for name in ("hazard_results", "probability_results"))
        known = [rows for rows in counted if rows is not None]
        return sum(known) if known else None
