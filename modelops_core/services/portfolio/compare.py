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

from modelops_core.domain.flags import MODEL_START
from modelops_core.domain.horizons import BASELINE, SCENARIOS
from modelops_core.domain.peril import Peril
from modelops_core.domain.result import LEVELS, Status
from modelops_core.ports import Row
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


@dataclass(frozen=True, slots=True)
class PerilResult:
    """One peril in one scenario and horizon: AAL [% of the exposed value a year], money [KRW]."""

    status: str
    aal: float | None
    aal_p05: float | None
    aal_p95: float | None
    exposed_value: float | None
    loss: float | None
    flags: frozenset[str] = frozenset()

    def bound(self, name: End) -> float | None:
        """The loss [KRW a year] at one end of the sampling interval; the central one where none is known."""
        end = getattr(self, name)
        if self.loss is None or end is None or self.exposed_value is None:
            return self.loss
        return float(end) / 100 * self.exposed_value


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored assessment, as far as comparing needs it."""

    batch_id: str
    latitude: float
    longitude: float
    district: str
    district_en: str
    grid_id: int
    #: None where unknown: losses are then those of ``insured``
    asset_value: float | None
    #: what losses are a share of [KRW]
    insured: float
    #: method version, parameter set, its hash: results of different stamps do not mix
    stamp: tuple[str, str, str]
    #: (scenario, horizon) → peril → its result
    results: Mapping[tuple[str, str], Mapping[str, PerilResult]]

    def at(self, scenario: str, horizon: str) -> Mapping[str, PerilResult]:
        """Peril → its result; empty where nothing was calculated."""
        return self.results.get((scenario, horizon), {})


def answer(found: Row, sum_insured: float) -> Answer:
    """The results of a job as an Answer; *sum_insured* [KRW] stands for an unknown asset value."""
    value = found["building"]["asset_value"]
    results: dict[tuple[str, str], dict[str, PerilResult]] = {}
    for row in found["results"]:
        results.setdefault((row["ssp_scenario"], row["horizon"]), {})[row["risk_type"]] = _result(
            row
        )
    return Answer(
        batch_id=found["batch_id"],
        latitude=found["latitude"],
        longitude=found["longitude"],
        district=found["district"]["name"],
        district_en=found["district"]["name_en"],
        grid_id=found["cell"]["grid_id"],
        asset_value=value,
        insured=sum_insured if value is None else value,
        stamp=(found["method_version"], found["parameter_set"], found["parameter_hash"]),
        results=results,
    )


def _result(row: Row) -> PerilResult:
    flags = frozenset(row["flags"])
    return PerilResult(
        row["status"],
        row["final_aal"],
        row["aal_p05"],
        row["aal_p95"],
        row["exposed_value"],
        row["expected_loss"],
        flags,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One quantity [KRW or % a year] of a site; ``missing`` are perils that are in no sum."""

    value: float | None
    low: float | None
    high: float | None
    status: str
    missing: tuple[str, ...] = ()
    flags: frozenset[str] = field(default_factory=frozenset)


def cell(
    found: Answer,
    quantity: str,
    measure: Measure,
    key: tuple[str, str],
    perils: Mapping[str, Peril],
) -> Cell:
    """
    A subtotal or a peril at *key* (scenario, horizon).

    The rate of a subtotal is a share of the whole asset value, that of a peril its final AAL.
    The interval of a subtotal takes all perils at the same end: the widest that can be.
    """
    if quantity in SUBTOTALS:
        return _subtotal(found, quantity, measure, found.at(*key), perils)
    one = found.at(*key).get(quantity)
    if one is None:
        return Cell(None, None, None, Status.not_assessed.name)
    if measure == "rate":
        return Cell(one.aal, one.aal_p05, one.aal_p95, one.status, flags=one.flags)
    known = one.loss is not None and one.aal_p05 is not None and one.aal_p95 is not None
    ends = (one.bound("aal_p05"), one.bound("aal_p95")) if known else (None, None)
    return Cell(one.loss, *ends, one.status, flags=one.flags)


def _subtotal(
    found: Answer,
    quantity: str,
    measure: Measure,
    rows: Mapping[str, PerilResult],
    perils: Mapping[str, Peril],
) -> Cell:
    own = {key: r for key, r in rows.items() if perils[key].kind in SUBTOTALS[quantity]}
    known = {key: r for key, r in own.items() if r.loss is not None}
    missing = tuple(key for key in own if key not in known)
    flags = frozenset().union(*(r.flags for r in own.values()))
    if not known:
        return Cell(None, None, None, Status.not_assessed.name, missing, flags)
    share = 100 / found.insured if measure == "rate" else 1.0

    def summed(losses: Mapping[str, float | None]) -> float:
        each = {
            key: PerilLoss(status=Status[r.status], expected_loss=losses[key])
            for key, r in known.items()
        }
        return share * float(getattr(totals(each, perils), quantity))

    value = summed({key: r.loss for key, r in known.items()})
    low, high = (summed({key: r.bound(end) for key, r in known.items()}) for end in ENDS)
    weak = any(r.status == Status.low_confidence.name for r in known.values())
    return Cell(
        value, low, high, (Status.low_confidence if weak else Status.ok).name, missing, flags
    )


def comparable(cells: Mapping[str, Sequence[Cell]]) -> dict[str, list[Cell]]:
    """
    Scenario → cells over the horizons, without the numbers of sums that lack a peril which another of these sums has.

    A line through sums of different perils would show what the data cover, not what the climate does.
    """
    sums = [set(c.missing) for own in cells.values() for c in own if c.value is not None]
    always = set.intersection(*sums) if sums else set()

    def whole(c: Cell) -> Cell:
        return c if set(c.missing) <= always else replace(c, value=None, low=None, high=None)

    return {code: [whole(c) for c in own] for code, own in cells.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """Against the baseline; relative [%] is None where the baseline is zero."""

    absolute: float | None
    relative: float | None = None
    #: the baseline is the same years: no change by construction
    by_construction: bool = False


def change(now: Cell, base: Cell) -> Change:
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


def spread(cells: Mapping[str, Cell]) -> Spread | None:
    """Of one quantity by scenario; None where no scenario has a number."""
    known = {code: c.value for code, c in cells.items() if c.value is not None}
    if not known:
        return None
    lowest, highest = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return Spread(known[lowest], known[highest], lowest, highest, len(known))


def over_scenarios(
    found: Answer, quantity: str, measure: Measure, horizon: str, perils: Mapping[str, Peril]
) -> dict[str, Cell]:
    """Scenario → the quantity in one horizon."""
    return {code: cell(found, quantity, measure, (code, horizon), perils) for code in SCENARIOS}


def worst(found: Answer, key: tuple[str, str]) -> str | None:
    """The peril with the largest expected loss; None where nothing is known or nothing lost."""
    losses = {peril: r.loss for peril, r in found.at(*key).items() if r.loss}
    return max(losses, key=losses.__getitem__) if losses else None


def grade(rate: float | None, edges: Sequence[float]) -> str | None:
    """The level of an AAL [% a year], left-closed at *edges*; None where unknown."""
    return None if rate is None else LEVELS[int(np.searchsorted(edges, rate, side="right"))]


def baseline_is_model_start(found: Answer) -> bool:
    """Whether no observed history was loaded when the site was assessed."""
    return any(
        MODEL_START in r.flags for code in SCENARIOS for r in found.at(code, BASELINE).values()
    )


def common_stamp(answers: Iterable[Answer]) -> tuple[str, str, str] | None:
    """The stamp that most answers carry; only those may stand in one sum."""
    counted = Counter(found.stamp for found in answers).most_common(1)
    return counted[0][0] if counted else None
