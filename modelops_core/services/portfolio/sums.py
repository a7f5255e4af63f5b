"""
Sums over sites that may be made: expected losses, and rates weighted by value (METHOD §11).

Return-period losses, scores and probabilities have no sum. Sites in one climate cell
share their events, so nothing is said of diversification.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelops_core.domain.answer import Answer
from modelops_core.domain.peril import Peril
from modelops_core.services.portfolio.compare import amount_of, most_common_stamp


@dataclass(frozen=True, slots=True)
class Sum:
    """Loss and value [KRW] of one quantity over the ``sites`` that have both; None without any."""

    loss: float | None
    value: float
    sites: int

    @property
    def rate(self) -> float | None:
        """Value-weighted AAL [% a year]."""
        return None if self.loss is None or self.value <= 0 else 100 * self.loss / self.value


@dataclass(frozen=True, slots=True)
class Members:
    """Which sites stand in the sums, and why the others do not; positions in the list given."""

    counted: tuple[int, ...]
    not_assessed: tuple[int, ...]
    value_unknown: tuple[int, ...]
    #: of another method version or parameter set
    other_stamp: tuple[int, ...]


def members(answers: Sequence[Answer | None]) -> Members:
    """Sort sites by whether they can be summed; None is a site without an assessment."""
    stamp = most_common_stamp(answer for answer in answers if answer is not None)
    places: dict[str, list[int]] = {
        name: [] for name in ("counted", "not_assessed", "value_unknown", "other_stamp")
    }
    for i, answer in enumerate(answers):
        places[_group(answer, stamp)].append(i)
    return Members(**{name: tuple(positions) for name, positions in places.items()})


def _group(answer: Answer | None, stamp: tuple[str, str, str] | None) -> str:
    if answer is None:
        return "not_assessed"
    if answer.stamp != stamp:
        return "other_stamp"
    return "value_unknown" if answer.asset_value is None else "counted"


def total(
    answers: Sequence[Answer], quantity: str, key: tuple[str, str], perils: Mapping[str, Peril]
) -> Sum:
    """
    The quantity summed over sites of known value and one stamp, at *key* (scenario, horizon).

    The value beneath a subtotal is the asset value, beneath a peril its exposed value.
    """
    loss, value, sites = 0.0, 0.0, 0
    for answer in answers:
        own = amount_of(answer, quantity, "loss", key, perils).value
        if own is None or answer.asset_value is None:
            continue
        one = answer.at(*key).get(quantity)
        exposed = (
            answer.asset_value if one is None or one.exposed_value is None else one.exposed_value
        )
        loss, value, sites = loss + own, value + exposed, sites + 1
    return Sum(loss if sites else None, value, sites)


def missing(answers: Sequence[Answer], key: tuple[str, str]) -> Mapping[str, int]:
    """Peril → how many of the sites have no number for it, and so are in no sum."""
    return Counter(
        peril
        for answer in answers
        for peril, r in answer.at(*key).items()
        if r.expected_loss is None
    )


def shared_cells(answers: Sequence[Answer]) -> int:
    """How many sites lie in the climate cell of another one."""
    counted = Counter(answer.cell.grid_id for answer in answers)
    return sum(n for n in counted.values() if n > 1)
