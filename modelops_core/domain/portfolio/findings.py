"""
What is wrong with a portfolio's file: a rule, the cells that break it, and what to do.

Rules and their words stand in ``data/portfolio.toml``. A problem holds all cells of one column that
break one rule; it is taken apart into findings, one a cell, only for those who read them.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import numpy as np

from modelops_core.domain.climate import BoolArray, IntArray
from modelops_core.domain.korean import particles
from modelops_core.domain.portfolio import TextArray
from modelops_core.errors import filled

Severity = Literal["error", "warning", "note"]
Language = Literal["ko", "en"]
SEVERITIES: Sequence[Severity] = ("error", "warning", "note")
#: the columns of a list of findings
COLUMNS = (
    *("severity", "code", "sheet", "row", "cell", "column", "value", "allowed", "proposal"),
    *("message_ko", "message_en", "fix_ko", "fix_en"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A column of the file as its owner knows it: header, letter, and the texts of its rows."""

    header: str = ""
    letter: str = ""
    text: TextArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    All cells of one column that break one rule.

    ``rows`` are rows of the sheet, none where it is about the sheet as a whole. ``values`` are as
    written, ``proposals`` what may stand there instead ('' where nobody can know); ``facts`` fill
    the sentence: one for all rows, or an array with one a row.
    """

    code: str
    sheet: str = ""
    column: Cited = field(default_factory=Cited)
    rows: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    values: TextArray | None = None
    proposals: TextArray | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        severity: Severity = rules()[self.code]["severity"]
        return severity

    def __len__(self) -> int:
        return max(len(self.rows), 1)

    def picked(self, where: BoolArray) -> Problem:
        """The same of those of its cells that are at *where*."""
        facts = {
            name: fact[where] if isinstance(fact, np.ndarray) else fact
            for name, fact in self.facts.items()
        }
        values, proposals = (
            None if texts is None else texts[where] for texts in (self.values, self.proposals)
        )
        return replace(self, rows=self.rows[where], values=values, proposals=proposals, facts=facts)

    def each(self) -> Iterator[Finding]:
        """One finding a cell; one in all where no cell is meant."""
        if not len(self.rows):
            yield Finding(self, None)
        for i in range(len(self.rows)):
            yield Finding(self, i)


@dataclass(frozen=True, slots=True)
class Finding:
    """One cell that breaks a rule, or the whole sheet where ``at`` is None."""

    problem: Problem
    at: int | None

    @property
    def row(self) -> int | None:
        return None if self.at is None else int(self.problem.rows[self.at])

    @property
    def cell(self) -> str:
        """As a spreadsheet calls it, ``C12``; '' where the file has no such cells."""
        letter = self.problem.column.letter
        return "" if self.at is None or not letter else f"{letter}{self.row}"

    def message(self, language: Language) -> str:
        """What is wrong."""
        return self._sentence(language, language)

    def fix(self, language: Language) -> str:
        """What to do."""
        return self._sentence(f"fix_{language}", language)

    @property
    def value(self) -> str:
        return _at(self.problem.values, self.at)

    @property
    def proposal(self) -> str:
        return _at(self.problem.proposals, self.at)

    def as_row(self) -> dict[str, Any]:
        """The columns COLUMNS."""
        problem = self.problem
        return {
            "severity": problem.severity,
            "code": problem.code,
            "sheet": problem.sheet,
            "row": self.row,
            "cell": self.cell,
            "column": problem.column.header,
            "value": self.value,
            "allowed": str(self._values().get("allowed", "")),
            "proposal": self.proposal,
            "message_ko": self.message("ko"),
            "message_en": self.message("en"),
            "fix_ko": self.fix("ko"),
            "fix_en": self.fix("en"),
        }

    def _sentence(self, entry: str, language: Language) -> str:
        text = filled(rules()[self.problem.code][entry], self._values())
        return particles.placed(text) if language == "ko" else text

    def _values(self) -> dict[str, Any]:
        facts = {
            name: fact[self.at] if isinstance(fact, np.ndarray) and self.at is not None else fact
            for name, fact in self.problem.facts.items()
        }
        return {
            "column": self.problem.column.header,
            "value": self.value,
            "proposal": self.proposal,
            **facts,
        }


def _at(texts: TextArray | None, at: int | None) -> str:
    return "" if texts is None or at is None else str(texts[at])


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Mapping[str, Any]]:
    """Code → severity, and in both languages what is wrong and what to do."""
    file = resources.files("modelops_core.data") / "portfolio.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def counted(problems: Iterable[Problem]) -> dict[Severity, int]:
    """How many cells are wrong, doubtful and worth knowing."""
    found = Counter[Severity]()
    for problem in problems:
        found[problem.severity] += len(problem)
    return {severity: found[severity] for severity in SEVERITIES}


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Errors first, then by sheet and column as the file has them."""
    return sorted(
        problems,
        key=lambda one: (
            SEVERITIES.index(one.severity),
            one.sheet,
            len(one.column.letter),
            one.column.letter,
            one.code,
        ),
    )


def findings(problems: Iterable[Problem], most: int | None = None) -> Iterator[Finding]:
    """The findings of *problems* in their order, at most *most*."""
    left = float("inf") if most is None else most
    for problem in ordered(problems):
        for finding in problem.each():
            if left <= 0:
                return
            yield finding
            left -= 1
