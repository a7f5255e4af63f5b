"""
What a shown number is of: scenario, horizon, parameter set, date of the assessment, source.

Cards, figures, tables, files and reports say it in the same words and the same order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from modelops_core.data import words
from modelops_core.domain.answer import Answer
from modelops_core.domain.data_source import DataSource
from modelops_core.domain.horizons import SCENARIOS

Language = Literal["ko", "en"]
KOREA = ZoneInfo("Asia/Seoul")
SEPARATOR = " · "
#: how the provider of generated climate data begins its name
GENERATOR = "ModelOps demonstration data"
#: tables of climate series end so
CLIMATE = "_data"
SAID = words.of("stamp")
DEMO, SET, HORIZON = SAID["demo"], words.of("parameter_set"), words.of("horizon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """
    Keys, not words; what does not apply is empty or None and is left out.

    ``scenario`` and ``horizon`` are of the number shown: a figure of all scenarios has none.
    """

    scenario: str | None = None
    horizon: str | None = None
    parameter_set: str | None = None
    assessed_at: datetime | None = None
    sources: tuple[DataSource, ...] = ()

    def parts(self, language: Language) -> tuple[str, ...]:
        """Scenario, horizon, parameter set, date and source, as far as known, in words."""
        return *self.when(language), *self.origin(language)

    def when(self, language: Language) -> tuple[str, ...]:
        """Scenario and horizon, as far as the number is of one of them."""
        scenario = self.scenario and SCENARIOS[self.scenario]
        horizon = self.horizon and HORIZON[self.horizon][language]
        return tuple(part for part in (scenario, horizon) if part)

    def origin(self, language: Language) -> tuple[str, ...]:
        """Parameter set, date and source, as far as known."""
        known = (
            self.parameter_set
            and SAID["parameters"][language].format(name=SET[self.parameter_set][language]),
            self.assessed_at and SAID["assessed"][language].format(day=day(self.assessed_at)),
            self.source(language) and SAID["source"][language].format(name=self.source(language)),
        )
        return tuple(part for part in known if part)

    def text(self, language: Language) -> str:
        """All parts in one line."""
        return SEPARATOR.join(self.parts(language))

    def source(self, language: Language) -> str:
        """Who made the climate data: the demonstration generator, or the providers' names."""
        climate = [s for s in self.sources if s.table_name.endswith(CLIMATE)]
        if is_demo(climate):
            return DEMO[language]
        return ", ".join(sorted({s.provider for s in climate}))

    def file_name(self, what: str, place: str = "") -> str:
        """*what* with place, scenario, horizon, set and day, as a name that all systems take."""
        day_ = None if self.assessed_at is None else day(self.assessed_at).replace("-", "")
        parts = (what, place, self.scenario, self.horizon, self.parameter_set, day_)
        return "_".join(_portable(part) for part in parts if part)


def of(
    answer: Answer,
    sources: Sequence[DataSource],
    scenario: str | None = None,
    horizon: str | None = None,
) -> Stamp:
    """The stamp of a number of *answer*."""
    return Stamp(
        scenario=scenario,
        horizon=horizon,
        parameter_set=answer.parameter_set,
        assessed_at=answer.assessed_at,
        sources=tuple(sources),
    )


def of_all(
    answers: Sequence[Answer],
    sources: Sequence[DataSource],
    scenario: str | None = None,
    horizon: str | None = None,
) -> Stamp:
    """The stamp of numbers of several *answers*: set and day where they have one in common."""
    each = [of(answer, sources, scenario, horizon) for answer in answers]
    sets = {one.parameter_set for one in each}
    days = {one.assessed_at and day(one.assessed_at) for one in each}
    return Stamp(
        scenario=scenario,
        horizon=horizon,
        parameter_set=sets.pop() if len(sets) == 1 else None,
        assessed_at=each[0].assessed_at if len(days) == 1 else None,
        sources=tuple(sources),
    )


def is_demo(sources: Sequence[DataSource]) -> bool:
    """Whether any climate series comes from the generator of demonstration data."""
    return any(s.table_name.endswith(CLIMATE) and s.provider.startswith(GENERATOR) for s in sources)


def day(moment: datetime) -> str:
    """The day of a time in Korea, ``2026-11-29``."""
    return moment.astimezone(KOREA).strftime("%Y-%m-%d")


def _portable(part: str) -> str:
    """Letters (Korean too), digits, dots, hyphens; anything else becomes a hyphen."""
    return re.sub(r"[^\w.-]+", "-", part).strip("-.") or "x"
