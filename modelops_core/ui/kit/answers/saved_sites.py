"""Saved sites as the pages read them, each with the numbers of its last assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from modelops_core.domain.job import JobStatus
from modelops_core.services.portfolio import compare
from modelops_core.services.portfolio.compare import Answer
from modelops_core.ui.kit import cache
from modelops_core.ui.kit.i18n import language

#: answers kept in memory, about 70 kB each
KEPT = 1000


@dataclass(frozen=True, slots=True)
class SavedSite:
    """One saved site; ``answer`` is None until it was assessed."""

    site_id: int
    name: str
    latitude: float
    longitude: float
    note: str
    corrections: Mapping[str, Any]
    batch_id: str | None
    assessed_at: datetime | None
    answer: Answer | None


def all_sites() -> list[SavedSite]:
    """In the order they were saved."""
    return [_saved(row) for row in cache.app().portfolios.places()]


def _saved(row: Mapping[str, Any]) -> SavedSite:
    done = row["job_status"] == JobStatus.completed
    return SavedSite(
        site_id=row["site_id"],
        name=row["name"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        note=row["note"] or "",
        corrections=row["attributes"] or {},
        batch_id=row["batch_id"] if done else None,
        assessed_at=row["assessed_at"] if done else None,
        answer=answer_of(row["batch_id"]) if done else None,
    )


@st.cache_resource(max_entries=KEPT, ttl=cache.LONG, show_spinner=False)
def answer_of(batch_id: str) -> Answer:
    """The answer of a completed job; it never changes."""
    app = cache.app()
    insured = app.parameters.params(next(iter(app.perils)))["sum_insured"]
    results = app.jobs.get(batch_id).results
    assert results is not None
    return compare.answer(results, insured)


def grade_edges() -> Sequence[float]:
    """Where the grades of an AAL begin [% a year]."""
    app = cache.app()
    edges: Sequence[float] = app.parameters.params(next(iter(app.perils)))["aal_grade_edges"]
    return edges


def district(found: Answer) -> str:
    """The district in the reader's language."""
    return found.district if language() == "ko" else found.district_en


def distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered where two are equal: a chart would draw them as one."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made
