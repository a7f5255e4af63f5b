"""Reads saved sites, each with the numbers of its last assessment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modelops_core.domain.access import Caller
from modelops_core.domain.answer import Answer
from modelops_core.domain.saved_site import SavedSite
from modelops_core.ui.kit import access, cache
from modelops_core.ui.kit.i18n import language

#: two sites that lie closer are at the same place [°], about 20 m
SAME = 2e-4


def all_sites() -> list[SavedSite]:
    """All sites as they were saved; one without a complete assessment has no answer, no job."""
    return [_with_answer(site) for site in places()]


def places(caller: Caller | None = None) -> list[SavedSite]:
    """The sites of *caller*, else of the reader, and those shared with them, without answers."""
    return cache.app().site_access.places(caller or access.caller())


def _with_answer(site: SavedSite) -> SavedSite:
    if not site.assessed or site.batch_id is None:
        return replace(site, batch_id=None, assessed_at=None)
    return replace(site, answer=cache.answer(site.batch_id))


def name_at(latitude: float, longitude: float, caller: Caller | None = None) -> str | None:
    """The name of a site that is saved at this place [°] already; None where there is none."""
    return next((site.name for site in _at(latitude, longitude, caller)), None)


def job_at(latitude: float, longitude: float) -> str | None:
    """The last complete assessment of a site that is saved at this place [°]; None without one."""
    return next((site.batch_id for site in _at(latitude, longitude) if site.assessed), None)


def _at(latitude: float, longitude: float, caller: Caller | None = None) -> Iterator[SavedSite]:
    for site in places(caller):
        if abs(site.latitude - latitude) < SAME and abs(site.longitude - longitude) < SAME:
            yield site


def grade_edges() -> Sequence[float]:
    """Where the grades of an AAL begin [% a year]."""
    app = cache.app()
    edges: Sequence[float] = app.parameters.params(next(iter(app.perils)))["aal_grade_edges"]
    return edges


def district(answer: Answer) -> str:
    """The district in the reader's language."""
    return answer.district.name if language() == "ko" else answer.district.name_en


def distinct(names: Sequence[str]) -> list[str]:
    """The names, numbered where two are equal: a chart would draw them as one."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made
