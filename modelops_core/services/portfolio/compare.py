"""
Sites, scenarios and horizons side by side: what may be subtracted, ranged and summed.

Expected losses add; a rate over several sites is weighted by their values. Scores, rates
and scenarios are never added or averaged, results of different parameter sets never mixed
(METHOD §11, §12). What is unknown stays None beside the status that says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from modelops_core.domain.answer import Answer, PerilResult
from modelops_core.domain.flags import MODEL_START
from modelops_core.domain.horizons import BASELINE, SCENARIOS
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import LEVELS, Status
from modelops_core.stages.totals import PerilLoss, totals

Measure = Literal["rate", "loss"]
#: subtotal → the kinds of perils in it
SUBTOTALS: Mapping[str, tuple[str, ...]] = {
    "grand": ("physical", "operating"),
    "physical_no_overlap": ("physical",),
    "operating": ("operating",),
    "physical": ("physical",),
}
End = Literal["aal_p05", "aal_p95"]
ENDS: tuple[End, End] = ("aal_p05", "aal_p95")


def bound(result: PerilResult, end: End) -> float | None:
    """The loss [KRW a year] at one end of the interval; None where none is known."""
    if result.expected_loss is None:
        return None
    return result.loss_at(getattr(result, end))


@dataclass(frozen=True, slots=True)
class Amount:
    """One quantity [KRW or % a year] of a site; ``missing`` are perils that are in no sum."""

    value: float | None
    low: float | None
    high: float | None
    status: str
    missing: tuple[str, ...] = ()
    flags: frozenset[str] = field(default_factory=frozenset)


def amount_of(
    answer: Answer,
    quantity: str,
    measure: Measure,
    key: tuple[str, str],
    perils: Mapping[str, Peril],
) -> Amount:
    """
    A subtotal or a peril at *key* (scenario, horizon).

    The rate of a subtotal is a share of the whole asset value, that of a peril its final AAL.
    The interval of a subtotal takes all perils at the same end: the widest that can be. It is
    unknown where that of a peril in it is.
    """
    if quantity in SUBTOTALS:
        return _subtotal(answer, quantity, measure, answer.at(*key), perils)
    one = answer.at(*key).get(quantity)
    if one is None:
        return Amount(None, None, None, Status.not_assessed.name)
    if measure == "rate":
        return Amount(
            one.final_aal, one.aal_p05, one.aal_p95, one.status, flags=frozenset(one.flags)
        )
    low, high = (bound(one, end) for end in ENDS)
    if low is None or high is None:
        low = high = None
    return Amount(one.expected_loss, low, high, one.status, flags=frozenset(one.flags))


def _subtotal(
    answer: Answer,
    quantity: str,
    measure: Measure,
    rows: Mapping[str, PerilResult],
    perils: Mapping[str, Peril],
) -> Amount:
    own = {key: r for key, r in rows.items() if perils[key].kind in SUBTOTALS[quantity]}
    known = {key: r for key, r in own.items() if r.expected_loss is not None}
    missing = tuple(key for key in own if key not in known)
    flags = frozenset().union(*(r.flags for r in own.values()))
    if not known:
        return Amount(None, None, None, Status.not_assessed.name, missing, flags)
    share = 100 / answer.insured if measure == "rate" else 1.0

    def summed(losses: Mapping[str, float | None]) -> float:
        each = {
            key: PerilLoss(status=Status[r.status], expected_loss=losses[key])
            for key, r in known.items()
        }
        return share * float(getattr(totals(each, perils), quantity))

    value = summed({key: r.expected_loss for key, r in known.items()})
    ends = [{key: bound(r, end) for key, r in known.items()} for end in ENDS]
    whole = all(loss is not None for end in ends for loss in end.values())
    low, high = (summed(end) for end in ends) if whole else (None, None)
    weak = any(r.status == Status.low_confidence.name for r in known.values())
    return Amount(
        value, low, high, (Status.low_confidence if weak else Status.ok).name, missing, flags
    )


def comparable(cells: Mapping[str, Sequence[Amount]]) -> dict[str, list[Amount]]:
    """
    Scenario → cells over the horizons; a sum that lacks a peril of another sum loses its number.

    A line through sums of different perils would show what the data cover and not what the
    climate does.
    """
    sums = [set(c.missing) for own in cells.values() for c in own if c.value is not None]
    always = set.intersection(*sums) if sums else set()

    def whole(c: Amount) -> Amount:
        return c if set(c.missing) <= always else replace(c, value=None, low=None, high=None)

    return {code: [whole(c) for c in own] for code, own in cells.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """Against the baseline; relative [%] is None where the baseline is zero."""

    absolute: float | None
    relative: float | None = None
    #: the baseline is the same years: no change by construction
    by_construction: bool = False


def change(now: Amount, base: Amount) -> Change:
    """The difference of two sums of the same perils; none where one of them is unknown."""
    if now.value is None or base.value is None or now.missing != base.missing:
        return Change(None)
    relative = 100 * (now.value / base.value - 1) if base.value > 0 else None
    same = MODEL_START in base.flags and now.value == base.value
    return Change(now.value - base.value, relative, same)


@dataclass(frozen=True, slots=True)
class Spread:
    """Least and greatest over scenarios, and whose they are; no mean, no weights."""

    low: float
    high: float
    lowest: str
    highest: str
    #: how many scenarios have a number
    known: int


def spread(cells: Mapping[str, Amount]) -> Spread | None:
    """Of one quantity by scenario; None where no scenario has a number."""
    known = {code: c.value for code, c in cells.items() if c.value is not None}
    if not known:
        return None
    lowest, highest = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return Spread(known[lowest], known[highest], lowest, highest, len(known))


def over_scenarios(
    answer: Answer, quantity: str, measure: Measure, horizon: str, perils: Mapping[str, Peril]
) -> dict[str, Amount]:
    """Scenario → the quantity in one horizon."""
    return {
        code: amount_of(answer, quantity, measure, (code, horizon), perils) for code in SCENARIOS
    }


def worst(answer: Answer, key: tuple[str, str]) -> str | None:
    """The peril with the largest expected loss; None where nothing is known or nothing lost."""
    losses = {peril: r.expected_loss for peril, r in answer.at(*key).items() if r.expected_loss}
    return max(losses, key=losses.__getitem__) if losses else None


def grade(rate: float | None, edges: Sequence[float]) -> str | None:
    """The level of an AAL [% a year], left-closed at *edges*; None where unknown."""
    return None if rate is None else LEVELS[int(np.searchsorted(edges, rate, side="right"))]


def baseline_is_model_start(answer: Answer) -> bool:
    """Whether no observed history was loaded when the site was assessed."""
    return any(
        MODEL_START in r.flags for code in SCENARIOS for r in answer.at(code, BASELINE).values()
    )


def most_common_stamp(answers: Iterable[Answer]) -> tuple[str, str, str] | None:
    """The stamp that most answers carry; only those may stand in one sum."""
    counted = Counter(answer.stamp for answer in answers).most_common(1)
    return counted[0][0] if counted else None
