"""Losses of rare years as pages, files and reports tell them: with their basis and their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.result import HEADLINE, Basis, extrapolated
from modelops_core.ports import Row

#: of a file of one answer
COLUMNS = (
    "risk_type",
    "ssp_scenario",
    "horizon",
    "return_period",
    "exceedance_probability",
    "loss",
    "extrapolated",
    "return_basis",
    "return_years",
    "status",
)


@dataclass(frozen=True, slots=True)
class RareYear:
    """The loss [KRW] of a year of one period [years]; None where there is no number."""

    period: int
    loss: float | None
    extrapolated: bool


def of(answer: Answer, result: PerilResult) -> tuple[RareYear, ...]:
    """All periods of one result in ascending order; none where the peril has no such years."""
    if not result.return_losses:
        return ()
    return tuple(
        RareYear(period, loss, extrapolated(period, result.return_years))
        for period, loss in zip(answer.return_periods, result.return_losses, strict=True)
    )


def headline(answer: Answer, result: PerilResult) -> tuple[RareYear, ...]:
    """The periods that tables name."""
    return tuple(year for year in of(answer, result) if year.period in HEADLINE)


def why_none(answer: Answer, result: PerilResult) -> str | None:
    """
    Return why a result has no loss of a rare year, None where it has one.

    ``old``: the answer or its cell is of a time before this was calculated; ``counted``: the peril
    has no distribution; otherwise the result's status.
    """
    if result.return_losses:
        return None
    if not answer.return_periods:
        return "old"
    if result.return_basis == Basis.counted:
        return Basis.counted.value
    return "old" if result.has_number else result.status


def rows(answer: Answer) -> Iterator[Row]:
    """One row a peril, scenario, horizon and period that has a number."""
    for result in answer.results:
        for year in of(answer, result):
            yield {
                "risk_type": result.risk_type,
                "ssp_scenario": result.ssp_scenario,
                "horizon": result.horizon,
                "return_period": year.period,
                "exceedance_probability": 1 / year.period,
                "loss": year.loss,
                "extrapolated": year.extrapolated,
                "return_basis": result.return_basis,
                "return_years": result.return_years,
                "status": result.status,
            }


def worst(answer: Answer, key: tuple[str, str], period: int) -> tuple[str, RareYear] | None:
    """The peril with the largest loss in a year of *period*; None where none is known."""
    found = [
        (peril, year)
        for peril, result in answer.at(*key).items()
        for year in of(answer, result)
        if year.period == period and year.loss is not None
    ]
    return max(found, key=lambda pair: pair[1].loss or 0.0, default=None)
